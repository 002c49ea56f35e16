import { expect, test } from 'vitest';
import { NONCES_MAX, Nonces } from './nonces.ts';
import { seededRandom } from './testing/endpoint.ts';

test('a nonce is good once', () => {
  const nonces = new Nonces(seededRandom(1));
  const nonce = nonces.issue(100);
  expect(nonces.use(nonce, 0)).toBe(true);
  expect(nonces.use(nonce, 0)).toBe(false);
});

test('a nonce is good until it expires', () => {
  const nonces = new Nonces(seededRandom(1));
  const [a, b] = [nonces.issue(100), nonces.issue(100)];
  expect(nonces.use(a, 99)).toBe(true);
  expect(nonces.use(b, 100)).toBe(false);
});

test('a nonce that was never issued is not good', () => {
  expect(new Nonces(seededRandom(1)).use('', 0)).toBe(false);
});

test('a flood of challenges pushes out the oldest nonce, and only that one', () => {
  const nonces = new Nonces(seededRandom(1));
  const [oldest, next] = [nonces.issue(100), nonces.issue(100)];
  for (let count = 2; count < NONCES_MAX; count++) nonces.issue(100);
  nonces.issue(100);
  expect(nonces.use(oldest, 0)).toBe(false);
  expect(nonces.use(next, 0)).toBe(true);
});
