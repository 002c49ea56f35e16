import { expect, test } from 'vitest';
import { cpuMsIn, interleave, median, quantile, ratios, summary } from '../bench/method.ts';

test('runs alternate, and the first of each only warms up', async () => {
  const order: string[] = [];
  let value = 0;
  const side = (name: string) => async () => {
    order.push(name);
    return value++;
  };
  const taken = await interleave(side('ours'), side('floor'), 2);
  expect(order).toEqual(['ours', 'floor', 'ours', 'floor', 'ours', 'floor']);
  expect(taken).toEqual({ ours: [2, 4], floor: [3, 5] });
});

test('the median of an even count lies between the two in the middle', () => {
  expect(median([4, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quantile([10, 20, 30, 40, 50], 0.99)).toBeCloseTo(49.6);
  expect(() => median([])).toThrow();
});

test('each run is compared with the one beside it', () => {
  expect(ratios([2, 9, 8], [1, 3, 2])).toEqual([2, 3, 4]);
  expect(summary([2, 3.33333, 4])).toEqual([3.33, 2, 4]);
});

test('CPU time of another process is read behind the name of its program', () => {
  const rest = 'S 1 42 42 0 -1 4194560 1 0 0 0 7 5 0 0 20 0 1 0 100 1 1';
  expect(cpuMsIn(`42 (a ) b) ${rest}\n`)).toBe(120);
  expect(() => cpuMsIn('')).toThrow();
});
