/**
 * That somebody fails has to be seen, and a flood of it may not fill the log: lines up to a rate, then how many more
 * there were. Nothing else is kept of whoever did not prove himself. (AC-14)
 */
import type { Instant } from '@ueprov/protocols';

/** Lines at once, and as many again within a minute. */
export const REFUSAL_LINES_MAX = 20;
const REFILL_MS = 60_000 / REFUSAL_LINES_MAX;
/** A peer chose parts of it. */
export const REFUSAL_LENGTH_MAX = 400;

export class Refusals {
  #lines = REFUSAL_LINES_MAX;
  #refilledAt: Instant = 0;
  #unsaid = 0;
  #total = 0;

  /** Since the start. */
  get total(): number {
    return this.#total;
  }

  /** The line to log for it, if there is one. */
  take(reason: string, now: Instant): string | undefined {
    this.#total += 1;
    this.#refill(now);
    if (this.#lines < 1) {
      this.#unsaid += 1;
      return undefined;
    }
    this.#lines -= 1;
    const more = this.#unsaid > 0 ? ` (and ${this.#unsaid} more before it)` : '';
    this.#unsaid = 0;
    return `${inOneLine(reason)}${more}`;
  }

  #refill(now: Instant): void {
    const passed = Math.max(0, now - this.#refilledAt) / REFILL_MS;
    this.#lines = Math.min(REFUSAL_LINES_MAX, this.#lines + passed);
    this.#refilledAt = now;
  }
}

/** No control character of a peer reaches a terminal, and no line of it looks like one of ours. */
function inOneLine(text: string): string {
  return text
    .slice(0, REFUSAL_LENGTH_MAX)
    .replace(/\p{C}/gu, (mark) => `\\u{${mark.codePointAt(0)?.toString(16)}}`);
}
