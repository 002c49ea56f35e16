/** One timer for one deadline: what every engine asks of its shell. */
import type { Instant } from '@ueprov/protocols';

/** A Node timer holds no more; a longer wait is set again when it ends. */
const WAIT_MAX_MS = 2 ** 31 - 1;

export class Alarm {
  #timer: NodeJS.Timeout | undefined;
  /** When the timer ends: a deadline that moved further away is found then, and costs no new timer. */
  #endsAt = Number.POSITIVE_INFINITY;
  #deadline: Instant | undefined;
  #ring: () => void = () => {};

  /** Rings at `deadline`, not earlier; undefined: not at all. The last call counts. */
  set(deadline: Instant | undefined, ring: () => void): void {
    this.#deadline = deadline;
    this.#ring = ring;
    if (deadline === undefined) this.clear();
    else if (deadline < this.#endsAt) this.#start(deadline);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#endsAt = Number.POSITIVE_INFINITY;
    this.#deadline = undefined;
  }

  #start(deadline: Instant): void {
    clearTimeout(this.#timer);
    const waitMs = Math.min(Math.max(0, Math.ceil(deadline - Date.now())), WAIT_MAX_MS);
    this.#endsAt = deadline;
    this.#timer = setTimeout(() => this.#ended(), waitMs);
  }

  #ended(): void {
    this.#endsAt = Number.POSITIVE_INFINITY;
    const deadline = this.#deadline;
    if (deadline === undefined) return;
    if (Date.now() < deadline) {
      this.#start(deadline);
      return;
    }
    this.clear();
    this.#ring();
  }
}
