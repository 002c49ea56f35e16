/**
 * Digest access authentication with `qop=auth` or none (RFC 2617, RFC 7616; in SIP RFC 3261 §22.4),
 * and AKAv1-MD5's use of it (RFC 3310: the password is RES). Used by SIP registration, the S-CSCF
 * of the lab, and DM over HTTP.
 *
 * Whoever verifies stores `ha1(...)` and nothing else. Nonces, their life and the counting of `nc`
 * are the server's.
 */
import { createHash } from 'node:crypto';
import { encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import { isSameDigest } from './md5.ts';

export type DigestAlgorithm = 'MD5' | 'SHA-256' | 'AKAv1-MD5';

export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  /** Empty: the server speaks RFC 2069. Lower case. */
  readonly qop: readonly string[];
  readonly algorithm: DigestAlgorithm;
  readonly stale: boolean;
  readonly opaque?: string;
}

export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Lower-case hex; empty in the first REGISTER of TS 24.229 5.1.1.2. */
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  readonly qop?: string;
  readonly nc?: string;
  readonly cnonce?: string;
  readonly opaque?: string;
  readonly auts?: string;
}

export interface DigestInput {
  readonly ha1: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly algorithm?: DigestAlgorithm;
  /** `auth` or absent. */
  readonly qop?: string;
  readonly nc?: string;
  readonly cnonce?: string;
}

const HASHES: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'AKAv1-MD5': 'md5',
};

/**
 * H(username:realm:password) in hex. The password is octets where it is AKA's RES (RFC 3310 section
 * 3.3).
 */
export function ha1(
  username: string,
  realm: string,
  password: string | Uint8Array,
  algorithm: DigestAlgorithm = 'MD5',
): string {
  const secret = typeof password === 'string' ? encodeUtf8(password) : password;
  return createHash(HASHES[algorithm]).update(`${username}:${realm}:`).update(secret).digest('hex');
}

/** `request-digest` of RFC 2617 §3.2.2.1, in hex. */
export function digestResponse(input: DigestInput): string {
  const algorithm = input.algorithm ?? 'MD5';
  const ha2 = hashHex(algorithm, `${input.method}:${input.uri}`);
  // RFC 2617 §3.2.2.1: without qop the RFC 2069 form.
  const middle =
    input.qop === undefined
      ? input.nonce
      : `${input.nonce}:${input.nc ?? ''}:${input.cnonce ?? ''}:${input.qop}`;
  return hashHex(algorithm, `${input.ha1}:${middle}:${ha2}`);
}

/** `rspauth` of RFC 2617 §3.2.3: the server's own proof, with an empty method. */
export function rspauth(input: Omit<DigestInput, 'method'>): string {
  return digestResponse({ ...input, method: '' });
}

/**
 * Credentials that answer `challenge`; `nc` counts the uses of its nonce from 1. Throws
 * `DIGEST_QOP`.
 */
export function answerChallenge(
  challenge: DigestChallenge,
  by: {
    readonly username: string;
    readonly password: string | Uint8Array;
    readonly method: string;
    readonly uri: string;
    readonly nc: number;
    readonly cnonce: string;
  },
): DigestCredentials {
  const { realm, nonce, algorithm, opaque } = challenge;
  if (challenge.qop.length > 0 && !challenge.qop.includes('auth')) {
    throw new ProtocolError('DIGEST_QOP', 'the challenge does not offer qop=auth');
  }
  const protection =
    challenge.qop.length > 0
      ? { qop: 'auth', nc: by.nc.toString(16).padStart(8, '0'), cnonce: by.cnonce }
      : {};
  const { username, method, uri } = by;
  const hash = ha1(username, realm, by.password, algorithm);
  return {
    username,
    realm,
    nonce,
    uri,
    response: digestResponse({ ha1: hash, method, uri, nonce, algorithm, ...protection }),
    algorithm,
    ...protection,
    ...(opaque === undefined ? {} : { opaque }),
  };
}

/** Do these credentials prove knowledge of the password behind `hash`? In constant time. */
export function isValidResponse(
  credentials: DigestCredentials,
  hash: string,
  method: string,
): boolean {
  const { uri, nonce, algorithm, qop, nc, cnonce } = credentials;
  if (qop !== undefined && (qop !== 'auth' || nc === undefined || cnonce === undefined)) {
    return false;
  }
  const protection = qop === undefined ? {} : { qop, nc: nc ?? '', cnonce: cnonce ?? '' };
  const expected = digestResponse({ ha1: hash, method, uri, nonce, algorithm, ...protection });
  return isSameDigest(encodeUtf8(expected), encodeUtf8(credentials.response.toLowerCase()));
}

function hashHex(algorithm: DigestAlgorithm, text: string): string {
  return createHash(HASHES[algorithm]).update(text).digest('hex');
}
