/**
 * One run of one target: many inputs from one seed number, each timed and weighed. Used by `main.ts`, `npm test` and
 * `npm run long -- fuzz`.
 */
// By path: main.ts loads this file before the sources stand behind the package's name.
import { DOCUMENT_LIMITS } from '../packages/protocols/src/index.ts';
import { drawFrom, mutate, SMALL_BYTES_MAX } from './mutate.ts';
import type { FuzzTarget } from './target.ts';
import { heldBytes, memoryBytes } from './weigh.ts';

/** Longer than this is a hang. Measured again in CPU time before it counts: the machine may have been busy. */
const HANG_MS = 50;

/** What one decode may hold in memory beside its input, however large that is: twice the largest message. */
export const HELD_BYTES_MAX = 2 * DOCUMENT_LIMITS.bytes;

/** What allocates less, garbage counted, is not weighed: a collection meanwhile may have made it too low, by so much. */
const WEIGHED_BYTES_MIN = HELD_BYTES_MAX / 2;

/** The decoder may just be compiled, and the machine's other cores busy. */
const TIMINGS = 8;
const WEIGHINGS = 3;

/** Of the large inputs so many are decoded only; the others are fed to the whole target. */
const LARGE_DECODED_ONLY = 8;

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
  const { decode } = target;
  try {
    if (input.length <= SMALL_BYTES_MAX || run % LARGE_DECODED_ONLY === 0) target.run(input);
    const { elapsedMs, allocatedBytes } = measured(decode, input);
    const isSlow = elapsedMs > HANG_MS && leastOf(TIMINGS, () => cpuMs(decode, input)) > HANG_MS;
    if (isSlow) return { input, run, error: new Error(`took longer than ${HANG_MS} ms`) };
    // What it holds cannot be more than what it allocates, garbage counted, which is quicker to know.
    const isGreedy =
      allocatedBytes > WEIGHED_BYTES_MIN &&
      measured(decode, input).allocatedBytes > WEIGHED_BYTES_MIN &&
      leastOf(WEIGHINGS, () => heldBytes(decode, input, HELD_BYTES_MAX)) > HELD_BYTES_MAX;
    if (!isGreedy) return undefined;
    return { input, run, error: new Error(`held more than ${HELD_BYTES_MAX} octets`) };
  } catch (error) {
    return { input, run, error };
  }
}

type Decode = FuzzTarget['decode'];

function measured(decode: Decode, input: Uint8Array) {
  const before = memoryBytes();
  const start = performance.now();
  decode(input);
  const elapsedMs = performance.now() - start;
  const allocatedBytes = memoryBytes() - before;
  // It becomes less if garbage was collected meanwhile: then it says nothing.
  return {
    elapsedMs,
    allocatedBytes: allocatedBytes < 0 ? Number.POSITIVE_INFINITY : allocatedBytes,
  };
}

function cpuMs(decode: Decode, input: Uint8Array): number {
  const start = process.cpuUsage();
  decode(input);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** So that a compilation or a collection of garbage in one of them does not count. */
function leastOf(times: number, measure: () => number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time++) least = Math.min(least, measure());
  return least;
}
