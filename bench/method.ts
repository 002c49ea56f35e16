/**
 * How a figure is taken on a small, shared and noisy machine: the primary number is CPU-ms per unit of
 * work of the measured process; ours and the floor run interleaved; medians and ranges are reported.
 */
import { readFileSync } from 'node:fs';

export interface Bench {
  /** `B1`; the file is `b1.ts` or `b1-check-in.ts`. */
  readonly id: string;
  readonly title: string;
  /** Gives one object per figure; each becomes one line of JSON. */
  run(args: readonly string[]): AsyncIterable<object>;
}

export function isBench(value: unknown): value is Bench {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'title' in value &&
    'run' in value &&
    typeof value.run === 'function'
  );
}

/** At least this many runs of each side of a comparison. */
export const RUNS_MIN = 5;

/** User and system time of this process, in milliseconds. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The kernel counts the time of a process in hundredths of a second (USER_HZ). */
const TICK_MS = 10;

/** User and system time of another process: fields 14 and 15 of /proc/PID/stat, see proc(5). */
export function cpuMsOf(pid: number): number {
  return cpuMsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** The name of the program, field 2, may hold blanks and parentheses: count from its end. */
export function cpuMsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]].map(Number);
  if (user === undefined || system === undefined || Number.isNaN(user + system)) {
    throw new Error('not the content of a /proc/PID/stat');
  }
  return (user + system) * TICK_MS;
}

/** A B A B ...: both sides see the same weather. The first round warms up and is thrown away. */
export async function interleave<A, B>(
  ours: () => Promise<A>,
  floor: () => Promise<B>,
  runs = RUNS_MIN,
): Promise<{ readonly ours: readonly A[]; readonly floor: readonly B[] }> {
  const taken: { ours: A[]; floor: B[] } = { ours: [], floor: [] };
  for (let round = 0; round <= runs; round++) {
    const a = await ours();
    const b = await floor();
    if (round === 0) continue;
    taken.ours.push(a);
    taken.floor.push(b);
  }
  return taken;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the two nearest values; `quantile(latencies, 0.99)` is p99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('a quantile needs values');
  return below + (above - below) * (place - Math.floor(place));
}

/** Ratio of each run of ours to the run of the floor beside it. */
export function ratios(ours: readonly number[], floor: readonly number[]): readonly number[] {
  return ours.flatMap((value, index) => {
    const beside = floor[index];
    return beside === undefined ? [] : [value / beside];
  });
}

/** Median with the least and the greatest, rounded for a line of JSON. */
export function summary(values: readonly number[]): readonly [number, number, number] {
  return [rounded(median(values)), rounded(Math.min(...values)), rounded(Math.max(...values))];
}

/** Three significant digits: more would be noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
