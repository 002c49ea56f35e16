import { expect, test } from 'vitest';
import { encodeUtf8 } from './bytes.ts';
import { type Cursor, DOCUMENT_LIMITS } from './cursor.ts';
import { charactersOf, DOCUMENT_BASE_BYTES, DocumentText, fill, GatheredText } from './document.ts';
import { ProtocolError } from './error.ts';
import { WbxmlCursor } from './wbxml/index.ts';
import { XmlCursor } from './xml/index.ts';

test.each<[string, Cursor]>([
  ['XML', new XmlCursor(encodeUtf8('<a/>'))],
  ['WBXML', new WbxmlCursor(Uint8Array.of(3, 1, 0x6a, 0, 5))],
])('%s: as much memory as the limit is taken, one octet past it is not', (_name, cursor) => {
  cursor.take(DOCUMENT_LIMITS.memory - DOCUMENT_BASE_BYTES);
  expect(() => cursor.take(1)).toThrow(ProtocolError);
});

test('a document may take twice the octets that it may have', () => {
  expect(DOCUMENT_LIMITS.memory).toBe(2 * DOCUMENT_LIMITS.bytes);
});

test.each([0, 1, 2, 63, 64, 65, 66, 200])('%i pieces come together in their order', (count) => {
  const pieces = Array.from({ length: count }, (_, index) => String(index).repeat(1 + index * 5));
  const gathered = new GatheredText();
  for (const piece of pieces) gathered.add(piece);
  expect(gathered.text).toBe(pieces.join(''));
  gathered.add('more');
  expect(gathered.text).toBe(`${pieces.join('')}more`);
});

test.each(['', 'a', 'aé漢😀'])('the length of %j is counted in its octets', (text) => {
  expect(charactersOf(encodeUtf8(text))).toBe(text.length);
});

test.each([65_536, 65_537])('a document of %i octets is cut into the same texts', (length) => {
  const octets = encodeUtf8('é'.padEnd(length - 1, 'x'));
  const text = new DocumentText(octets);
  expect(text.latin1(2, 5)).toBe('xxx');
  expect(text.latin1(length - 4, length)).toBe('xxxx');
  expect(text.latin1(2, 10_000)).toBe('x'.repeat(9_998));
  expect(text.latin1(2, 4)).toBe('xx');
  expect(text.utf8(0, 3)).toBe('éx');
});

test.each([
  [8, 'KioqKioq'],
  [7, 'Kioq   '],
  [3, '   '],
  [0, ''],
])('%i octets of base64 are overwritten by what is base64 as well', (length, expected) => {
  const octets = encodeUtf8(`<${'A'.repeat(length)}>`);
  fill(octets, 1, 1 + length, 'base64');
  expect(new TextDecoder().decode(octets)).toBe(`<${expected}>`);
});
