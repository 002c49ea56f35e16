import { credentialOf, type HttpCredential, HttpProver, httpSecretOf } from '@ueprov/protocols/dm';
import { expect, onTestFinished, test } from 'vitest';
import type { HttpAuthRequired } from './dm-endpoint-http-auth.ts';
import type { DeviceRecord } from './store/record.ts';
import {
  DEVICE,
  NODE,
  openEndpoint,
  SERVER_ID,
  SPELLING,
  SRVCRED,
  TestDevice,
} from './testing/dm-device.ts';

const REALM = 'dm';
const REQUEST = { method: 'POST', target: '/dm' };

type Scheme = 'basic' | 'digest';

const deviceOf = (scheme: Scheme): DeviceRecord => ({
  ...DEVICE,
  CLCRED: credentialOf('md5', 'ue1', 'unused', new Uint8Array(16)),
  HTTP: { scheme, username: 'ue1', secret: httpSecretOf('ue1', REALM, 'secret-of-ue') },
});

function opened(scheme: Scheme, decoy: Scheme | undefined = scheme) {
  const http = { realm: REALM, algorithms: ['SHA-256', 'MD5'], ...(decoy && { decoy }) } as const;
  return openEndpoint(onTestFinished, [NODE], 'md5', deviceOf(scheme), http);
}

/** A device that proves itself to HTTP and not inside the session, as `TestDevice` does otherwise. */
function deviceWith(scheme: Scheme, change: Partial<HttpCredential> = {}, options = {}) {
  const credential = { scheme, username: 'ue1', password: 'secret-of-ue', ...change };
  const prover = new HttpProver(credential, (length) => new Uint8Array(length).fill(1));
  return { prover, device: new TestDevice(options, { SRVCRED }) };
}

type Opened = Awaited<ReturnType<typeof opened>>;

/** Posts once; asked for a proof, once more with it. */
async function post(
  { endpoint }: Opened,
  { prover, device }: ReturnType<typeof deviceWith>,
): Promise<'posted' | 'refused' | 'over'> {
  const next = device.next();
  if (next === undefined) return 'over';
  const origin = () => ({
    ...next.origin,
    http: { ...REQUEST, authorization: prover.authorization(REQUEST) },
  });
  for (;;) {
    try {
      const answer = await endpoint.post(next.bytes, SPELLING, origin());
      prover.accepted();
      device.take(next.bytes, answer.body);
      return 'posted';
    } catch (error) {
      const { challenges } = error as HttpAuthRequired;
      if (challenges === undefined) throw error;
      if (!prover.challenged(challenges)) return 'refused';
    }
  }
}

test.each(['basic', 'digest'] as const)(
  'HTTP %s proves the device, message by message, and the session asks nothing more [SYNCHTTP 5.4-1]',
  async (scheme) => {
    const server = await opened(scheme);
    const peer = deviceWith(scheme);
    while ((await post(server, peer)) === 'posted');
    expect(peer.device.ended).toMatchObject({ result: 'completed' });
    expect(peer.device.tree.text(NODE.uri)).toBe('5070');
    const [session] = (await server.store.sessions({}, { limit: 10 })).items;
    expect(session).toMatchObject({ result: 'completed', auth: `http-${scheme}`, device: 'd1' });
    expect(server.told.sessions).toEqual(['d1']);
  },
);

test.each(['basic', 'digest'] as const)(
  'AC-13, AC-14: with HTTP %s a stranger and a wrong password are refused alike, and leave nothing',
  async (scheme) => {
    const server = await opened(scheme);
    const told: unknown[] = [];
    for (const peer of [
      deviceWith(scheme, { password: 'wrong' }),
      deviceWith(scheme, {}, { DevId: 'urn:x:nobody' }),
      deviceWith(scheme, { username: 'ue2' }),
    ]) {
      expect(await post(server, peer)).toBe('refused');
      told.push(peer.device.posts.length);
    }
    expect(told).toEqual([0, 0, 0]);
    expect((await server.store.sessions({}, { limit: 10 })).items).toEqual([]);
    expect(server.endpoint.deadline).toBeUndefined();
    const device = await server.store.device('d1');
    expect(device).toEqual(deviceOf(scheme));
  },
);

