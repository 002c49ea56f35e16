import { gzipSync } from 'node:zlib';
import { concatBytes, encodeUtf8 } from '@ueprov/protocols';
import { expect, test } from 'vitest';
import { BODY_BYTES_MAX, FALSE_STARTS_MAX, httpBodies } from './http.ts';
import { chunkedAnswer, post } from './testing/frames.ts';

const bodiesOf = (...parts: readonly (string | Uint8Array)[]) =>
  httpBodies(
    concatBytes(...parts.map((part) => (typeof part === 'string' ? encodeUtf8(part) : part))),
  ).map(({ bytes }) => Buffer.from(bytes).toString('latin1'));

const POST = (headers: string) => `POST /dm HTTP/1.1\r\nContent-Type: a/b\r\n${headers}\r\n`;
const OK = (headers: string) => `HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n${headers}\r\n`;

test('bodies with Content-Length one after the other', () => {
  expect(
    bodiesOf(POST('Content-Length: 3\r\n'), 'one', POST('content-length:3\r\n'), 'two'),
  ).toEqual(['one', 'two']);
});

test.each([1, 2, 7, 100])('a body in chunks of %i octets', (size) => {
  const body = encodeUtf8('0\r\nPOST a HTTP/1.1\r\n\r\nzero');
  const answer = chunkedAnswer(body, size);
  expect(bodiesOf(answer, OK('Content-Length: 1\r\n'), 'x')).toEqual([
    Buffer.from(body).toString(),
    'x',
  ]);
});

test('the type and the place of each message', () => {
  const run = concatBytes(post(encodeUtf8('ab')), post(encodeUtf8('c'), 'text/plain; x=y'));
  expect(httpBodies(run).map(({ contentType, offset }) => [contentType, offset])).toEqual([
    ['application/vnd.syncml.dm+wbxml', 0],
    ['text/plain; x=y', post(encodeUtf8('ab')).length],
  ]);
});

test('a run that begins inside a message is read from its next start line', () => {
  expect(bodiesOf('ail of a body', POST('Content-Length: 2\r\n'), 'ok')).toEqual(['ok']);
});

test('a body that was not captured whole is given as far as it goes', () => {
  expect(bodiesOf(POST('Content-Length: 10\r\n'), 'four')).toEqual(['four']);
  expect(bodiesOf(OK('Transfer-Encoding: chunked\r\n'), '8\r\nfour')).toEqual(['four']);
});

test('without a length a response lasts to the end, a request and a 204 have no body', () => {
  expect(bodiesOf(OK(''), 'to the end')).toEqual(['to the end']);
  expect(bodiesOf(POST(''), 'nothing')).toEqual([]);
  expect(bodiesOf('HTTP/1.1 204 No Content\r\nContent-Type: a/b\r\n\r\n', 'nothing')).toEqual([]);
  expect(bodiesOf('HTTP/1.1 100 Continue\r\n\r\n', OK('Content-Length: 1\r\n'), 'x')).toEqual([
    'x',
  ]);
});

test('a compressed body is given as it was before', () => {
  const body = gzipSync('message');
  expect(
    bodiesOf(OK(`Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n`), body),
  ).toEqual(['message']);
});

test(`a compressed body of ${BODY_BYTES_MAX} octets is read, a longer one stays as it is`, () => {
  const answer = (size: number) => {
    const body = gzipSync(new Uint8Array(size));
    const head = OK(`Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n`);
    return { body, run: concatBytes(encodeUtf8(head), body) };
  };
  expect(httpBodies(answer(BODY_BYTES_MAX).run)[0]?.bytes).toHaveLength(BODY_BYTES_MAX);
  const { body, run } = answer(BODY_BYTES_MAX + 1);
  expect(httpBodies(run)[0]?.bytes).toEqual(new Uint8Array(body));
});

test.each([
  ['a length that is no number', POST('Content-Length: ten\r\n')],
  ['a length below zero', POST('Content-Length: -1\r\n')],
  ['headers that are none', 'POST /dm HTTP/1.1\r\nno header\r\n\r\n'],
])('%s: that message is left out, the next is read', (_what, message) => {
  expect(bodiesOf(message, 'xyz', POST('Content-Length: 2\r\n'), 'ok')).toEqual(['ok']);
});

test(`behind ${FALSE_STARTS_MAX} start lines without headers a message is read, behind more not`, () => {
  const last = [POST('Content-Length: 2\r\n'), 'ok'];
  const falseStart = 'HTTP/1.1 200 \r\n?\r\n\r\n';
  expect(bodiesOf(falseStart.repeat(FALSE_STARTS_MAX), ...last)).toEqual(['ok']);
  expect(bodiesOf(falseStart.repeat(FALSE_STARTS_MAX + 1), ...last)).toEqual([]);
});

test('very many small chunks are joined', () => {
  const chunks = '1\r\nx\r\n'.repeat(200_000);
  const [body] = bodiesOf(OK('Transfer-Encoding: chunked\r\n'), chunks, '0\r\n\r\n');
  expect(body).toHaveLength(200_000);
});
