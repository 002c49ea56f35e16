/**
 * The way into the network for a UA that has several: configured proxies in order, each with its
 * targets of RFC 3263, and fail-over from one to the next (§4.3). What works is kept; what failed is
 * left out for a while (RFC 3261 §21.5.4). Used by the UE for its P-CSCFs.
 */
import type { Answer, Question } from '../dns/index.ts';
import type { Instant } from '../engine.ts';
import { Location, type LocationEffect, type LocationOptions } from './location.ts';
import {
  peerKeyOf,
  type Transport,
  type TransportAddress,
} from './transaction/transport-address.ts';

export type NextHopState =
  | 'Idle'
  | 'Searching'
  /** A target is out, and nobody knows yet whether it works. */
  | 'Chosen'
  | 'Working'
  /** The target that was chosen did not work: another one is looked for. */
  | 'FailingOver';

export type NextHopEvent = 'choose' | 'target' | 'end' | 'worked' | 'failed';

/** RFC 3263 §4.3. An event absent from a row is ignored in that state. [SIPPUSH RFC3263.4.3-1] */
export const NEXT_HOP_TRANSITIONS: Readonly<
  Record<NextHopState, Partial<Record<NextHopEvent, NextHopState>>>
> = {
  Idle: { choose: 'Searching' },
  Searching: { target: 'Chosen', end: 'Idle' },
  Chosen: { choose: 'Chosen', worked: 'Working', failed: 'FailingOver' },
  Working: { choose: 'Working', failed: 'FailingOver' },
  FailingOver: { target: 'Chosen', end: 'Idle' },
};

/** One proxy as it is configured. */
export interface Hop {
  readonly host: string;
  /** Absent: NAPTR and SRV of the name say it. */
  readonly port?: number;
  /** Absent: the first of ours that it speaks. */
  readonly transport?: Transport;
}

export type NextHopInput =
  /** Where to? Answered at once while something works. */
  | { readonly kind: 'choose' }
  | { readonly kind: 'answer'; readonly question: Question; readonly answer: Answer }
  | { readonly kind: 'worked' }
  /** The target did not answer, or sent us away, perhaps for so many seconds. */
  | { readonly kind: 'failed'; readonly retryAfter?: number };

export type NextHopEffect =
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'chosen'; readonly target: TransportAddress; readonly hop: Hop }
  /** Everything has been tried; the next `choose` begins anew. */
  | { readonly kind: 'none' };

export type NextHopOptions = Pick<
  LocationOptions,
  'transports' | 'families' | 'isSecure' | 'random'
> & { readonly hops: readonly Hop[] };

/** How long a target that failed is tried last, unless it says itself for how long. */
export const AVOID_MS = 60_000;
/** A `Retry-After` of days would keep a proxy out for good. */
export const AVOID_MS_MAX = 1_800_000;

interface Choice {
  readonly target: TransportAddress;
  readonly hop: Hop;
}

export class NextHop {
  readonly #options: NextHopOptions;
  #state: NextHopState = 'Idle';
  /** The hops not yet looked at in this round; the first one is that of `#location`. */
  #hops: readonly Hop[];
  #location: Location | undefined;
  #choice: Choice | undefined;
  /** Until when a target is left out, by its key. */
  readonly #avoided = new Map<string, Instant>();
  /** The first target of this round that is left out: better than none. */
  #spare: Choice | undefined;

  constructor(options: NextHopOptions) {
    this.#options = options;
    this.#hops = options.hops;
  }

  get state(): NextHopState {
    return this.#state;
  }

  step(input: NextHopInput, now: Instant): NextHopEffect[] {
    switch (input.kind) {
      case 'choose':
        return this.#choose(now);
      case 'answer':
        return this.#located(this.#location?.step(input) ?? [], now);
      case 'worked':
        if (this.#fire('worked')) this.#avoided.delete(keyOf(this.#choice));
        return [];
      case 'failed':
        return this.#failed(input.retryAfter, now);
    }
  }

  #choose(now: Instant): NextHopEffect[] {
    const before = this.#state;
    if (!this.#fire('choose')) return [];
    if (before === 'Idle') return this.#round(now);
    return this.#choice === undefined ? [] : [{ kind: 'chosen', ...this.#choice }];
  }

  #failed(retryAfter: number | undefined, now: Instant): NextHopEffect[] {
    const before = this.#state;
    if (!this.#fire('failed')) return [];
    // A `Retry-After: 0` would have it chosen again at once, for ever.
    const avoidMs = retryAfter ? retryAfter * 1000 : AVOID_MS;
    this.#avoided.set(keyOf(this.#choice), now + Math.min(avoidMs, AVOID_MS_MAX));
    this.#choice = undefined;
    // What worked until now says nothing about the others: all of them may be tried.
    return before === 'Working' ? this.#round(now) : this.#next(now);
  }

  /** From the first proxy on. */
  #round(now: Instant): NextHopEffect[] {
    for (const [key, until] of this.#avoided) if (until <= now) this.#avoided.delete(key);
    this.#spare = undefined;
    this.#hops = this.#options.hops;
    this.#location = undefined;
    return this.#next(now);
  }

  #next(now: Instant): NextHopEffect[] {
    const [hop] = this.#hops;
    if (hop === undefined) return this.#end();
    this.#location ??= new Location({ ...this.#options, ...hop });
    return this.#located(this.#location.step({ kind: 'next' }), now);
  }

  #located(effects: readonly LocationEffect[], now: Instant): NextHopEffect[] {
    return effects.flatMap((effect) => {
      if (effect.kind === 'ask') return [effect];
      if (effect.kind === 'target') return this.#offered(effect.target, now);
      this.#hops = this.#hops.slice(1);
      this.#location = undefined;
      return this.#next(now);
    });
  }

  #offered(target: TransportAddress, now: Instant): NextHopEffect[] {
    const [hop] = this.#hops;
    if (hop === undefined) return [];
    const choice = { target, hop };
    if ((this.#avoided.get(keyOf(choice)) ?? now) <= now) return this.#take(choice);
    this.#spare ??= choice;
    return this.#next(now);
  }

  #end(): NextHopEffect[] {
    // Whoever asks anew has waited; after a failure nothing is left to try now.
    if (this.#state === 'Searching' && this.#spare !== undefined) return this.#take(this.#spare);
    return this.#fire('end') ? [{ kind: 'none' }] : [];
  }

  #take(choice: Choice): NextHopEffect[] {
    if (!this.#fire('target')) return [];
    this.#choice = choice;
    return [{ kind: 'chosen', ...choice }];
  }

  #fire(event: NextHopEvent): boolean {
    const next = NEXT_HOP_TRANSITIONS[this.#state][event];
    if (next !== undefined) this.#state = next;
    return next !== undefined;
  }
}

function keyOf(choice: Choice | undefined): string {
  return choice === undefined ? '' : peerKeyOf(choice.target);
}
