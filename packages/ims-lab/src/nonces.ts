/**
 * Nonces of SIP Digest: each is good for one request and for a limited time (RFC 2617 §3.2.1, TS 33.203 Annex N).
 * Used by the S-CSCF. Bounded: a flood of challenges pushes out the oldest, whose owner is challenged anew.
 */
import { encodeBase64, type Instant, type Random } from '@ueprov/protocols';

export const NONCES_MAX = 10_000;
const NONCE_BYTES = 18;

export class Nonces {
  readonly #random: Random;
  readonly #expiry = new Map<string, Instant>();

  constructor(random: Random) {
    this.#random = random;
  }

  issue(expiresAt: Instant): string {
    const [oldest] = this.#expiry.keys();
    if (oldest !== undefined && this.#expiry.size >= NONCES_MAX) this.#expiry.delete(oldest);
    const nonce = encodeBase64(this.#random(NONCE_BYTES));
    this.#expiry.set(nonce, expiresAt);
    return nonce;
  }

  /** Whether it was issued, was not used before, and has not expired; it is used up by this. */
  use(nonce: string, now: Instant): boolean {
    const expiresAt = this.#expiry.get(nonce);
    this.#expiry.delete(nonce);
    return expiresAt !== undefined && now < expiresAt;
  }
}
