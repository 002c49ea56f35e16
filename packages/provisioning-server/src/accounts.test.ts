import { httpSecretOf } from '@ueprov/protocols/dm';
import { expect, onTestFinished, test } from 'vitest';
import { decoyHttpOf, decoySchemeOf, importAccounts } from './accounts.ts';
import { serverConfig } from './config.ts';
import type { Store } from './store/store.ts';
import { openStore } from './testing/dm-device.ts';

const URI = './PktcUE/SipPort';

function config(value: number = 5070, device: object = {}) {
  return serverConfig({
    data: 'x',
    sip: {},
    dm: { ServerID: 'prov.example' },
    api: {},
    profiles: [{ name: 'p', read: ['./DevDetail/SwV'], nodes: { [URI]: value } }],
    devices: [
      {
        DevId: 'urn:x:1',
        IMPU: 'sip:ue1@ims.test',
        profile: 'p',
        CLCRED: { name: 'ue1', secret: 'client-secret', nonce: 'AQI=' },
        SRVCRED: { secret: 'server-secret' },
        ...device,
      },
    ],
  });
}

test('devices come with both credentials, the profile, and what they should hold', async () => {
  const store = await openStore(onTestFinished);
  await importAccounts(config(), store);
  const device = await store.deviceByIMPU('sip:ue1@ims.test');
  expect(device?.CLCRED).toMatchObject({ scheme: 'md5', name: 'ue1', nonce: Uint8Array.of(1, 2) });
  // OMA-DMNOT 6.1: the server's name is its ServerID.
  expect(device?.SRVCRED).toMatchObject({ scheme: 'md5', name: 'prov.example' });
  expect(JSON.stringify(device)).not.toContain('client-secret');
  expect(await store.nodes('urn:x:1')).toMatchObject([
    { uri: './DevDetail/SwV', state: 'unmanaged' },
    { uri: URI, desired: '5070', state: 'not-sent' },
  ]);
  expect((await store.profile('p'))?.nodes).toMatchObject([{ uri: URI, Data: '5070' }]);
});

test('a fleet is written in pieces: no write is larger than what may wait for a commit', async () => {
  const store = await openStore(onTestFinished);
  const sizes: number[] = [];
  const write: Store['write'] = (changes) => {
    sizes.push(changes.length);
    return store.write(changes);
  };
  const [device] = config().devices;
  if (device === undefined) throw new Error('no device');
  const devices = Array.from({ length: 1001 }, (_, index) => ({
    ...device,
    ...{ DevId: `urn:x:${index}`, IMPU: `sip:ue${index}@ims.test` },
  }));
  await importAccounts(
    { ...config(), devices },
    {
      write,
      deviceByDevId: (DevId) => store.deviceByDevId(DevId),
      nodes: (id) => store.nodes(id),
    },
  );
  expect(sizes).toEqual([1000, 1000, 3]);
  expect(await store.deviceByDevId('urn:x:1000')).toBeDefined();
});

test('what sessions brought outlives a restart: nonces, and what was verified', async () => {
  const store = await openStore(onTestFinished);
  await importAccounts(config(), store);
  const device = 'urn:x:1';
  const nonce = Uint8Array.of(9, 9);
  await store.write([
    { kind: 'nonce', device, level: 'CLCRED', nonce },
    { kind: 'nonce', device, level: 'SRVCRED', nonce },
    {
      kind: 'nodes',
      device,
      nodes: [{ device, uri: URI, format: 'int', desired: '5070', state: 'verified' }],
    },
  ]);
  await importAccounts(config(), store);
  const known = await store.device(device);
  expect(known).toMatchObject({ CLCRED: { nonce }, SRVCRED: { nonce } });
  expect((await store.nodes(device))[1]).toMatchObject({ state: 'verified' });
});

test('a value that the operator changed is to be sent again', async () => {
  const store = await openStore(onTestFinished);
  await importAccounts(config(5070), store);
  await importAccounts(config(5080), store);
  expect((await store.nodes('urn:x:1'))[1]).toMatchObject({ desired: '5080', state: 'not-sent' });
});

test('a device that is not known is asked for what the known ones are (AC-13)', () => {
  expect(decoySchemeOf(config())).toBe('md5');
  expect(decoySchemeOf(config(1, { scheme: 'basic' }))).toBe('basic');
  expect(decoySchemeOf({ ...config(), devices: [] })).toBe('md5');
});

test("a device of HTTP keeps what HTTP is proved by, and not its password; SyncML is the server's side", async () => {
  for (const scheme of ['basic', 'digest'] as const) {
    const store = await openStore(onTestFinished);
    await importAccounts(config(1, { scheme: `http-${scheme}` }), store);
    const device = await store.device('urn:x:1');
    const secret = httpSecretOf('ue1', 'dm', 'client-secret');
    expect(device?.HTTP).toEqual({ scheme, username: 'ue1', secret });
    expect(device?.SRVCRED.scheme).toBe('md5');
    expect(JSON.stringify(device)).not.toContain('client-secret');
  }
});

test('strangers are asked by HTTP where known devices are, and by the better scheme (AC-13)', () => {
  expect(decoyHttpOf(config())).toBeUndefined();
  expect(decoyHttpOf(config(1, { scheme: 'http-basic' }))).toBe('basic');
  const [basic] = config(1, { scheme: 'http-basic' }).devices;
  const [digest] = config(1, { scheme: 'http-digest' }).devices;
  expect(decoyHttpOf({ ...config(), devices: [basic!, digest!] })).toBe('digest');
});
