/** When a registration is refreshed, and when a failed one is tried again. */
import type { Random } from '../engine.ts';

/** RFC 5626 §4.5: base and upper bound of the wait after a failure. */
export interface BackOff {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** RegRetryBaseTime and RegRetryMaxTime. */
export const BACK_OFF: BackOff = { baseMs: 30_000, maxMs: 1_800_000 };
/** Where the network does not want the UE: whoever puts that right need not restart it. */
export const REFUSED_BACK_OFF: BackOff = { baseMs: 1_800_000, maxMs: 86_400_000 };
/** TS 24.229 5.1.1.4.1, seconds. */
const REFRESH_EARLY = 600;
const REFRESH_EARLY_FROM = 1200;

/**
 * TS 24.229 5.1.1.4.1: 600 s before the end if that is more than 1200 s away, else at half time.
 * [SIPPUSH TS24229.5.1.1.4-1]
 */
export function refreshAfterMs(expires: number): number {
  return (expires > REFRESH_EARLY_FROM ? expires - REFRESH_EARLY : expires / 2) * 1000;
}

/**
 * RFC 5626 §4.5: the bound doubles with every failure in a row; the wait is 50 % to 100 % of it, so
 * that a restarted P-CSCF does not meet all its UEs in one second. [SIPPUSH RFC5626.4.5-1]
 */
export function backOffMs(
  failures: number,
  random: Random,
  { baseMs, maxMs }: BackOff = BACK_OFF,
): number {
  const bound = Math.min(maxMs, baseMs * 2 ** Math.min(failures, 30));
  const [high = 0, low = 0] = random(2);
  return Math.round(bound * (0.5 + (high * 256 + low) / 65_535 / 2));
}
