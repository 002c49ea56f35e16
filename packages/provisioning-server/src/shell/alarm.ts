/** One timer for one deadline: what every engine asks of its shell. */
import type { Instant } from '@ueprov/protocols';

/** A Node timer holds no more; a longer wait is set again when it ends. */
const WAIT_MAX_MS = 2 ** 31 - 1;

export class Alarm {
  #timer: NodeJS.Timeout | undefined;
  #at: Instant | undefined;

  /** Rings at `deadline`, not earlier; undefined: not at all. The last call counts. */
  set(deadline: Instant | undefined, ring: () => void): void {
    if (deadline === this.#at && this.#timer !== undefined) return;
    this.clear();
    if (deadline === undefined) return;
    this.#at = deadline;
    const waitMs = Math.min(Math.max(0, Math.ceil(deadline - Date.now())), WAIT_MAX_MS);
    this.#timer = setTimeout(() => {
      this.clear();
      if (Date.now() < deadline) this.set(deadline, ring);
      else ring();
    }, waitMs);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#at = undefined;
  }
}
