import { expect, test } from 'vitest';
import { NONCES_MAX, Nonces } from './nonces.ts';

test('a nonce is good once, for what it was issued for', () => {
  const nonces = new Nonces<string>();
  expect(nonces.issue('n', 'alice', 100)).toBe('n');
  expect(nonces.peek('n')).toBe('alice');
  expect(nonces.use('n', 0)).toBe('alice');
  expect(nonces.use('n', 0)).toBeUndefined();
});

test('a nonce is good until it expires', () => {
  const nonces = new Nonces<string>();
  for (const nonce of ['a', 'b']) nonces.issue(nonce, 'alice', 100);
  expect(nonces.use('a', 99)).toBe('alice');
  expect(nonces.use('b', 100)).toBeUndefined();
});

test('a nonce that was never issued is not good', () => {
  expect(new Nonces().use('', 0)).toBeUndefined();
});

test('a flood of challenges pushes out the oldest nonce, and only that one', () => {
  const nonces = new Nonces<string>();
  for (let count = 0; count <= NONCES_MAX; count++) nonces.issue(String(count), 'alice', 100);
  expect(nonces.use('0', 0)).toBeUndefined();
  expect(nonces.use('1', 0)).toBe('alice');
});
