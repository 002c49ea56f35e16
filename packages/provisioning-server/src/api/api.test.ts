import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstRunToken } from './access.ts';
import { DevicePage, Session } from './schema.ts';
import { type Items, type OpenApi, type RunningTestApi, runApi } from './testing/running-api.ts';
import {
  REGISTER,
  SECRETS,
  sampleDevice,
  sampleRegister,
  sampleSession,
  sampleTrace,
} from './testing/sample-session.ts';
import { TRACE_BYTES_MAX, traceView } from './trace-view.ts';

const AT = Date.UTC(2026, 0, 2, 3, 0, 0);

let api: RunningTestApi;
beforeAll(async () => {
  api = await runApi();
  const node = { device: 'd1', format: 'chr' } as const;
  await api.store.write([
    ...['d1', 'd2', 'd3', 'nowhere', 'broken'].map((id) => ({
      kind: 'device' as const,
      device: sampleDevice(id),
    })),
    { kind: 'device-state', device: 'd1', Man: 'Example', registeredUntil: AT + 3_600_000 },
    {
      kind: 'nodes',
      device: 'd1',
      nodes: [
        { ...node, uri: './A/Name', desired: 'x', state: 'rejected', status: 405, session: 's1' },
        { ...node, uri: './A/B', desired: 'y', reported: 'y', state: 'verified', verifiedAt: AT },
        {
          ...node,
          uri: './DMAcc/a/AppAuth/b/AAuthSecret',
          desired: SECRETS.value,
          reported: SECRETS.value,
          state: 'verified',
        },
      ],
    },
    ...(['wbxml', 'xml'] as const).flatMap(
      (encoding, index) =>
        [
          sampleRegister('d1', AT + index * 1000),
          {
            kind: 'session',
            session: sampleSession(`s${index + 1}`, 'd1', AT + index * 1000 + 10),
          },
          ...sampleTrace(`s${index + 1}`, 'd1', AT + index * 1000 + 10, encoding).map(
            (message) => ({ kind: 'message', message }) as const,
          ),
        ] as const,
    ),
    {
      kind: 'event',
      event: {
        id: 'e1',
        at: AT,
        device: 'd1',
        source: 'alert',
        eventId: 4000970000,
        name: 'PROV-UE-1',
        severity: 'informational',
        text: '<script>alert(1)</script>',
        payload: '',
      },
    },
  ]);
});
afterAll(() => api.stop());

describe('reading', () => {
  test('devices come in pages of the asked size, each once, by the schema', async () => {
    const first = DevicePage.parse(await api.read('/devices?limit=2'));
    expect(first.items.map(({ id }) => id)).toEqual(['broken', 'd1']);
    const second = DevicePage.parse(await api.read(`/devices?limit=3&cursor=${first.next}`));
    expect(second.items.map(({ id }) => id)).toEqual(['d2', 'd3', 'nowhere']);
    expect(second.next).toBeNull();
  });

  test('a device shows its registration, its worst node, its last session and event', async () => {
    expect(await api.read('/devices/d1')).toMatchObject({
      DevId: 'urn:example:d1',
      Man: 'Example',
      registered: true,
      config: 'rejected',
      nodesDesired: 3,
      nodesVerified: 2,
      wake: 'idle',
      lastSession: { id: 's2', result: 'completed-with-errors' },
      lastEvent: { id: 4000970000, name: 'PROV-UE-1' },
      seenAt: null,
    });
    expect(await api.read('/devices/d2')).toMatchObject({ registered: false, config: 'unmanaged' });
  });

  test('devices are filtered by text, by configuration and by registration', async () => {
    const ids = async (query: string) =>
      (await api.read<Items>(`/devices?${query}`)).items.map(({ id }) => id);
    expect(await ids('q=EXAMPLE:D2')).toEqual(['d2']);
    expect(await ids('config=rejected')).toEqual(['d1']);
    expect(await ids('config=unmanaged&limit=2')).toEqual(['broken', 'd2']);
    expect(await ids('config=verified')).toEqual([]);
    expect(await ids('registered=true')).toEqual(['d1']);
  });

  test('nodes say what is wanted, what was read back, and the status in words', async () => {
    const { items } = await api.read<Items>('/devices/d1/nodes');
    expect(items[1]).toMatchObject({
      uri: './A/Name',
      state: 'rejected',
      status: 405,
      statusText: 'Command not allowed',
      session: 's1',
      verifiedAt: null,
    });
    expect(items[0]).toMatchObject({ uri: './A/B', verifiedAt: '2026-01-02T03:00:00.000Z' });
  });

  test('AC-53 the value of a node that holds a secret is shown as stars', async () => {
    const text = await (await api.ask('/devices/d1/nodes')).text();
    expect(text).not.toContain(SECRETS.value);
    expect(JSON.parse(text).items[2]).toMatchObject({
      uri: './DMAcc/a/AppAuth/b/AAuthSecret',
      desired: '*****',
      reported: '*****',
    });
  });

  test('sessions are filtered by device and result, newest first', async () => {
    const ids = async (path: string) => (await api.read<Items>(path)).items.map(({ id }) => id);
    expect(await ids('/sessions')).toEqual(['s2', 's1']);
    expect(await ids('/sessions?device=d2')).toEqual([]);
    expect(await ids('/sessions?result=aborted')).toEqual([]);
    expect(await ids('/devices/d1/sessions?limit=1')).toEqual(['s2']);
    expect((await api.read<Items>('/events?device=d1')).items).toHaveLength(1);
  });

  test('the wake of a device is accepted and passed on', async () => {
    const response = await api.ask('/devices/d3/wake', { method: 'POST' });
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({ device: 'd3', wake: 'queued' });
    expect(api.woken).toEqual(['d3']);
  });
});

