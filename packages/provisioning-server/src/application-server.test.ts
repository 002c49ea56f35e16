import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeUtf8 } from '@ueprov/protocols';
import { credentialOf } from '@ueprov/protocols/dm';
import { encodeMultipart } from '@ueprov/protocols/mime';
import { encodeSip, request, responseTo, type SipRequest } from '@ueprov/protocols/sip';
import { expect, onTestFinished, test } from 'vitest';
import { ApplicationServer, type Registered } from './application-server.ts';
import { openSqliteStore } from './store/sqlite.ts';

const CORE = { address: '192.0.2.1', port: 5060 };
const IMPU = 'sip:ue1@ims.test';
const DEVICE = {
  id: 'd1',
  DevId: 'urn:x:1',
  IMPU,
  CLCRED: credentialOf('md5', 'ue1', 'secret-of-ue'),
  SRVCRED: credentialOf('md5', 'srv', 'secret-of-server'),
};

async function setting(isMonitoring = true) {
  const folder = await mkdtemp(join(tmpdir(), 'ueprov-as-'));
  const store = await openSqliteStore({ folder });
  onTestFinished(() => store.close());
  const node = { device: 'd1', uri: './PktcUE/SipPort', format: 'int', desired: '5060' };
  await store.write([
    { kind: 'device', device: DEVICE },
    { kind: 'nodes', device: 'd1', nodes: [{ ...node, state: 'not-sent' }] },
  ]);
  const told: Registered[] = [];
  const watched: unknown[] = [];
  const refused: string[] = [];
  const server = new ApplicationServer(
    { trusted: [CORE.address], isMonitoring },
    {
      store,
      now: () => 1_000_000,
      onChanges: () => {},
      onRegistered: (registered) => told.push(registered),
      onRefused: (reason) => refused.push(reason),
      newTag: () => 'tag',
      watch: {
        registered: (...told) => watched.push(told),
        deregistered: (device) => watched.push([device]),
        notified: async () => ({ status: 481, headers: [], device: undefined }),
      },
    },
  );
  return { store, server, told, refused, watched };
}

