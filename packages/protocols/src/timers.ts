/** Named timers of one engine: at most one instant per name. */
import type { Instant } from './engine.ts';

export class Timers<Name extends string> {
  readonly #due = new Map<Name, Instant>();

  set(name: Name, at: Instant): void {
    this.#due.set(name, at);
  }

  clear(name: Name): void {
    this.#due.delete(name);
  }

  clearAll(): void {
    this.#due.clear();
  }

  /** The earliest instant, or undefined if no timer is set. */
  get deadline(): Instant | undefined {
    let earliest: Instant | undefined;
    for (const at of this.#due.values()) {
      if (earliest === undefined || at < earliest) earliest = at;
    }
    return earliest;
  }

  /** Takes out the timers that are due at `now`, earliest first. */
  expire(now: Instant): Name[] {
    const due = [...this.#due].filter(([, at]) => at <= now).sort((a, b) => a[1] - b[1]);
    for (const [name] of due) this.#due.delete(name);
    return due.map(([name]) => name);
  }
}
