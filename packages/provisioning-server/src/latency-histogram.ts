/** How long things took, in buckets that grow: a few numbers however many were observed. */

/** Upper ends in milliseconds; what took longer is in one bucket more. */
export const LATENCY_BUCKETS_MS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000,
  3_600_000,
];

export class LatencyHistogram {
  readonly #counts: number[] = Array.from({ length: LATENCY_BUCKETS_MS.length + 1 }, () => 0);
  #count = 0;
  #sumMs = 0;

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  observe(ms: number): void {
    const found = LATENCY_BUCKETS_MS.findIndex((end) => ms <= end);
    const bucket = found < 0 ? LATENCY_BUCKETS_MS.length : found;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += ms;
  }

  /** At most how long that share took, as the upper end of a bucket; undefined where nothing was observed. */
  quantileMs(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    let seen = 0;
    for (const [index, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= share * this.#count) return LATENCY_BUCKETS_MS[index] ?? Number.POSITIVE_INFINITY;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** By upper end, each with those of all lower ones, as Prometheus counts. */
  get cumulative(): readonly { readonly endMs: number; readonly count: number }[] {
    let seen = 0;
    return this.#counts.map((count, index) => {
      seen += count;
      return { endMs: LATENCY_BUCKETS_MS[index] ?? Number.POSITIVE_INFINITY, count: seen };
    });
  }
}