describe('a session as it is shown', () => {
  test('is a ladder of SIP and HTTP in order of time, and what led to it is shown once', async () => {
    const { trace } = Session.parse(await api.read('/sessions/s1'));
    expect(trace.map(({ seq, protocol, label }) => [seq, protocol, label])).toEqual([
      [1, 'SIP', 'REGISTER'],
      [2, 'HTTP', 'Pkg#1 Alert 1200'],
      [3, 'HTTP', expect.stringContaining('Pkg#2')],
      [4, 'HTTP', expect.stringContaining('Pkg#3')],
    ]);
    const second = Session.parse(await api.read('/sessions/s2'));
    expect(second.trace).toHaveLength(4);
  });

  test('has each command beside the Status that answers it, item by item', async () => {
    const { trace } = Session.parse(await api.read('/sessions/s1'));
    const shown = trace[2]!.commands.map(({ kind, CmdID, uri, status, statusText, answeredIn }) => [
      kind,
      CmdID,
      uri,
      status,
      statusText,
      answeredIn,
    ]);
    expect(shown).toEqual([
      ['SyncHdr', '0', null, '212', 'Authentication accepted', 4],
      ['Status', '1', 'http://127.0.0.1/dm', null, 'Authentication accepted', null],
      ['Status', '2', null, null, 'OK', null],
      ['Replace', '3', './DMAcc/a/AppAuth/b/AAuthSecret', '200', 'OK', 4],
      ['Replace', '3', './A/Name', '405', 'Command not allowed', 4],
      ['Get', '4', './DevDetail/SwV', '200', 'OK', 4],
    ]);
    expect(trace[1]!.commands).toMatchObject([
      { kind: 'SyncHdr', status: '212', answeredIn: 3 },
      { kind: 'Alert', data: '1200 SERVER-INITIATED MGMT', status: '200', answeredIn: 3 },
    ]);
    expect(trace[3]!.commands.at(-1)).toMatchObject({
      kind: 'Results',
      uri: './DevDetail/SwV',
      data: '1.0.3',
      format: 'chr',
      refersTo: 'Get 4 of message 1',
    });
  });

  test.each(['s1', 's2'])('AC-53 %s holds no secret: raw, text, commands, SIP', async (id) => {
    const body = await (await api.ask(`/sessions/${id}`)).text();
    const { trace } = Session.parse(JSON.parse(body));
    const everything = [
      body,
      ...trace.map(({ raw }) => Buffer.from(raw, 'base64').toString('latin1')),
    ].join('\n');
    const nonce = Buffer.from(SECRETS.nonce);
    for (const secret of [
      SECRETS.cred,
      Buffer.from(SECRETS.cred, 'base64').toString('latin1'),
      nonce.toString('latin1'),
      nonce.toString('base64'),
      SECRETS.value,
      Buffer.from(SECRETS.value).toString('base64'),
      SECRETS.response,
    ]) {
      expect(everything).not.toContain(secret);
    }
    expect(everything).toContain('plain value');
    expect(trace[0]!.text).toContain('username="ue1"');
    expect(trace[0]!.bytes).toBe(Buffer.from(trace[0]!.raw, 'base64').length);
    expect(trace[0]!.bytes).toBe(REGISTER.length);
  });

  test('shows stars and the reason for a body that cannot be decoded', () => {
    const raw = Buffer.from(`<SyncML><Cred><Data>${SECRETS.cred}`);
    const [message] = traceView([
      { seq: 1, at: 0, protocol: 'HTTP', from: 'UE', to: 'DM server', label: '?', raw },
    ]);
    expect(message).toMatchObject({ text: null, bytes: raw.length, commands: [] });
    expect(message!.error).toMatch(/^XML_/);
    expect(Buffer.from(message!.raw, 'base64').toString()).toBe('*'.repeat(raw.length));
  });

  test('shows octets up to a limit, and lists what comes above it', () => {
    const sip = { seq: 1, at: 0, protocol: 'SIP', from: 'UE', to: 'Core', label: 'x' } as const;
    const half = new Uint8Array(TRACE_BYTES_MAX / 2).fill(65);
    const trace = traceView([
      { ...sip, raw: half },
      { ...sip, raw: half },
      { ...sip, raw: new Uint8Array([65]) },
    ]);
    expect(trace.map(({ raw }) => raw.length > 0)).toEqual([true, true, false]);
    expect(trace[2]!.notes).toEqual([expect.stringContaining('Left out')]);
  });

  test('has a whole body of a binary SIP message as text without controls', () => {
    const [message] = traceView([
      {
        seq: 1,
        at: 0,
        protocol: 'SIP',
        from: 'Core',
        to: 'UE',
        label: 'MESSAGE',
        raw: Buffer.from([77, 13, 10, 0, 27, 65]),
      },
    ]);
    expect(message!.text).toBe('M\r\n\\x00\\x1bA');
  });
});

