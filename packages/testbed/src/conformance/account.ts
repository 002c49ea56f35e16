/**
 * What both ends know of each other before a session: names, secrets, and the nonces as they go along.
 *
 * OMA-DMSEC 5; the formulas are those of protocols/digest, which the standard's own vectors prove. Used by both sides.
 */
import { decodeBase64, encodeBase64, isEqualBytes } from '@ueprov/protocols';
import { encodeBasicCred, hmacDigest, md5CredDigest, syncmlHash } from '@ueprov/protocols/digest';
import type { Chal, Cred } from '@ueprov/protocols/syncml';

export type Scheme = 'basic' | 'md5' | 'hmac';

export const AUTH_TYPES: Readonly<Record<Scheme, string>> = {
  basic: 'syncml:auth-basic',
  md5: 'syncml:auth-md5',
  hmac: 'syncml:auth-MAC',
};

/** Names and secrets of a client and a server that know each other. */
export interface AccountFacts {
  readonly scheme: Scheme;
  readonly ServerID: string;
  readonly DevId: string;
  readonly client: Secret;
  readonly server: Secret;
}

export interface Secret {
  readonly name: string;
  readonly secret: string;
  /** First-contact nonce in base64; empty if none was agreed. */
  readonly nonce: string;
}

/** How many nonces back a peer may have stayed. */
const NONCES_KEPT = 4;

/** One direction of authentication. */
export class Party {
  readonly name: string;
  readonly secret: string;
  readonly scheme: Scheme;
  #nonces: readonly Uint8Array[];

  constructor({ name, secret, nonce }: Secret, scheme: Scheme) {
    this.name = name;
    this.secret = secret;
    this.scheme = scheme;
    this.#nonces = [decodeBase64(nonce)];
  }

  /** What the next proof is made with. */
  get nonce(): Uint8Array {
    return this.#nonces[0] ?? new Uint8Array();
  }

  set nonce(nonce: Uint8Array) {
    const others = this.#nonces.filter((each) => !isEqualBytes(each, nonce));
    this.#nonces = [nonce, ...others].slice(0, NONCES_KEPT);
  }

  /** The last ones, newest first. */
  get nonces(): readonly Uint8Array[] {
    return this.#nonces;
  }

  get hash(): string {
    return syncmlHash(this.name, this.secret);
  }

  /** What this party puts into its SyncHdr; undefined for hmac, which goes into the transport's header. */
  cred(secret = this.secret, nonce = this.nonce): Cred | undefined {
    if (this.scheme === 'hmac') return undefined;
    const Meta = { Format: 'b64', Type: AUTH_TYPES[this.scheme] };
    if (this.scheme === 'basic') return { Meta, Data: encodeBasicCred(this.name, secret) };
    return { Meta, Data: encodeBase64(md5CredDigest(syncmlHash(this.name, secret), nonce)) };
  }

  /** `x-syncml-hmac` for a body. */
  mac(body: Uint8Array, secret = this.secret): string {
    const digest = hmacDigest(syncmlHash(this.name, secret), this.nonce, body);
    return `algorithm=MD5, username="${this.name}", mac=${encodeBase64(digest)}`;
  }

  isProvenBy(cred: Cred): boolean {
    if (cred.Meta?.Type !== AUTH_TYPES[this.scheme]) return false;
    const { Data } = cred;
    if (this.scheme === 'basic') return Data === encodeBasicCred(this.name, this.secret);
    const digest = md5CredDigest(this.hash, this.nonce);
    return typeof Data === 'string'
      ? Data.trim() === encodeBase64(digest)
      : isEqualBytes(Data, digest);
  }

  isProvenByMac(header: string, body: Uint8Array): boolean {
    const mac = /mac\s*=\s*"?([A-Za-z0-9+/]+)/.exec(header)?.[1];
    const username = /username\s*=\s*"([^"]*)"/.exec(header)?.[1];
    const digest = encodeBase64(hmacDigest(this.hash, this.nonce, body));
    return username === this.name && mac === digest.replace(/=+$/, '');
  }

  /** A challenge with a fresh nonce, which counts from now on. */
  challenge(nonce: Uint8Array): Chal {
    const Meta = { Format: 'b64', Type: AUTH_TYPES[this.scheme] };
    if (this.scheme === 'basic') return { Meta };
    this.nonce = nonce;
    return { Meta: { ...Meta, NextNonce: nonce } };
  }
}

export interface Account {
  readonly facts: AccountFacts;
  /** Proves itself in messages of the client. */
  readonly client: Party;
  readonly server: Party;
}

export function accountOf(facts: AccountFacts): Account {
  return {
    facts,
    client: new Party(facts.client, facts.scheme),
    server: new Party(facts.server, facts.scheme),
  };
}
