/**
 * SIP Digest and Digest AKA at the S-CSCF: the challenge of a REGISTER, and the check of its answer.
 *
 * TS 24.229 5.4.1.2 for AKA and for Digest without TLS; RFC 3261 §22; RFC 2617; RFC 8760 (SHA-256); RFC 3310 (AKA).
 * Used by registrar.ts.
 */
import { encodeBase64, type Instant, ProtocolError, type Random } from '@ueprov/protocols';
import {
  type DigestAlgorithm,
  type DigestCredentials,
  decodeAkaNonce,
  decodeAuts,
  decodeDigestCredentials,
  encodeAkaNonce,
  encodeAuthenticationInfo,
  encodeDigestChallenge,
  ha1,
  isValidResponse,
  rspauth,
} from '@ueprov/protocols/digest';
import { type Header, headersOf, type SipRequest } from '@ueprov/protocols/sip';
import type { Hss, Subscriber } from './hss.ts';
import { Nonces } from './nonces.ts';

export type Authentication =
  | {
      readonly kind: 'authenticated';
      readonly credentials: DigestCredentials;
      readonly secret: Secret;
    }
  | {
      readonly kind: 'answer';
      readonly status: 400 | 401 | 403;
      readonly reason: string;
      readonly headers: readonly Header[];
    };

/** What proves a UE: H(IMPI:realm:password) under one algorithm. */
export interface Secret {
  readonly algorithm: DigestAlgorithm;
  readonly HA1: string;
}

/** A UE answers a challenge at once, a person typing a password is not in this loop. */
export const CHALLENGE_LIFETIME_MS = 60_000;
/** Single use makes every `nc` but the first a replay. */
const FIRST_USE = '00000001';
const NONCE_BYTES = 18;

