import { expect, test } from 'vitest';
import { atOffset, size, span, wallClock } from './time.ts';

test('a time is shown in UTC with milliseconds', () => {
  expect(wallClock('2026-03-01T23:30:05.007Z', 'UTC')).toBe('2026-03-01 23:30:05.007');
});

test('a time east of UTC passes midnight into the next day', () => {
  expect(atOffset(Date.parse('2026-03-01T23:30:05.007Z'), 60)).toBe('2026-03-02 00:30:05.007');
});

test('what is no time is shown as it is', () => {
  expect(wallClock('soon', 'UTC')).toBe('soon');
});

test.each([
  [0, '<1 ms'],
  [12.4, '12 ms'],
  [999, '999 ms'],
  [1350, '1.35 s'],
  [12_340, '12.3 s'],
  [125_000, '2 min 5 s'],
  [7_380_000, '2 h 3 min'],
])('%d ms reads as %s', (ms, words) => {
  expect(span(ms)).toBe(words);
});

test.each([
  [812, '812 B'],
  [14_210, '14.2 kB'],
  [3_400_000, '3.4 MB'],
])('%d octets read as %s', (bytes, words) => {
  expect(size(bytes)).toBe(words);
});
