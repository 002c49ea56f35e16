import { expect, test } from 'vitest';
import { Ladder } from './ladder.ts';

const COLUMNS = ['UE', 'Core', 'Server'];
const arrow = {
  offsetMs: 12.34,
  from: 'UE',
  to: 'Core',
  label: 'REGISTER',
  protocol: 'SIP',
} as const;

test('an arrow spans its two columns, with its label and its time', () => {
  const ladder = new Ladder(COLUMNS, false);
  const [line = ''] = ladder.arrow(arrow);
  expect(line).toBe('  12.3 ms  │───── REGISTER ─────▶│                     │');
  expect(line).toHaveLength(11 + 2 * 22 + 1);
});

test('the way back points left', () => {
  const [line = ''] = new Ladder(COLUMNS, false).arrow({ ...arrow, from: 'Server', to: 'UE' });
  expect(line).toContain('│◀────');
  expect(line).toHaveLength(11 + 2 * 22 + 1);
});

test('a label too long for its arrow is cut, and the columns stay in place', () => {
  const [line = ''] = new Ladder(COLUMNS, false).arrow({ ...arrow, label: 'x'.repeat(99) });
  expect(line).toHaveLength(11 + 2 * 22 + 1);
  expect(line).toContain('…');
});

test('a silence of more than a second is a break in the axis', () => {
  const ladder = new Ladder(COLUMNS, false);
  ladder.arrow(arrow);
  expect(ladder.arrow({ ...arrow, offsetMs: 1500 })).toHaveLength(2);
});

test('what happens off the ladder is not drawn', () => {
  expect(new Ladder(COLUMNS, false).arrow({ ...arrow, to: 'HSS' })).toEqual([]);
});
