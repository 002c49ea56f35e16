/**
 * Nonces of SIP Digest: each is good for one request and for a limited time (RFC 2617 §3.2.1, TS 33.203 Annex N).
 * Used by the S-CSCF. Bounded: a flood of challenges pushes out the oldest, whose owner is challenged anew.
 */
import type { Instant } from '@ueprov/protocols';

export const NONCES_MAX = 10_000;

export class Nonces<About> {
  readonly #issued = new Map<string, { readonly about: About; readonly expiresAt: Instant }>();

  /** What has to be known of the nonce when it comes back. */
  issue(nonce: string, about: About, expiresAt: Instant): string {
    const [oldest] = this.#issued.keys();
    if (oldest !== undefined && this.#issued.size >= NONCES_MAX) this.#issued.delete(oldest);
    this.#issued.set(nonce, { about, expiresAt });
    return nonce;
  }

  /** If it was issued, was not used before, and has not expired; it is used up by this. */
  use(nonce: string, now: Instant): About | undefined {
    const issued = this.#issued.get(nonce);
    this.#issued.delete(nonce);
    return issued !== undefined && now < issued.expiresAt ? issued.about : undefined;
  }

  /** The same, but it stays. */
  peek(nonce: string): About | undefined {
    return this.#issued.get(nonce)?.about;
  }
}
