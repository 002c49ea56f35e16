/** Inputs out of seeds, the same ones for the same seed number: what every fuzz target is fed with. */
import { enlarge } from './enlarge.ts';

/** Numbers below `bound`, from a 32-bit seed (mulberry32). */
export type Draw = (bound: number) => number;

export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  };
}

/** One of so many inputs is as long as a document may be. */
const LARGE_ONE_IN = 8192;

/** One input: a seed with one to eight changes; or, at times, one that is large. */
export function mutate(seeds: readonly Uint8Array[], draw: Draw): Uint8Array {
  let bytes = pick(seeds, draw) ?? new Uint8Array(0);
  if (draw(LARGE_ONE_IN) === 0) {
    const large = enlarge(bytes, draw);
    // A copy: no target can spoil a seed.
    return (draw(2) === 0 ? large : change(large, seeds, draw)).slice();
  }
  for (let changes = 1 + draw(8); changes > 0; changes--) {
    bytes = change(bytes, seeds, draw).subarray(0, SMALL_BYTES_MAX);
  }
  return bytes.slice();
}

/** Mutation must not grow inputs for ever; what is longer was made so by `enlarge`. */
export const SMALL_BYTES_MAX = 16_384;

function change(bytes: Uint8Array, seeds: readonly Uint8Array[], draw: Draw): Uint8Array {
  const at = draw(bytes.length + 1);
  const length = 1 + draw(draw(4) === 0 ? 64 : 4);
  switch (draw(9)) {
    case 0: // flip a bit
      return splice(bytes, at, 1, [(bytes[at] ?? 0) ^ (1 << draw(8))]);
    case 1: // any octet
      return splice(bytes, at, 1, [draw(256)]);
    case 2: // a telling octet
      return splice(bytes, at, 1, [TELLING[draw(TELLING.length)] ?? 0]);
    case 3: // leave some out
      return splice(bytes, at, length, []);
    case 4: // say some again
      return splice(bytes, at, 0, bytes.subarray(at, at + length));
    case 5: // put in any
      return splice(
        bytes,
        at,
        0,
        Uint8Array.from({ length }, () => draw(256)),
      );
    case 6: // cut
      return bytes.subarray(0, at);
    case 7: {
      // put in a piece of another seed
      const other = pick(seeds, draw) ?? bytes;
      const from = draw(other.length + 1);
      return splice(bytes, at, length, other.subarray(from, from + 1 + draw(64)));
    }
    default: // a word of some grammar
      return splice(bytes, at, 0, Buffer.from(WORDS[draw(WORDS.length)] ?? '', 'latin1'));
  }
}

function splice(bytes: Uint8Array, at: number, drop: number, put: ArrayLike<number>): Uint8Array {
  const after = bytes.subarray(at + drop);
  const spliced = new Uint8Array(at + put.length + after.length);
  spliced.set(bytes.subarray(0, at));
  spliced.set(put, at);
  spliced.set(after, at + put.length);
  return spliced;
}

function pick(seeds: readonly Uint8Array[], draw: Draw): Uint8Array | undefined {
  return seeds[draw(seeds.length)];
}

/** Bounds of integers, structure of the texts and token formats that we read. */
const TELLING = [
  0x00, 0x01, 0x02, 0x03, 0x04, 0x09, 0x0a, 0x0d, 0x20, 0x22, 0x26, 0x27, 0x2f, 0x3a, 0x3b, 0x3c,
  0x3d, 0x3e, 0x40, 0x43, 0x44, 0x5b, 0x5d, 0x7f, 0x80, 0x83, 0x84, 0xc0, 0xc3, 0xc4, 0xef, 0xff,
];

const WORDS = [
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<?a b?>',
  '<!DOCTYPE a [',
  '<!ENTITY a "b">',
  '&lt;',
  '&#0;',
  '&#x10FFFF;',
  '&constructor;',
  '__proto__',
  ' xmlns="x"',
  '<Item/>',
  '</Item>',
  '\xc3\xff\xff\xff\xff\x0f',
  '\xc3\xff\xff\xff\x7f',
  '\x00\x01',
  '\x83\x00',
  '\r\n',
  '\r\n\r\n',
  ',',
  ';',
  '4294967296',
  '-1',
  '\xef\xbb\xbf',
  '\xed\xa0\x80',
];
