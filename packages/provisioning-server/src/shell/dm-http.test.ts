import { once } from 'node:events';
import { connect } from 'node:net';
import { ProtocolError } from '@ueprov/protocols';
import { DM_MEDIA_TYPES } from '@ueprov/protocols/dm';
import { expect, onTestFinished, test } from 'vitest';
import type { Origin } from '../conversation.ts';
import { HttpAuthRequired } from '../dm-endpoint-http-auth.ts';
import { StoreError } from '../store/store.ts';
import { type DmHttpPorts, HEADERS_LENGTH_MAX, listenDm } from './dm-http.ts';

const WBXML = DM_MEDIA_TYPES.wbxml;
const BODY_MAX = 4096;

/** A listener that answers with what it was asked. */
async function listening(ports: Partial<DmHttpPorts> = {}, requestTimeoutMs?: number) {
  const refused: string[] = [];
  const origins: Origin[] = [];
  const options = { host: '127.0.0.1', port: 0, path: '/dm', MaxMsgSize: BODY_MAX };
  const listener = await listenDm(
    { ...options, ...(requestTimeoutMs !== undefined && { requestTimeoutMs }) },
    {
      post: async (body, { answer }, origin) => {
        origins.push(origin);
        return { body, encoding: answer };
      },
      onRefused: (reason) => refused.push(reason),
      ...ports,
    },
  );
  onTestFinished(() => listener.close());
  const { origin } = listener;
  return { url: `${origin}/dm`, origin, close: () => listener.close(), refused, origins };
}

const post = (url: string, init: RequestInit = {}) =>
  fetch(url, { method: 'POST', body: 'hello', headers: { 'Content-Type': WBXML }, ...init });

/** Octets over a bare socket, and all that came back before its end. */
async function raw(origin: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

const head = (...lines: string[]) =>
  `${['POST /dm HTTP/1.1', 'Host: x', `Content-Type: ${WBXML}`, ...lines].join('\r\n')}\r\n\r\n`;

test('a POST is answered in its own spelling, or in the one asked for', async () => {
  const { url } = await listening();
  const own = await post(url);
  expect([own.status, own.headers.get('content-type')]).toEqual([200, WBXML]);
  expect(own.headers.get('cache-control')).toBe('no-store');
  expect(await own.text()).toBe('hello');
  const headers = { 'Content-Type': WBXML, Accept: DM_MEDIA_TYPES.xml };
  const asked = await post(url, { headers });
  expect(asked.headers.get('content-type')).toContain(DM_MEDIA_TYPES.xml);
});

const typed = (headers: Record<string, string>) => ({
  headers: { 'Content-Type': WBXML, ...headers },
});

test.each<[number, string, RequestInit, string?]>([
  [404, 'another path', {}, '/elsewhere'],
  [405, 'another method', { method: 'PUT' }],
  [406, 'an answer that is no OMA DM', typed({ Accept: 'text/html' })],
  [406, 'an answer without UTF-8', typed({ 'Accept-Charset': 'iso-8859-1' })],
  [413, 'a body of one octet too many', { body: 'x'.repeat(BODY_MAX + 1) }],
  [415, 'another type', typed({ 'Content-Type': 'application/json' })],
  [415, 'a content coding', typed({ 'Content-Encoding': 'gzip' })],
])('%i for %s', async (status, _what, init, path = '/dm') => {
  const { origin } = await listening();
  const answer = await post(`${origin}${path}`, init);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  if (status === 405) expect(answer.headers.get('allow')).toBe('POST');
});

test('GET and HEAD are not spoken here', async () => {
  const { url } = await listening();
  expect((await fetch(url)).status).toBe(405);
  expect((await fetch(url, { method: 'HEAD' })).status).toBe(405);
});

test('411 where the length of the body cannot be known', async () => {
  const { origin } = await listening();
  expect(await raw(origin, head('Connection: close'))).toMatch(/^HTTP\/1\.1 411 /);
});

test('OMA-SYNCHTTP 5.1: * is the path of a client that knows none', async () => {
  const { origin } = await listening();
  const request = head('Content-Length: 2', 'Connection: close').replace('/dm', '*');
  expect(await raw(origin, `${request}hi`)).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nhi$/s);
});

test('a chunked body is taken, and is not too long by being chunked (AC-02)', async () => {
  const { origin } = await listening();
  const chunked = (length: number) =>
    `${head('Transfer-Encoding: chunked', 'Connection: close')}${length.toString(16)}\r\n${'x'.repeat(length)}\r\n0\r\n\r\n`;
  expect(await raw(origin, chunked(BODY_MAX))).toMatch(/^HTTP\/1\.1 200 /);
  expect(await raw(origin, chunked(BODY_MAX + 1))).toMatch(/^HTTP\/1\.1 413 /);
});

