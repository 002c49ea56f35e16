import { expect, test } from 'vitest';
import { fromBase64, HEX_BYTES_MAX, hexLines } from './hex.ts';

test('sixteen octets a line, what does not print is a dot', () => {
  const bytes = Uint8Array.from([
    0x02,
    0xa4,
    0x01,
    0x6a,
    ...new TextEncoder().encode('-//SYNCML//DTD'),
  ]);
  expect(hexLines(bytes)).toEqual([
    {
      offset: '0000',
      hex: '02 a4 01 6a 2d 2f 2f 53  59 4e 43 4d 4c 2f 2f 44',
      ascii: '···j-//SYNCML//D',
    },
    { offset: '0010', hex: '54 44', ascii: 'TD' },
  ]);
});

test('no octets are no lines', () => {
  expect(hexLines(new Uint8Array())).toEqual([]);
});

test('the view ends at its limit', () => {
  expect(hexLines(new Uint8Array(HEX_BYTES_MAX))).toHaveLength(HEX_BYTES_MAX / 16);
  expect(hexLines(new Uint8Array(HEX_BYTES_MAX + 1))).toHaveLength(HEX_BYTES_MAX / 16);
});

test('base64 gives its octets, anything else nothing', () => {
  expect(fromBase64('AqQ=')).toEqual(Uint8Array.of(0x02, 0xa4));
  expect(fromBase64('no base64!')).toBeUndefined();
});
