/**
 * Who may use the API: the operator with the token, as a Bearer (RFC 6750) or as a cookie got for it.
 *
 * Only hashes are kept, of the token and of the cookies; a cookie ends after a day, at logout, and with the process.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Instant } from '@ueprov/protocols';
import type { Store } from '../store/store.ts';
import { ApiProblem } from './problem.ts';

/** 32 octets as base64url. */
const TOKEN_BYTES = 32;
const TOKEN_LENGTH_MIN = 43;
/** Longer than any token of ours: not worth a hash. */
const TOKEN_LENGTH_MAX = 512;

export const COOKIE_AGE_MS = 24 * 3_600_000;
/** Browsers signed in at once; one more ends the oldest. */
export const COOKIES_MAX = 1000;

/** Wrong tokens from one address within a minute, after which it is told to wait. */
export const FAILURES_MAX = 10;
const FAILURE_WINDOW_MS = 60_000;
const ADDRESSES_MAX = 10_000;

/** Makes the admin token if the store has none: the caller prints it once, and nobody can read it again. */
export async function firstRunToken(store: Store): Promise<string | undefined> {
  const token = newToken();
  return (await store.keepTokenHash(sha256(token))) ? token : undefined;
}

export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

interface Failures {
  readonly since: Instant;
  count: number;
}

export class Access {
  readonly #hashes: readonly Uint8Array[];
  readonly #cookies = new Map<string, Instant>();
  readonly #failures = new Map<string, Failures>();

  private constructor(hashes: readonly Uint8Array[]) {
    this.#hashes = hashes;
  }

  /** `runToken` is good for this run besides the stored one. Throws if it is short enough to be guessed. */
  static async of(store: Store, runToken?: string): Promise<Access> {
    const hashes = [await store.tokenHash()].filter((hash) => hash !== undefined);
    if (runToken !== undefined) {
      if (runToken.length < TOKEN_LENGTH_MIN || new Set(runToken).size < 10) {
        throw new RangeError(`an API token has at least ${TOKEN_LENGTH_MIN} random characters`);
      }
      hashes.push(sha256(runToken));
    }
    return new Access(hashes);
  }

  /** Throws 401, or 429 for an address that has been wrong too often; the right token always passes. */
  checkToken(token: string, address: string, now: Instant): void {
    const hash = sha256(token.length <= TOKEN_LENGTH_MAX ? token : '');
    // Each is compared: how long it takes says nothing.
    const matches = this.#hashes.filter((known) => timingSafeEqual(known, hash));
    if (matches.length > 0) return;
    throw this.#isBlocked(address, now)
      ? new ApiProblem(429, 'TOO_MANY_ATTEMPTS', 'Too many wrong tokens; wait a minute.', {
          'retry-after': '60',
        })
      : unauthorized('The token is wrong.');
  }

  openCookie(now: Instant): string {
    const cookie = newToken();
    for (const [key, until] of this.#cookies) if (until <= now) this.#cookies.delete(key);
    const [oldest] = this.#cookies.keys();
    if (this.#cookies.size >= COOKIES_MAX && oldest !== undefined) this.#cookies.delete(oldest);
    this.#cookies.set(keyOf(cookie), now + COOKIE_AGE_MS);
    return cookie;
  }

  isOpenCookie(cookie: string, now: Instant): boolean {
    const until = cookie.length > TOKEN_LENGTH_MAX ? undefined : this.#cookies.get(keyOf(cookie));
    return until !== undefined && now < until;
  }

  closeCookie(cookie: string): void {
    this.#cookies.delete(keyOf(cookie));
  }

  #isBlocked(address: string, now: Instant): boolean {
    const known = this.#failures.get(address);
    if (known !== undefined && now < known.since + FAILURE_WINDOW_MS) {
      known.count += 1;
      return known.count > FAILURES_MAX;
    }
    const [oldest] = this.#failures.keys();
    if (this.#failures.size >= ADDRESSES_MAX && oldest !== undefined) {
      this.#failures.delete(oldest);
    }
    this.#failures.delete(address);
    this.#failures.set(address, { since: now, count: 1 });
    return false;
  }
}

export function unauthorized(detail: string): ApiProblem {
  return new ApiProblem(401, 'UNAUTHENTICATED', detail, { 'www-authenticate': 'Bearer' });
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

/** A map's lookup compares hashes, never what a stranger sent with what we gave out. */
function keyOf(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64');
}
