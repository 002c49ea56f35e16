/**
 * Digest access authentication with `qop=auth` or none (RFC 2617, RFC 7616; in SIP RFC 3261 §22.4), and AKAv1-MD5's use
 * of it (RFC 3310: the password is RES). Used by SIP registration, the S-CSCF of the lab, and DM over HTTP.
 *
 * Whoever verifies stores `ha1(...)` and nothing else. Nonces, their life and the counting of `nc` are the server's.
 */
import { createHash } from 'node:crypto';
import { encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import { decodeAuthParams, decodeParamList, quoted } from './auth-params.ts';
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

export interface AuthenticationInfo {
  readonly nextnonce?: string;
  readonly rspauth?: string;
  readonly qop?: string;
  readonly cnonce?: string;
  readonly nc?: string;
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

/** H(username:realm:password) in hex. The password is octets where it is AKA's RES (RFC 3310 section 3.3). */
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

/** Credentials that answer `challenge`; `nc` counts the uses of its nonce from 1. Throws `DIGEST_QOP`. */
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

/** Value of WWW-Authenticate or Proxy-Authenticate. Throws `DIGEST_SCHEME`, `DIGEST_ALGORITHM`, `DIGEST_SYNTAX`. */
export function decodeDigestChallenge(value: string): DigestChallenge {
  const params = digestParams(value);
  const opaque = params.get('opaque');
  return {
    realm: required(params, 'realm'),
    nonce: required(params, 'nonce'),
    qop: (params.get('qop') ?? '')
      .toLowerCase()
      .split(/[\t ,]+/)
      .filter((option) => option !== ''),
    algorithm: algorithmOf(params),
    // RFC 2617 §3.2.1: TRUE without case; anything else is FALSE.
    stale: params.get('stale')?.toLowerCase() === 'true',
    ...(opaque === undefined ? {} : { opaque }),
  };
}

export function encodeDigestChallenge(challenge: DigestChallenge): string {
  const { realm, nonce, qop, algorithm, stale, opaque } = challenge;
  const params = [
    quoted('realm', realm),
    quoted('nonce', nonce),
    ...(qop.length > 0 ? [quoted('qop', qop.join(','))] : []),
    `algorithm=${algorithm}`,
    ...(stale ? ['stale=true'] : []),
    ...(opaque === undefined ? [] : [quoted('opaque', opaque)]),
  ];
  return `Digest ${params.join(', ')}`;
}

/** Value of Authorization or Proxy-Authorization. Throws as `decodeDigestChallenge` does. */
export function decodeDigestCredentials(value: string): DigestCredentials {
  const params = digestParams(value);
  const qop = params.get('qop')?.toLowerCase();
  return {
    username: required(params, 'username'),
    realm: required(params, 'realm'),
    nonce: required(params, 'nonce'),
    uri: required(params, 'uri'),
    response: required(params, 'response'),
    algorithm: algorithmOf(params),
    ...(qop === undefined ? {} : { qop }),
    ...optional(params, ['nc', 'cnonce', 'opaque', 'auts']),
  };
}

export function encodeDigestCredentials(credentials: DigestCredentials): string {
  const { username, realm, nonce, uri, response, algorithm } = credentials;
  const { qop, nc, cnonce, opaque, auts } = credentials;
  const params = [
    quoted('username', username),
    quoted('realm', realm),
    quoted('nonce', nonce),
    quoted('uri', uri),
    quoted('response', response),
    `algorithm=${algorithm}`,
    // RFC 3261 §25.1: qop and nc stand without quotes in credentials, cnonce with them.
    ...(qop === undefined ? [] : [`qop=${qop}`]),
    ...(nc === undefined ? [] : [`nc=${nc}`]),
    ...(cnonce === undefined ? [] : [quoted('cnonce', cnonce)]),
    ...(opaque === undefined ? [] : [quoted('opaque', opaque)]),
    ...(auts === undefined ? [] : [quoted('auts', auts)]),
  ];
  return `Digest ${params.join(', ')}`;
}

/** Value of Authentication-Info (RFC 2617 §3.2.3). Throws `DIGEST_SYNTAX`. */
export function decodeAuthenticationInfo(value: string): AuthenticationInfo {
  const params = decodeParamList(value);
  return optional(params, ['nextnonce', 'rspauth', 'qop', 'cnonce', 'nc']);
}

export function encodeAuthenticationInfo(info: AuthenticationInfo): string {
  const { nextnonce, qop, cnonce, nc } = info;
  return [
    ...(nextnonce === undefined ? [] : [quoted('nextnonce', nextnonce)]),
    ...(qop === undefined ? [] : [`qop=${qop}`]),
    ...(info.rspauth === undefined ? [] : [quoted('rspauth', info.rspauth)]),
    ...(cnonce === undefined ? [] : [quoted('cnonce', cnonce)]),
    ...(nc === undefined ? [] : [`nc=${nc}`]),
  ].join(', ');
}

function hashHex(algorithm: DigestAlgorithm, text: string): string {
  return createHash(HASHES[algorithm]).update(text).digest('hex');
}

function digestParams(value: string): ReadonlyMap<string, string> {
  const { scheme, params } = decodeAuthParams(value);
  if (scheme.toLowerCase() !== 'digest') {
    throw new ProtocolError('DIGEST_SCHEME', `scheme ${scheme} is not Digest`);
  }
  return params;
}

function algorithmOf(params: ReadonlyMap<string, string>): DigestAlgorithm {
  // RFC 2617 §3.2.1: absent means MD5.
  const named = (params.get('algorithm') ?? 'MD5').toLowerCase();
  for (const algorithm of ['MD5', 'SHA-256', 'AKAv1-MD5'] as const) {
    if (algorithm.toLowerCase() === named) return algorithm;
  }
  throw new ProtocolError('DIGEST_ALGORITHM', `algorithm ${named} is not known`);
}

function required(params: ReadonlyMap<string, string>, name: string): string {
  const value = params.get(name);
  if (value === undefined) throw new ProtocolError('DIGEST_SYNTAX', `no ${name}`, { path: name });
  return value;
}

function optional<Name extends string>(
  params: ReadonlyMap<string, string>,
  names: readonly Name[],
): { readonly [name in Name]?: string } {
  const found: { [name in Name]?: string } = {};
  for (const name of names) {
    const value = params.get(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
