/**
 * Questions of an engine, put to the DNS (RFC 1035, RFC 2782, RFC 2915, RFC 3596) [R-6.2.2-1]: c-ares behind Node's Resolver,
 * which answers truncated replies over TCP and tries one server after the other.
 */
import { NODATA, NOTFOUND } from 'node:dns';
import { lookup, Resolver } from 'node:dns/promises';
import {
  type Answer,
  isName,
  type Question,
  RECORD_COUNT_MAX,
  type RecordsOf,
  type RecordType,
} from '@ueprov/protocols/dns';

export interface DnsResolverOptions {
  /** `address` or `address:port`, IPv6 in brackets; those of the machine unless given. */
  readonly servers?: readonly string[];
  /** Of one try with one server. */
  readonly timeoutMs?: number;
  readonly tries?: number;
}

/** Node tells no lifetime of SRV and NAPTR records, and none of what is not there; seconds. */
export const RECORD_TTL = 60;
export const NEGATIVE_TTL = 30;
const TIMEOUT_MS = 2000;
const TRIES = 2;

export class DnsResolver {
  readonly #resolver: Resolver;
  /** The machine's own servers go with the machine's own table of hosts. */
  readonly #asksMachine: boolean;

  /** Throws if a server is no address. */
  constructor({ servers = [], timeoutMs = TIMEOUT_MS, tries = TRIES }: DnsResolverOptions = {}) {
    this.#resolver = new Resolver({ timeout: timeoutMs, tries });
    this.#asksMachine = servers.length === 0;
    if (servers.length > 0) this.#resolver.setServers([...servers]);
  }

  /** Never rejects: no answer is one of the answers. */
  async ask(question: Question): Promise<Answer> {
    if (!isName(question.name)) return { kind: 'failed', reason: 'not a name' };
    const answer = await this.#answer(question);
    const isAddress = question.type === 'A' || question.type === 'AAAA';
    if (answer.kind === 'records' || !isAddress || !this.#asksMachine) return answer;
    return (await lookedUp(question.name, question.type === 'A' ? 4 : 6)) ?? answer;
  }

  /** What is asked and not answered yet is given up. */
  close(): void {
    this.#resolver.cancel();
  }

  async #answer({ type, name }: Question): Promise<Answer> {
    try {
      switch (type) {
        case 'A':
          return addresses(await this.#resolver.resolve4(name, { ttl: true }));
        case 'AAAA':
          return addresses(await this.#resolver.resolve6(name, { ttl: true }));
        case 'SRV': {
          const records = await this.#resolver.resolveSrv(name);
          return answerOf<'SRV'>(
            records.map(({ priority, weight, port, name: target }) => {
              return { priority, weight, port, target };
            }),
          );
        }
        case 'NAPTR':
          return answerOf<'NAPTR'>(await this.#resolver.resolveNaptr(name));
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      if (code === NODATA || code === NOTFOUND) return { kind: 'none', ttl: NEGATIVE_TTL };
      return { kind: 'failed', reason: code };
    }
  }
}

function addresses(found: readonly { readonly address: string; readonly ttl: number }[]): Answer {
  const ttl = Math.min(...found.map((each) => each.ttl));
  return answerOf<'A'>(
    found.map(({ address }) => address),
    ttl,
  );
}

function answerOf<Type extends RecordType>(
  found: readonly RecordsOf[Type][],
  ttl = RECORD_TTL,
): Answer {
  const records = found.slice(0, RECORD_COUNT_MAX);
  if (records.length === 0) return { kind: 'none', ttl: NEGATIVE_TTL };
  return { kind: 'records', records, ttl } as Answer;
}

async function lookedUp(name: string, family: 4 | 6): Promise<Answer | undefined> {
  try {
    const found = await lookup(name, { family, all: true });
    return answerOf<'A'>(found.map(({ address }) => address));
  } catch {
    return undefined;
  }
}
