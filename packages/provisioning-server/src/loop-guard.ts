/**
 * Keeps a rule from waking a device whose answer sets off the rule again (AC-25): of the wakes that nobody asked for
 * by hand, a device gets so many in a while.
 */
import type { Instant } from '@ueprov/protocols';

export const LOOP_WAKES_MAX = 10;
export const LOOP_WINDOW_MS = 600_000;
/** Devices that are counted at once; above, the oldest count is forgotten. */
export const LOOP_DEVICES_MAX = 200_000;

interface Count {
  readonly since: Instant;
  wakes: number;
}

export class LoopGuard {
  /** By the begin of their windows, oldest first. */
  readonly #counts = new Map<string, Count>();

  get size(): number {
    return this.#counts.size;
  }

  /** Counts one more wake of the device; false where it is one too many. */
  allows(device: string, now: Instant): boolean {
    this.#forget(now);
    const known = this.#counts.get(device);
    if (known === undefined) {
      this.#counts.set(device, { since: now, wakes: 1 });
      return true;
    }
    known.wakes += 1;
    return known.wakes <= LOOP_WAKES_MAX;
  }

  #forget(now: Instant): void {
    for (const [device, { since }] of this.#counts) {
      if (now < since + LOOP_WINDOW_MS && this.#counts.size < LOOP_DEVICES_MAX) return;
      this.#counts.delete(device);
    }
  }
}
