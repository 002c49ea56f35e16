import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { HttpClient } from './http.ts';

const LIMITS = { timeoutMs: 2000, bodyMax: 10 };

async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/dm`;
}

function client(): HttpClient {
  const http = new HttpClient();
  onTestFinished(() => http.close());
  return http;
}

test('a POST carries its octets and headers, the answer its status, type and octets', async () => {
  const url = await serving((incoming, answer) => {
    answer.setHeader('Content-Type', incoming.headers['content-type'] ?? '');
    incoming.pipe(answer);
  });
  const body = Uint8Array.of(0, 1, 255);
  const answer = await client().post(url, { 'Content-Type': 'a/b' }, body, LIMITS);
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'a/b' }, body });
});

test('an answer may be as long as the limit, and not one octet longer', async () => {
  const url = await serving((incoming, answer) => void incoming.pipe(answer));
  const http = client();
  expect((await http.post(url, {}, new Uint8Array(10), LIMITS)).body).toHaveLength(10);
  await expect(http.post(url, {}, new Uint8Array(11), LIMITS)).rejects.toThrow('longer than 10');
});

test('a server that says nothing does not hold the UE for ever', async () => {
  const url = await serving(() => {});
  const late = client().post(url, {}, new Uint8Array(0), { ...LIMITS, timeoutMs: 50 });
  await expect(late).rejects.toThrow('no answer within 50 ms');
});

test('a connection that is refused is said', async () => {
  const refused = client().post('http://127.0.0.1:1/', {}, new Uint8Array(0), LIMITS);
  await expect(refused).rejects.toThrow(/ECONNREFUSED/);
});
