/**
 * Challenges of a 401 or 407, and the credentials that answer them (RFC 3261 §22.2, §22.3). Used by
 * registration.ts.
 */
import {
  answerChallenge,
  type DigestChallenge,
  type DigestCredentials,
  decodeAuthenticationInfo,
  decodeDigestChallenge,
  encodeDigestCredentials,
  ha1,
  rspauth,
} from '../digest/index.ts';
import { ProtocolError } from '../error.ts';
import { type Header, headerOf, headersOf, type SipResponse } from './message/index.ts';

export interface Challenge {
  readonly challenge: DigestChallenge;
  /** Where the answer goes. */
  readonly header: 'Authorization' | 'Proxy-Authorization';
  /** How often its nonce has been used. */
  readonly uses: number;
}

export interface Account {
  /** IMPI. */
  readonly username: string;
  readonly password: string;
}

/**
 * The first challenge that can be answered with a password (RFC 3261 §22.2, RFC 8760 §2.3);
 * undefined if there is none.
 */
export function challengeOf(response: SipResponse): Challenge | undefined {
  const isProxy = response.status === 407;
  for (const value of headersOf(response, isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate')) {
    const challenge = readable(value);
    if (challenge !== undefined) {
      return { challenge, header: isProxy ? 'Proxy-Authorization' : 'Authorization', uses: 0 };
    }
  }
  return undefined;
}

/** Credentials for one more use of the challenge's nonce, as values and as a header. */
export function answerTo(
  { challenge, header, uses }: Challenge,
  account: Account,
  by: { readonly method: string; readonly uri: string; readonly cnonce: string },
): { readonly credentials: DigestCredentials; readonly header: Header } {
  const credentials = answerChallenge(challenge, { ...account, ...by, nc: uses + 1 });
  return { credentials, header: { name: header, value: encodeDigestCredentials(credentials) } };
}

/**
 * TS 24.229 5.1.1.2: the private identity goes with the first REGISTER, in credentials that prove
 * nothing yet.
 */
export function unprovenCredentials(username: string, realm: string, uri: string): Header {
  const credentials = { username, realm, nonce: '', uri, response: '', algorithm: 'MD5' } as const;
  return { name: 'Authorization', value: encodeDigestCredentials(credentials) };
}

/**
 * RFC 2617 §3.2.3: what the 200 says: the nonce for the next request, and whether the server knew
 * the password. A server may say nothing; one that gives a wrong proof is `forged`.
 */
export function confirmationOf(
  response: SipResponse,
  credentials: DigestCredentials,
  account: Account,
): { readonly nextnonce?: string; readonly isForged: boolean } {
  const value = headerOf(response, 'Authentication-Info');
  if (value === undefined) return { isForged: false };
  const info = decodeAuthenticationInfo(value);
  const { realm, uri, nonce, algorithm, qop, nc, cnonce } = credentials;
  const protection =
    qop === undefined || nc === undefined || cnonce === undefined ? {} : { qop, nc, cnonce };
  const hash = ha1(account.username, realm, account.password, algorithm);
  const expected = rspauth({ ha1: hash, uri, nonce, algorithm, ...protection });
  const isForged = info.rspauth !== undefined && info.rspauth.toLowerCase() !== expected;
  return info.nextnonce === undefined ? { isForged } : { isForged, nextnonce: info.nextnonce };
}

function readable(value: string): DigestChallenge | undefined {
  try {
    const challenge = decodeDigestChallenge(value);
    const isSpoken = challenge.qop.length === 0 || challenge.qop.includes('auth');
    // AKA needs a card, not a password.
    return isSpoken && challenge.algorithm !== 'AKAv1-MD5' ? challenge : undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
