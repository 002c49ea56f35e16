/** The server whole, over its own sockets: what it keeps, what it refuses, what it leaves. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requestHeaders } from '@ueprov/protocols/dm';
import { decodePap, encodePap } from '@ueprov/protocols/push';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { serverConfig } from './config.ts';
import { type ProvisioningServer, startProvisioningServer } from './server.ts';
import { postPap } from './shell/pap-http.ts';
import { NODE, SERVER_ID, TestDevice } from './testing/dm-device.ts';

const NONCE = Buffer.alloc(16, 7).toString('base64');
const folder = () => mkdtemp(join(tmpdir(), 'ueprov-server-'));

function config(data: string, more: object = {}) {
  const own = { host: '127.0.0.1', port: 0 };
  return serverConfig({
    data,
    sip: own,
    dm: { ...own, ServerID: SERVER_ID },
    api: own,
    profiles: [{ name: 'p', nodes: { [NODE.uri]: 5070 } }],
    devices: [
      {
        DevId: 'urn:x:1',
        IMPU: 'sip:ue1@ims.test',
        profile: 'p',
        CLCRED: { name: 'ue1', secret: 'secret-of-ue', nonce: NONCE },
        SRVCRED: { secret: 'secret-of-server', nonce: NONCE },
      },
    ],
    ...more,
  });
}

async function start(data: string, more: object = {}) {
  const log: string[] = [];
  const server = await startProvisioningServer(config(data, more), {
    onLog: (_level, text) => log.push(text),
  });
  onTestFinished(() => server.close());
  return { server, log };
}

/** Plays a device's session over HTTP; the device speaks of its URL, and posts to the server's. */
async function play(server: ProvisioningServer, device: TestDevice): Promise<TestDevice> {
  const headers = requestHeaders('wbxml', 'test');
  const answered = await device.playOver(async (bytes, token) => {
    const url = token === undefined ? server.dmUrl : `${server.dmUrl}?s=${token}`;
    const answer = await fetch(url, { method: 'POST', headers, body: Buffer.from(bytes) });
    expect(answer.status).toBe(200);
    return new Uint8Array(await answer.arrayBuffer());
  });
  return answered;
}

async function read(server: ProvisioningServer, token: string | undefined, path: string) {
  const headers = { Authorization: `Bearer ${token}` };
  return (await (await fetch(`${server.apiUrl}/api/v1${path}`, { headers })).json()) as never;
}

const itemsOf = async (...args: Parameters<typeof read>) =>
  ((await read(...args)) as { items: unknown[] }).items;

test('a device is configured over HTTP, and the API tells of it', async () => {
  const { server } = await start(await folder());
  const device = await play(server, new TestDevice());
  expect(device.ended).toMatchObject({ result: 'completed' });
  expect(device.tree.text(NODE.uri)).toBe('5070');
  const token = server.firstRunToken;
  expect(await itemsOf(server, token, '/devices')).toMatchObject([{ config: 'verified' }]);
});

test.each([
  ['of the device', { secret: 'guessed-wrong' }],
  ['of the server', { serverSecret: 'guessed-wrong' }],
  ['of nobody', { DevId: 'urn:x:9' }],
])('wrong credentials %s: no session, nothing configured, and it is said', async (what, who) => {
  const { server, log } = await start(await folder());
  const device = await play(server, new TestDevice(who));
  expect(device.ended).not.toMatchObject({ result: 'completed' });
  expect(device.tree.text(NODE.uri)).toBe('5060'); // as it was made
  const token = server.firstRunToken;
  expect(await itemsOf(server, token, '/devices')).toMatchObject([{ config: 'not-sent' }]);
  if (what === 'of the server') {
    // The device proved itself, and would not have us: its trace is ours to keep.
    expect(await itemsOf(server, token, '/sessions')).toMatchObject([
      { result: 'unauthenticated' },
    ]);
  } else {
    expect(await itemsOf(server, token, '/sessions')).toEqual([]);
    expect(log).toHaveLength(1);
    expect(server.refusals).toBe(1);
  }
});

test('garbage is one line, and the server goes on', async () => {
  const { server, log } = await start(await folder());
  const headers = requestHeaders('wbxml', 'test');
  const garbage = await fetch(server.dmUrl, { method: 'POST', headers, body: 'garbage' });
  expect(garbage.status).toBe(400);
  expect(log).toHaveLength(1);
  expect((await play(server, new TestDevice())).ended).toMatchObject({ result: 'completed' });
});

test('nonces, values and the token outlive a restart', async () => {
  const data = await folder();
  const first = await start(data);
  const device = await play(first.server, new TestDevice());
  const token = first.server.firstRunToken;
  await first.server.close();
  const { server } = await start(data);
  expect(server.firstRunToken).toBeUndefined();
  expect(await itemsOf(server, token, '/devices')).toMatchObject([{ config: 'verified' }]);
  // With the nonces of the first session: no challenge is needed.
  const next = await play(server, device.again('A8'));
  expect(next.posts.length).toBeLessThan(device.posts.length);
  expect(next.ended).toMatchObject({ result: 'completed' });
});

test('the data folder is one process’s alone', async () => {
  const data = await folder();
  await start(data);
  await expect(start(data)).rejects.toMatchObject({ code: 'STORE_IN_USE' });
});

test('it starts whole or not at all: what is taken is named, and what was begun is let go', async () => {
  const { server } = await start(await folder());
  const data = await folder();
  const port = Number(new URL(server.dmUrl).port);
  const dm = { host: '127.0.0.1', port, ServerID: SERVER_ID };
  await expect(start(data, { dm })).rejects.toThrow(`127.0.0.1:${port}`);
  await start(data);
});

test('a wake of a device that is not registered is a 409 with its reason', async () => {
  const { server } = await start(await folder());
  const headers = { Authorization: `Bearer ${server.firstRunToken}` };
  const url = `${server.apiUrl}/api/v1/devices/${encodeURIComponent('urn:x:1')}/wake`;
  const answer = await fetch(url, { method: 'POST', headers });
  expect(answer.status).toBe(409);
  expect(await answer.json()).toMatchObject({
    code: 'NOT_REGISTERED',
    detail: 'The device is not registered.',
  });
});

test('a Push Proxy Gateway is there where the file has one, and asks for a proof', async () => {
  const users = [{ name: 'pi', secret: 'secret-of-the-initiator' }];
  const { server } = await start(await folder(), { push: { gateway: { port: 0, users } } });
  const message = { kind: 'statusquery-message', 'push-id': 'p', addresses: [] } as const;
  const body = encodePap({ message }, 'b');
  expect((await postPap(server.papUrl ?? '', body)).status).toBe(401);
  const answer = await postPap(server.papUrl ?? '', body, `Bearer ${users[0]?.secret}`);
  expect(decodePap(answer.contentType, answer.body).message).toMatchObject({
    kind: 'statusquery-response',
    'statusquery-results': [{ 'message-state': 'unknown', code: 2004 }],
  });
});

test('where the file has none, no gateway listens', async () => {
  const { server } = await start(await folder());
  expect(server.papUrl).toBeUndefined();
});

test('the example of docs/server.md is a configuration', async () => {
  const path = new URL('../../../docs/server.yaml', import.meta.url);
  const { dm, sip, devices, profiles } = serverConfig(parse(await readFile(path, 'utf8')));
  expect(dm).toMatchObject({ ServerID: 'prov.example', MaxMsgSize: 65_536 });
  expect(sip.trusted).toEqual(['192.0.2.20']);
  expect(devices).toHaveLength(1);
  expect(profiles[0]?.nodes).toMatchObject({ './PktcUE/Example/SipPort': 5060 });
});
