/**
 * Many deadlines, one of them the earliest: a binary heap. A newer entry of a name replaces the
 * older one lazily.
 */
import type { Instant } from '../../engine.ts';

interface Entry<Name> {
  readonly name: Name;
  readonly at: Instant;
}

export class Schedule<Name> {
  readonly #due = new Map<Name, Instant>();
  #heap: Entry<Name>[] = [];

  /** Sets, moves or removes the deadline of `name`. */
  set(name: Name, at: Instant | undefined): void {
    if (at === undefined) {
      this.#due.delete(name);
    } else if (this.#due.get(name) !== at) {
      this.#due.set(name, at);
      this.#push({ name, at });
    }
    this.#dropStale();
  }

  get earliest(): Instant | undefined {
    return this.#heap[0]?.at;
  }

  /** Takes out the names that are due at `now`, earliest first. */
  expire(now: Instant): Name[] {
    const names: Name[] = [];
    for (let top = this.#heap[0]; top !== undefined && top.at <= now; top = this.#heap[0]) {
      names.push(top.name);
      this.#due.delete(top.name);
      this.#dropStale();
    }
    return names;
  }

  #dropStale(): void {
    // More stale entries than live ones: build the heap anew, a sorted list is one.
    if (this.#heap.length > 64 && this.#heap.length > 2 * this.#due.size) {
      this.#heap = [...this.#due].map(([name, at]) => ({ name, at })).sort((a, b) => a.at - b.at);
    }
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#due.get(top.name) === top.at) return;
      this.#pop();
    }
  }

  #push(entry: Entry<Name>): void {
    let at = this.#heap.length;
    this.#heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = this.#heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = entry;
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    let at = 0;
    for (;;) {
      const child = this.#smallerChild(at);
      const below = this.#heap[child];
      if (below === undefined || below.at >= last.at) break;
      this.#heap[at] = below;
      at = child;
    }
    this.#heap[at] = last;
  }

  #smallerChild(at: number): number {
    const left = 2 * at + 1;
    const a = this.#heap[left];
    const b = this.#heap[left + 1];
    return a !== undefined && b !== undefined && b.at < a.at ? left + 1 : left;
  }
}
