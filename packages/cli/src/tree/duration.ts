/** Durations as people write them: `20`, `20s`, `5m`, `2h`, `7d`. */
import { UsageError } from '../exit.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };
export const DURATION_MAX_S = 30 * 86_400;

/** Throws UsageError with the name of the option. */
export function durationS(text: string, option: string): number {
  const [, digits, unit = ''] = /^(\d{1,7})([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (seconds >= 1 && seconds <= DURATION_MAX_S) return seconds;
  throw new UsageError(`${option}: ${text} is no duration from 1s to 30d; write ${option}=20s`);
}
