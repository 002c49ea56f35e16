/**
 * Both DM engines over a network that loses, repeats, delays and cuts: 100,000 seeds, or as many as are named, from
 * the second argument on. `npm run long -- dm-loss [COUNT [FIRST]]`; the small size is in packages/protocols.
 */
import { playSeed } from '../../packages/protocols/src/dm/testing/lossy.ts';

const SEEDS = 100_000;
const REPORT_EVERY = 10_000;

export const long = {
  title: 'two DM engines over a bad network: what the server believes is what the tree holds',
  async run([count = String(SEEDS), first = '1']: readonly string[]): Promise<void> {
    const totals = new Map<string, number>();
    const add = (name: string, by: number) => totals.set(name, (totals.get(name) ?? 0) + by);
    const last = Number(first) + Number(count) - 1;
    for (let seed = Number(first); seed <= last; seed++) {
      const { faults, end, troubles, chunks } = playSeed(seed);
      if (faults.length > 0) throw new Error(`seed ${seed}: ${faults.join('; ')}`);
      add(`first session ${end ?? 'open'}`, 1);
      add('troubles', troubles);
      add('chunks', chunks);
      if (seed % REPORT_EVERY === 0) console.log(`seed ${seed}: good so far`);
    }
    const told = [...totals].sort().map(([name, total]) => `${name}: ${total}`);
    console.log(`${count} seeds from ${first}; ${told.join(', ')}`);
  },
};
