import { expect, test } from 'vitest';
import {
  decodeMediaType,
  encodeMediaType,
  isMediaType,
  MEDIA_TYPE_LENGTH_MAX,
  MEDIA_TYPE_PARAMETER_COUNT_MAX,
} from './media-type.ts';

test('type, subtype and names are without case, values as they are', () => {
  const type = decodeMediaType('Application/VND.SyncML.dm+WBXML ; Charset="UTF-8";b=C');
  expect(type.essence).toBe('application/vnd.syncml.dm+wbxml');
  expect([...type.parameters]).toEqual([
    ['charset', 'UTF-8'],
    ['b', 'C'],
  ]);
});

test('a value that is no token is quoted, and reads back', () => {
  const type = { essence: 'multipart/mixed', parameters: new Map([['boundary', 'a "b"\\;c']]) };
  expect(encodeMediaType(type)).toBe('multipart/mixed; boundary="a \\"b\\"\\\\;c"');
  expect(decodeMediaType(encodeMediaType(type))).toEqual(type);
  expect(encodeMediaType(decodeMediaType('a/b;c=d'))).toBe('a/b; c=d');
});

test('a parameter given twice keeps its first value; a semicolon at the end is forgiven', () => {
  expect(decodeMediaType('a/b; c=1; C=2; ').parameters.get('c')).toBe('1');
});

test('compared without parameters', () => {
  expect(isMediaType('Application/vnd.oma.push ;x=y', 'application/vnd.oma.push')).toBe(true);
  expect(isMediaType('application/vnd.oma.pushy', 'application/vnd.oma.push')).toBe(false);
  expect(isMediaType('rubbish', 'application/vnd.oma.push')).toBe(false);
  expect(isMediaType(undefined, 'application/vnd.oma.push')).toBe(false);
});

test.each(['', 'a', 'a/', '/b', 'a/b c', 'a/b; c', 'a/b; c="d', 'a/b; =d', 'a/b; c=d e'])(
  'refused: %j',
  (text) => {
    expect(() => decodeMediaType(text)).toThrow(
      expect.objectContaining({ name: 'ProtocolError', code: 'MIME_MEDIA_TYPE' }),
    );
  },
);

test('length and number of parameters are bounded', () => {
  const long = (length: number) => `a/${'b'.repeat(length - 2)}`;
  expect(decodeMediaType(long(MEDIA_TYPE_LENGTH_MAX)).essence).toHaveLength(MEDIA_TYPE_LENGTH_MAX);
  expect(() => decodeMediaType(long(MEDIA_TYPE_LENGTH_MAX + 1))).toThrow(/too long/);
  const many = (count: number) =>
    `a/b${Array.from({ length: count }, (_, index) => `;p${index}=1`).join('')}`;
  expect(decodeMediaType(many(MEDIA_TYPE_PARAMETER_COUNT_MAX)).parameters.size).toBe(
    MEDIA_TYPE_PARAMETER_COUNT_MAX,
  );
  expect(() => decodeMediaType(many(MEDIA_TYPE_PARAMETER_COUNT_MAX + 1))).toThrow(/too many/);
});
