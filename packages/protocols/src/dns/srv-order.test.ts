import { expect, test } from 'vitest';
import type { Srv } from './record.ts';
import { orderSrv } from './srv-order.ts';

function srv(target: string, priority: number, weight: number): Srv {
  return { target, priority, weight, port: 5060 };
}

/** A generator of its own for each seed: every draw is different, and the same each time. */
function seeded(seed: number) {
  let state = seed;
  return (length: number) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    });
}

const targets = (records: readonly Srv[]) => records.map(({ target }) => target).join(' ');

test('the lowest priority is tried first, whatever the weights', () => {
  const records = [srv('c', 20, 100), srv('a', 0, 0), srv('b', 10, 1)];
  for (let seed = 1; seed < 50; seed++)
    expect(targets(orderSrv(records, seeded(seed)))).toBe('a b c');
});

test('inside one priority the first place goes by weight (RFC 2782) [SIPPUSH RFC3263.4.2-2]', () => {
  const records = [srv('a', 0, 60), srv('b', 0, 30), srv('c', 0, 10)];
  const random = seeded(7);
  const firsts = Array.from({ length: 4000 }, () => orderSrv(records, random)[0]?.target);
  const share = (name: string) => firsts.filter((each) => each === name).length / firsts.length;
  expect(share('a')).toBeCloseTo(0.6, 1);
  expect(share('b')).toBeCloseTo(0.3, 1);
  expect(share('c')).toBeCloseTo(0.1, 1);
});

test('each record has its turn, those of weight 0 seldom first', () => {
  const records = [srv('zero', 0, 0), srv('a', 0, 10), srv('b', 0, 10)];
  const random = seeded(3);
  const orders = Array.from({ length: 2100 }, () => orderSrv(records, random));
  for (const order of orders) expect(targets(order.toSorted(byName))).toBe('a b zero');
  const isZeroFirst = orders.filter(([first]) => first?.target === 'zero').length;
  expect(isZeroFirst).toBeGreaterThan(0);
  // One number of 21 is drawn for it.
  expect(isZeroFirst / orders.length).toBeLessThan(0.1);
});

test('with all weights zero the order is as it came, not lost', () => {
  const records = [srv('a', 0, 0), srv('b', 0, 0)];
  expect(targets(orderSrv(records, seeded(1)))).toBe('a b');
});

test('a target of . says that the service is not available (RFC 2782)', () => {
  expect(orderSrv([srv('', 0, 0)], seeded(1))).toEqual([]);
});

function byName(a: Srv, b: Srv): number {
  return a.target.localeCompare(b.target);
}