test('AC-02: an endless body is cut off, not read', async () => {
  const { origin } = await listening();
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(head('Transfer-Encoding: chunked'));
  const chunk = `400\r\n${'x'.repeat(0x400)}\r\n`;
  let sent = 0;
  const more = () => {
    while (socket.writable && socket.write(chunk)) sent += 0x400;
  };
  socket.on('drain', more);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.resume();
  more();
  await closed;
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

test('two lengths, and a length beside chunks, are no request', async () => {
  const { origin } = await listening();
  const two = head('Content-Length: 2', 'Content-Length: 3', 'Connection: close');
  expect(await raw(origin, `${two}hi`)).toMatch(/^HTTP\/1\.1 400 /);
  const both = head('Content-Length: 2', 'Transfer-Encoding: chunked', 'Connection: close');
  expect(await raw(origin, `${both}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
});

test('headers have an end', async () => {
  const { origin } = await listening();
  const long = head(`X: ${'x'.repeat(HEADERS_LENGTH_MAX)}`, 'Content-Length: 0');
  expect(await raw(origin, long)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a body that does not come is not waited for for ever', async () => {
  const { origin } = await listening({}, 50);
  const answer = await raw(origin, `${head('Content-Length: 10')}half`);
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
});

test('one connection carries one message after the other', async () => {
  const { origin } = await listening();
  const one = `${head('Content-Length: 2')}hi`;
  const last = `${head('Content-Length: 2', 'Connection: close')}ho`;
  const answers = await raw(origin, one + last);
  expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
});

test('where it came from goes along: the address, and the token of a RespURI', async () => {
  const { url, origins } = await listening();
  await post(url);
  await post(`${url}?s=token&x=1`, {
    headers: { ...typed({}).headers, Authorization: 'Basic eA==' },
  });
  const http = { method: 'POST', target: '/dm', authorization: undefined };
  expect(origins).toEqual([
    { address: '127.0.0.1', token: undefined, http },
    {
      address: '127.0.0.1',
      token: 'token',
      http: { ...http, target: '/dm?s=token&x=1', authorization: 'Basic eA==' },
    },
  ]);
});

test.each<[string, unknown, number, string]>([
  ['no SyncML', new ProtocolError('WBXML_TRUNCATED', 'ends early'), 400, 'WBXML_TRUNCATED'],
  ['too many sessions', new ProtocolError('DM_BUSY', 'full'), 503, 'DM_BUSY'],
  ['a full disk', new StoreError('STORE_FULL', 'the disk is full'), 503, 'the store'],
  ['a fault of ours', new Error('secret detail'), 500, 'the server failed'],
])('%s has a status of its own, and is said', async (_what, error, status, text) => {
  const { url, refused } = await listening({ post: () => Promise.reject(error) });
  const answer = await post(url);
  expect(answer.status).toBe(status);
  expect(await answer.text()).toContain(text);
  expect(refused).toHaveLength(1);
  const retryAfter = Number(answer.headers.get('retry-after'));
  if (status === 503) expect(retryAfter).toBeGreaterThanOrEqual(5);
  else expect(retryAfter).toBe(0);
});

test('401 says how to ask again, each challenge in a header of its own, and only a wrong proof is told', async () => {
  const challenges = ['Digest realm="dm", nonce="n"', 'Basic realm="dm"'];
  const required = (why: 'missing' | 'wrong') =>
    new HttpAuthRequired({ kind: 'challenge', why, challenges });
  const whys = ['missing', 'wrong'] as const;
  let count = 0;
  const { origin, refused } = await listening({
    post: () => Promise.reject(required(whys[count++] ?? 'wrong')),
  });
  const one = `${head('Content-Length: 2')}hi`;
  const last = `${head('Content-Length: 2', 'Connection: close')}ho`;
  const answers = await raw(origin, one + last);
  expect(answers.match(/HTTP\/1\.1 401 /g)).toHaveLength(2);
  expect(answers.match(/^WWW-Authenticate: .*(?=\r)/gm)).toEqual(
    [...challenges, ...challenges].map((value) => `WWW-Authenticate: ${value}`),
  );
  expect(refused).toEqual([expect.stringContaining('answered 401')]);
});

test('on closing, what is being answered is answered', async () => {
  const answer = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const { url, close } = await listening({
    post: async (body, { answer: encoding }) => {
      asked.resolve();
      await answer.promise;
      return { body, encoding };
    },
  });
  const response = post(url);
  await asked.promise;
  const closed = close();
  answer.resolve();
  expect((await response).status).toBe(200);
  await closed;
  await expect(post(url)).rejects.toThrow();
});

test('an address that is taken is named', async () => {
  const { origin } = await listening();
  const port = Number(new URL(origin).port);
  const options = { host: '127.0.0.1', port, path: '/dm', MaxMsgSize: BODY_MAX };
  const ports = { post: () => Promise.reject(new Error()), onRefused: () => {} };
  await expect(listenDm(options, ports)).rejects.toThrow(`127.0.0.1:${port}`);
});
