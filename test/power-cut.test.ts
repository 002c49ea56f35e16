import { expect, test } from 'vitest';
import { cutPower } from './long/power-cut.ts';

test('AC-37: a power cut between any two writes leaves the tree of before or of after, Atomic included', async () => {
  expect(await cutPower(20)).toEqual([]);
}, 120_000);

test('on a disk that does not flush the same run finds other trees: it can fail', async () => {
  expect(await cutPower(6, false)).not.toEqual([]);
}, 120_000);
