import { expect, test } from 'vitest';
import { Schedule } from './schedule.ts';

test('the earliest of many, through moves and removals, against a plain map', () => {
  const schedule = new Schedule<number>();
  const plain = new Map<number, number>();
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 5000; round++) {
    const name = random(200);
    const at = random(4) === 0 ? undefined : random(1000);
    schedule.set(name, at);
    if (at === undefined) plain.delete(name);
    else plain.set(name, at);
    if (round % 50 === 0) {
      const now = random(400);
      const due = [...plain].filter(([, each]) => each <= now);
      const names = schedule.expire(now);
      expect(names.map((each) => plain.get(each))).toEqual(
        due.map(([, each]) => each).sort((a, b) => a - b),
      );
      expect([...names].sort()).toEqual(due.map(([each]) => each).sort());
      for (const [each] of due) plain.delete(each);
    }
    expect(schedule.earliest).toBe(plain.size === 0 ? undefined : Math.min(...plain.values()));
  }
});
