import { encodeUtf8 } from '@ueprov/protocols';
import { expect, test } from 'vitest';
import { INPUT_BYTES_MAX } from '../input.ts';
import { decodeJson, isJsonText, JSON_DEPTH_MAX } from './json-text.ts';

const TEXT = `{
  "a": [1.5e3, "x\\u00fc\\n", true],
  "b": {
    "c": null, "d": -0
  }
}`;

const lineOf = (text: string): number | undefined => {
  try {
    decodeJson(encodeUtf8(text));
    return undefined;
  } catch (error) {
    expect(error).toMatchObject({ code: 'JSON_SYNTAX' });
    return (error as { at: { line: number } }).at.line;
  }
};

test('what is JSON is read', () => {
  expect(decodeJson(encodeUtf8(TEXT))).toEqual(JSON.parse(TEXT));
});

test('a text that ends too early names its last line, wherever it ends', () => {
  for (let length = 0; length < TEXT.length; length++) {
    const cut = TEXT.slice(0, length);
    expect(lineOf(cut), JSON.stringify(cut)).toBe(cut.split('\n').length);
  }
});

test('a character that cannot stand there names its line, wherever it stands', () => {
  for (let at = 0; at < TEXT.length; at++) {
    // A bare control character fits nowhere, not even in a string.
    const text = `${TEXT.slice(0, at)}\u0001${TEXT.slice(at)}`;
    expect(lineOf(text), JSON.stringify(text)).toBe(text.slice(0, at).split('\n').length);
  }
});

test('octets that are no UTF-8 are refused where they stand', () => {
  expect(() => decodeJson(new Uint8Array([0x7b, 0xff]))).toThrow(
    expect.objectContaining({ code: 'BYTES_NOT_UTF8', at: { byte: 1 } }),
  );
});

test.each([
  ['{}', true],
  [' \r\n\t{', true],
  ['[]', false],
  ['<a/>', false],
  ['', false],
])('%j is taken for JSON: %s', (text, is) => {
  expect(isJsonText(encodeUtf8(text))).toBe(is);
});

test(`lists and objects are read ${JSON_DEPTH_MAX} deep, no deeper; brackets in a string do not count`, () => {
  const nested = (depth: number) => `${'['.repeat(depth)}\n"[{\\"["${']'.repeat(depth)}`;
  expect(lineOf(nested(JSON_DEPTH_MAX))).toBeUndefined();
  expect(() => decodeJson(encodeUtf8(nested(JSON_DEPTH_MAX + 1)))).toThrow(
    expect.objectContaining({ code: 'JSON_DEPTH', at: { line: 1 } }),
  );
});

test('a string of the longest input is stepped over whole', () => {
  const text = `{"a": "${'x\\"'.repeat(INPUT_BYTES_MAX / 4)}"}`;
  expect(decodeJson(encodeUtf8(text))).toEqual(JSON.parse(text));
});
