/**
 * Globally Routable UA URIs: one that says who it is, and others that do not (RFC 5627 §5). Used by registrar.ts
 * to give them out, and by s-cscf.ts to find the device behind one.
 */
import { encodeHex, type Random } from '@ueprov/protocols';
import {
  cSeq,
  encodeUri,
  type NameAddr,
  type SipRequest,
  type Uri,
  uriParameter,
} from '@ueprov/protocols/sip';
import { type Binding, type Gruu, instanceOf } from './binding.ts';
import { identityOf } from './identity.ts';

/** Where a temporary GRUU leads. */
export interface TemporaryTarget {
  /** A public identity of the registration. */
  readonly identity: string;
  readonly instance: string;
}

/** Of all devices; the oldest goes first. RFC 5627 §5.4 would keep each as long as its registration. */
export const TEMPORARY_MAX = 10_000;
const TOKEN_BYTES = 16;
const PREFIX = 'tgruu.';

export class Gruus {
  readonly #domain: string;
  readonly #random: Random;
  readonly #temporary = new Map<string, TemporaryTarget>();

  constructor(domain: string, random: Random) {
    this.#domain = domain;
    this.#random = random;
  }

  /** For a contact that is registered as `identity`; undefined without an instance-id to build on. */
  issue(identity: string, request: SipRequest, contact: NameAddr): Gruu | undefined {
    const instance = instanceOf(contact);
    if (instance === undefined) return undefined;
    const user = `${PREFIX}${encodeHex(this.#random(TOKEN_BYTES))}`;
    const [oldest] = this.#temporary.keys();
    if (oldest !== undefined && this.#temporary.size >= TEMPORARY_MAX) {
      this.#temporary.delete(oldest);
    }
    this.#temporary.set(user, { identity, instance });
    const temp = encodeUri({ ...HOST, user, host: this.#domain, parameters: [{ name: 'gr' }] });
    return { pub: publicGruu(identity, instance), temp, firstCseq: cSeq(request).number };
  }

  /** Whom a Request-URI means: an identity, and one device of it if it is a GRUU. */
  resolve(uri: Uri): { readonly identity: string; readonly instance?: string } | undefined {
    const gr = uriParameter(uri, 'gr');
    if (gr === undefined || uri.kind !== 'sip') return { identity: identityOf(uri) };
    if (gr === '') return this.#temporary.get(uri.user ?? '');
    return { identity: identityOf(uri), instance: `<${gr}>` };
  }
}

/** RFC 5627 §5.1: the identity with the instance-id in `gr`. */
export function publicGruu(identity: string, instance: string): string {
  return `${identity};gr=${instance.replace(/^<(.*)>$/, '$1')}`;
}

/** The bindings of that device, or all of them. */
export function bindingsOf(
  bindings: readonly Binding[],
  instance: string | undefined,
): readonly Binding[] {
  return instance === undefined
    ? bindings
    : bindings.filter(({ contact }) => instanceOf(contact) === instance);
}

const HOST = { kind: 'sip', scheme: 'sip' } as const;
