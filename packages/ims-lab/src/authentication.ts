/**
 * SIP Digest at the S-CSCF: the challenge of a REGISTER, and the check of its answer.
 *
 * TS 24.229 5.4.1.2 for Digest without TLS; RFC 3261 §22; RFC 2617. Used by registrar.ts.
 */
import { type Instant, ProtocolError, type Random } from '@ueprov/protocols';
import {
  type DigestCredentials,
  decodeDigestCredentials,
  encodeAuthenticationInfo,
  encodeDigestChallenge,
  isValidResponse,
  rspauth,
} from '@ueprov/protocols/digest';
import { type Header, headersOf, type SipRequest } from '@ueprov/protocols/sip';
import type { Subscriber } from './hss.ts';
import { Nonces } from './nonces.ts';

export type Authentication =
  | { readonly kind: 'authenticated'; readonly credentials: DigestCredentials }
  | {
      readonly kind: 'answer';
      readonly status: 400 | 401 | 403;
      readonly reason: string;
      readonly headers: readonly Header[];
    };

/** A UE answers a challenge at once, a person typing a password is not in this loop. */
export const CHALLENGE_LIFETIME_MS = 60_000;
/** Single use makes every `nc` but the first a replay. */
const FIRST_USE = '00000001';

export class Authenticator {
  readonly #realm: string;
  readonly #nonces: Nonces;

  constructor(realm: string, random: Random) {
    this.#realm = realm;
    this.#nonces = new Nonces(random);
  }

  authenticate(request: SipRequest, subscriber: Subscriber, now: Instant): Authentication {
    const credentials = this.#credentialsOf(request);
    if (credentials instanceof ProtocolError) return answer(400, credentials.message);
    // TS 24.229 5.1.1.2: the first REGISTER may carry an Authorization that answers nothing.
    if (credentials === undefined || credentials.response === '')
      return this.#challenge(false, now);
    const { username, uri, algorithm, qop, nc, nonce } = credentials;
    if (username !== subscriber.IMPI) return answer(403, 'Private identity does not fit');
    if (uri !== request.uri) return answer(400, 'Digest is of another URI');
    if (algorithm !== 'MD5' || qop !== 'auth')
      return answer(400, 'Digest MD5 with qop=auth wanted');
    // One wrong answer ends the attempt, so that a UE with a wrong password cannot loop.
    if (!isValidResponse(credentials, subscriber.HA1, request.method)) {
      return answer(403, 'Authentication failed');
    }
    // RFC 2617 §3.2.1: stale says that the password was right and only the nonce is too old.
    if (!this.#nonces.use(nonce, now) || nc !== FIRST_USE) return this.#challenge(true, now);
    return { kind: 'authenticated', credentials };
  }

  /** Authentication-Info of the 200: the proof of the network, and the nonce for the next REGISTER. */
  authenticationInfo(
    credentials: DigestCredentials,
    { HA1 }: Subscriber,
    expiresAt: Instant,
  ): Header {
    const { uri, nonce, qop, nc, cnonce } = credentials;
    const protection = {
      ...(qop === undefined ? {} : { qop }),
      ...(nc === undefined ? {} : { nc }),
      ...(cnonce === undefined ? {} : { cnonce }),
    };
    const info = {
      nextnonce: this.#nonces.issue(expiresAt),
      rspauth: rspauth({ ha1: HA1, uri, nonce, ...protection }),
      ...protection,
    };
    return { name: 'Authentication-Info', value: encodeAuthenticationInfo(info) };
  }

  #challenge(stale: boolean, now: Instant): Authentication {
    const nonce = this.#nonces.issue(now + CHALLENGE_LIFETIME_MS);
    const challenge = {
      realm: this.#realm,
      nonce,
      qop: ['auth'],
      algorithm: 'MD5',
      stale,
    } as const;
    const value = encodeDigestChallenge(challenge);
    return answer(401, 'Unauthorized', { name: 'WWW-Authenticate', value });
  }

  /** RFC 3261 §22.4: of several sets of credentials, the one for our realm. */
  #credentialsOf(request: SipRequest): DigestCredentials | ProtocolError | undefined {
    try {
      return headersOf(request, 'Authorization')
        .map(decodeDigestCredentials)
        .find(({ realm }) => realm === this.#realm);
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      throw error;
    }
  }
}

function answer(
  status: 400 | 401 | 403,
  reason: string,
  ...headers: readonly Header[]
): Authentication {
  return { kind: 'answer', status, reason, headers };
}
