import { encodeBase64 } from '@ueprov/protocols';
import { expect, test } from 'vitest';
import { decodeHar, ENTRIES_MAX, isHar } from './har.ts';

const OCTETS = new Uint8Array([2, 0xa4, 0xff, 0]);
const ENTRY = {
  startedDateTime: '2024-01-02T03:04:05.678Z',
  request: {
    method: 'POST',
    url: 'http://dm.example/dm',
    postData: { mimeType: 'application/vnd.syncml.dm+xml', text: '<SyncML>ü</SyncML>' },
  },
  response: {
    content: {
      mimeType: 'application/vnd.syncml.dm+wbxml',
      encoding: 'base64',
      text: encodeBase64(OCTETS),
    },
  },
};
const har = (...entries: readonly unknown[]) => ({ log: { version: '1.2', entries } });
const AT = Date.UTC(2024, 0, 2, 3, 4, 5, 678);

test('what was sent and what was received, with time and ends', () => {
  expect(decodeHar(har(ENTRY))).toEqual([
    {
      at: AT,
      from: 'client',
      to: 'http://dm.example/dm',
      contentType: 'application/vnd.syncml.dm+xml',
      bytes: new Uint8Array(Buffer.from('<SyncML>ü</SyncML>', 'utf8')),
    },
    {
      at: AT,
      from: 'http://dm.example/dm',
      to: 'client',
      contentType: 'application/vnd.syncml.dm+wbxml',
      bytes: OCTETS,
    },
  ]);
});

test('octets that stand as characters are octets again', () => {
  const text = String.fromCharCode(...OCTETS);
  const postData = { mimeType: 'application/vnd.syncml.dm+wbxml', text };
  expect(decodeHar(har({ request: { postData } }))[0]?.bytes).toEqual(OCTETS);
});

test.each([
  ['null', null],
  ['a text', 'entry'],
  ['nothing', {}],
  ['no text', { request: { postData: { mimeType: 'a/b' } } }],
  ['an empty text', { response: { content: { mimeType: 'a/b', text: '' } } }],
  ['a number as text', { request: { postData: { mimeType: 'a/b', text: 7 } } }],
  ['no type', { request: { postData: { text: 'x' } } }],
])('an entry that has no body is left out: %s', (_what, entry) => {
  expect(decodeHar(har(entry))).toEqual([]);
});

test('a time that is none is not told', () => {
  expect(decodeHar(har({ ...ENTRY, startedDateTime: 'yesterday' }))[0]?.at).toBeUndefined();
});

test('a text that claims to be base64 and is not is refused by its path', () => {
  const content = { ...ENTRY.response.content, text: 'not base64!' };
  expect(() => decodeHar(har(ENTRY, { response: { content } }))).toThrow(
    expect.objectContaining({
      code: 'CAPTURE_HAR',
      at: { path: 'log.entries[1].response.content.text' },
    }),
  );
});

test(`${ENTRIES_MAX} entries are read, one more is refused`, () => {
  const many = (count: number) => ({ log: { entries: Array.from({ length: count }, () => 0) } });
  expect(decodeHar(many(ENTRIES_MAX))).toEqual([]);
  expect(() => decodeHar(many(ENTRIES_MAX + 1))).toThrow(
    expect.objectContaining({ code: 'CAPTURE_HAR', at: { path: 'log.entries' } }),
  );
});

test.each([
  ['an archive', har(), true],
  ['a message', { SyncHdr: {}, SyncBody: {} }, false],
  ['entries that are no list', { log: { entries: {} } }, false],
  ['a list', [], false],
  ['null', null, false],
])('known by its list of entries: %s', (_what, json, is) => {
  expect(isHar(json)).toBe(is);
});
