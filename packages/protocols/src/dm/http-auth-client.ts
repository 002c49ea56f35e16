/**
 * HTTP Basic and Digest on the client's side: what to send with a request, and whether a challenge is worth another try.
 *
 * RFC 7616 §3.4, RFC 7617 §2 [SYNCHTTP 5.4-1]. Used by the UE's HTTP client, once for a server and once for a proxy.
 */
import { splitChallenges } from '../digest/auth-params.ts';
import { decodeDigestChallenge, encodeDigestCredentials } from '../digest/digest-values.ts';
import { answerChallenge, type DigestChallenge } from '../digest/http-digest.ts';
import { encodeBasicCred } from '../digest/syncml-auth.ts';
import type { Random } from '../engine.ts';
import { ProtocolError } from '../error.ts';
import { HTTP_ALGORITHMS, type HttpAuthScheme, type HttpRequestLine } from './http-auth.ts';

/** What the client holds. */
export interface HttpCredential {
  readonly scheme: HttpAuthScheme;
  readonly username: string;
  readonly password: string;
}

export const CNONCE_LENGTH = 16;

type Asked =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'digest'; readonly challenge: DigestChallenge };

export class HttpProver {
  readonly credential: HttpCredential;
  readonly #random: Random;
  /** What it was asked for last: goes with every request from then on. */
  #asked: Asked | undefined;
  #uses = 0;
  /** What became of the answer to it. */
  #answer: 'unsent' | 'sent' | 'accepted' = 'unsent';

  constructor(credential: HttpCredential, random: Random) {
    this.credential = credential;
    this.#random = random;
  }

  /** Value of Authorization or Proxy-Authorization; undefined before anybody asked. */
  authorization({ method, target }: HttpRequestLine): string | undefined {
    const { username, password } = this.credential;
    const asked = this.#asked;
    if (asked === undefined) return undefined;
    this.#uses += 1;
    if (this.#answer === 'unsent') this.#answer = 'sent';
    if (asked.scheme === 'basic') return `Basic ${encodeBasicCred(username, password)}`;
    const cnonce = Buffer.from(this.#random(CNONCE_LENGTH)).toString('base64url');
    const by = { username, password, method, uri: target, nc: this.#uses, cnonce };
    return encodeDigestCredentials(answerChallenge(asked.challenge, by));
  }

  /** A request with it was let in. */
  accepted(): void {
    if (this.#answer === 'sent') this.#answer = 'accepted';
  }

  /**
   * Takes the values of WWW-Authenticate or Proxy-Authenticate. Whether the request may be sent again: not if its own
   * answer was refused for anything but its nonce, nor where another scheme is asked for: a password is never sent
   * because somebody asks for it. (AC-12)
   */
  challenged(values: readonly string[]): boolean {
    const isFirstRefusal = this.#answer !== 'sent';
    this.#asked = this.#read(values);
    this.#uses = 0;
    this.#answer = 'unsent';
    if (this.#asked === undefined || isFirstRefusal) return this.#asked !== undefined;
    return this.#asked.scheme === 'digest' && this.#asked.challenge.stale;
  }

  #read(values: readonly string[]): Asked | undefined {
    const challenges = values.flatMap(readableChallenges);
    if (this.credential.scheme === 'basic') {
      const isAsked = challenges.some((text) => /^basic(?:[\t ]|$)/i.test(text));
      return isAsked ? { scheme: 'basic' } : undefined;
    }
    const digests = challenges.flatMap(readableDigest);
    // RFC 7616 §3.7: the best that both know.
    for (const algorithm of HTTP_ALGORITHMS) {
      const challenge = digests.find((each) => each.algorithm === algorithm);
      if (challenge !== undefined) return { scheme: 'digest', challenge };
    }
    return undefined;
  }
}

function readableChallenges(value: string): readonly string[] {
  return readable(() => splitChallenges(value)) ?? [];
}

function readableDigest(text: string): DigestChallenge[] {
  const challenge = readable(() => decodeDigestChallenge(text));
  // RFC 2069 has no qop; auth-int alone is not spoken here.
  const isSpoken = challenge?.qop.length === 0 || challenge?.qop.includes('auth');
  return challenge !== undefined && isSpoken ? [challenge] : [];
}

function readable<Value>(decode: () => Value): Value | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
