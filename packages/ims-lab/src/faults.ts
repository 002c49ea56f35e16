/**
 * Failure switches: an element of the lab that loses, delays or refuses what comes to it, or is not there at all. For
 * tests of everything around it; used by lab.ts, one for each element.
 */
import type { Engine, Instant, Random, Timeout } from '@ueprov/protocols';
import type { CscfEffect, CscfInput } from './cscf.ts';
import type { Refusal } from './forwarding.ts';

export type Fault =
  /** So large a share of what comes in is lost, 0 to 1. */
  | { readonly kind: 'drop'; readonly share: number }
  /** What comes in is looked at later, in its order. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Every request is refused: 503 unless another status is given. */
  | { readonly kind: 'refuse'; readonly status?: number; readonly retryAfter?: number }
  /** Nothing comes in, nothing goes out, no timer runs. What it knew, it knows when it is back. */
  | { readonly kind: 'lost' };

/** An element that can be told to refuse everything. */
export interface Refusable extends Engine<CscfInput, CscfEffect> {
  refusal: Refusal | undefined;
}

interface Delayed {
  readonly at: Instant;
  readonly input: CscfInput;
}

/** Messages that wait at most; what comes on top of them is lost, as in any queue. */
export const DELAYED_MAX = 10_000;

export class FaultyElement implements Engine<CscfInput, CscfEffect> {
  readonly #element: Refusable;
  readonly #random: Random;
  #fault: Fault | undefined;
  #delayed: Delayed[] = [];

  constructor(element: Refusable, random: Random) {
    this.#element = element;
    this.#random = random;
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** From now on; undefined: it works. What was delayed is seen in its time all the same. */
  set fault(fault: Fault | undefined) {
    this.#fault = fault;
    this.#element.refusal = fault?.kind === 'refuse' ? refusalOf(fault) : undefined;
  }

  get deadline(): Instant | undefined {
    if (this.#fault?.kind === 'lost') return undefined;
    const [next] = this.#delayed;
    const { deadline } = this.#element;
    if (next === undefined || deadline === undefined) return next?.at ?? deadline;
    return Math.min(next.at, deadline);
  }

  step(input: CscfInput | Timeout, now: Instant): CscfEffect[] {
    if (this.#fault?.kind === 'lost') return [];
    if (input.kind === 'timeout') return this.#timeout(now);
    if (input.kind !== 'octets') return this.#element.step(input, now);
    if (this.#fault?.kind === 'drop' && this.#draw() < this.#fault.share) return [];
    if (this.#fault?.kind !== 'delay') return this.#element.step(input, now);
    if (this.#delayed.length < DELAYED_MAX) {
      this.#delayed.push({ at: now + this.#fault.ms, input });
    }
    return [];
  }

  #timeout(now: Instant): CscfEffect[] {
    const due = this.#delayed.filter(({ at }) => at <= now);
    this.#delayed = this.#delayed.filter(({ at }) => now < at);
    return [
      ...due.flatMap(({ input }) => this.#element.step(input, now)),
      ...this.#element.step({ kind: 'timeout' }, now),
    ];
  }

  /** 0 to 1, the end left out. */
  #draw(): number {
    const [high = 0, low = 0] = this.#random(2);
    return (high * 256 + low) / 65_536;
  }
}

function refusalOf({ status = 503, retryAfter }: Extract<Fault, { kind: 'refuse' }>): Refusal {
  if (retryAfter === undefined) return { status };
  return { status, headers: [{ name: 'Retry-After', value: String(retryAfter) }] };
}
