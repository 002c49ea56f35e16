/**
 * The notifications whose session came to its end: the same octets once more ask for nothing. (AC-21)
 *
 * OMA-DMNOT 6.2: a server repeats a notification while no session comes; who repeats it later is not the server. The nonce
 * does not tell them apart where a session renewed none, or where it was the default one.
 */

/** No nonce lasts for as many sessions; above it the oldest is forgotten. */
export const ANSWERED_MAX = 64;

export class AnsweredNotifications {
  readonly #digests = new Set<string>();

  /** `digest` of Package #0. */
  add(digest: string): void {
    this.#digests.add(digest);
    const [oldest] = this.#digests;
    if (oldest !== undefined && this.#digests.size > ANSWERED_MAX) this.#digests.delete(oldest);
  }

  has(digest: string): boolean {
    return this.#digests.has(digest);
  }
}
