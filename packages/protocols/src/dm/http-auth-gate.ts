/**
 * HTTP Basic and Digest on the server's side: lets a request in, or says how to ask again.
 *
 * RFC 7616 §3.3, §3.4, RFC 7617 §2 [SYNCHTTP 5.4-1]. Pure: time comes with each request. Used by the Provisioning
 * Server's DM endpoint, which finds the account; one that is not there is challenged and checked like any other.
 */
import { quoted } from '../digest/auth-params.ts';
import { encodeDigestChallenge } from '../digest/digest-values.ts';
import type { Instant, Random } from '../engine.ts';
import {
  decoyHttpSecret,
  HTTP_ALGORITHMS,
  type HttpAccount,
  type HttpAlgorithm,
  type HttpAuthScheme,
  type HttpRequestLine,
  type HttpSecret,
  isHttpClaimProved,
  readHttpAuthorization,
} from './http-auth.ts';
import { HttpNonces } from './http-auth-nonces.ts';

export interface HttpGateOptions {
  readonly realm: string;
  /** Those offered with Digest, the preferred one first; both unless said otherwise. */
  readonly algorithms?: readonly HttpAlgorithm[];
  readonly random: Random;
}

export interface HttpRequestProof extends HttpRequestLine {
  /** Its Authorization. */
  readonly authorization: string | undefined;
}

export type HttpGateVerdict =
  | { readonly kind: 'proven' }
  /** `challenges` are values of WWW-Authenticate, for a 401. */
  | {
      readonly kind: 'challenge';
      readonly why: 'missing' | 'wrong' | 'stale';
      readonly challenges: readonly string[];
    };

export class HttpGate {
  readonly realm: string;
  readonly #algorithms: readonly HttpAlgorithm[];
  readonly #nonces: HttpNonces;
  readonly #decoy: HttpSecret;

  constructor({ realm, algorithms = HTTP_ALGORITHMS, random }: HttpGateOptions) {
    this.realm = realm;
    this.#algorithms = algorithms;
    this.#nonces = new HttpNonces(random);
    this.#decoy = decoyHttpSecret(realm, random);
  }

  /** `account`: that of whoever the message names, or the scheme that strangers are asked for. (AC-13) */
  check(
    account: HttpAccount | HttpAuthScheme,
    request: HttpRequestProof,
    now: Instant,
  ): HttpGateVerdict {
    const known = typeof account === 'string' ? this.#stranger(account) : account;
    const claim = readHttpAuthorization(request.authorization);
    // Another scheme than the one asked for proves nothing, right or not. (AC-12)
    if (claim?.scheme !== known.scheme) {
      const why = request.authorization === undefined ? 'missing' : 'wrong';
      return this.#challenge(known.scheme, why, now);
    }
    const isProof = isHttpClaimProved(claim, known.secret, request);
    const isOffered = claim.scheme === 'basic' || this.#isOffered(claim.credentials.algorithm);
    if (!isProof || !isOffered || claim.username !== known.username) {
      return this.#challenge(known.scheme, 'wrong', now);
    }
    // RFC 7616 §3.3: the password was right, so a fresh nonce is all that is missing.
    if (claim.scheme === 'digest' && !this.#nonces.take(claim.nonce, claim.nc, now)) {
      return this.#challenge(known.scheme, 'stale', now);
    }
    return { kind: 'proven' };
  }

  #stranger(scheme: HttpAuthScheme): HttpAccount {
    return { scheme, username: '', secret: this.#decoy };
  }

  #isOffered(algorithm: string): boolean {
    return this.#algorithms.some((each) => each === algorithm);
  }

  #challenge(
    scheme: HttpAuthScheme,
    why: 'missing' | 'wrong' | 'stale',
    now: Instant,
  ): HttpGateVerdict {
    const { realm } = this;
    if (scheme === 'basic') {
      const challenges = [`Basic ${quoted('realm', realm)}, charset="UTF-8"`];
      return { kind: 'challenge', why, challenges };
    }
    const nonce = this.#nonces.issue(now);
    const stale = why === 'stale';
    const challenges = this.#algorithms.map((algorithm) =>
      encodeDigestChallenge({ realm, nonce, qop: ['auth'], algorithm, stale }),
    );
    return { kind: 'challenge', why, challenges };
  }
}