export interface AuthenticatorOptions {
  readonly realm: string;
  readonly hss: Hss;
  readonly random: Random;
}

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  /** Of each nonce, what proves the one whom it was for. */
  readonly #nonces = new Nonces<readonly Secret[]>();

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
  }

  authenticate(request: SipRequest, subscriber: Subscriber, now: Instant): Authentication {
    const credentials = this.#credentialsOf(request);
    if (credentials instanceof ProtocolError) return answer(400, credentials.message);
    // TS 24.229 5.1.1.2: the first REGISTER may carry an Authorization that answers nothing.
    if (credentials === undefined || credentials.nonce === '') {
      return this.#challenge(subscriber, false, now);
    }
    const { username, uri, algorithm, qop } = credentials;
    if (username !== subscriber.IMPI) return answer(403, 'Private identity does not fit');
    if (uri !== request.uri) return answer(400, 'Digest is of another URI');
    if (credentials.auts !== undefined) return this.#resynchronize(credentials, subscriber, now);
    // RFC 3310 §3.4: the card did not believe the challenge; without an answer, a client of Digest asks for one.
    if (credentials.response === '') {
      return subscriber.aka === undefined
        ? this.#challenge(subscriber, false, now)
        : answer(403, 'The UE refused the challenge');
    }
    const known = this.#nonces.peek(credentials.nonce);
    // A card's answer says nothing without its challenge.
    if (known === undefined && subscriber.aka !== undefined) {
      return this.#challenge(subscriber, true, now);
    }
    const secrets = known ?? passwordsOf(subscriber);
    const secret = secrets.find((each) => each.algorithm === algorithm);
    if (secret === undefined || qop !== 'auth') {
      const wanted = secrets.map((each) => each.algorithm).join(' or ');
      return answer(400, `Digest ${wanted} with qop=auth wanted`);
    }
    return this.#verify(request, credentials, secret, subscriber, now);
  }

  /** Authentication-Info of the 200: the proof of the network, and the nonce for the next REGISTER. */
  authenticationInfo(
    { uri, nonce, qop, nc, cnonce }: DigestCredentials,
    { HA1, algorithm }: Secret,
    subscriber: Subscriber,
    expiresAt: Instant,
  ): Header {
    const protection = {
      ...(qop === undefined ? {} : { qop }),
      ...(nc === undefined ? {} : { nc }),
      ...(cnonce === undefined ? {} : { cnonce }),
    };
    const passwords = passwordsOf(subscriber);
    const isPassword = subscriber.aka === undefined;
    const info = {
      // A card has to be challenged each time.
      ...(isPassword && { nextnonce: this.#nonces.issue(this.#nonce(), passwords, expiresAt) }),
      rspauth: rspauth({ ha1: HA1, uri, nonce, algorithm, ...protection }),
      ...protection,
    };
    return { name: 'Authentication-Info', value: encodeAuthenticationInfo(info) };
  }

  #verify(
    request: SipRequest,
    credentials: DigestCredentials,
    secret: Secret,
    subscriber: Subscriber,
    now: Instant,
  ): Authentication {
    // One wrong answer ends the attempt, so that a UE with a wrong password cannot loop.
    if (!isValidResponse(credentials, secret.HA1, request.method)) {
      return answer(403, 'Authentication failed');
    }
    const { nonce, nc } = credentials;
    const isFresh = this.#nonces.use(nonce, now) !== undefined;
    // RFC 2617 §3.2.1: stale says that the password was right and only the nonce is too old.
    if (!isFresh || nc !== FIRST_USE) return this.#challenge(subscriber, true, now);
    return { kind: 'authenticated', credentials, secret };
  }

  #challenge(subscriber: Subscriber, stale: boolean, now: Instant): Authentication {
    const { realm, hss, random } = this.#options;
    const vector = hss.vector(subscriber, random);
    const secrets =
      vector === undefined
        ? passwordsOf(subscriber)
        : [aka(ha1(subscriber.IMPI, realm, vector.XRES, 'AKAv1-MD5'))];
    const fresh = vector === undefined ? this.#nonce() : encodeAkaNonce(vector);
    const nonce = this.#nonces.issue(fresh, secrets, now + CHALLENGE_LIFETIME_MS);
    // RFC 8760 §2.4: the one that is preferred comes first.
    const headers = secrets.map(({ algorithm }) => ({
      name: 'WWW-Authenticate',
      value: encodeDigestChallenge({ realm, nonce, qop: ['auth'], algorithm, stale }),
    }));
    return answer(401, 'Unauthorized', ...headers);
  }

  /** RFC 3310 §3.4: the card counts elsewhere; the authentication centre follows it, once per challenge. */
  #resynchronize(
    { nonce, auts = '' }: DigestCredentials,
    subscriber: Subscriber,
    now: Instant,
  ): Authentication {
    // An old challenge is old to the card as well: that says nothing about its count.
    if (this.#nonces.use(nonce, now) === undefined) return this.#challenge(subscriber, true, now);
    try {
      const { RAND } = decodeAkaNonce(nonce);
      if (this.#options.hss.resynchronize(subscriber, RAND, decodeAuts(auts))) {
        return this.#challenge(subscriber, false, now);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
    }
    return answer(403, 'Not to be resynchronised');
  }

  #nonce(): string {
    return encodeBase64(this.#options.random(NONCE_BYTES));
  }

  /** RFC 3261 §22.4: of several sets of credentials, the one for our realm. */
  #credentialsOf(request: SipRequest): DigestCredentials | ProtocolError | undefined {
    try {
      return headersOf(request, 'Authorization')
        .map(decodeDigestCredentials)
        .find(({ realm }) => realm === this.#options.realm);
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      throw error;
    }
  }
}

/** The stronger one first. */
function passwordsOf({ HA1, HA1SHA256 }: Subscriber): readonly Secret[] {
  return [
    ...(HA1SHA256 === undefined ? [] : [{ algorithm: 'SHA-256', HA1: HA1SHA256 } as const]),
    ...(HA1 === undefined ? [] : [{ algorithm: 'MD5', HA1 } as const]),
  ];
}

function aka(HA1: string): Secret {
  return { algorithm: 'AKAv1-MD5', HA1 };
}

function answer(
  status: 400 | 401 | 403,
  reason: string,
  ...headers: readonly Header[]
): Authentication {
  return { kind: 'answer', status, reason, headers };
}
