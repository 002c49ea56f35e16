import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentialOf, DmClient } from '@ueprov/protocols/dm';
import { LOCAL } from '@ueprov/protocols/dm/tree';
import { makeDeviceTree } from '@ueprov/protocols/mo';
import { decodeSyncML, encodeSyncML, type SyncML } from '@ueprov/protocols/syncml';
import { expect, onTestFinished, test } from 'vitest';
import { DmEndpoint } from './dm-endpoint.ts';
import { openSqliteStore } from './store/sqlite.ts';

const URL = 'http://prov.example/dm';
const SERVER_ID = 'prov.example';
const NONCE = new Uint8Array(16).fill(7);
const CLCRED = credentialOf('md5', 'ue1', 'secret-of-ue', NONCE);
const SRVCRED = credentialOf('md5', SERVER_ID, 'secret-of-server', NONCE);
const DEVICE = { id: 'd1', DevId: 'urn:x:1', profile: 'p', CLCRED, SRVCRED };
const NODE = { uri: './PktcUE/SipPort', Format: 'int', Type: 'text/plain', Data: '5070' };
const SPELLING = { encoding: 'wbxml', answer: 'wbxml' } as const;

async function setting() {
  const store = await openSqliteStore({ folder: await mkdtemp(join(tmpdir(), 'ueprov-dm-')) });
  onTestFinished(() => store.close());
  await store.write([{ kind: 'device', device: DEVICE }]);
  const told = { sessions: [] as string[], refused: [] as string[] };
  const clock = { now: 1_000_000 };
  const config = {
    host: '',
    port: 0,
    path: '/dm',
    ServerID: SERVER_ID,
    MaxMsgSize: 65_536,
    MaxObjSize: 1_000_000,
  };
  const endpoint = new DmEndpoint(config, URL, {
    store,
    profiles: new Map([['p', { name: 'p', nodes: [NODE] }]]),
    now: () => clock.now,
    onSession: (device) => told.sessions.push(device.id),
    onChanges: () => {},
    onRefused: (reason) => told.refused.push(reason),
    onDeadline: () => {},
  });
  return { store, endpoint, told, clock };
}

const facts = {
  info: { DevId: DEVICE.DevId, Man: 'Example', Mod: 'One' },
  detail: { DevTyp: 'UE', FwV: '1', SwV: '1', HwV: '1' },
  account: {
    ServerID: SERVER_ID,
    ConRef: [],
    AppAddr: [{ Addr: URL, AddrType: 'URI' }],
    AppAuth: [],
    DMInitConnect: false,
    AuthExt: '',
  },
} as const;

function client(options: { secret?: string; DevId?: string; SessionID?: string } = {}) {
  const { secret = 'secret-of-ue', DevId = DEVICE.DevId, SessionID = 'A7' } = options;
  const tree = makeDeviceTree(facts, 0);
  const engine = new DmClient({
    ServerID: SERVER_ID,
    url: URL,
    DevId,
    SessionID,
    alert: '1201',
    CLCRED: credentialOf('md5', 'ue1', secret, NONCE),
    SRVCRED,
    tree,
    MaxMsgSize: 65_536,
    MaxObjSize: 1_000_000,
    random: randomBytes,
  });
  return { tree, engine };
}

/** Plays a session to its end; gives back all that was posted and answered. */
async function play(endpoint: DmEndpoint, { engine }: ReturnType<typeof client>) {
  const posts: Uint8Array[] = [];
  const answers: Uint8Array[] = [];
  let effects = engine.step({ kind: 'start' }, 0);
  for (;;) {
    const send = effects.find((effect) => effect.kind === 'send');
    const ended = effects.find((effect) => effect.kind === 'ended');
    if (send === undefined) return { posts, answers, ended };
    const bytes = encodeSyncML(send.message, 'wbxml');
    const { body } = await endpoint.post(bytes, SPELLING);
    posts.push(bytes);
    answers.push(body);
    effects = engine.step({ kind: 'message', message: decodeSyncML(body) }, 0);
  }
}

test('a session configures, reads back, and is stored with its trace [R-6.3.4-1]', async () => {
  const { endpoint, store, told } = await setting();
  const ue = client();
  const { posts, answers } = await play(endpoint, ue);
  expect(ue.tree.text(NODE.uri)).toBe('5070');
  expect(told.sessions).toEqual(['d1']);
  const [session] = (await store.sessions({ device: 'd1' }, { limit: 10 })).items;
  expect(session).toMatchObject({ result: 'completed', auth: 'md5', trigger: 'client' });
  expect(session?.sentence).toBe('Completed: 1 of 1 nodes verified.');
  const messages = await store.messages(session!.id);
  expect(messages.map(({ raw }) => Buffer.from(raw).toString('hex'))).toEqual(
    posts
      .flatMap((post, index) => [post, answers[index]!])
      .map((raw) => Buffer.from(raw).toString('hex')),
  );
  expect(messages.every(({ device }) => device === 'd1')).toBe(true);
  expect(await store.nodes('d1')).toMatchObject([
    { uri: NODE.uri, state: 'verified', reported: '5070' },
  ]);
});