describe('refusals', () => {
  test.each([
    ['/nothing', 404, 'NOT_FOUND'],
    ['/devices/nobody', 404, 'NOT_FOUND'],
    ['/devices/nobody/nodes', 404, 'NOT_FOUND'],
    ['/devices/nobody/sessions', 404, 'NOT_FOUND'],
    ['/sessions/nothing', 404, 'NOT_FOUND'],
    ['/devices?limit=0', 400, 'INVALID'],
    ['/devices?limit=201', 400, 'INVALID'],
    ['/devices?limit=x', 400, 'INVALID'],
    ['/devices?config=fine', 400, 'INVALID'],
    ['/devices?cursor=abc', 400, 'CURSOR_INVALID'],
    [`/devices?cursor=${'a'.repeat(1025)}`, 400, 'INVALID'],
    [`/devices?q=${'a'.repeat(256)}`, 400, 'INVALID'],
    ['/stream?topics=device,secrets', 400, 'INVALID'],
    [`/devices/${'a'.repeat(256)}`, 400, 'INVALID'],
  ])('%s is a problem %i %s in plain words', async (path, status, code) => {
    const response = await api.ask(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const problem = await response.json();
    expect(problem).toMatchObject({ status, code, type: expect.stringContaining('urn:ueprov') });
    expect(problem.detail).toMatch(/\w+ \w+/);
  });

  test('200 items and a text of 255 characters are still allowed', async () => {
    expect((await api.ask('/devices?limit=200')).status).toBe(200);
    expect((await api.ask(`/devices?q=${'a'.repeat(255)}`)).status).toBe(200);
  });

  test('what a port refuses is passed on; what it breaks is logged and shown as nothing', async () => {
    const refused = await api.ask('/devices/nowhere/wake', { method: 'POST' });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: 'NOT_REGISTERED' });
    const broken = await api.ask('/devices/broken/wake', { method: 'POST' });
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain('secret reason');
    expect(api.errors).toHaveLength(1);
  });
});

test('health needs no token', async () => {
  const response = await fetch(`${api.base}/health`);
  expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
});

test('the first-run token is random, made once, and kept as its hash', async () => {
  expect(Buffer.from(api.token, 'base64url')).toHaveLength(32);
  expect(await firstRunToken(api.store)).toBeUndefined();
  expect(Buffer.from((await api.store.tokenHash())!)).toHaveLength(32);
  expect(Buffer.from((await api.store.tokenHash())!).toString('base64url')).not.toBe(api.token);
});

test('the OpenAPI document is 3.1 and names every route with its answers', async () => {
  const document = await api.read<OpenApi>('/openapi.json');
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths).sort()).toEqual([
    '/api/v1/devices',
    '/api/v1/devices/{id}',
    '/api/v1/devices/{id}/nodes',
    '/api/v1/devices/{id}/operations',
    '/api/v1/devices/{id}/sessions',
    '/api/v1/devices/{id}/wake',
    '/api/v1/events',
    '/api/v1/health',
    '/api/v1/login',
    '/api/v1/logout',
    '/api/v1/operations/{id}',
    '/api/v1/operations/{id}/cancel',
    '/api/v1/sessions',
    '/api/v1/sessions/{id}',
    '/api/v1/stream',
    '/api/v1/wakes',
  ]);
  expect(document.paths['/api/v1/devices/{id}']).toHaveProperty(
    ['get', 'responses', '200', 'content', 'application/json', 'schema', 'properties', 'DevId'],
    { type: 'string' },
  );
  expect(document.paths['/api/v1/health']).toHaveProperty(['get', 'security'], []);
});
