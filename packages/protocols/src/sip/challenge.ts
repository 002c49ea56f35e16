/**
 * Challenges of a 401 or 407, and the credentials that answer them: with a password (RFC 3261
 * §22.2, §22.3, RFC 8760), or with a card (RFC 3310). Used by registration.ts.
 */

import { encodeBase64 } from '../bytes.ts';
import {
  answerChallenge,
  type Card,
  type DigestAlgorithm,
  type DigestChallenge,
  type DigestCredentials,
  decodeAkaNonce,
  decodeAuthenticationInfo,
  decodeDigestChallenge,
  encodeDigestCredentials,
  ha1,
  rspauth,
  splitChallenges,
} from '../digest/index.ts';
import { ProtocolError } from '../error.ts';
import { type Header, headerOf, headersOf, type SipResponse } from './message/index.ts';

/** What the network asks. */
export interface Challenge {
  readonly challenge: DigestChallenge;
  /** Where the answer goes. */
  readonly header: 'Authorization' | 'Proxy-Authorization';
}

/** Who answers: somebody with a password, or with a card. */
export interface Account {
  /** IMPI. */
  readonly username: string;
  readonly password?: string;
  /** Stands before a password, which then answers nothing. */
  readonly card?: Card;
}

export type Proof =
  /**
   * RFC 3310 section 3.3: RES is the password of a challenge that the card has accepted.
   * [SIPPUSH RFC3310.3.3-1]
   */
  | { readonly kind: 'password'; readonly password: string | Uint8Array }
  /** The card has seen newer challenges than this one. */
  | { readonly kind: 'resynchronisation'; readonly AUTS: Uint8Array }
  /** The card says that this is not its network. */
  | { readonly kind: 'network unknown' };

/** A challenge, and what it is answered with. */
export interface Answerable extends Challenge {
  readonly proof: Proof;
  /** How often its nonce has been used. */
  readonly uses: number;
}

/**
 * The first challenge that this account can answer (RFC 3261 §22.2, RFC 8760 §2.4); undefined if
 * there is none. `least`: nothing weaker, because the network has shown that it can do better.
 */
export function challengeOf(
  response: SipResponse,
  account: Account,
  least?: DigestAlgorithm,
): Challenge | undefined {
  const isProxy = response.status === 407;
  const header = isProxy ? 'Proxy-Authorization' : 'Authorization';
  for (const value of headersOf(response, isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate')) {
    for (const challenge of readable(value)) {
      if (isAnswered(challenge, account, least)) return { challenge, header };
    }
  }
  return undefined;
}

/** Puts the challenge to the card, if there is one: a card answers each challenge once. */
export function meet(offer: Challenge, { card, password = '' }: Account): Answerable {
  if (card === undefined) return { ...offer, uses: 0, proof: { kind: 'password', password } };
  const { RAND, AUTN } = decodeAkaNonce(offer.challenge.nonce);
  const answer = card.authenticate(RAND, AUTN);
  switch (answer.kind) {
    case 'accepted':
      return { ...offer, uses: 0, proof: { kind: 'password', password: answer.RES } };
    case 'synchronisation failure':
      return { ...offer, uses: 0, proof: { kind: 'resynchronisation', AUTS: answer.AUTS } };
    case 'MAC failure':
      return { ...offer, uses: 0, proof: { kind: 'network unknown' } };
  }
}

/** Credentials for one more use of the challenge's nonce, as values and as a header. */
export function answerTo(
  { challenge, header, uses, proof }: Answerable,
  username: string,
  by: { readonly method: string; readonly uri: string; readonly cnonce: string },
): { readonly credentials: DigestCredentials; readonly header: Header } {
  const answered = (password: string | Uint8Array) =>
    answerChallenge(challenge, { username, password, ...by, nc: uses + 1 });
  const credentials = ((): DigestCredentials => {
    switch (proof.kind) {
      case 'password':
        return answered(proof.password);
      // RFC 3310 section 3.4: as if the password were empty. [SIPPUSH RFC3310.3.4-1]
      case 'resynchronisation':
        return { ...answered(''), auts: encodeBase64(proof.AUTS) };
      // TS 24.229 5.1.1.5.3: an empty response and no auts. [SIPPUSH TS24229.5.1.1.5-1]
      case 'network unknown': {
        const { realm, nonce, algorithm } = challenge;
        return { username, realm, nonce, uri: by.uri, response: '', algorithm };
      }
    }
  })();
  return { credentials, header: { name: header, value: encodeDigestCredentials(credentials) } };
}

/**
 * TS 24.229 5.1.1.2: the private identity goes with the first REGISTER, in credentials that prove
 * nothing yet. [SIPPUSH TS24229.5.1.1.2-2]
 */
export function unprovenCredentials(username: string, realm: string, uri: string): Header {
  const credentials = { username, realm, nonce: '', uri, response: '', algorithm: 'MD5' } as const;
  return { name: 'Authorization', value: encodeDigestCredentials(credentials) };
}

/**
 * RFC 2617 §3.2.3: what the 200 says: the nonce for the next request, and whether the server knew
 * the password. A server may say nothing; one that gives a wrong proof is `forged`.
 * [SIPPUSH RFC2617.3.2-1]
 */
export function confirmationOf(
  response: SipResponse,
  credentials: DigestCredentials,
  password: string | Uint8Array,
): { readonly nextnonce?: string; readonly isForged: boolean } {
  const value = headerOf(response, 'Authentication-Info');
  if (value === undefined) return { isForged: false };
  const info = decodeAuthenticationInfo(value);
  const { username, realm, uri, nonce, algorithm, qop, nc, cnonce } = credentials;
  const protection =
    qop === undefined || nc === undefined || cnonce === undefined ? {} : { qop, nc, cnonce };
  const hash = ha1(username, realm, password, algorithm);
  const expected = rspauth({ ha1: hash, uri, nonce, algorithm, ...protection });
  const isForged = info.rspauth !== undefined && info.rspauth.toLowerCase() !== expected;
  return info.nextnonce === undefined ? { isForged } : { isForged, nextnonce: info.nextnonce };
}

/** The stronger one stands later. */
const STRENGTH: readonly DigestAlgorithm[] = ['MD5', 'SHA-256'];

function isAnswered(
  challenge: DigestChallenge,
  account: Account,
  least: DigestAlgorithm | undefined,
): boolean {
  const { qop, algorithm } = challenge;
  if (qop.length > 0 && !qop.includes('auth')) return false;
  // AKA needs a card, and whoever has one gives no password away (AC-28).
  if (account.card !== undefined) return algorithm === 'AKAv1-MD5' && isAkaNonce(challenge.nonce);
  if (account.password === undefined || algorithm === 'AKAv1-MD5') return false;
  return least === undefined || STRENGTH.indexOf(algorithm) >= STRENGTH.indexOf(least);
}

function isAkaNonce(nonce: string): boolean {
  return attempt(() => decodeAkaNonce(nonce)) !== undefined;
}

/** Of several in one value, those that can be read. */
function readable(value: string): readonly DigestChallenge[] {
  return (attempt(() => splitChallenges(value)) ?? []).flatMap((each) => {
    const challenge = attempt(() => decodeDigestChallenge(each));
    return challenge === undefined ? [] : [challenge];
  });
}

function attempt<Value>(decode: () => Value): Value | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