test('the nonces of a session are new in the next one, which then succeeds with them', async () => {
  const { endpoint, store } = await setting();
  await play(endpoint, client());
  const device = await store.device('d1');
  expect(device?.CLCRED).not.toEqual(CLCRED);
  expect(device?.SRVCRED).not.toEqual(SRVCRED);
  const stale = await play(endpoint, client({ SessionID: 'A8' }));
  expect(stale.ended).toMatchObject({ result: 'completed' });
});

test.each([
  ['a wrong password', { secret: 'guessed-wrong' }],
  ['an unknown device', { DevId: 'urn:x:nobody' }],
])(
  '%s: challenged a bounded number of times, the same way, and nothing is stored',
  async (_what, who) => {
    const { endpoint, store, told } = await setting();
    const { posts, answers, ended } = await play(endpoint, client(who));
    expect(posts.length).toBeLessThanOrEqual(4);
    expect(ended).toMatchObject({ result: expect.not.stringMatching('completed') });
    expect(answers.map((answer) => statusOfHeader(decodeSyncML(answer)))[0]).toBe('401');
    expect((await store.sessions({}, { limit: 10 })).items).toEqual([]);
    expect(await store.nodes('d1')).toEqual([]);
    expect((await store.device('d1'))?.CLCRED).toEqual(CLCRED);
    expect(told.sessions).toEqual([]);
  },
);

test('the same octets again get the same answer, and nothing is done twice', async () => {
  const { endpoint, store } = await setting();
  const { engine } = client();
  const [start] = engine.step({ kind: 'start' }, 0);
  const bytes = encodeSyncML((start as { message: SyncML }).message, 'wbxml');
  const first = await endpoint.post(bytes, SPELLING);
  const again = await endpoint.post(bytes, SPELLING);
  expect(Buffer.from(again.body)).toEqual(Buffer.from(first.body));
  const { items } = await store.sessions({}, { limit: 10 });
  expect(items).toHaveLength(1);
  expect(items[0]?.messages).toBe(2);
});

test('two messages of one session at once are taken one after the other', async () => {
  const { endpoint } = await setting();
  const { engine } = client();
  const [start] = engine.step({ kind: 'start' }, 0);
  const bytes = encodeSyncML((start as { message: SyncML }).message, 'wbxml');
  const both = await Promise.all([endpoint.post(bytes, SPELLING), endpoint.post(bytes, SPELLING)]);
  expect(Buffer.from(both[0].body)).toEqual(Buffer.from(both[1].body));
});

test('a device that started anew under the same SessionID is a new session', async () => {
  const { endpoint, store } = await setting();
  const one = client();
  const [start] = one.engine.step({ kind: 'start' }, 0);
  await endpoint.post(encodeSyncML((start as { message: SyncML }).message, 'wbxml'), SPELLING);
  const other = client();
  other.tree.replace('./DevInfo/Mod', { Data: 'Two' }, LOCAL, 0); // after a software update, say
  const { ended } = await play(endpoint, other);
  expect(ended).toMatchObject({ result: 'completed' });
  expect((await store.sessions({}, { limit: 10 })).items).toHaveLength(2);
});

test('a device that stays away ends its session visibly', async () => {
  const { endpoint, store, clock } = await setting();
  const [start] = client().engine.step({ kind: 'start' }, 0);
  await endpoint.post(encodeSyncML((start as { message: SyncML }).message, 'wbxml'), SPELLING);
  expect(endpoint.deadline).toBe(clock.now + 60_000);
  clock.now = endpoint.deadline ?? 0;
  await endpoint.timeout(clock.now);
  const [session] = (await store.sessions({}, { limit: 10 })).items;
  expect(session).toMatchObject({ result: 'timeout', sentence: 'The device stopped answering.' });
  expect(endpoint.deadline).toBeUndefined();
});

test('what is no SyncML is one typed error', async () => {
  const { endpoint } = await setting();
  await expect(endpoint.post(Uint8Array.of(3, 1), SPELLING)).rejects.toMatchObject({
    name: 'ProtocolError',
  });
});

function statusOfHeader({ SyncBody }: SyncML): string | undefined {
  for (const command of SyncBody.commands) {
    if (command.kind === 'Status' && command.CmdRef === '0') return command.Data;
  }
  return undefined;
}
