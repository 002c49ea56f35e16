/** One run of one target: many inputs from one seed number, each timed. Used by `main.ts` and by `npm test`. */
import { drawFrom, mutate } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

/** Longer than this is a hang. Measured again in CPU time before it counts: the machine may have been busy. */
const HANG_MS = 50;

export interface Failure {
  readonly input: Uint8Array;
  /** The run that failed, from 0. */
  readonly run: number;
  readonly error: unknown;
}

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  readonly corpus: readonly Uint8Array[];
  readonly progress?: (done: number) => void;
}

/** The first failure, or undefined. Seeds and corpus are fed as they are before anything is changed. */
export function fuzz(target: FuzzTarget, options: FuzzOptions): Failure | undefined {
  const seeds = [...target.seeds, ...options.corpus];
  for (const input of seeds) {
    const failure = feed(target, input.slice(), 0);
    if (failure !== undefined) return failure;
  }
  for (let run = 0; run < options.runs; run++) {
    // Each run has a seed of its own, so that it can be repeated alone.
    const failure = feed(target, mutate(seeds, drawFrom(options.seed + run)), run);
    if (failure !== undefined) return failure;
    options.progress?.(run + 1);
  }
  return undefined;
}

function feed(target: FuzzTarget, input: Uint8Array, run: number): Failure | undefined {
  try {
    if (elapsedMs(target, input) > HANG_MS && leastCpuMs(target, input) > HANG_MS) {
      return { input, run, error: new Error(`took longer than ${HANG_MS} ms`) };
    }
    return undefined;
  } catch (error) {
    return { input, run, error };
  }
}

function elapsedMs(target: FuzzTarget, input: Uint8Array): number {
  const start = performance.now();
  target.run(input);
  return performance.now() - start;
}

/** The least of three runs, so that a collection of garbage in one of them does not count. */
function leastCpuMs(target: FuzzTarget, input: Uint8Array): number {
  const runs = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    target.run(input);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}
