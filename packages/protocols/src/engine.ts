/**
 * The shape of every protocol engine: a pure state machine that returns what the shell has to do.
 *
 * The shell performs each effect, then sets one alarm for `deadline`. Time is an argument,
 * randomness is a constructor argument; nothing here reads a clock, a socket or a file.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** Returns `length` unpredictable bytes. A shell passes `node:crypto`'s, a test a seeded one. */
export type Random = (length: number) => Uint8Array;

export interface Timeout {
  readonly kind: 'timeout';
}

export interface Engine<Input, Effect> {
  /** What happened, and when; gives back what the shell has to do, in this order. */
  step(input: Input | Timeout, now: Instant): Effect[];
  /** When to call `step` with a timeout, or undefined if nothing is pending. */
  readonly deadline: Instant | undefined;
}
