import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeUtf8 } from '@ueprov/protocols';
import { credentialOf } from '@ueprov/protocols/dm';
import { encodeSip, request, type SipRequest } from '@ueprov/protocols/sip';
import { expect, onTestFinished, test } from 'vitest';
import { ApplicationServer } from './application-server.ts';
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
  const work: string[] = [];
  const refused: string[] = [];
  const server = new ApplicationServer(
    { trusted: [CORE.address], isMonitoring },
    {
      store,
      now: () => 1_000_000,
      onChanges: () => {},
      onWork: (device) => work.push(device),
      onRefused: (reason) => refused.push(reason),
      newTag: () => 'tag',
    },
  );
  return { store, server, work, refused };
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

test('a third-party REGISTER tells who is reachable, and where [R-6.7-4] [R-6.7-5] [R-6.7-i1]', async () => {
  const { store, server, work } = await setting();
  expect((await server.answer(register(), CORE)).status).toBe(200);
  expect(await store.state('d1')).toMatchObject({
    registeredUntil: 1_000_000 + 3_600_000,
    route: 'sip:192.0.2.1:5070',
  });
  expect(work).toEqual(['d1']);
});

test('a de-registration is remembered, and nobody is woken', async () => {
  const { store, server, work } = await setting();
  await server.answer(register(), CORE);
  await server.answer(register({ expires: 0 }), CORE);
  expect((await store.state('d1'))?.registeredUntil).toBeUndefined();
  expect(work).toEqual(['d1']);
});

test('with monitoring switched off, registrations leave no trace', async () => {
  const { store, server, work } = await setting(false);
  expect((await server.answer(register(), CORE)).status).toBe(200);
  expect(await store.state('d1')).toEqual({ device: 'd1', wake: 'idle' });
  expect(work).toEqual([]);
});

test('only the core is heard; anybody else gets 403 and leaves nothing', async () => {
  const { store, server, refused } = await setting();
  const response = await server.answer(register(), { address: '192.0.2.66', port: 5060 });
  expect(response.status).toBe(403);
  expect(await store.state('d1')).toEqual({ device: 'd1', wake: 'idle' });
  expect(refused[0]).toContain('192.0.2.66');
});

test('an identity that is no device of ours is answered 200: the registration is not ours to end', async () => {
  const { server, refused, work } = await setting();
  const response = await server.answer(register({ to: '<sip:other@ims.test>' }), CORE);
  expect(response.status).toBe(200);
  expect(refused[0]).toContain('sip:other@ims.test');
  expect(work).toEqual([]);
});

test('other methods are refused with what is allowed', async () => {
  const { server } = await setting();
  const response = await server.answer(register({ method: 'OPTIONS' }), CORE);
  expect(response.status).toBe(405);
  expect(response.headers).toContainEqual({ name: 'Allow', value: 'REGISTER' });
});

test.each([
  ['takes push', ';+g.oma.pusheventapp="x-wap-application:syncml.dm"', ['d1']],
  ['does not', ';+g.oma.pusheventapp="x-wap-application:mms.ua"', []],
])('the REGISTER inside says whether the UE %s', async (_what, tags, woken) => {
  const { server, store, work } = await setting();
  const inner = encodeSip(
    register({
      headers: [{ name: 'Contact', value: `<sip:ue1@192.0.2.7>${tags}` }],
    }),
  );
  const own = Buffer.from(inner).toString().replace('Contact: <sip:192.0.2.1:5070>\r\n', '');
  const body = encodeUtf8(own);
  const headers = [{ name: 'Content-Type', value: 'message/sip' }];
  expect((await server.answer(register({ body, headers }), CORE)).status).toBe(200);
  expect(work).toEqual(woken);
  expect((await store.state('d1'))?.contact).toContain('sip:ue1@192.0.2.7');
});

test('a body that is no REGISTER is answered 400, and nothing is stored', async () => {
  const { server, store } = await setting();
  const headers = [{ name: 'Content-Type', value: 'message/sip' }];
  const response = await server.answer(register({ body: encodeUtf8('garbage'), headers }), CORE);
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
