import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HttpAuthScheme, HttpGate, httpSecretOf } from '@ueprov/protocols/dm';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HttpProxy } from '../http-access.ts';
import { TestProxy } from '../testing/proxy.ts';
import { CHALLENGES_MAX, HttpClient } from './http.ts';

const LIMITS = { timeoutMs: 5000, bodyMax: 100 };
const BODY = Uint8Array.of(1, 2, 3);

const credential = (scheme: HttpAuthScheme, password = 'pass:word') => ({
  scheme,
  username: 'ue1',
  password,
});

const accountOf = (scheme: HttpAuthScheme, password = 'pass:word') => ({
  scheme,
  username: 'ue1',
  secret: httpSecretOf('ue1', 'dm', password),
});

/** A server that lets nobody in without a proof, and echoes. */
async function guarded(scheme: HttpAuthScheme, { path = '/dm', staleFor = 0 } = {}) {
  const gate = new HttpGate({ realm: 'dm', random: randomBytes });
  const statuses: number[] = [];
  const authorizations: (string | undefined)[] = [];
  let stale = staleFor;
  const server = createServer((incoming: IncomingMessage, outgoing) => {
    const { method = '', url: target = '', headers } = incoming;
    const { authorization } = headers;
    authorizations.push(authorization);
    const isStale = authorization !== undefined && stale-- > 0;
    const claim = isStale ? undefined : authorization;
    const request = { method, target, authorization: claim };
    const verdict = gate.check(accountOf(scheme), request, Date.now());
    statuses.push(verdict.kind === 'proven' ? 200 : 401);
    if (verdict.kind === 'proven') {
      incoming.pipe(outgoing);
      return;
    }
    incoming.resume();
    const challenges = verdict.challenges.map((each) => (isStale ? `${each}, stale=true` : each));
    outgoing.writeHead(401, { 'WWW-Authenticate': challenges }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${origin}${path}`, statuses, authorizations };
}

function client(): HttpClient {
  const http = new HttpClient();
  onTestFinished(() => http.close());
  return http;
}

describe.each(['basic', 'digest'] as const)('HTTP %s', (scheme) => {
  test('is asked for once, and then goes with every message [SYNCHTTP 5.4-1]', async () => {
    const { url, statuses } = await guarded(scheme);
    const http = client();
    for (let count = 0; count < 3; count++) {
      const answer = await http.post(url, {}, BODY, LIMITS, { credential: credential(scheme) });
      expect(answer).toMatchObject({ status: 200, body: BODY });
    }
    expect(statuses).toEqual([401, 200, 200, 200]);
  });

  test('with a wrong password is tried once, and the 401 is the answer', async () => {
    const { url, statuses } = await guarded(scheme);
    const access = { credential: credential(scheme, 'wrong') };
    expect(await client().post(url, {}, BODY, LIMITS, access)).toMatchObject({ status: 401 });
    expect(statuses).toEqual([401, 401]);
  });

  test('is proved for `*` too, where the URL has no path', async () => {
    const { url, statuses } = await guarded(scheme, { path: '' });
    await client().post(url, {}, BODY, LIMITS, { credential: credential(scheme) });
    expect(statuses).toEqual([401, 200]);
  });

  test('new credentials of the account are used at once', async () => {
    const { url, statuses } = await guarded(scheme);
    const http = client();
    await http.post(url, {}, BODY, LIMITS, { credential: credential(scheme, 'old') });
    await http.post(url, {}, BODY, LIMITS, { credential: credential(scheme) });
    expect(statuses).toEqual([401, 401, 401, 200]);
  });
});

test('nothing is proved to a server whose account says nothing, nor by a weaker scheme (AC-12)', async () => {
  const { url, authorizations } = await guarded('basic');
  const http = client();
  expect(await http.post(url, {}, BODY, LIMITS)).toMatchObject({ status: 401 });
  const strong = { credential: credential('digest') };
  expect(await http.post(url, {}, BODY, LIMITS, strong)).toMatchObject({ status: 401 });
  expect(authorizations).toEqual([undefined, undefined]);
});

test('a stale nonce is repaired, and a server that never has enough of it is left', async () => {
  const once = await guarded('digest', { staleFor: 1 });
  const access = { credential: credential('digest') };
  expect(await client().post(once.url, {}, BODY, LIMITS, access)).toMatchObject({ status: 200 });
  expect(once.statuses).toEqual([401, 401, 200]);
  const never = await guarded('digest', { staleFor: 1000 });
  expect(await client().post(never.url, {}, BODY, LIMITS, access)).toMatchObject({ status: 401 });
  expect(never.statuses).toHaveLength(CHALLENGES_MAX + 1);
});

describe('through a proxy', () => {
  async function proxied(scheme?: HttpAuthScheme, password?: string) {
    const gate = scheme && new HttpGate({ realm: 'proxy', random: randomBytes });
    const secret = httpSecretOf('ue1', 'proxy', 'proxy-pass');
    const account = scheme && { scheme, username: 'ue1', secret };
    const proxy = await TestProxy.open(gate, account);
    onTestFinished(() => proxy.close());
    const route: HttpProxy = {
      host: '127.0.0.1',
      port: proxy.port,
      ...(scheme && {
        credential: { scheme, username: 'ue1', password: password ?? 'proxy-pass' },
      }),
    };
    return { proxy, route };
  }

  test('the whole URL is asked for, with the Host of the server', async () => {
    const { proxy, route } = await proxied();
    const { url } = await guarded('digest');
    const access = { credential: credential('digest'), proxy: route };
    const answer = await client().post(`${url}?s=1`, {}, BODY, LIMITS, access);
    expect(answer).toMatchObject({ status: 200, body: BODY });
    expect(new Set(proxy.seen)).toEqual(new Set([`POST ${url}?s=1 ${new URL(url).host}`]));
  });

  test.each(['basic', 'digest'] as const)(
    'the proxy is proved its own password by %s, and neither sees the other’s',
    async (scheme) => {
      const { proxy, route } = await proxied(scheme);
      const { url, authorizations } = await guarded('digest');
      const http = client();
      const access = { credential: credential('digest'), proxy: route };
      for (let count = 0; count < 2; count++) {
        expect(await http.post(url, {}, BODY, LIMITS, access)).toMatchObject({ status: 200 });
      }
      expect(proxy.seen).toHaveLength(4);
      expect([...proxy.passed]).not.toContain('proxy-authorization');
      expect(authorizations.slice(1).every((each) => each?.includes('realm="dm"'))).toBe(true);
    },
  );

  test('a proxy that refuses is the answer, and the server hears nothing', async () => {
    const { route } = await proxied('digest', 'wrong');
    const { url, statuses } = await guarded('basic');
    const access = { credential: credential('basic'), proxy: route };
    expect(await client().post(url, {}, BODY, LIMITS, access)).toMatchObject({ status: 407 });
    expect(statuses).toEqual([]);
  });

  test('a proxy that is not there is said', async () => {
    const { url } = await guarded('basic');
    const access = { proxy: { host: '127.0.0.1', port: 1 } };
    await expect(client().post(url, {}, BODY, LIMITS, access)).rejects.toThrow('ECONNREFUSED');
  });
});
