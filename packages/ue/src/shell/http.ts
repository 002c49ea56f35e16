/**
 * The HTTP side of the UE: one POST, one bounded answer; through a proxy and past HTTP Basic or Digest where the account
 * says so. Connections are kept alive between the messages of a session, but nothing depends on it (OMA-SYNCHTTP 5.1.5).
 */
import { randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { HttpProver, proxiedTarget, requestTarget } from '@ueprov/protocols/dm';
import type { HttpAccess } from '../http-access.ts';

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; of repeated ones the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface HttpLimits {
  readonly timeoutMs: number;
  readonly bodyMax: number;
}

interface Received extends HttpAnswer {
  /** Values of WWW-Authenticate or Proxy-Authenticate. */
  readonly challenges: readonly string[];
}

/** Once for a proxy and once for a server, and once more where a nonce was stale. */
export const CHALLENGES_MAX = 4;
/** Servers and proxies whose last challenge is remembered. */
const PROVERS_MAX = 32;
const METHOD = 'POST';

export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2, timeout: 60_000 });
  readonly #provers = new Map<string, HttpProver>();

  /** Rejects on a connection that fails, an answer that is late, one that is too long, and credentials refused. */
  async post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    limits: HttpLimits,
    { credential, proxy }: HttpAccess = {},
  ): Promise<HttpAnswer> {
    const via = proxy && `${proxy.host} ${proxy.port}`;
    const toServer = credential && this.#prover(`server ${URL.parse(url)?.origin}`, credential);
    const toProxy = proxy?.credential && this.#prover(`proxy ${via}`, proxy.credential);
    const route = this.#routeOf(url, proxy);
    for (let asked = 0; ; asked++) {
      const authorization = toServer?.authorization({ method: METHOD, target: requestTarget(url) });
      const forProxy = toProxy?.authorization({ method: METHOD, target: route.path ?? '' });
      const whole = {
        ...headers,
        Host: new URL(url).host,
        'Content-Length': String(body.length),
        ...(authorization !== undefined && { Authorization: authorization }),
        ...(forProxy !== undefined && { 'Proxy-Authorization': forProxy }),
      };
      const received = await this.#exchange({ ...route, headers: whole }, body, limits);
      const { status, challenges } = received;
      if (status !== 407) toProxy?.accepted();
      if (status !== 401 && status !== 407) toServer?.accepted();
      const asking = status === 401 ? toServer : status === 407 ? toProxy : undefined;
      if (asking?.challenged(challenges) !== true || asked === CHALLENGES_MAX) return received;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** What was asked for last time is answered at once; other credentials begin anew. */
  #prover(whom: string, credential: HttpProver['credential']): HttpProver {
    const known = this.#provers.get(whom);
    const isSame = JSON.stringify(known?.credential) === JSON.stringify(credential);
    if (known !== undefined && isSame) return known;
    const prover = new HttpProver(credential, randomBytes);
    this.#provers.set(whom, prover);
    const [oldest = ''] = this.#provers.keys();
    if (this.#provers.size > PROVERS_MAX) this.#provers.delete(oldest);
    return prover;
  }

  #routeOf(url: string, proxy: HttpAccess['proxy']): RequestOptions {
    const { protocol, hostname, port } = new URL(url);
    const own = { method: METHOD, agent: this.#agent };
    if (proxy !== undefined) {
      return { ...own, host: proxy.host, port: proxy.port, path: proxiedTarget(url) };
    }
    const bare = hostname.replace(/^\[(.*)\]$/, '$1');
    return { ...own, protocol, host: bare, port, path: requestTarget(url) };
  }

  async #exchange(
    options: RequestOptions,
    body: Uint8Array,
    limits: HttpLimits,
    isRepeated = false,
  ): Promise<Received> {
    const signal = AbortSignal.timeout(limits.timeoutMs);
    return new Promise((resolve, reject) => {
      const outgoing = request({ ...options, signal });
      const fail = (error: Error) => reject(reasonOf(error, limits.timeoutMs));
      outgoing.on('response', (answer) => collect(answer, limits.bodyMax).then(resolve, fail));
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // OMA-SYNCHTTP 5.1.5: the peer may end a connection between two messages, just when the next one leaves.
        const isLeft = outgoing.reusedSocket && error.code === 'ECONNRESET' && !isRepeated;
        if (isLeft) this.#exchange(options, body, limits, true).then(resolve, reject);
        else fail(error);
      });
      outgoing.end(body);
    });
  }
}
function reasonOf(error: Error, timeoutMs: number): Error {
  if (error.name !== 'AbortError' && error.name !== 'TimeoutError') return error;
  return new Error(`no answer within ${timeoutMs} ms`, { cause: error });
}

async function collect(answer: IncomingMessage, bodyMax: number): Promise<Received> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyMax) {
      answer.destroy();
      throw new Error(`the answer is longer than ${bodyMax} bytes`);
    }
    chunks.push(chunk);
  }
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, [value].flat()[0]]),
    ),
    body: new Uint8Array(Buffer.concat(chunks)),
    challenges:
      answer.headersDistinct[
        answer.statusCode === 407 ? 'proxy-authenticate' : 'www-authenticate'
      ] ?? [],
  };
}
