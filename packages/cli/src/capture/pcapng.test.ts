import { concatBytes } from '@ueprov/protocols';
import { expect, test } from 'vitest';
import { PACKETS_MAX } from './packet.ts';
import { decodePcapng, INTERFACES_MAX, isPcapng } from './pcapng.ts';
import { block, enhancedPacket, interfaceBlock, section, words } from './testing/frames.ts';

const FRAME = new Uint8Array([1, 2, 3, 4, 5]);
/** if_tsresol, then the end of the options. */
const resolution = (value: number) =>
  concatBytes(words(16, [9, 1]), new Uint8Array([value, 0, 0, 0]), words(16, [0, 0]));

test.each([true, false])('enhanced packets, little-endian %s', (isLittle) => {
  const file = concatBytes(
    section(isLittle),
    interfaceBlock(1, new Uint8Array(), isLittle),
    enhancedPacket(0, 1_700_000_000_123_456, FRAME, isLittle),
  );
  expect(isPcapng(file)).toBe(true);
  expect(decodePcapng(file)).toEqual([{ at: 1_700_000_000_123.456, linkType: 1, bytes: FRAME }]);
});

test.each([
  ['nanoseconds', 9, 2_500_000, 2.5],
  ['milliseconds', 3, 2_500, 2_500],
  ['1/1024 of a second', 0x8a, 2048, 2000],
])('the resolution of an interface counts: %s', (_what, value, ticks, at) => {
  const file = concatBytes(
    section(),
    interfaceBlock(1, resolution(value)),
    enhancedPacket(0, ticks, FRAME),
  );
  expect(decodePcapng(file)[0]?.at).toBe(at);
});

test('another option before the resolution is stepped over with its padding', () => {
  const name = concatBytes(words(16, [2, 3]), new Uint8Array([0x65, 0x74, 0x68, 0]));
  const file = concatBytes(
    section(),
    interfaceBlock(1, concatBytes(name, resolution(3))),
    enhancedPacket(0, 7, FRAME),
  );
  expect(decodePcapng(file)[0]?.at).toBe(7);
});

test('each packet has the link type of its interface, and a new section forgets interfaces', () => {
  const one = concatBytes(section(), interfaceBlock(1), interfaceBlock(113));
  expect(decodePcapng(concatBytes(one, enhancedPacket(1, 0, FRAME)))[0]?.linkType).toBe(113);
  const packet = enhancedPacket(1, 0, FRAME);
  expect(() => decodePcapng(concatBytes(one, section(), packet))).toThrow(
    expect.objectContaining({ code: 'CAPTURE_INTERFACE' }),
  );
});

test('sections of both byte orders in one file', () => {
  const file = [true, false].map((isLittle) =>
    concatBytes(
      section(isLittle),
      interfaceBlock(isLittle ? 1 : 101, new Uint8Array(), isLittle),
      enhancedPacket(0, 1000, FRAME, isLittle),
    ),
  );
  expect(decodePcapng(concatBytes(...file)).map(({ linkType }) => linkType)).toEqual([1, 101]);
});

test('simple and obsolete packets are read, other blocks are stepped over', () => {
  const file = concatBytes(
    section(),
    interfaceBlock(1),
    block(3, concatBytes(words(32, [FRAME.length]), FRAME)),
    block(4, new Uint8Array(8)),
    block(2, concatBytes(words(16, [0, 0]), words(32, [0, 5000, FRAME.length, 99]), FRAME)),
  );
  expect(decodePcapng(file)).toEqual([
    { at: 0, linkType: 1, bytes: FRAME },
    { at: 5, linkType: 1, bytes: FRAME },
  ]);
});

test('a file that is cut anywhere inside a block is refused with a place in it', () => {
  const blocks = [section(), interfaceBlock(1), enhancedPacket(0, 0, FRAME)];
  const whole = blocks.map((_, index) => concatBytes(...blocks.slice(0, index)).length);
  const file = concatBytes(...blocks);
  for (let length = 4; length < file.length; length++) {
    if (whole.includes(length)) continue;
    expect(() => decodePcapng(file.subarray(0, length))).toThrow(
      expect.objectContaining({ code: 'CAPTURE_TRUNCATED', at: { byte: length } }),
    );
  }
});

test.each([
  ['of 8 octets', 8],
  ['of a length that is no multiple of four', 33],
])('a block %s is refused', (_what, length) => {
  const file = concatBytes(section(), interfaceBlock(1));
  new DataView(file.buffer).setUint32(section().length + 4, length, true);
  expect(() => decodePcapng(file)).toThrow(
    expect.objectContaining({ code: 'CAPTURE_BLOCK', at: { byte: section().length + 4 } }),
  );
});

test('a packet that claims more than its block holds is refused', () => {
  const packet = enhancedPacket(0, 0, FRAME);
  new DataView(packet.buffer).setUint32(8 + 12, 9, true);
  expect(() => decodePcapng(concatBytes(section(), interfaceBlock(1), packet))).toThrow(
    expect.objectContaining({ code: 'CAPTURE_TRUNCATED' }),
  );
});

test('a section without its byte order is refused', () => {
  const file = section();
  file[8] = 0;
  expect(() => decodePcapng(file)).toThrow(expect.objectContaining({ code: 'CAPTURE_MAGIC' }));
});

test(`${INTERFACES_MAX} interfaces are read, one more is refused`, () => {
  const many = (count: number) =>
    concatBytes(section(), ...Array.from({ length: count }, () => interfaceBlock(1)));
  expect(decodePcapng(many(INTERFACES_MAX))).toEqual([]);
  expect(() => decodePcapng(many(INTERFACES_MAX + 1))).toThrow(
    expect.objectContaining({ code: 'CAPTURE_INTERFACES' }),
  );
});

test(`${PACKETS_MAX} packets are read, one more is refused`, () => {
  const packet = block(3, words(32, [0]));
  const packets = Buffer.alloc(packet.length * (PACKETS_MAX + 1), packet);
  const front = concatBytes(section(), interfaceBlock(1));
  const file = concatBytes(front, packets);
  expect(decodePcapng(file.subarray(0, file.length - packet.length))).toHaveLength(PACKETS_MAX);
  expect(() => decodePcapng(file)).toThrow(expect.objectContaining({ code: 'CAPTURE_PACKETS' }));
});
