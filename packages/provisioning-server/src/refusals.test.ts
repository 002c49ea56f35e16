import { expect, test } from 'vitest';
import { REFUSAL_LENGTH_MAX, REFUSAL_LINES_MAX, Refusals } from './refusals.ts';

test('AC-14: a flood is so many lines, and then a number', () => {
  const refusals = new Refusals();
  const lines = Array.from({ length: 1000 }, () => refusals.take('x', 0));
  expect(lines.filter((line) => line !== undefined)).toHaveLength(REFUSAL_LINES_MAX);
  expect(refusals.total).toBe(1000);
  const unsaid = 1000 - REFUSAL_LINES_MAX;
  expect(refusals.take('y', 60_000)).toBe(`y (and ${unsaid} more before it)`);
  expect(refusals.take('z', 60_000)).toBe('z');
});

test('a clock that goes back gives no lines away', () => {
  const refusals = new Refusals();
  for (let count = 0; count < REFUSAL_LINES_MAX; count++) refusals.take('x', 1_000_000);
  expect(refusals.take('x', 0)).toBeUndefined();
});

test('what a peer chose is one bounded line without control characters', () => {
  const line = new Refusals().take(`a\n\u001b[2J${'x'.repeat(1000)}`, 0) ?? '';
  expect(line).toMatch(/^a\\u\{a\}\\u\{1b\}\[2Jx+$/);
  expect(line.length).toBeLessThan(REFUSAL_LENGTH_MAX + 20);
});
