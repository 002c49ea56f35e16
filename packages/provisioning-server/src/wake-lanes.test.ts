import { expect, test } from 'vitest';
import { LANES_MAX, PAUSE_MAX_MS, WakeLanes } from './wake-lanes.ts';

const all = () => true;
const names = (taken: readonly { readonly item: string }[]) => taken.map(({ item }) => item);

function filled(count: number, budget = { perSecond: 10, atOnce: 100 }): WakeLanes {
  const lanes = new WakeLanes(budget);
  for (let index = 0; index < count; index++) lanes.push('a', String(index), 0);
  return lanes;
}

test('a lane goes at its rate, in order', () => {
  const lanes = filled(3);
  const seen: [number, string][] = [];
  for (let at = lanes.deadline; at !== undefined; at = lanes.deadline) {
    for (const item of names(lanes.take(at, all))) seen.push([at, item]);
  }
  expect(seen).toEqual([
    [0, '0'],
    [100, '1'],
    [200, '2'],
  ]);
  expect(lanes.waiting).toBe(0);
});

test('what is no longer wanted costs nothing', () => {
  const lanes = filled(3);
  expect(names(lanes.take(0, (item) => item === '2'))).toEqual(['2']);
  expect(lanes.waiting).toBe(0);
});

test('no lane waits for another', () => {
  const lanes = filled(2);
  lanes.push('b', 'x', 0);
  expect(names(lanes.take(0, all))).toEqual(['0', 'x']);
});

test('so many at once, and the next when one is done', () => {
  const lanes = filled(3, { perSecond: 1000, atOnce: 2 });
  expect(names(lanes.take(0, all))).toEqual(['0', '1']);
  expect(lanes.deadline).toBeUndefined();
  lanes.release('a', 5);
  expect(names(lanes.take(5, all))).toEqual(['2']);
});

test('a pause is kept, but not for longer than an hour', () => {
  const lanes = filled(1);
  lanes.pause('a', PAUSE_MAX_MS + 1, 0);
  expect(lanes.take(PAUSE_MAX_MS - 1, all)).toEqual([]);
  expect(lanes.deadline).toBe(PAUSE_MAX_MS);
  expect(names(lanes.take(PAUSE_MAX_MS, all))).toEqual(['0']);
});

test('lanes that rest are forgotten when there are too many', () => {
  const lanes = new WakeLanes({ perSecond: 10, atOnce: 1 });
  for (let index = 0; index < LANES_MAX; index++) {
    lanes.push(`l${index}`, 'x', 0);
    lanes.take(0, all);
    lanes.release(`l${index}`, 0);
  }
  expect(lanes.size).toBe(LANES_MAX);
  lanes.push('one more', 'x', 1000);
  expect(lanes.size).toBe(1);
});
