import { expect, test } from 'vitest';
import { LATENCY_BUCKETS_MS, LatencyHistogram } from './latency-histogram.ts';

test('a quantile is the upper end of its bucket', () => {
  const histogram = new LatencyHistogram();
  expect(histogram.quantileMs(0.5)).toBeUndefined();
  for (const ms of [0, 1, 1.5, 40, 4_000_000]) histogram.observe(ms);
  expect([0.4, 0.5, 0.8, 1].map((share) => histogram.quantileMs(share))).toEqual([
    1,
    2,
    50,
    Number.POSITIVE_INFINITY,
  ]);
  expect([histogram.count, histogram.sumMs]).toEqual([5, 4_000_042.5]);
});

test('cumulative counts end with all that was observed', () => {
  const histogram = new LatencyHistogram();
  for (const ms of [1, 1, 3, 1e9]) histogram.observe(ms);
  const { cumulative } = histogram;
  expect(cumulative).toHaveLength(LATENCY_BUCKETS_MS.length + 1);
  expect(cumulative.slice(0, 3).map(({ count }) => count)).toEqual([2, 2, 3]);
  expect(cumulative.at(-1)).toEqual({ endMs: Number.POSITIVE_INFINITY, count: 4 });
});
