/**
 * The three values that all SIP timers come from (RFC 3261 §17.1.1.1 and table 4), in milliseconds.
 */
export interface Timing {
  /** Estimate of the round-trip time. */
  readonly T1: number;
  /** Longest interval between retransmissions. */
  readonly T2: number;
  /** How long a message stays in the network. */
  readonly T4: number;
}

export const TIMING: Timing = { T1: 500, T2: 4000, T4: 5000 };

/** Timers F and J: 64 * T1, 32 s by default. */
export function transactionLifeMs({ T1 }: Timing): number {
  return 64 * T1;
}
