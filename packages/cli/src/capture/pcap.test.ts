import { concatBytes } from '@ueprov/protocols';
import { expect, test } from 'vitest';
import { PACKETS_MAX } from './packet.ts';
import { decodePcap, isPcap } from './pcap.ts';
import { pcap } from './testing/frames.ts';

const FRAMES = [new Uint8Array([1, 2, 3]), new Uint8Array([]), new Uint8Array([4])];

test.each([
  ['little-endian, microseconds', { isLittle: true, isNano: false }],
  ['big-endian, microseconds', { isLittle: false, isNano: false }],
  ['little-endian, nanoseconds', { isLittle: true, isNano: true }],
  ['big-endian, nanoseconds', { isLittle: false, isNano: true }],
])('records of a file: %s', (_order, options) => {
  const file = pcap(FRAMES, { ...options, linkType: 113 });
  expect(isPcap(file)).toBe(true);
  expect(decodePcap(file)).toEqual(
    FRAMES.map((bytes, index) => ({ at: index * 1000 + 250, linkType: 113, bytes })),
  );
});

test('a file that is cut anywhere inside a record is refused where it ends', () => {
  const file = pcap(FRAMES);
  const whole = [24, 24 + 19, 24 + 19 + 16];
  for (let length = 4; length < file.length; length++) {
    if (whole.includes(length)) continue;
    expect(() => decodePcap(file.subarray(0, length))).toThrow(
      expect.objectContaining({ code: 'CAPTURE_TRUNCATED', at: { byte: length } }),
    );
  }
});

test('a record that claims more than there is is refused', () => {
  const file = pcap(FRAMES);
  new DataView(file.buffer).setUint32(24 + 8, 0xffffffff, true);
  expect(() => decodePcap(file)).toThrow(expect.objectContaining({ code: 'CAPTURE_TRUNCATED' }));
});

test(`${PACKETS_MAX} packets are read, one more is refused`, () => {
  const header = pcap([]);
  const records = new Uint8Array(16 * PACKETS_MAX);
  expect(decodePcap(concatBytes(header, records))).toHaveLength(PACKETS_MAX);
  expect(() => decodePcap(concatBytes(header, records, new Uint8Array(16)))).toThrow(
    expect.objectContaining({ code: 'CAPTURE_PACKETS', at: { byte: 24 + 16 * PACKETS_MAX } }),
  );
});
