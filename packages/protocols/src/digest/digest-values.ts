/**
 * The header values that carry Digest: WWW-Authenticate, Authorization, their Proxy kin, and
 * Authentication-Info (RFC 2617 section 3.2, RFC 3261 §20.7, §20.44). Used wherever http-digest.ts
 * is.
 */
import { ProtocolError } from '../error.ts';
import { decodeAuthParams, decodeParamList, quoted } from './auth-params.ts';
import type { DigestAlgorithm, DigestChallenge, DigestCredentials } from './http-digest.ts';

export interface AuthenticationInfo {
  readonly nextnonce?: string;
  readonly rspauth?: string;
  readonly qop?: string;
  readonly cnonce?: string;
  readonly nc?: string;
}

/**
 * Value of WWW-Authenticate or Proxy-Authenticate. Throws `DIGEST_SCHEME`, `DIGEST_ALGORITHM`,
 * `DIGEST_SYNTAX`.
 */
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
