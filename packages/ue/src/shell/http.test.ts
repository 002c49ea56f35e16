import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { HttpClient } from './http.ts';

const LIMITS = { timeoutMs: 2000, bodyMax: 10 };

async function serving(listener: RequestListener, host = '127.0.0.1'): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/dm`;
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

test('an answer in chunks is read to its end [SYNCHTTP 5.1-2]', async () => {
  const url = await serving((incoming, answer) => {
    incoming.resume().on('end', () => {
      answer.write('ab');
      answer.write('cd');
      answer.end('ef');
    });
  });
  const answer = await client().post(url, {}, new Uint8Array(3), LIMITS);
  expect(answer.headers['transfer-encoding']).toBe('chunked');
  expect(new TextDecoder().decode(answer.body)).toBe('abcdef');
});

test('an answer that breaks off is none, chunked or not', async () => {
  for (const head of ['Transfer-Encoding: chunked\r\n\r\n4\r\nab', 'Content-Length: 4\r\n\r\nab']) {
    const url = await serving((incoming, answer) => {
      incoming.resume().on('end', () => {
        answer.socket?.end(`HTTP/1.1 200 OK\r\n${head}`);
      });
    });
    await expect(client().post(url, {}, new Uint8Array(1), LIMITS)).rejects.toThrow('aborted');
  }
});

test('a message leaves with its length, and never in chunks as well [SYNCHTTP 5.1-2]', async () => {
  const headers: (string | undefined)[] = [];
  const url = await serving((incoming, answer) => {
    headers.push(incoming.headers['content-length'], incoming.headers['transfer-encoding']);
    incoming.resume().on('end', () => answer.end());
  });
  await client().post(url, {}, new Uint8Array(7), LIMITS);
  expect(headers).toEqual(['7', undefined]);
});

test('the messages of a session share a connection', async () => {
  const ports = new Set<number | undefined>();
  const url = await serving((incoming, answer) => {
    ports.add(incoming.socket.remotePort);
    incoming.pipe(answer);
  });
  const http = client();
  for (let count = 0; count < 3; count++) await http.post(url, {}, new Uint8Array(1), LIMITS);
  expect(ports.size).toBe(1);
});

test('OMA-SYNCHTTP 5.1.5: a connection that ends just when the next message leaves costs nothing', async () => {
  let answered = 0;
  const url = await serving((incoming, answer) => {
    const { socket } = incoming;
    if (answered++ === 1) {
      socket.resetAndDestroy();
      return;
    }
    incoming.pipe(answer);
  });
  const http = client();
  for (let count = 0; count < 2; count++) {
    expect(await http.post(url, {}, new Uint8Array(2), LIMITS)).toMatchObject({ status: 200 });
  }
  expect(answered).toBe(3);
});

test('a server that resets every connection is not asked for ever', async () => {
  let asked = 0;
  const url = await serving((incoming) => {
    asked += 1;
    incoming.socket.resetAndDestroy();
  });
  const post = client().post(url, {}, new Uint8Array(1), LIMITS);
  await expect(post).rejects.toThrow(/ECONNRESET|hang up/);
  expect(asked).toBe(1);
});

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === '::1');

test.skipIf(!hasIpv6)('a server with an IPv6 address is reached, and is its own Host', async () => {
  const hosts: (string | undefined)[] = [];
  const url = await serving((incoming, answer) => {
    hosts.push(incoming.headers.host);
    incoming.pipe(answer);
  }, '::1');
  expect(url).toContain('http://[::1]:');
  expect(await client().post(url, {}, new Uint8Array(1), LIMITS)).toMatchObject({ status: 200 });
  expect(hosts).toEqual([new URL(url).host]);
});
