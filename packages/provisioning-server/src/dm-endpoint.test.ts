import { credentialOf } from '@ueprov/protocols/dm';
import { decodeSyncML, encodeSyncML, type SyncML } from '@ueprov/protocols/syncml';
import { expect, onTestFinished, test } from 'vitest';
import {
  CLCRED,
  DEVICE,
  DM_URL,
  HOME,
  NODE,
  openEndpoint,
  SERVER_ID,
  SPELLING,
  SRVCRED,
  statusOfHeader,
  TestDevice,
} from './testing/dm-device.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const elsewhere = { address: '203.0.113.66', token: undefined };

test('a session configures, reads back, and is stored with its trace [R-6.3.4-1] [R-6.8.1-3]', async () => {
  const { endpoint, store, told } = await openEndpoint(onTestFinished);
  const device = await new TestDevice().play(endpoint);
  expect(device.tree.text(NODE.uri)).toBe('5070');
  expect(told.sessions).toEqual(['d1']);
  const [session] = (await store.sessions({ device: 'd1' }, { limit: 10 })).items;
  expect(session).toMatchObject({ result: 'completed', auth: 'md5', trigger: 'client' });
  expect(session?.sentence).toBe('Completed: 1 of 1 nodes verified.');
  const messages = await store.messages(session!.id);
  expect(messages.map(({ raw }) => hex(raw))).toEqual(
    device.posts.flatMap((post, index) => [post, device.answers[index]!]).map(hex),
  );
  expect(messages.every(({ device }) => device === 'd1')).toBe(true);
  expect(await store.nodes('d1')).toMatchObject([
    { uri: NODE.uri, state: 'verified', reported: '5070' },
  ]);
});

test('what the device holds already, as read back before, is not written again', async () => {
  const { endpoint, store, clock } = await openEndpoint(onTestFinished);
  await new TestDevice().play(endpoint);
  clock.now += 1000;
  await new TestDevice({ SessionID: 'A8' }).play(endpoint);
  const [second] = (await store.sessions({}, { limit: 10 })).items;
  expect(second?.sentence).toBe('Completed; nothing was to be done.');
});

test('the nonces of a session are new in the next one, which then succeeds with them', async () => {
  const { endpoint, store } = await openEndpoint(onTestFinished);
  await new TestDevice().play(endpoint);
  const device = await store.device('d1');
  expect(device?.CLCRED).not.toEqual(CLCRED);
  expect(device?.SRVCRED).not.toEqual(SRVCRED);
  const stale = await new TestDevice({ SessionID: 'A8' }).play(endpoint);
  expect(stale.ended).toMatchObject({ result: 'completed' });
});

test('with hmac every message is proved by its header, and the next session by the nonces left', async () => {
  const credentials = {
    CLCRED: credentialOf('hmac', 'ue1', 'device-secret'),
    SRVCRED: credentialOf('hmac', SERVER_ID, 'server-secret'),
  };
  const { endpoint, store, told } = await openEndpoint(onTestFinished, [NODE], 'hmac', {
    ...DEVICE,
    ...credentials,
  });
  const first = await new TestDevice({}, credentials).play(endpoint);
  expect(first.tree.text(NODE.uri)).toBe('5070');
  const second = await first.again('A8').play(endpoint);
  expect(second.ended).toMatchObject({ result: 'completed' });
  const { items } = await store.sessions({}, { limit: 10 });
  expect(items.map(({ auth }) => auth)).toEqual(['hmac', 'hmac']);
  for (const message of second.posts.map((post) => decodeSyncML(post))) {
    expect(message.SyncHdr.Cred).toBeUndefined();
  }
  expect(told.refused).toEqual([]);
});

test('the same octets of an hmac session have the same answer, its header too', async () => {
  const credentials = {
    CLCRED: credentialOf('hmac', 'ue1', 'device-secret', new Uint8Array(16)),
    SRVCRED: credentialOf('hmac', SERVER_ID, 'server-secret', new Uint8Array(16)),
  };
  const { endpoint } = await openEndpoint(onTestFinished, [NODE], 'hmac', {
    ...DEVICE,
    ...credentials,
  });
  const { bytes, origin } = new TestDevice({}, credentials).next()!;
  const answer = await endpoint.post(bytes, SPELLING, origin);
  expect(answer.mac).toMatch(/^algorithm=MD5, username="[^"]+", mac=[A-Za-z0-9+/]{22}==$/);
  expect(await endpoint.post(bytes, SPELLING, origin)).toEqual(answer);
});

