import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Segment } from './frame.ts';
import { reassembleTcp } from './tcp.ts';

const TEXT = 'the quick brown fox jumps over the lazy dog';

function piece(start: number, end: number, base = 100, at = start): Segment {
  const payload = Buffer.from(TEXT.slice(start, end));
  return { at, from: 'a:1', to: 'b:2', sequence: (base + start) >>> 0, isSyn: false, payload };
}

function syn(sequence: number): Segment {
  const nothing = new Uint8Array();
  return { at: 0, from: 'a:1', to: 'b:2', sequence, isSyn: true, payload: nothing };
}

function textsOf(segments: readonly Segment[]): string[] {
  return reassembleTcp(segments).map(({ bytes }) => Buffer.from(bytes).toString());
}

test('segments in any order, some twice, some overlapping, give the text once', () => {
  const cuts = fc.array(fc.tuple(fc.nat(TEXT.length), fc.nat(TEXT.length)), { maxLength: 30 });
  const bases = fc.constantFrom(100, 0, 0xffffffff, 0xfffffff0, 0x7ffffff8);
  fc.assert(
    fc.property(cuts, bases, (pairs, base) => {
      const pieces = pairs.map(([a, b]) => piece(Math.min(a, b), Math.max(a, b), base));
      const cover = [piece(0, 20, base), piece(20, TEXT.length, base)];
      expect(textsOf([...pieces, ...cover.toReversed()])).toEqual([TEXT]);
    }),
    { seed: 7 },
  );
});

test('a gap ends a run', () => {
  expect(textsOf([piece(0, 4), piece(10, 15)])).toEqual(['the ', 'brown']);
});

test('the SYN takes one number, before the octets that it may carry', () => {
  const open = { ...syn(99), payload: piece(0, 4).payload };
  expect(textsOf([open, piece(4, 9)])).toEqual(['the quick']);
  expect(textsOf([syn(99), piece(4, 9), piece(0, 4)])).toEqual(['the quick']);
});

test('a SYN with another number begins a new connection, a repeated one does not', () => {
  expect(textsOf([syn(99), piece(0, 4), syn(99), piece(4, 9)])).toEqual(['the quick']);
  expect(textsOf([syn(99), piece(0, 4), syn(499), piece(0, 9, 500)])).toEqual([
    'the ',
    'the quick',
  ]);
});

test('the two directions, and other ports, are apart', () => {
  const back = { ...piece(4, 9), from: 'b:2', to: 'a:1' };
  const other = { ...piece(10, 15), from: 'a:3' };
  expect(reassembleTcp([piece(0, 4), back, other]).map(({ from, to }) => [from, to])).toEqual([
    ['a:1', 'b:2'],
    ['b:2', 'a:1'],
    ['a:3', 'b:2'],
  ]);
});

test('the time of an octet is that of the segment that brought it', () => {
  const [run] = reassembleTcp([piece(4, 9, 100, 20), piece(0, 4, 100, 30), piece(9, 12, 100, 40)]);
  expect([0, 3, 4, 8, 9, 11].map((offset) => run?.at(offset))).toEqual([30, 30, 20, 20, 40, 40]);
});

test('no segments, no runs', () => {
  expect(reassembleTcp([])).toEqual([]);
});

test('very many small segments are joined', () => {
  const segments = Array.from({ length: 200_000 }, (_, index) => ({
    ...piece(0, 1),
    sequence: index,
  }));
  expect(reassembleTcp(segments)[0]?.bytes).toHaveLength(200_000);
});
