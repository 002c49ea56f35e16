import { expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../bytes.ts';
import {
  BOUNDARY_LENGTH_MAX,
  boundaryOf,
  decodeMultipart,
  encodeMultipart,
  MULTIPART_PART_COUNT_MAX,
} from './multipart.ts';

const refused = (code: string) => expect.objectContaining({ name: 'ProtocolError', code });
const shown = (text: string, boundary = 'b') =>
  decodeMultipart(encodeUtf8(text), boundary).map(({ headers, content }) => [
    headers.map(({ name, value }) => `${name}=${value}`).join(),
    decodeUtf8(content),
  ]);

test('RFC 2046 §5.1.1: parts between boundaries; preamble and epilogue are dropped', () => {
  const text = 'before\r\n--b\r\nA: 1\r\n\r\none\r\n--b  \r\n\r\ntwo\r\n\r\n--b--\r\nafter';
  expect(shown(text)).toEqual([
    ['A=1', 'one'],
    ['', 'two\r\n'],
  ]);
});

test('bare line feeds end lines too, and a boundary may begin the body', () => {
  expect(shown('--b\nA: 1\n\none\n--b--')).toEqual([['A=1', 'one']]);
});

test('a boundary that goes on, or stands inside a line, is text', () => {
  const text = '--b\r\n\r\nx --b\r\n--bc\r\n--b--c\r\n\r\n--b--';
  expect(shown(text)).toEqual([['', 'x --b\r\n--bc\r\n--b--c\r\n']]);
});

test('an empty part has no content', () => {
  expect(shown('--b\r\nA: 1\r\n\r\n\r\n--b--')).toEqual([['A=1', '']]);
});

test('any octets are kept: what was written is read again', () => {
  const content = Uint8Array.from([0, 0xff, 0x0d, 0x0a, 0x2d, 0x2d, 0x0d]);
  const parts = [
    { headers: [{ name: 'Content-Type', value: 'a/b' }], content },
    { headers: [], content: new Uint8Array(0) },
  ];
  expect(decodeMultipart(encodeMultipart(parts, 'b77'), 'b77')).toEqual(parts);
});

test('a boundary that stands in a part, or may not be one, asserts', () => {
  const part = { headers: [], content: encodeUtf8('x\r\n--b\r\n') };
  expect(() => encodeMultipart([part], 'b')).toThrow('stands in a part');
  expect(() => encodeMultipart([], 'a"b')).toThrow('not a boundary');
});

test.each([
  ['without any boundary', 'text'],
  ['without its end', '--b\r\n\r\none\r\n'],
  ['that ends before it began', '--b--\r\n'],
])('a body %s is refused', (_what, text) => {
  expect(() => shown(text)).toThrow(refused('MIME_MULTIPART'));
});

test('the number of parts is bounded', () => {
  const body = (count: number) => `${'--b\r\n\r\nx\r\n'.repeat(count)}--b--`;
  expect(shown(body(MULTIPART_PART_COUNT_MAX))).toHaveLength(MULTIPART_PART_COUNT_MAX);
  expect(() => shown(body(MULTIPART_PART_COUNT_MAX + 1))).toThrow(refused('MIME_COUNT'));
});

test('the boundary is a parameter of the media type, quoted or not, of bounded length', () => {
  expect(boundaryOf('multipart/related; boundary="a b:c"; type="application/xml"')).toBe('a b:c');
  const most = 'x'.repeat(BOUNDARY_LENGTH_MAX);
  expect(boundaryOf(`multipart/mixed;boundary=${most}`)).toBe(most);
  for (const type of [
    'multipart/mixed',
    `multipart/mixed;boundary=${most}x`,
    'multipart/mixed;boundary="a "',
    'multipart/mixed;boundary="a@b"',
  ]) {
    expect(() => boundaryOf(type)).toThrow(refused('MIME_BOUNDARY'));
  }
});
