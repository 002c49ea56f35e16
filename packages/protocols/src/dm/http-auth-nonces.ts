/**
 * The nonces of HTTP Digest on the server's side: each tells by itself that it is ours and how old it is, so that
 * challenging strangers keeps nothing (AC-14); only of proved ones the count of uses is remembered, so that none
 * counts twice (AC-10).
 *
 * RFC 7616 §3.3, §5.12. Used by http-auth-gate.ts.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../bytes.ts';
import type { Instant, Random } from '../engine.ts';
import { ProtocolError } from '../error.ts';

/** Longer than a session that goes well; after it a client is told `stale` and goes on with a new one. */
export const NONCE_LIFE_MS = 5 * 60_000;
/** Nonces whose uses are remembered; of more, those issued first are stale. */
export const USED_NONCES_MAX = 20_000;

/** When it was issued, and as which one: each an IEEE 754 double. */
const HEAD_LENGTH = 16;
const NUMBER_OFFSET = 8;
const MAC_LENGTH = 16;

interface Issue {
  readonly at: Instant;
  readonly number: number;
}

export class HttpNonces {
  readonly #key: Uint8Array;
  readonly #usedMax: number;
  #issued = 0;
  /** The highest count seen, by the number of the nonce; the one used last comes last. */
  readonly #used = new Map<number, number>();
  /** A nonce up to this number that is not remembered is stale: it may have been used. */
  #forgotten = 0;

  constructor(random: Random, usedMax = USED_NONCES_MAX) {
    this.#key = random(32);
    this.#usedMax = usedMax;
  }

  issue(now: Instant): string {
    this.#issued += 1;
    const head = Buffer.alloc(HEAD_LENGTH);
    head.writeDoubleBE(now);
    head.writeDoubleBE(this.#issued, NUMBER_OFFSET);
    return encodeBase64(Buffer.concat([head, this.#macOf(head)]));
  }

  /** Whether this use counts: of one of our nonces, within its life, and with a count above all before it. */
  take(nonce: string, nc: number, now: Instant): boolean {
    const issue = this.#issueOf(nonce);
    // A clock that was set back makes nonces of the future: as stale as those of the past. (AC-19)
    if (issue === undefined || issue.at > now || issue.at + NONCE_LIFE_MS < now) return false;
    const { number } = issue;
    const before = this.#used.get(number) ?? (number <= this.#forgotten ? undefined : 0);
    if (before === undefined || nc <= before) return false;
    this.#used.delete(number);
    this.#used.set(number, nc);
    if (this.#used.size > this.#usedMax) this.#forget();
    return true;
  }

  /** The one that was not used for longest. */
  #forget(): void {
    const [oldest] = this.#used.keys();
    if (oldest === undefined) return;
    this.#used.delete(oldest);
    this.#forgotten = Math.max(this.#forgotten, oldest);
  }

  #issueOf(nonce: string): Issue | undefined {
    const bytes = octetsOf(nonce);
    if (bytes?.length !== HEAD_LENGTH + MAC_LENGTH) return undefined;
    const head = Buffer.from(bytes.subarray(0, HEAD_LENGTH));
    if (!timingSafeEqual(bytes.subarray(HEAD_LENGTH), this.#macOf(head))) return undefined;
    return { at: head.readDoubleBE(), number: head.readDoubleBE(NUMBER_OFFSET) };
  }

  #macOf(head: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#key).update(head).digest().subarray(0, MAC_LENGTH);
  }
}

function octetsOf(text: string): Uint8Array | undefined {
  try {
    return decodeBase64(text);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
