import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Alarm } from './alarm.ts';

beforeEach(() => vi.useFakeTimers({ now: 1000 }));
afterEach(() => vi.useRealTimers());

test('it rings at its deadline, once', () => {
  const ring = vi.fn();
  new Alarm().set(1500, ring);
  vi.advanceTimersByTime(499);
  expect(ring).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(ring).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10_000);
  expect(ring).toHaveBeenCalledTimes(1);
});

test('the last call counts: later, earlier, or not at all', () => {
  const [first, second] = [vi.fn(), vi.fn()];
  const alarm = new Alarm();
  alarm.set(1500, first);
  alarm.set(2000, second);
  vi.advanceTimersByTime(999);
  expect(second).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(second).toHaveBeenCalledTimes(1);
  alarm.set(9000, first);
  alarm.set(3000, second);
  vi.advanceTimersByTime(1000);
  expect(second).toHaveBeenCalledTimes(2);
  alarm.set(4000, first);
  alarm.set(undefined, first);
  vi.advanceTimersByTime(10_000);
  expect(first).not.toHaveBeenCalled();
});

test('a deadline beyond what a Node timer holds is waited for all the same', () => {
  const ring = vi.fn();
  const monthMs = 31 * 86_400_000;
  new Alarm().set(1000 + monthMs, ring);
  vi.advanceTimersByTime(monthMs - 1);
  expect(ring).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(ring).toHaveBeenCalledTimes(1);
});