test.each([
  ['a wrong password', { secret: 'guessed-wrong' }],
  ['an unknown device', { DevId: 'urn:x:nobody' }],
])(
  '%s: challenged a bounded number of times, and nothing is stored (AC-14)',
  async (_what, who) => {
    const { endpoint, store, told } = await openEndpoint(onTestFinished);
    const { posts, answers, ended } = await new TestDevice(who).play(endpoint);
    expect(posts.length).toBeLessThanOrEqual(4);
    expect(ended).toMatchObject({ result: expect.not.stringMatching('completed') });
    expect(answers.map((answer) => statusOfHeader(decodeSyncML(answer)))[0]).toBe('401');
    expect((await store.sessions({}, { limit: 10 })).items).toEqual([]);
    expect(await store.nodes('d1')).toEqual([]);
    expect((await store.device('d1'))?.CLCRED).toEqual(CLCRED);
    expect(told.sessions).toEqual([]);
  },
);

test.each(['md5', 'basic'] as const)(
  'AC-13: an unknown device is answered like a known one with a wrong password, in %s',
  async (scheme) => {
    const { endpoint, store } = await openEndpoint(onTestFinished, [NODE], scheme);
    const basic = { scheme: 'basic', name: 'ue1', secret: 'secret-of-ue' } as const;
    const CLCRED_ = scheme === 'basic' ? basic : CLCRED;
    const device = { id: 'd2', DevId: 'urn:x:2', CLCRED: CLCRED_, SRVCRED };
    await store.write([{ kind: 'device', device }]);
    const [known, unknown] = await Promise.all(
      ['urn:x:2', 'urn:x:9'].map((DevId) =>
        new TestDevice({ DevId, secret: 'guessed-wrong' }).post(endpoint),
      ),
    );
    expect(shapeOf(unknown!)).toEqual(shapeOf(known!));
    expect(shapeOf(known!)).toContain(`syncml:auth-${scheme}`);
  },
);

/** A message without what differs by chance: the device's own name, nonce and token. */
function shapeOf(message: SyncML): string {
  return JSON.stringify(message, (key, value) => (key === 'NextNonce' ? value?.length : value))
    .replace(/urn:x:\d/g, 'DevId')
    .replace(/s=[\w-]{22}/, 's=token');
}

test('the same octets again get the same answer, and nothing is done twice', async () => {
  const { endpoint, store } = await openEndpoint(onTestFinished);
  const { bytes, origin } = new TestDevice().next()!;
  const first = await endpoint.post(bytes, SPELLING, origin);
  const again = await endpoint.post(bytes, SPELLING, origin);
  expect(hex(again.body)).toBe(hex(first.body));
  const { items } = await store.sessions({}, { limit: 10 });
  expect(items).toHaveLength(1);
  expect(items[0]?.messages).toBe(2);
});

test('the last message of a session, sent again, has its answer again', async () => {
  const { endpoint, store } = await openEndpoint(onTestFinished);
  const device = new TestDevice();
  let last = device.next();
  for (let next = last; next !== undefined; next = device.next()) {
    last = next;
    await device.post(endpoint);
  }
  const again = await endpoint.post(last!.bytes, SPELLING, last!.origin);
  expect(hex(again.body)).toBe(hex(device.answers.at(-1)!));
  expect((await store.sessions({}, { limit: 10 })).items).toHaveLength(1);
});

test('two messages of one session at once are taken one after the other', async () => {
  const { endpoint } = await openEndpoint(onTestFinished);
  const { bytes, origin } = new TestDevice().next()!;
  const both = await Promise.all([1, 2].map(() => endpoint.post(bytes, SPELLING, origin)));
  expect(hex(both[0]!.body)).toBe(hex(both[1]!.body));
});

