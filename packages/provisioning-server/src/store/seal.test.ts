import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeKey, loadKey } from './key.ts';
import { Seal } from './seal.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
const CLEAR = new TextEncoder().encode('whisper');
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('what was sealed opens for its purpose, in this run and in a later one', () => {
  const sealed = new Seal(KEY).seal(CLEAR, 'message');
  expect(Buffer.from(sealed).includes(Buffer.from(CLEAR))).toBe(false);
  expect(text(new Seal(KEY).open(sealed, 'message'))).toBe('whisper');
});

test('the same octets never seal to the same blob, and no nonce repeats', () => {
  const seal = new Seal(KEY);
  const blobs = Array.from({ length: 300 }, () => seal.seal(CLEAR, 'message'));
  const nonces = new Set(blobs.map((blob) => Buffer.from(blob.subarray(0, 23)).toString('hex')));
  expect(nonces.size).toBe(300);
  const another = new Seal(KEY).seal(CLEAR, 'message');
  expect(nonces.has(Buffer.from(another.subarray(0, 23)).toString('hex'))).toBe(false);
});

test('one changed bit, another purpose, another key or a cut is refused', () => {
  const seal = new Seal(KEY);
  const sealed = seal.seal(CLEAR, 'device a');
  const refused = (blob: Uint8Array, purpose: string, by = seal) =>
    expect(() => by.open(blob, purpose)).toThrow(expect.objectContaining({ code: 'KEY_WRONG' }));
  for (let index = 0; index < sealed.length; index++) {
    const changed = Uint8Array.from(sealed);
    changed[index]! ^= 1;
    refused(changed, 'device a');
  }
  refused(sealed, 'device b');
  refused(sealed, 'device a', new Seal(Uint8Array.from(KEY, (octet) => octet ^ 1)));
  for (let length = 0; length < sealed.length; length++) {
    refused(sealed.subarray(0, length), 'device a');
  }
});

test('keys that are short, repeated, typed or no key at all are refused', () => {
  const weak = [
    '',
    'changeme',
    'a'.repeat(64),
    '0'.repeat(64),
    Buffer.from(KEY.subarray(0, 31)).toString('base64'),
    Buffer.from([...KEY, 1]).toString('base64'),
    Buffer.from('correct horse battery staple 123').toString('base64'),
    '!'.repeat(44),
  ];
  for (const key of weak) {
    expect(() => decodeKey(key, 'it')).toThrow(expect.objectContaining({ code: 'KEY_WEAK' }));
  }
  expect(decodeKey(`${Buffer.from(KEY).toString('base64')}\n`, 'it')).toEqual(KEY);
  expect(decodeKey(Buffer.from(KEY).toString('hex'), 'it')).toEqual(KEY);
});

test('a key file that others may read is refused', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'ueprov-key-')), 'store.key');
  writeFileSync(path, Buffer.from(KEY).toString('base64'), { mode: 0o644 });
  expect(() => loadKey(path, {})).toThrow(expect.objectContaining({ code: 'KEY_WEAK' }));
});
