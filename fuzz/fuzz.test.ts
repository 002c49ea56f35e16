/** Each fuzz target, in the small size that fits into `npm test`; the large one is `npm run long -- fuzz`. */
import { DOCUMENT_LIMITS, END, encodeUtf8 } from '@ueprov/protocols';
import { XmlCursor } from '@ueprov/protocols/xml';
import { expect, test } from 'vitest';
import { fuzz, HELD_BYTES_MAX } from './fuzz.ts';
import { drawFrom, mutate } from './mutate.ts';
import type { FuzzTarget } from './target.ts';
import { corpusOf, discoverTargets } from './targets.ts';
import { heldBytes } from './weigh.ts';

const RUNS = 2_000;
const TIMEOUT_MS = 60_000;
const SEED = 20100527;

const targets = await discoverTargets();

test('there is a target for every parser of this folder', () => {
  expect(targets.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['package0', 'sip', 'syncml', 'wbxml', 'xml']),
  );
});

test.each(targets)(
  '$name: any octets give a value or one ProtocolError',
  (target) => {
    const { name } = target;
    expect(target.seeds.length).toBeGreaterThan(0);
    const failure = fuzz(target, { runs: RUNS, seed: SEED, corpus: corpusOf(name) });
    expect(failure).toBeUndefined();
  },
  TIMEOUT_MS,
);

test('a target that throws is a failure with the input and the run that made it', () => {
  const seeds = [Uint8Array.of(1, 2, 3, 4)];
  const fussy: FuzzTarget = {
    name: 'fussy',
    seeds,
    decode: () => {},
    run: (bytes) => {
      if (bytes.length !== 4) throw new RangeError('not four');
    },
  };
  const failure = fuzz(fussy, { runs: 1_000, seed: 7, corpus: [] });
  expect(failure?.error).toBeInstanceOf(RangeError);
  expect(mutate(seeds, drawFrom(7 + (failure?.run ?? 0)))).toEqual(failure?.input);
});

test('a decoder that is slow each time is a failure; what else its target does takes its time', () => {
  const slow = () => {
    const start = process.cpuUsage();
    while (process.cpuUsage(start).user < 60_000);
  };
  const seeds = [Uint8Array.of(0)];
  const options = { runs: 1, seed: 1, corpus: [] };
  const failure = fuzz({ name: 'slow', seeds, decode: slow, run: () => {} }, options);
  expect(String(failure?.error)).toContain('longer than 50 ms');
  expect(fuzz({ name: 'checked', seeds, decode: () => {}, run: slow }, options)).toBeUndefined();
});

const OBJECTS = () => Array.from({ length: 30_000 }, (_, index) => [index, {}]);
const OCTETS = () => new Uint8Array(HELD_BYTES_MAX + 32_768);

test.each([
  ['objects', OBJECTS],
  ['octets', OCTETS],
])(
  'a decoder whose value holds more than twice a message, as %s, is a failure',
  (_name, decode) => {
    const failure = fuzz(greedy(decode), { runs: 20, seed: 1, corpus: [] });
    expect(String(failure?.error)).toContain(`held more than ${HELD_BYTES_MAX} octets`);
  },
);

test('garbage that is left behind at each token is not held', () => {
  const xml = encodeUtf8(`<a>${'<b/>'.repeat(3_000)}</a>`);
  const wasteful = () => {
    const cursor = new XmlCursor(xml);
    let count = 0;
    while (cursor.next() !== END) count += Array.from({ length: 100 }, () => ({})).length;
    return count;
  };
  expect(wasteful()).toBe(600_200);
  expect(heldBytes(wasteful, xml, HELD_BYTES_MAX)).toBeLessThan(HELD_BYTES_MAX);
});

function greedy(decode: () => unknown): FuzzTarget {
  return { name: 'greedy', seeds: [Uint8Array.of(0)], run: () => {}, decode };
}

test('inputs are made as large as a message may be', () => {
  const seeds = targets.find(({ name }) => name === 'xml')?.seeds ?? [];
  const sizes = Array.from({ length: 100_000 }, (_, seed) => mutate(seeds, drawFrom(seed)).length);
  expect(Math.max(...sizes)).toBeGreaterThan(DOCUMENT_LIMITS.bytes - 1_000);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(DOCUMENT_LIMITS.bytes + 64);
});
