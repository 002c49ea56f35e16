import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../bytes.ts';
import {
  decodeHeaderBlock,
  encodeHeaderBlock,
  HEADER_BLOCK_BYTES_MAX,
  HEADER_COUNT_MAX,
  HEADER_LENGTH_MAX,
  headerValue,
} from './header-block.ts';

const decode = (text: string) => decodeHeaderBlock(encodeUtf8(text));
const refused = (code: string) => expect.objectContaining({ name: 'ProtocolError', code });

test('names and values without white space around them, then what follows the empty line', () => {
  const block = decode('Content-Type: a/b \r\nX : \t1:2\t\r\nEmpty:\r\n\r\n\r\nrest');
  expect(block.headers).toEqual([
    { name: 'Content-Type', value: 'a/b' },
    { name: 'X', value: '1:2' },
    { name: 'Empty', value: '' },
  ]);
  expect(block.rest).toEqual(encodeUtf8('\r\nrest'));
  expect(headerValue(block.headers, 'content-TYPE')).toBe('a/b');
  expect(headerValue(block.headers, 'other')).toBeUndefined();
});

test('the rest may be any octets', () => {
  const bytes = Uint8Array.from([...encodeUtf8('A: b\r\n\r\n'), 0xff, 0x00, 0x0d, 0x0a]);
  expect(decodeHeaderBlock(bytes).rest).toEqual(Uint8Array.of(0xff, 0x00, 0x0d, 0x0a));
});

test('a line that starts with white space continues the one before', () => {
  expect(decode('A: 1 \r\n\t 2\r\n  3\r\nB: 4\r\n\r\n').headers).toEqual([
    { name: 'A', value: '1 2 3' },
    { name: 'B', value: '4' },
  ]);
});

test('bare line feeds are line ends', () => {
  expect(decode('A: 1\nB: 2\n\nrest')).toMatchObject({
    headers: [{ name: 'A' }, { name: 'B', value: '2' }],
    rest: encodeUtf8('rest'),
  });
});

test('no header at all is an empty block', () => {
  expect(decode('\r\nx')).toEqual({ startLine: '', headers: [], rest: encodeUtf8('x') });
  expect(decode('\nx').rest).toEqual(encodeUtf8('x'));
});

test('a start line stands before the headers where there is one', () => {
  const bytes = encodeUtf8('OPTIONS sip:a SIP/2.0\r\nA: 1\r\n\r\n');
  expect(decodeHeaderBlock(bytes, { startLine: true })).toMatchObject({
    startLine: 'OPTIONS sip:a SIP/2.0',
    headers: [{ name: 'A', value: '1' }],
  });
});

test('what is written reads back', () => {
  const headers = [
    { name: 'A', value: 'ä' },
    { name: 'B', value: '' },
  ];
  expect(decodeHeaderBlock(encodeHeaderBlock(headers)).headers).toEqual(headers);
});

describe('refused', () => {
  test.each([
    ['no colon', 'A: 1\r\nB\r\n\r\n', 'MIME_SYNTAX', 2],
    ['no name', ': 1\r\n\r\n', 'MIME_SYNTAX', 1],
    ['a name that is no token', 'A B: 1\r\n\r\n', 'MIME_SYNTAX', 1],
    ['a continuation of nothing', ' A: 1\r\n\r\n', 'MIME_SYNTAX', 1],
    ['a bare CR', 'A: 1\rB: 2\r\n\r\n', 'MIME_SYNTAX', 1],
  ])('%s', (_, text, code, line) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ code, at: { line } }));
  });

  test('a bare CR in the start line', () => {
    expect(() => decodeHeaderBlock(encodeUtf8('A\rB\r\n\r\n'), { startLine: true })).toThrow(
      refused('MIME_SYNTAX'),
    );
  });

  test('no empty line', () => {
    expect(() => decode('A: 1\r\n')).toThrow(refused('MIME_NO_END'));
    expect(() => decode('')).toThrow(refused('MIME_NO_END'));
  });

  test('text that is not UTF-8, with its offset', () => {
    const bytes = Uint8Array.from([...encodeUtf8('A: '), 0xff, ...encodeUtf8('\r\n\r\n')]);
    expect(() => decodeHeaderBlock(bytes)).toThrow(
      expect.objectContaining({ code: 'BYTES_NOT_UTF8', at: { byte: 3 } }),
    );
  });
});

describe('bounds', () => {
  test('of the number of headers', () => {
    const lines = (count: number) => `${'A: 1\r\n'.repeat(count)}\r\n`;
    expect(decode(lines(HEADER_COUNT_MAX)).headers).toHaveLength(HEADER_COUNT_MAX);
    expect(() => decode(lines(HEADER_COUNT_MAX + 1))).toThrow(refused('MIME_COUNT'));
  });

  test('of one header, folded or not', () => {
    const line = (length: number) => `A:${'x'.repeat(length - 2)}\r\n\r\n`;
    expect(decode(line(HEADER_LENGTH_MAX)).headers).toHaveLength(1);
    expect(() => decode(line(HEADER_LENGTH_MAX + 1))).toThrow(refused('MIME_LENGTH'));
    const folded = `A:${'\r\n xxxxxxx'.repeat(HEADER_LENGTH_MAX / 8)}\r\n\r\n`;
    expect(() => decode(folded)).toThrow(refused('MIME_LENGTH'));
  });

  test('of the start line', () => {
    const block = (length: number) =>
      decodeHeaderBlock(encodeUtf8(`${'x'.repeat(length)}\r\n\r\n`), { startLine: true });
    expect(block(HEADER_LENGTH_MAX).startLine).toHaveLength(HEADER_LENGTH_MAX);
    expect(() => block(HEADER_LENGTH_MAX + 1)).toThrow(refused('MIME_LENGTH'));
  });

  test('of the block', () => {
    const block = (length: number) => {
      const line = `A: ${'x'.repeat(8000)}\r\n`;
      const most = line.repeat(Math.floor(length / line.length));
      return `${most}A:${'x'.repeat(length - most.length - 6)}\r\n\r\nrest`;
    };
    expect(decode(block(HEADER_BLOCK_BYTES_MAX)).rest).toHaveLength(4);
    expect(() => decode(block(HEADER_BLOCK_BYTES_MAX + 3))).toThrow(refused('MIME_NO_END'));
  });
});
