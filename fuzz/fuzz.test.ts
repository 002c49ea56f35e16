/** Each fuzz target, in the small size that fits into `npm test`; the large one is `npm run long -- fuzz`. */
import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';
import { drawFrom, mutate } from './mutate.ts';
import type { FuzzTarget } from './target.ts';
import { corpusOf, discoverTargets } from './targets.ts';

const RUNS = 2_000;
const SEED = 20100527;

const targets = await discoverTargets();

test('there is a target for every parser of this folder', () => {
  expect(targets.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['package0', 'sip', 'syncml', 'wbxml', 'xml']),
  );
});

test.each(targets)('$name: any octets give a value or one ProtocolError', (target) => {
  const { name } = target;
  expect(target.seeds.length).toBeGreaterThan(0);
  const failure = fuzz(target, { runs: RUNS, seed: SEED, corpus: corpusOf(name) });
  expect(failure).toBeUndefined();
});

test('a target that throws is a failure with the input and the run that made it', () => {
  const seeds = [Uint8Array.of(1, 2, 3, 4)];
  const fussy: FuzzTarget = {
    name: 'fussy',
    seeds,
    run: (bytes) => {
      if (bytes.length !== 4) throw new RangeError('not four');
    },
  };
  const failure = fuzz(fussy, { runs: 1_000, seed: 7, corpus: [] });
  expect(failure?.error).toBeInstanceOf(RangeError);
  expect(mutate(seeds, drawFrom(7 + (failure?.run ?? 0)))).toEqual(failure?.input);
});

test('a target that is slow each time is a failure', () => {
  const slow: FuzzTarget = {
    name: 'slow',
    seeds: [Uint8Array.of(0)],
    run: () => {
      const start = process.cpuUsage();
      while (process.cpuUsage(start).user < 60_000);
    },
  };
  expect(fuzz(slow, { runs: 1, seed: 1, corpus: [] })?.error).toBeInstanceOf(Error);
});

test.each([
  ['objects', () => Array.from({ length: 20_000 }, (_, index) => [index, {}])],
  ['octets', () => new Uint8Array(2 ** 21)],
])('a target that allocates much more than a message, as %s, is a failure', (_name, allocate) => {
  const kept: unknown[] = [];
  const greedy: FuzzTarget = {
    name: 'greedy',
    seeds: [Uint8Array.of(0)],
    run: () => {},
    decode: () => {
      kept[0] = allocate();
    },
  };
  const failure = fuzz(greedy, { runs: 20, seed: 1, corpus: [] });
  expect(String(failure?.error)).toContain('octets');
});

test('a target is measured by its decoder alone, if it names one', () => {
  const checked: FuzzTarget = {
    name: 'checked',
    seeds: [Uint8Array.of(0)],
    decode: () => {},
    run: () => {
      const start = process.cpuUsage();
      while (process.cpuUsage(start).user < 60_000);
    },
  };
  expect(fuzz(checked, { runs: 1, seed: 1, corpus: [] })).toBeUndefined();
});
