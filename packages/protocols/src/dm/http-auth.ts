/**
 * HTTP Basic and Digest before the DM endpoint, both sides: who may speak SyncML here at all.
 *
 * [SYNCHTTP 5.4-1] RFC 2617; AAuthType HTTP-BASIC and HTTP-DIGEST of DMAcc. Pure: nonces, their life and the counts of
 * their uses are the caller's. For shells; an unknown user is checked against `decoyHttpSecret`, so that it costs and
 * says the same.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { encodeBase64 } from '../bytes.ts';
import { decodeAuthParams, quoted } from '../digest/auth-params.ts';
import {
  decodeDigestChallenge,
  decodeDigestCredentials,
  encodeDigestChallenge,
  encodeDigestCredentials,
} from '../digest/digest-values.ts';
import { answerChallenge, ha1, isValidResponse } from '../digest/http-digest.ts';
import { decodeBasicCred, encodeBasicCred } from '../digest/syncml-auth.ts';
import type { Random } from '../engine.ts';
import { ProtocolError } from '../error.ts';

export type HttpAuthScheme = 'basic' | 'digest';

/** What is kept of a user: never the password. Both schemes are checked against it. */
export interface HttpSecret {
  readonly realm: string;
  /** H(username:realm:password) in hex. */
  readonly ha1: string;
}

/** What an Authorization says before it is checked. */
export type HttpClaim =
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly scheme: 'digest';
      readonly username: string;
      readonly nonce: string;
      /** How often its nonce was used, from 1; undefined without qop. */
      readonly nc: number | undefined;
      readonly credentials: ReturnType<typeof decodeDigestCredentials>;
    };

export function httpSecretOf(username: string, realm: string, password: string): HttpSecret {
  return { realm, ha1: ha1(username, realm, password) };
}

/** A secret that nobody knows. */
export function decoyHttpSecret(realm: string, random: Random): HttpSecret {
  return { realm, ha1: Buffer.from(random(16)).toString('hex') };
}

/** Value of WWW-Authenticate. OMA-SYNCHTTP 5.4: a nonce SHOULD be base64. */
export function httpChallenge(
  scheme: HttpAuthScheme,
  realm: string,
  nonce: Uint8Array,
  stale = false,
): string {
  if (scheme === 'basic') return `Basic ${quoted('realm', realm)}, charset="UTF-8"`;
  const challenge = { realm, nonce: encodeBase64(nonce), qop: ['auth'], stale };
  return encodeDigestChallenge({ ...challenge, algorithm: 'MD5' });
}

/** Value of Authorization, read; undefined for what is no Basic or Digest of it. */
export function readHttpAuthorization(value: string | undefined): HttpClaim | undefined {
  try {
    return value === undefined ? undefined : decodeClaim(value);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Whether a claim is proved for this request, in constant time. Nonce and `nc` are for the caller to judge. */
export function isHttpClaimProved(
  claim: HttpClaim,
  secret: HttpSecret,
  request: { readonly method: string; readonly target: string },
): boolean {
  if (claim.scheme === 'basic') {
    const told = ha1(claim.username, secret.realm, claim.password);
    return timingSafeEqual(digestOf(told), digestOf(secret.ha1));
  }
  const { credentials } = claim;
  // RFC 2617 §3.2.2.5: a proof for another request, or another realm, is none.
  const isForThis = credentials.uri === request.target && credentials.realm === secret.realm;
  return isValidResponse(credentials, secret.ha1, request.method) && isForThis;
}

/** What the client holds. */
export interface HttpCredential {
  readonly scheme: HttpAuthScheme;
  readonly username: string;
  readonly password: string;
}

export interface HttpUse {
  readonly method: string;
  readonly target: string;
  /** Uses of the challenge's nonce, this one counted. */
  readonly nc: number;
  readonly cnonce: string;
}

/**
 * Value of Authorization that answers WWW-Authenticate; undefined where the challenge asks for another scheme: a
 * password is never sent because somebody asks for it (AC-12).
 */
export function answerHttpChallenge(
  challenge: string,
  { scheme, username, password }: HttpCredential,
  use: HttpUse,
): string | undefined {
  const asked = challenge.trim().split(/\s/, 1)[0]?.toLowerCase();
  if (asked !== scheme) return undefined;
  if (scheme === 'basic') return `Basic ${encodeBasicCred(username, password)}`;
  try {
    const decoded = decodeDigestChallenge(challenge);
    const { method, target: uri, nc, cnonce } = use;
    const by = { username, password, method, uri, nc, cnonce };
    return encodeDigestCredentials(answerChallenge(decoded, by));
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function decodeClaim(value: string): HttpClaim | undefined {
  const [scheme = '', rest = ''] = value.trim().split(/\s+(.*)/s);
  if (scheme.toLowerCase() === 'basic') {
    const { name, password } = decodeBasicCred(rest);
    return { scheme: 'basic', username: name, password };
  }
  if (decodeAuthParams(value).scheme.toLowerCase() !== 'digest') return undefined;
  const credentials = decodeDigestCredentials(value);
  const { username, nonce, nc } = credentials;
  if (nc !== undefined && !/^[0-9a-f]{8}$/i.test(nc)) return undefined;
  const count = nc === undefined ? undefined : Number.parseInt(nc, 16);
  return { scheme: 'digest', username, nonce, nc: count, credentials };
}

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
