/**
 * What became of all wakes since the start, as numbers that add up (docs/wake.md):
 *
 *     requested = coalesced + sent + unsent + queued
 *     sent      = answered + failed + inFlight
 *     answered  = session + silent + awaiting
 *     session   = done + open
 *
 * Counted per wake, not per MESSAGE: a wake that was sent four times is sent once. Written by notifier.ts alone.
 */
import { LatencyHistogram } from './latency-histogram.ts';

/** Reasons of ends without an answer; each is a label of a metric, so they are few and known. */
export type WakeFailure =
  | 'not-registered'
  | 'no-route'
  | 'no-identity'
  | 'too-long'
  | 'loop'
  | 'came-by-itself'
  | 'timeout'
  | 'transport'
  | 'forbidden'
  | 'not-found'
  | 'unsupported'
  | 'unavailable'
  | 'overload'
  | 'refused'
  | 'server-error'
  | 'internal'
  | 'cancelled';

/** From the wish to the MESSAGE, to its answer, to the session. */
export type WakeSpan = 'sent' | 'answered' | 'session';
export const WAKE_SPANS: readonly WakeSpan[] = ['sent', 'answered', 'session'];

export interface WakeCounts {
  readonly requested: number;
  readonly coalesced: number;
  readonly sent: number;
  readonly unsent: Readonly<Partial<Record<WakeFailure, number>>>;
  readonly queued: number;
  readonly answered: number;
  readonly failed: Readonly<Partial<Record<WakeFailure, number>>>;
  readonly inFlight: number;
  readonly session: number;
  readonly silent: number;
  readonly awaiting: number;
  /** Sessions that followed a wake, by how they ended. */
  readonly done: Readonly<Record<string, number>>;
  readonly open: number;
  /** MESSAGEs, retries included, and those that were answered 2xx. */
  readonly messages: number;
  readonly accepted: number;
}

/** How far a wake has come in the funnel; it only goes on. */
export type WakeStage = 'queued' | 'sent' | 'answered';

export class WakeFunnel {
  readonly latencies: Readonly<Record<WakeSpan, LatencyHistogram>> = {
    sent: new LatencyHistogram(),
    answered: new LatencyHistogram(),
    session: new LatencyHistogram(),
  };
  readonly #unsent: Partial<Record<WakeFailure, number>> = {};
  readonly #failed: Partial<Record<WakeFailure, number>> = {};
  readonly #done: Record<string, number> = {};
  readonly #numbers = {
    requested: 0,
    coalesced: 0,
    sent: 0,
    queued: 0,
    answered: 0,
    inFlight: 0,
    session: 0,
    silent: 0,
    awaiting: 0,
    open: 0,
    messages: 0,
    accepted: 0,
  };

  get counts(): WakeCounts {
    return {
      ...this.#numbers,
      unsent: { ...this.#unsent },
      failed: { ...this.#failed },
      done: { ...this.#done },
    };
  }

  requested(): void {
    this.#numbers.requested += 1;
    this.#numbers.queued += 1;
  }

  coalesced(): void {
    this.#numbers.requested += 1;
    this.#numbers.coalesced += 1;
  }

  message(): void {
    this.#numbers.messages += 1;
  }

  accepted(): void {
    this.#numbers.accepted += 1;
  }

  sent(afterMs: number): void {
    this.#numbers.queued -= 1;
    this.#numbers.sent += 1;
    this.#numbers.inFlight += 1;
    this.latencies.sent.observe(afterMs);
  }

  answered(afterMs: number): void {
    this.#numbers.inFlight -= 1;
    this.#numbers.answered += 1;
    this.#numbers.awaiting += 1;
    this.latencies.answered.observe(afterMs);
  }

  session(afterMs: number): void {
    this.#numbers.awaiting -= 1;
    this.#numbers.session += 1;
    this.#numbers.open += 1;
    this.latencies.session.observe(afterMs);
  }

  /** A wake has ended without a session. */
  ended(stage: WakeStage, failure: WakeFailure): void {
    if (stage === 'queued') {
      this.#numbers.queued -= 1;
      count(this.#unsent, failure);
    } else if (stage === 'sent') {
      this.#numbers.inFlight -= 1;
      count(this.#failed, failure);
    } else {
      this.#numbers.awaiting -= 1;
      this.#numbers.silent += 1;
    }
  }

  done(result: string): void {
    this.#numbers.open -= 1;
    count(this.#done, result);
  }
}

function count<Key extends string>(counts: Partial<Record<Key, number>>, key: Key): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