function register(
  parts: Partial<Parameters<typeof request>[0]> & { expires?: number } = {},
): SipRequest {
  const { expires = 3600, headers = [], ...more } = parts;
  return {
    ...request({
      method: 'REGISTER',
      uri: 'sip:as.ims.test',
      from: '<sip:scscf.ims.test>;tag=1',
      to: `<${IMPU}>`,
      callId: 'c',
      cSeq: 1,
      headers: [
        { name: 'Via', value: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1' },
        { name: 'Contact', value: '<sip:192.0.2.1:5070>' },
        { name: 'Expires', value: String(expires) },
        ...headers,
      ],
      ...more,
    }),
  };
}

test('a third-party REGISTER tells who is reachable, and where [R-6.7-4] [R-6.7-5] [R-6.7-i1] [SIPPUSH TS24229.5.7.1.1-1]', async () => {
  const { store, server, told } = await setting();
  expect((await server.answer(register(), CORE)).status).toBe(200);
  expect(await store.state('d1')).toMatchObject({
    registeredUntil: 1_000_000 + 3_600_000,
    route: 'sip:192.0.2.1:5070',
  });
  expect(told).toEqual([{ device: 'd1', hasWork: true, acceptsPush: undefined }]);
});

test('a de-registration is remembered, and nobody is woken [SIPPUSH TS24229.5.7.1.1-2]', async () => {
  const { store, server, told } = await setting();
  await server.answer(register(), CORE);
  await server.answer(register({ expires: 0 }), CORE);
  expect((await store.state('d1'))?.registeredUntil).toBeUndefined();
  expect(told).toHaveLength(1);
});

test('with monitoring switched off, registrations leave no trace', async () => {
  const { store, server, told } = await setting(false);
  expect((await server.answer(register(), CORE)).status).toBe(200);
  expect(await store.state('d1')).toEqual({ device: 'd1', wake: 'idle' });
  expect(told).toEqual([]);
});

test('AC-24: only the core is heard; anybody else gets 403 and leaves nothing [SIPPUSH TS24229.5.7.1.1-5]', async () => {
  const { store, server, refused } = await setting();
  const response = await server.answer(register(), { address: '192.0.2.66', port: 5060 });
  expect(response.status).toBe(403);
  expect(await store.state('d1')).toEqual({ device: 'd1', wake: 'idle' });
  expect(refused[0]).toContain('192.0.2.66');
});

test('an identity that is no device of ours is answered 200: the registration is not ours to end', async () => {
  const { server, refused, told } = await setting();
  const response = await server.answer(register({ to: '<sip:other@ims.test>' }), CORE);
  expect(response.status).toBe(200);
  expect(refused[0]).toContain('sip:other@ims.test');
  expect(told).toEqual([]);
});

test('whoever watches registrations is told of them, and of their end', async () => {
  const { server, watched } = await setting();
  await server.answer(register(), CORE);
  await server.answer(register({ expires: 0 }), CORE);
  expect(watched).toEqual([['d1', IMPU, 'sip:192.0.2.1:5070', undefined], ['d1']]);
});

test('AC-24: a NOTIFY of no subscription is answered 481; from elsewhere 403', async () => {
  const { server } = await setting();
  const notify = register({ method: 'NOTIFY' });
  expect((await server.answer(notify, CORE)).status).toBe(481);
  const stranger = { address: '192.0.2.66', port: 5060 };
  expect((await server.answer(notify, stranger)).status).toBe(403);
});

test('other methods are refused with what is allowed', async () => {
  const { server } = await setting();
  const response = await server.answer(register({ method: 'OPTIONS' }), CORE);
  expect(response.status).toBe(405);
  expect(response.headers).toContainEqual({ name: 'Allow', value: 'REGISTER, NOTIFY' });
});

function ownRegister(tags: string, more: readonly string[] = []): Uint8Array {
  const lines = [
    'REGISTER sip:ims.test SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK7',
    `From: <${IMPU}>;tag=7`,
    `To: <${IMPU}>`,
    'Call-ID: own',
    'CSeq: 7 REGISTER',
    `Contact: <sip:ue1@192.0.2.7>${tags}`,
    ...more,
  ];
  return encodeUtf8(`${lines.join('\r\n')}\r\n\r\n`);
}

const SIP_BODY = [{ name: 'Content-Type', value: 'message/sip' }];

test.each([
  ['takes push', ';+g.oma.pusheventapp="x-wap-application:syncml.dm"', true],
  ['does not', ';+g.oma.pusheventapp="x-wap-application:mms.ua"', false],
])('the REGISTER inside says whether the UE %s', async (_what, tags, acceptsPush) => {
  const { server, store, told } = await setting();
  const body = ownRegister(tags, ['Path: <sip:edge.ims.test;lr>, <sip:pcscf.ims.test:5062;lr>']);
  expect((await server.answer(register({ body, headers: SIP_BODY }), CORE)).status).toBe(200);
  expect(told).toMatchObject([{ device: 'd1', acceptsPush }]);
  expect(await store.state('d1')).toMatchObject({
    contact: expect.stringContaining('sip:ue1@192.0.2.7'),
    pCscf: 'pcscf.ims.test:5062',
  });
});

test('TS 24.229 5.4.1.7: REGISTER, its 200 and service information come as multipart/mixed', async () => {
  const { server, store } = await setting();
  const own = ownRegister(';expires=600;+g.oma.pusheventapp="syncml.dm"');
  const associated = { name: 'P-Associated-URI', value: `<sip:other@ims.test>, <${IMPU}>` };
  const ok = encodeSip(responseTo(register(), 200, { headers: [associated] }));
  const part = (type: string, content: Uint8Array) => ({
    headers: [{ name: 'Content-Type', value: type }],
    content,
  });
  const body = encodeMultipart(
    [
      part('application/3gpp-ims+xml', encodeUtf8('<ims-3gpp version="1"/>')),
      part('message/sip', own),
      part('message/sip', ok),
    ],
    'b1',
  );
  const headers = [{ name: 'Content-Type', value: 'multipart/mixed; boundary=b1' }];
  const request = register({ body, headers, to: '<sip:default@ims.test>' });
  expect((await server.answer(request, CORE)).status).toBe(200);
  // Registered by the identity of its implicit set; what is left of the time is no part of the contact.
  expect(await store.state('d1')).toMatchObject({
    registeredUntil: 1_000_000 + 3_600_000,
    contact: '<sip:ue1@192.0.2.7>;+g.oma.pusheventapp="syncml.dm"',
  });
});

test('what a UE refused holds while its registration lasts, and not for another', async () => {
  const { server, store } = await setting();
  const refused = { kind: 'device-state', device: 'd1', refusedStatus: 415 } as const;
  const from = (tags: string) => register({ body: ownRegister(tags), headers: SIP_BODY });
  await server.answer(from(';a=1'), CORE);
  await store.write([refused]);
  await server.answer(from(';a=1'), CORE);
  expect((await store.state('d1'))?.refusedStatus).toBe(415);
  await server.answer(from(';a=2'), CORE);
  expect((await store.state('d1'))?.refusedStatus).toBeUndefined();
  await store.write([refused]);
  await server.answer(register({ expires: 0 }), CORE);
  await server.answer(register(), CORE);
  expect((await store.state('d1'))?.refusedStatus).toBeUndefined();
});

test('a body that is no REGISTER is answered 400, and nothing is stored', async () => {
  const { server, store } = await setting();
  const body = encodeUtf8('garbage');
  const response = await server.answer(register({ body, headers: SIP_BODY }), CORE);
  expect(response.status).toBe(400);
  expect(await store.state('d1')).toEqual({ device: 'd1', wake: 'idle' });
});

test('a store that fails is not hidden from the core: 503 with Retry-After', async () => {
  const { server, store } = await setting();
  await store.close();
  const response = await server.answer(register(), CORE);
  expect(response.status).toBe(503);
  expect(response.headers).toContainEqual({ name: 'Retry-After', value: '5' });
});
