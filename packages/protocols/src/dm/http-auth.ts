/**
 * What HTTP Basic and Digest before the DM endpoint are about: who may speak SyncML here at all, by which scheme, and
 * whether a claim is proved.
 *
 * [SYNCHTTP 5.4-1] RFC 7617, RFC 7616; AAuthType HTTP-BASIC and HTTP-DIGEST of DMAcc. The server's side is
 * http-auth-gate.ts, the client's http-auth-client.ts.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { AUTH_VALUE_LENGTH_MAX, decodeAuthParams } from '../digest/auth-params.ts';
import { decodeDigestCredentials } from '../digest/digest-values.ts';
import { type DigestCredentials, ha1, isValidResponse } from '../digest/http-digest.ts';
import { decodeBasicCred } from '../digest/syncml-auth.ts';
import type { Random } from '../engine.ts';
import { ProtocolError } from '../error.ts';
import { originForm } from './http.ts';

export type HttpAuthScheme = 'basic' | 'digest';

/** RFC 7616 §3.3, the better one first. */
export const HTTP_ALGORITHMS = ['SHA-256', 'MD5'] as const;
export type HttpAlgorithm = (typeof HTTP_ALGORITHMS)[number];

/** What is kept of a user: never the password. Basic is checked against the better of the two. */
export interface HttpSecret {
  readonly realm: string;
  /** H(username:realm:password) in hex. */
  readonly ha1: Readonly<Record<HttpAlgorithm, string>>;
}

/** How a peer has to prove itself, and what it is checked against. */
export interface HttpAccount {
  readonly scheme: HttpAuthScheme;
  readonly username: string;
  readonly secret: HttpSecret;
}

/** What an Authorization says before it is checked. */
export type HttpClaim =
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly scheme: 'digest';
      readonly username: string;
      readonly nonce: string;
      /** How often its nonce was used, from 1. */
      readonly nc: number;
      readonly credentials: DigestCredentials;
    };

/** The request that a claim is made for. */
export interface HttpRequestLine {
  readonly method: string;
  readonly target: string;
}

export function httpSecretOf(username: string, realm: string, password: string): HttpSecret {
  const hash = (algorithm: HttpAlgorithm) => ha1(username, realm, password, algorithm);
  return { realm, ha1: { 'SHA-256': hash('SHA-256'), MD5: hash('MD5') } };
}

/** A secret that nobody knows: a user that is not there is checked against it, and costs the same. (AC-13) */
export function decoyHttpSecret(realm: string, random: Random): HttpSecret {
  const hash = (length: number) => Buffer.from(random(length)).toString('hex');
  return { realm, ha1: { 'SHA-256': hash(32), MD5: hash(16) } };
}

/** Value of Authorization, read; undefined for what is no Basic and no Digest with qop=auth. */
export function readHttpAuthorization(value: string | undefined): HttpClaim | undefined {
  if (value === undefined || value.length > AUTH_VALUE_LENGTH_MAX) return undefined;
  try {
    return decodeClaim(value);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Whether a claim is proved for this request, in constant time. The life of its nonce is another matter. */
export function isHttpClaimProved(
  claim: HttpClaim,
  secret: HttpSecret,
  request: HttpRequestLine,
): boolean {
  if (claim.scheme === 'basic') {
    const told = ha1(claim.username, secret.realm, claim.password, 'SHA-256');
    return timingSafeEqual(digestOf(told), digestOf(secret.ha1['SHA-256']));
  }
  const { credentials } = claim;
  const algorithm = HTTP_ALGORITHMS.find((each) => each === credentials.algorithm);
  // RFC 7616 §3.4: a proof for another request, or another realm, is none; a proxy may have changed the target's form.
  const isForThis =
    algorithm !== undefined &&
    originForm(credentials.uri) === originForm(request.target) &&
    credentials.realm === secret.realm;
  const isProof = isValidResponse(credentials, secret.ha1[algorithm ?? 'MD5'], request.method);
  return isProof && isForThis;
}

function decodeClaim(value: string): HttpClaim | undefined {
  const [scheme = '', rest = ''] = value.trim().split(/\s+(.*)/s);
  if (scheme.toLowerCase() === 'basic') {
    const { name, password } = decodeBasicCred(rest);
    return { scheme: 'basic', username: name, password };
  }
  if (decodeAuthParams(value).scheme.toLowerCase() !== 'digest') return undefined;
  const credentials = decodeDigestCredentials(value);
  const { username, nonce, nc = '', qop } = credentials;
  // Without qop nothing counts the uses of a nonce (RFC 7616 §3.4: it is no longer optional).
  if (qop !== 'auth' || !/^[0-9a-f]{8}$/i.test(nc)) return undefined;
  return { scheme: 'digest', username, nonce, nc: Number.parseInt(nc, 16), credentials };
}

function digestOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
