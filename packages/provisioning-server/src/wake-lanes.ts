/**
 * Budgets of MESSAGEs: one lane per way into the network (the P-CSCF where it is known, else the next hop), with a
 * rate, a number at once, and a pause where the other side asked for one (RFC 3261 §21.5.4). First come, first served
 * within a lane; no lane waits for another. Used by notifier.ts and gateway.ts.
 */
import type { Instant } from '@ueprov/protocols';
import { Schedule } from '@ueprov/protocols/sip';

export interface LaneBudget {
  readonly perSecond: number;
  /** MESSAGEs without a final answer at once. */
  readonly atOnce: number;
}

/** Tokens are dealt in slices: a timer for each would cost more than the MESSAGE. */
const SLICE_MS = 10;
/** What a lane that was idle may send at once: this long at its rate. */
const BURST_MS = 100;
/** Nobody may stop a lane for longer. */
export const PAUSE_MAX_MS = 3_600_000;
/** Lanes that are remembered; above, those that rest are forgotten. */
export const LANES_MAX = 4096;

interface Lane {
  queue: string[];
  /** Of the first that still waits. */
  head: number;
  inFlight: number;
  tokens: number;
  dealtAt: Instant;
  pausedUntil: Instant;
}

export class WakeLanes {
  readonly #budget: LaneBudget;
  readonly #lanes = new Map<string, Lane>();
  /** When the next of a lane may go. */
  readonly #schedule = new Schedule<string>();
  #waiting = 0;

  constructor(budget: LaneBudget) {
    this.#budget = budget;
  }

  get deadline(): Instant | undefined {
    return this.#schedule.earliest;
  }

  /** Entries in all queues, those of wakes that ended meanwhile included. */
  get waiting(): number {
    return this.#waiting;
  }

  get size(): number {
    return this.#lanes.size;
  }

  push(name: string, item: string, now: Instant): void {
    const lane = this.#lanes.get(name) ?? this.#open(name, now);
    lane.queue.push(item);
    this.#waiting += 1;
    this.#plan(name, lane, now);
  }

  /** One that was sent has its final answer, or none will come. */
  release(name: string, now: Instant): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return;
    lane.inFlight -= 1;
    this.#plan(name, lane, now);
  }

  /** The other side wants to be left alone for a while. */
  pause(name: string, ms: number, now: Instant): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return;
    lane.pausedUntil = Math.max(lane.pausedUntil, now + Math.min(ms, PAUSE_MAX_MS));
    this.#plan(name, lane, now);
  }

  /** Takes out what may go now; `isWanted` drops what has ended while it waited. */
  take(now: Instant, isWanted: (item: string) => boolean): { lane: string; item: string }[] {
    const due = this.#schedule.expire(now);
    return due.flatMap((name) => {
      const lane = this.#lanes.get(name);
      if (lane === undefined) return [];
      this.#deal(lane, now);
      const items = this.#takeOf(lane, now, isWanted);
      this.#plan(name, lane, now);
      return items.map((item) => ({ lane: name, item }));
    });
  }

  #takeOf(lane: Lane, now: Instant, isWanted: (item: string) => boolean): string[] {
    const items: string[] = [];
    while (lane.head < lane.queue.length) {
      const item = lane.queue[lane.head] as string;
      if (isWanted(item)) {
        if (now < lane.pausedUntil || lane.tokens < 1 || lane.inFlight >= this.#budget.atOnce)
          break;
        lane.tokens -= 1;
        lane.inFlight += 1;
        items.push(item);
      }
      lane.head += 1;
      this.#waiting -= 1;
    }
    // What was taken is dropped in large pieces, so that each costs little.
    if (lane.head === lane.queue.length || lane.head > 1024) {
      lane.queue = lane.queue.slice(lane.head);
      lane.head = 0;
    }
    return items;
  }

  #open(name: string, now: Instant): Lane {
    if (this.#lanes.size >= LANES_MAX) this.#forgetResting(now);
    const lane: Lane = {
      queue: [],
      head: 0,
      inFlight: 0,
      tokens: this.#burst,
      dealtAt: now,
      pausedUntil: now,
    };
    this.#lanes.set(name, lane);
    return lane;
  }

  get #burst(): number {
    return Math.max(1, (this.#budget.perSecond * BURST_MS) / 1000);
  }

  #deal(lane: Lane, now: Instant): void {
    const dealt = (Math.max(0, now - lane.dealtAt) * this.#budget.perSecond) / 1000;
    lane.tokens = Math.min(this.#burst, lane.tokens + dealt);
    lane.dealtAt = now;
  }

  #plan(name: string, lane: Lane, now: Instant): void {
    const hasNext = lane.head < lane.queue.length && lane.inFlight < this.#budget.atOnce;
    this.#schedule.set(name, hasNext ? this.#nextAt(lane, now) : undefined);
  }

  /** A lane that has rested for as long as a burst takes is as good as a new one. */
  #forgetResting(now: Instant): void {
    for (const [name, lane] of this.#lanes) {
      const isIdle = lane.queue.length === lane.head && lane.inFlight === 0;
      if (isIdle && now >= lane.pausedUntil && now - lane.dealtAt >= BURST_MS) {
        this.#lanes.delete(name);
      }
    }
  }

  #nextAt(lane: Lane, now: Instant): Instant {
    if (lane.tokens >= 1) return Math.max(now, lane.pausedUntil);
    const missingMs = ((1 - lane.tokens) * 1000) / this.#budget.perSecond;
    const dealtAt = lane.dealtAt + Math.max(SLICE_MS, Math.ceil(missingMs));
    return Math.max(now, dealtAt, lane.pausedUntil);
  }
}