test('AC-10: of two that prove the device with one nonce at the same moment, one is let in', async () => {
  const { endpoint, told } = await openEndpoint(onTestFinished);
  const real = new TestDevice().next()!;
  const { SyncHdr, SyncBody } = decodeSyncML(real.bytes);
  const replay = encodeSyncML({ SyncHdr: { ...SyncHdr, SessionID: 'B1' }, SyncBody }, 'wbxml');
  const answers = await Promise.all([
    endpoint.post(real.bytes, SPELLING, real.origin),
    endpoint.post(replay, SPELLING, elsewhere),
  ]);
  expect(answers.map(({ body }) => statusOfHeader(decodeSyncML(body)))).toEqual(['212', '401']);
  expect(told.sessions).toEqual(['d1']);
});

test('a device that started anew under the same SessionID is a new session', async () => {
  const { endpoint, store } = await openEndpoint(onTestFinished);
  await new TestDevice().post(endpoint);
  const other = new TestDevice({ Mod: 'Two' }); // after a software update, say
  expect((await other.play(endpoint)).ended).toMatchObject({ result: 'completed' });
  expect((await store.sessions({}, { limit: 10 })).items).toHaveLength(2);
});

test('every reply names where the next message goes, with a token that nobody can guess', async () => {
  const { endpoint } = await openEndpoint(onTestFinished);
  const device = await new TestDevice().play(endpoint);
  const uris = device.answers.map((answer) => decodeSyncML(answer).SyncHdr.RespURI ?? '');
  expect(uris[0]).toMatch(new RegExp(`^${DM_URL}\\?s=[\\w-]{22}$`));
  expect(new Set(uris).size).toBe(1);
  const other = await new TestDevice({ SessionID: 'A8' }).post(endpoint);
  expect(other?.SyncHdr.RespURI).not.toBe(uris[0]);
});

/** What somebody who knows all names of a session, and its next MsgID, would send into it. */
function forged({ bytes }: { bytes: Uint8Array }): Uint8Array {
  const { SyncHdr } = decodeSyncML(bytes);
  const { Cred: _, ...names } = SyncHdr;
  return encodeSyncML({ SyncHdr: names, SyncBody: { commands: [], Final: true } }, 'wbxml');
}

test.each([true, false])(
  'AC-15: who knows the names of a session can neither join nor end it (device follows RespURI: %s)',
  async (isFollowing) => {
    const { endpoint, store } = await openEndpoint(onTestFinished);
    const device = new TestDevice({ isFollowing });
    const opening = device.next()!;
    await device.post(endpoint);
    for (const bytes of [forged(opening), forged(device.next()!)]) {
      const { body } = await endpoint.post(bytes, SPELLING, elsewhere);
      expect(statusOfHeader(decodeSyncML(body))).toBe('407');
    }
    expect((await device.play(endpoint)).ended).toMatchObject({ result: 'completed' });
    const { items } = await store.sessions({}, { limit: 10 });
    expect(items.map(({ result }) => result)).toEqual(['completed']);
  },
);

test('AC-15: behind the address of a device that follows RespURI, its session is out of reach too', async () => {
  const { endpoint, store } = await openEndpoint(onTestFinished, [
    NODE,
    { ...NODE, uri: './PktcUE/Name' },
  ]);
  const device = new TestDevice();
  await device.post(endpoint);
  await device.post(endpoint);
  const third = device.next();
  expect(third).toBeDefined();
  const origin = { address: HOME, token: undefined };
  const { body } = await endpoint.post(forged(third!), SPELLING, origin);
  expect(statusOfHeader(decodeSyncML(body))).toBe('407');
  expect((await device.play(endpoint)).ended).toMatchObject({ result: 'completed' });
  expect((await store.sessions({}, { limit: 10 })).items).toHaveLength(1);
});

