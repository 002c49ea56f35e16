import { expect, test } from 'vitest';
import { randomOctets } from './random.ts';

test('no octets are handed out twice, and what was handed out stays as it was', () => {
  const drawn = Array.from({ length: 3000 }, () => randomOctets(16));
  const texts = drawn.map((octets) => Buffer.from(octets).toString('hex'));
  expect(new Set(texts).size).toBe(drawn.length);
  expect(texts).not.toContain('0'.repeat(32));
  randomOctets(8192);
  expect(drawn.map((octets) => Buffer.from(octets).toString('hex'))).toEqual(texts);
});

test('more than the pool holds can be had', () => {
  const octets = randomOctets(10_000);
  expect(octets).toHaveLength(10_000);
  expect(new Set(octets.subarray(9000)).size).toBeGreaterThan(100);
});
