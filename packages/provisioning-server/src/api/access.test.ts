import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Access, COOKIE_AGE_MS, COOKIES_MAX, FAILURES_MAX, newToken } from './access.ts';
import { BODY_LENGTH_MAX, HEADERS_LENGTH_MAX } from './server.ts';
import { type Items, type OpenApi, type RunningTestApi, runApi } from './testing/running-api.ts';
import { sampleDevice } from './testing/sample-session.ts';

let api: RunningTestApi;
let origin: string;
beforeAll(async () => {
  api = await runApi();
  origin = new URL(api.url).origin;
  await api.store.write([{ kind: 'device', device: sampleDevice('d1') }]);
});
afterAll(() => api.stop());

async function login(): Promise<string> {
  const response = await fetch(`${api.base}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: api.token }),
  });
  expect(response.status).toBe(204);
  return response.headers.get('set-cookie')!.split(';')[0]!;
}

/** Everything that comes back for these octets until the server closes. */
function exchange(octets: string): Promise<string> {
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = createConnection({ host: hostname, port: Number(port) }, () =>
      socket.write(octets),
    );
    socket.setEncoding('latin1');
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('AC-47 the door', () => {
  test('every operation of the OpenAPI document but health and login refuses who has no token', async () => {
    const { paths } = await api.read<OpenApi>('/openapi.json');
    const refused: string[] = [];
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations)) {
        const response = await fetch(origin + path.replace('{id}', 'd1'), {
          method: method.toUpperCase(),
        });
        if (response.status !== 401) continue;
        expect(await response.json()).toMatchObject({ code: 'UNAUTHENTICATED' });
        refused.push(`${method} ${path.slice('/api/v1'.length)}`);
      }
    }
    expect(refused.sort()).toEqual([
      'get /devices',
      'get /devices/{id}',
      'get /devices/{id}/nodes',
      'get /devices/{id}/operations',
      'get /devices/{id}/sessions',
      'get /events',
      'get /operations/{id}',
      'get /sessions',
      'get /sessions/{id}',
      'get /stream',
      'get /wakes',
      'post /devices/{id}/operations',
      'post /devices/{id}/wake',
      'post /logout',
      'post /operations/{id}/cancel',
    ]);
    expect((await fetch(`${api.base}/openapi.json`)).status).toBe(401);
    expect(api.woken).toEqual([]);
  });

  test('AC-50 a token that is wrong, cut, doubled, empty or of another scheme opens nothing', async () => {
    const { token } = api;
    for (const authorization of [
      `Bearer ${newToken()}`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token}${token}`,
      'Bearer ',
      'Bearer',
      `Basic ${Buffer.from(`admin:${token}`).toString('base64')}`,
      'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.',
      `Bearer ${'a'.repeat(5000)}`,
    ]) {
      const { status } = await fetch(`${api.base}/devices`, { headers: { authorization } });
      expect([401, 429]).toContain(status);
    }
  });

  test('AC-51 wrong tokens are told to wait, whatever X-Forwarded-For says, and the right one passes', async () => {
    const statuses: number[] = [];
    for (let index = 0; index <= FAILURES_MAX; index++) {
      const response = await fetch(`${api.base}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `10.0.0.${index}` },
        body: JSON.stringify({ token: newToken() }),
      });
      statuses.push(response.status);
    }
    expect(statuses.at(-1)).toBe(429);
    await login();
    expect((await api.ask('/devices')).status).toBe(200);
  });

  test('AC-51 failures are forgotten after a minute', async () => {
    const access = await Access.of(api.store);
    const fail = (now: number) => {
      try {
        access.checkToken('x', '192.0.2.1', now);
      } catch (error) {
        return (error as { status: number }).status;
      }
      return 200;
    };
    const first = Array.from({ length: FAILURES_MAX }, () => fail(0));
    expect(new Set(first)).toEqual(new Set([401]));
    expect(fail(59_999)).toBe(429);
    expect(fail(60_000)).toBe(401);
  });

  test('AC-50 a token for one run that could be guessed is refused', async () => {
    await expect(Access.of(api.store, 'secret')).rejects.toThrow(RangeError);
    await expect(Access.of(api.store, 'a'.repeat(43))).rejects.toThrow(RangeError);
    const token = newToken();
    const access = await Access.of(api.store, token);
    expect(() => access.checkToken(token, '', 0)).not.toThrow();
  });
});

describe('AC-46 the cookie', () => {
  test('is HttpOnly, SameSite=Strict, not the token, and good for reading', async () => {
    const response = await fetch(`${api.base}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ token: api.token }),
    });
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Strict/);
    expect(cookie).not.toContain(api.token);
    const headers = { cookie: cookie.split(';')[0]! };
    expect((await fetch(`${api.base}/devices`, { headers })).status).toBe(200);
  });

  test('writes only for a page of ours: no Origin, a foreign one or a foreign site is refused', async () => {
    const cookie = await login();
    const wake = async (headers: Record<string, string>) =>
      (await fetch(`${api.base}/devices/d1/wake`, { method: 'POST', headers })).status;
    expect(await wake({ cookie })).toBe(403);
    expect(await wake({ cookie, origin: 'http://evil.example' })).toBe(403);
    expect(await wake({ cookie, origin: 'null' })).toBe(403);
    expect(await wake({ cookie, origin: `${origin}.evil.example` })).toBe(403);
    expect(await wake({ cookie, origin, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(api.woken).toEqual([]);
    expect(await wake({ cookie, origin, 'sec-fetch-site': 'same-origin' })).toBe(202);
    expect(api.woken).toEqual(['d1']);
  });

  test('a page of another site cannot sign a browser in', async () => {
    const response = await fetch(`${api.base}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://evil.example' },
      body: JSON.stringify({ token: api.token }),
    });
    expect(response.status).toBe(403);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('ends at logout and after a day', async () => {
    const read = async (cookie: string) =>
      (await fetch(`${api.base}/devices`, { headers: { cookie } })).status;
    const cookie = await login();
    await fetch(`${api.base}/logout`, { method: 'POST', headers: { cookie, origin } });
    expect(await read(cookie)).toBe(401);
    const other = await login();
    const before = api.clock.now;
    api.clock.now = before + COOKIE_AGE_MS - 1;
    expect(await read(other)).toBe(200);
    api.clock.now = before + COOKIE_AGE_MS;
    expect(await read(other)).toBe(401);
    api.clock.now = before;
  });

  test(`of ${COOKIES_MAX} browsers all stay; one more ends the oldest`, async () => {
    const access = await Access.of(api.store);
    const cookies = Array.from({ length: COOKIES_MAX }, () => access.openCookie(0));
    expect(access.isOpenCookie(cookies[0]!, 1)).toBe(true);
    access.openCookie(0);
    expect(access.isOpenCookie(cookies[0]!, 1)).toBe(false);
    expect(access.isOpenCookie(cookies[1]!, 1)).toBe(true);
  });
});

test('AC-46 no answer may be framed, sniffed, stored or read by another site', async () => {
  for (const response of [await api.ask('/devices'), await fetch(`${api.base}/devices`)]) {
    const { headers } = response;
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
  }
  const foreign = await api.ask('/devices', { headers: { origin: 'http://evil.example' } });
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  const preflight = await fetch(`${api.base}/devices`, {
    method: 'OPTIONS',
    headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});

describe('AC-02 what is read is bounded', () => {
  test('a body at the limit is read, one octet more is refused', async () => {
    const body = (length: number) => {
      const frame = JSON.stringify({ token: '' });
      return frame.replace('{', `{${' '.repeat(length - frame.length)}`);
    };
    const post = (length: number) =>
      fetch(`${api.base}/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: body(length),
      });
    expect([401, 429]).toContain((await post(BODY_LENGTH_MAX)).status);
    const refused = await post(BODY_LENGTH_MAX + 1);
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ code: 'BODY_TOO_LARGE' });
  });

  test('bodies that are no JSON, of another type or of another shape are problems', async () => {
    const post = async (body: string, type = 'application/json') => {
      const init = { method: 'POST', headers: { 'content-type': type }, body };
      const response = await fetch(`${api.base}/login`, init);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      return response.status;
    };
    expect(await post('{')).toBe(400);
    expect(await post('{}')).toBe(400);
    expect(await post('{"token":1}')).toBe(400);
    expect(await post('{"__proto__":{"token":"x"}}')).toBe(400);
    expect(await post('<a/>', 'application/xml')).toBe(415);
  });

  test('headers above the limit and octets that are not HTTP get a whole answer and a close', async () => {
    const long = `GET /api/v1/health HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(HEADERS_LENGTH_MAX)}\r\n\r\n`;
    expect(await exchange(long)).toMatch(/^HTTP\/1\.1 431 [\s\S]*HEADERS_TOO_LARGE/);
    expect(await exchange('\u0000\u0001\u0002\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*NOT_HTTP/);
    const smuggled =
      'POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await exchange(smuggled)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(`${api.base}/health`)).status).toBe(200);
  });
});

test('AC-45, AC-48 what a stranger put into a name comes back as JSON text and is taken literally', async () => {
  const Man = '<img src=x onerror=alert(1)>\u0000\u202e';
  await api.store.write([{ kind: 'device-state', device: 'd1', Man }]);
  const response = await api.ask('/devices/d1');
  expect(response.headers.get('content-type')).toContain('application/json');
  expect((await response.json()).Man).toBe(Man);
  for (const q of ["' or '1'='1", '%', '"; drop table device; --', '(a+)+$']) {
    expect((await api.read<Items>(`/devices?q=${encodeURIComponent(q)}`)).items).toEqual([]);
  }
});
