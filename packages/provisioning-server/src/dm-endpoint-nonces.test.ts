import { type Credential, raised } from '@ueprov/protocols/dm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CLCRED, DEVICE, NODE, openEndpoint, SRVCRED, TestDevice } from './testing/dm-device.ts';

const nonceOf = (credential: Credential) =>
  credential.scheme === 'basic' ? new Uint8Array(0) : credential.nonce;

test('AC-11: a store that was restored from before the last session goes on without an operator', async () => {
  const { endpoint, store } = await openEndpoint(onTestFinished);
  const first = await new TestDevice().play(endpoint);
  await store.write([
    { kind: 'nonce', device: DEVICE.id, level: 'CLCRED', nonce: nonceOf(CLCRED) },
    { kind: 'nonce', device: DEVICE.id, level: 'SRVCRED', nonce: nonceOf(SRVCRED) },
    {
      kind: 'nodes',
      device: DEVICE.id,
      nodes: [
        { device: DEVICE.id, uri: NODE.uri, format: 'int', desired: '5070', state: 'pending' },
      ],
    },
  ]);
  const second = await first.again('A8').play(endpoint);
  expect(second.ended).toMatchObject({ result: 'completed' });
  const third = await second.again('A9').play(endpoint);
  expect(third.ended).toMatchObject({ result: 'completed' });
  // The repair costs its one challenge and nothing after it.
  expect(third.posts.length).toBeLessThan(second.posts.length);
});

describe.each(['md5', 'hmac'] as const)('AC-11: with nothing to write, either, by %s', (scheme) => {
  const credentials = { CLCRED: raised(CLCRED, scheme), SRVCRED: raised(SRVCRED, scheme) };
  const old = (level: 'CLCRED' | 'SRVCRED') =>
    ({ kind: 'nonce', device: DEVICE.id, level, nonce: nonceOf(credentials[level]) }) as const;

  test.each([
    ['both nonces', [old('CLCRED'), old('SRVCRED')], []],
    ["the device's nonce", [old('CLCRED')], []],
    // OMA-DMPRO 9.2.3: a device asks no proof of a server that asks for nothing, it only ends; once.
    ["the server's nonce", [old('SRVCRED')], ['B0']],
  ])('%s put back costs no session after the next', async (_, restored, lost) => {
    const record = { ...DEVICE, ...credentials };
    const { endpoint, store } = await openEndpoint(onTestFinished, [NODE], scheme, record);
    let device = await new TestDevice({}, credentials).play(endpoint);
    await store.write(restored);
    const broken: string[] = [];
    for (let session = 0xb0; session < 0xbd; session++) {
      const SessionID = session.toString(16).toUpperCase();
      device = await device.again(SessionID).play(endpoint);
      if (device.ended?.result !== 'completed') broken.push(SessionID);
    }
    expect(broken).toEqual(lost);
  });
});

test('AC-11: a device that was reset to its first nonces comes in again, too', async () => {
  const { endpoint, store } = await openEndpoint(onTestFinished);
  await new TestDevice().play(endpoint);
  const reset = await new TestDevice({ SessionID: 'A8' }).play(endpoint);
  expect(reset.ended).toMatchObject({ result: 'completed' });
  expect(reset.tree.text(NODE.uri)).not.toBe('');
  expect((await store.sessions({}, { limit: 10 })).items).toHaveLength(2);
});

test('AC-11: who guesses, however often, changes no nonce, and costs the device nothing', async () => {
  const { endpoint, store, told } = await openEndpoint(onTestFinished);
  const first = await new TestDevice().play(endpoint);
  const before = await store.device(DEVICE.id);
  for (let guess = 0; guess < 20; guess++) {
    const SessionID = guess.toString(16);
    const address = '203.0.113.66';
    await new TestDevice({ SessionID, address, secret: 'guessed-wrong' }).play(endpoint);
  }
  expect(await store.device(DEVICE.id)).toEqual(before);
  // Each of them is told of, so that somebody can see it.
  expect(told.refused).toHaveLength(20);
  const next = await first.again('B1').play(endpoint);
  expect(next.ended).toMatchObject({ result: 'completed' });
  const calm = await openEndpoint(onTestFinished);
  const one = await new TestDevice().play(calm.endpoint);
  const other = await one.again('B1').play(calm.endpoint);
  expect(next.posts).toHaveLength(other.posts.length);
});