test('AC-15: who has proved to be one device is not another, and reaches no session of it', async () => {
  const server = await opened('digest');
  await server.store.write([
    {
      kind: 'device',
      device: {
        ...deviceOf('digest'),
        id: 'd2',
        DevId: 'urn:x:2',
        HTTP: {
          scheme: 'digest',
          username: 'ue2',
          secret: httpSecretOf('ue2', REALM, 'secret-of-2'),
        },
      },
    },
  ]);
  const victim = deviceWith('digest');
  expect(await post(server, victim)).toBe('posted');
  const thief = deviceWith('digest', { username: 'ue2', password: 'secret-of-2' });
  expect(await post(server, thief)).toBe('refused');
  while ((await post(server, victim)) === 'posted');
  expect(victim.device.ended).toMatchObject({ result: 'completed' });
});

test('the reply that was given before is not given to somebody without a proof', async () => {
  const server = await opened('digest');
  const peer = deviceWith('digest');
  const { bytes, origin } = peer.device.next()!;
  expect(await post(server, peer)).toBe('posted');
  const bare = { ...origin, http: { ...REQUEST, authorization: undefined } };
  await expect(server.endpoint.post(bytes, SPELLING, bare)).rejects.toThrow('is required');
  const authorization = peer.prover.authorization(REQUEST);
  const proved = { ...origin, http: { ...REQUEST, authorization } };
  const again = await server.endpoint.post(bytes, SPELLING, proved);
  expect(again.body).toEqual(peer.device.answers[0]);
});

test('AC-10: of two requests with one Authorization the second is asked again, for its nonce only', async () => {
  const server = await opened('digest');
  const peer = deviceWith('digest');
  expect(await post(server, peer)).toBe('posted');
  const { bytes, origin } = peer.device.next()!;
  const http = { ...REQUEST, authorization: peer.prover.authorization(REQUEST) };
  const two = await Promise.allSettled(
    [0, 1].map(() => server.endpoint.post(bytes, SPELLING, { ...origin, http })),
  );
  expect(two.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = two.find((each) => each.status === 'rejected')?.reason as HttpAuthRequired;
  expect(refused.isRefusal).toBe(false);
  expect(refused.challenges[0]).toContain('stale=true');
});

test('AC-19: a clock that jumps between two messages asks for a new nonce, and the session goes on', async () => {
  for (const by of [-500_000, 10 * 365 * 86_400_000]) {
    const server = await opened('digest');
    const peer = deviceWith('digest');
    expect(await post(server, peer)).toBe('posted');
    server.clock.now += by;
    while ((await post(server, peer)) === 'posted');
    expect(peer.device.ended).toMatchObject({ result: 'completed' });
  }
});

test('a request without a body is asked for a proof where known devices are, and is 400 elsewhere', async () => {
  const { endpoint } = await opened('digest');
  const origin = {
    address: '192.0.2.1',
    token: undefined,
    http: { ...REQUEST, authorization: undefined },
  };
  const empty = new Uint8Array(0);
  await expect(endpoint.post(empty, SPELLING, origin)).rejects.toMatchObject({
    challenges: [
      expect.stringContaining('algorithm=SHA-256'),
      expect.stringContaining('algorithm=MD5'),
    ],
  });
  const plain = await openEndpoint(onTestFinished);
  await expect(plain.endpoint.post(empty, SPELLING, origin)).rejects.toMatchObject({
    code: 'DM_NO_BODY',
  });
});

test('beside devices of HTTP, one that proves itself in the session is asked there alone', async () => {
  const server = await opened('digest');
  const CLCRED = credentialOf('md5', 'ue3', 'secret-of-3', new Uint8Array(16));
  await server.store.write([
    { kind: 'device', device: { ...DEVICE, id: 'd3', DevId: 'urn:x:3', CLCRED } },
  ]);
  const device = new TestDevice({ DevId: 'urn:x:3' }, { CLCRED, SRVCRED });
  await device.play(server.endpoint);
  expect(device.ended).toMatchObject({ result: 'completed' });
  const [session] = (await server.store.sessions({}, { limit: 1 })).items;
  expect(session).toMatchObject({ auth: 'md5', device: 'd3' });
});

test('the server proves itself in the session all the same: with a wrong secret nothing is run', async () => {
  const server = await opened('basic');
  const { prover } = deviceWith('basic');
  const wrong = credentialOf('md5', SERVER_ID, 'another-secret', new Uint8Array(16));
  const device = new TestDevice({}, { SRVCRED: wrong });
  while ((await post(server, { prover, device })) === 'posted');
  const [session] = (await server.store.sessions({}, { limit: 10 })).items;
  expect(session).toMatchObject({ result: expect.not.stringMatching('completed') });
  expect(device.posts.length).toBeGreaterThan(1);
  expect(device.tree.text(NODE.uri)).not.toBe('5070');
});
