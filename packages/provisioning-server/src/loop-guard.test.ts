import { expect, test } from 'vitest';
import { LOOP_DEVICES_MAX, LOOP_WAKES_MAX, LOOP_WINDOW_MS, LoopGuard } from './loop-guard.ts';

test('AC-25: so many in a window, then none until it is over; others are not touched', () => {
  const guard = new LoopGuard();
  for (let wake = 1; wake <= LOOP_WAKES_MAX; wake++) expect(guard.allows('d', wake)).toBe(true);
  expect(guard.allows('d', 100)).toBe(false);
  expect(guard.allows('e', 100)).toBe(true);
  expect(guard.allows('d', LOOP_WINDOW_MS)).toBe(false);
  expect(guard.allows('d', 1 + LOOP_WINDOW_MS)).toBe(true);
});

test('a count that is over is forgotten, and never are there too many', () => {
  const guard = new LoopGuard();
  for (let index = 0; index <= LOOP_DEVICES_MAX; index++) guard.allows(`d${index}`, 0);
  expect(guard.size).toBe(LOOP_DEVICES_MAX);
  guard.allows('late', LOOP_WINDOW_MS);
  expect(guard.size).toBe(1);
});