test('AC-15: with hmac, what is forged behind the address of a device that ignores RespURI ends nothing', async () => {
  const credentials = {
    CLCRED: credentialOf('hmac', 'ue1', 'device-secret', new Uint8Array(16)),
    SRVCRED: credentialOf('hmac', SERVER_ID, 'server-secret', new Uint8Array(16)),
  };
  const { endpoint } = await openEndpoint(onTestFinished, [NODE], 'hmac', {
    ...DEVICE,
    ...credentials,
  });
  const device = new TestDevice({ isFollowing: false }, credentials);
  await device.post(endpoint);
  const { bytes, origin } = device.next()!;
  const { SyncHdr, SyncBody } = decodeSyncML(bytes);
  const abort = { kind: 'Alert', CmdID: '99', Data: '1223', Items: [] } as const;
  const forged = encodeSyncML({ SyncHdr, SyncBody: { ...SyncBody, commands: [abort] } }, 'wbxml');
  for (const mac of [undefined, 'algorithm=MD5, username="ue1", mac=AAAAAAAAAAAAAAAAAAAAAA==']) {
    const { body } = await endpoint.post(forged, SPELLING, { ...origin, mac });
    expect(statusOfHeader(decodeSyncML(body))).toMatch(/^40[17]$/);
  }
  await device.play(endpoint);
  expect(device.ended).toMatchObject({ result: 'completed' });
  expect(device.tree.text(NODE.uri)).toBe('5070');
});

test('a token with the names of another session opens nothing', async () => {
  const { endpoint } = await openEndpoint(onTestFinished);
  const device = new TestDevice();
  await device.post(endpoint);
  const { origin, bytes } = device.next()!;
  const { SyncHdr, SyncBody } = decodeSyncML(bytes);
  const other = encodeSyncML({ SyncHdr: { ...SyncHdr, SessionID: 'FF' }, SyncBody }, 'wbxml');
  const { body } = await endpoint.post(other, SPELLING, { ...elsewhere, token: origin.token });
  expect(statusOfHeader(decodeSyncML(body))).toBe('407');
});

test('a device that changes its address goes on where it follows RespURI', async () => {
  const { endpoint } = await openEndpoint(onTestFinished);
  const device = new TestDevice();
  await device.post(endpoint);
  const { bytes, origin } = device.next()!;
  const { body } = await endpoint.post(bytes, SPELLING, { ...origin, address: '198.51.100.7' });
  expect(statusOfHeader(decodeSyncML(body))).toBe('200');
});

test('a device that stays away ends its session visibly', async () => {
  const { endpoint, store, clock } = await openEndpoint(onTestFinished);
  await new TestDevice().post(endpoint);
  expect(endpoint.deadline).toBe(clock.now + 60_000);
  clock.now = endpoint.deadline ?? 0;
  await endpoint.timeout(clock.now);
  const [session] = (await store.sessions({}, { limit: 10 })).items;
  expect(session).toMatchObject({ result: 'timeout', endedAt: clock.now });
  expect(session?.sentence).toMatch(/^The device stopped answering/);
  expect(endpoint.deadline).toBeUndefined();
});

test('a peer that is challenged and goes away is said, and leaves nothing', async () => {
  const { endpoint, store, told, clock } = await openEndpoint(onTestFinished);
  await new TestDevice({ secret: 'guessed-wrong' }).post(endpoint);
  clock.now = endpoint.deadline ?? 0;
  await endpoint.timeout(clock.now);
  expect(told.refused).toHaveLength(1);
  expect((await store.sessions({}, { limit: 10 })).items).toEqual([]);
});

test('a commit that fails is no reply; what it was about is stored with the resend', async () => {
  const { endpoint, store } = await openEndpoint(onTestFinished);
  const device = new TestDevice();
  await device.post(endpoint);
  await device.post(endpoint);
  const { bytes, origin } = device.next()!;
  const { write } = store;
  store.write = () => Promise.reject(new Error('disk full'));
  await expect(endpoint.post(bytes, SPELLING, origin)).rejects.toThrow('disk full');
  store.write = write;
  await device.play(endpoint);
  expect(device.ended).toMatchObject({ result: 'completed' });
  expect(await store.nodes('d1')).toMatchObject([{ uri: NODE.uri, state: 'verified' }]);
});

test('what is no SyncML is one typed error', async () => {
  const { endpoint } = await openEndpoint(onTestFinished);
  const posted = endpoint.post(Uint8Array.of(3, 1), SPELLING, elsewhere);
  await expect(posted).rejects.toMatchObject({ name: 'ProtocolError' });
});
