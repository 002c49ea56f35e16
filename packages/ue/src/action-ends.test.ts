import { expect, test } from 'vitest';
import { ActionEnds, ENDS_MAX } from './action-ends.ts';

const begun = (Correlator: string, ServerID = 'a.example') => ({
  ServerID,
  uri: './Vendor/Reset',
  alertType: 'Reversed-Domain-Name: com.example.ended',
  Correlator,
});

test('an end goes to the server that asked for the action, and to no other', () => {
  const ends = new ActionEnds();
  expect(ends.add(begun('1'), 200)).toBe('a.example');
  expect(ends.due('b.example')).toEqual([]);
  expect(ends.due('a.example')).toMatchObject([{ Correlator: '1', Items: [{ Data: '200' }] }]);
  ends.settle([200], 0);
  expect([ends.due('a.example'), ends.deadline]).toEqual([[], undefined]);
});

test('what a server said nothing to is told again, after twice as long each time', () => {
  const ends = new ActionEnds();
  ends.add(begun('1'), 200);
  const waits = [0, 0, 0].map(() => {
    ends.due('a.example');
    ends.settle([], 1000);
    const { deadline = 0 } = ends;
    expect(ends.retry(deadline - 1)).toEqual([]);
    expect(ends.retry(deadline)).toEqual(['a.example']);
    return deadline - 1000;
  });
  expect(waits).toEqual([30_000, 60_000, 120_000]);
});

test('ENDS_MAX wait; with one more the oldest is not told', () => {
  const ends = new ActionEnds();
  for (let index = 0; index < ENDS_MAX; index++) ends.add(begun(String(index)), 200);
  expect(ends.due('a.example')).toHaveLength(ENDS_MAX);
  ends.add(begun('one more'), 200);
  const due = ends.due('a.example');
  expect([due.length, due[0]?.Correlator]).toEqual([ENDS_MAX, '1']);
});
