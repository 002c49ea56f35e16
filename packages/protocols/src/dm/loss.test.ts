/**
 * Sessions over a network that loses, repeats, delays and cuts, on virtual time and seeded: a failing seed is in the
 * test's output. The full size is `npm run long -- dm-loss`.
 */
import { expect, test } from 'vitest';
import { playSeed } from './testing/lossy.ts';

const SEEDS = 1000;

test(`what the server was told is what the tree holds, over ${SEEDS} seeds (AC-10, AC-11)`, () => {
  const totals = { completed: 0, other: 0, troubles: 0, chunks: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { faults, end, troubles, chunks } = playSeed(seed);
    expect(faults, `seed ${seed}`).toEqual([]);
    totals[end === 'completed' ? 'completed' : 'other'] += 1;
    totals.troubles += troubles;
    totals.chunks += chunks;
  }
  // The run means something only if both ends were seen, and each kind of trouble.
  expect(totals.completed).toBeGreaterThan(SEEDS / 4);
  expect(totals.other).toBeGreaterThan(SEEDS / 50);
  expect(totals.troubles).toBeGreaterThan(SEEDS);
  expect(totals.chunks).toBeGreaterThan(SEEDS / 2);
}, 120_000);
