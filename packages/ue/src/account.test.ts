import { encodeBase64 } from '@ueprov/protocols';
import { syncmlHash } from '@ueprov/protocols/digest';
import { LOCAL, type Tree } from '@ueprov/protocols/dm/tree';
import { type DmAccount, writeDmAcc } from '@ueprov/protocols/mo';
import { expect, test } from 'vitest';
import { serverAccounts } from './account.ts';
import { bootstrapTree } from './bootstrap.ts';
import {
  account,
  CLCRED_NONCE,
  DM_URL,
  SERVER_ID,
  SRVCRED_NONCE,
  sampleConfig,
} from './testing/sample-config.ts';

const tree = (change: Record<string, unknown> = {}): Tree => bootstrapTree(sampleConfig(change), 0);

/** The account of a tree that has only this one, made of the sample with these differences. */
function only(change: Partial<DmAccount>) {
  const changed = tree();
  const sample: DmAccount = {
    ServerID: SERVER_ID,
    ConRef: [],
    AppAddr: [{ Addr: DM_URL, AddrType: 'URI' }],
    AppAuth: [],
    DMInitConnect: false,
    AuthExt: '',
  };
  writeDmAcc(changed, './DMAcc/1', { ...sample, ...change }, 0);
  return serverAccounts(changed)[0];
}

test('an account says where its server is, and what both sides prove themselves with [R-6.5-8] [R-6.5-9] [R-6.5-10]', () => {
  expect(serverAccounts(tree())).toEqual([
    {
      root: './DMAcc/1',
      ServerID: SERVER_ID,
      url: DM_URL,
      http: {},
      CLCRED: {
        scheme: 'md5',
        name: 'device',
        hash: syncmlHash('device', 'device-secret'),
        nonce: CLCRED_NONCE,
      },
      SRVCRED: {
        scheme: 'md5',
        name: SERVER_ID,
        hash: syncmlHash(SERVER_ID, 'server-secret'),
        nonce: SRVCRED_NONCE,
      },
      notification: { hash: syncmlHash(SERVER_ID, 'server-secret'), nonce: SRVCRED_NONCE },
      DMInitConnect: false,
    },
  ]);
});

test('the first account is the one of UE provisioning [R-6.5-7]', () => {
  const accounts = [account(), account({ ServerID: 'other.example' })];
  expect(serverAccounts(tree({ accounts })).map(({ ServerID }) => ServerID)).toEqual([
    SERVER_ID,
    'other.example',
  ]);
});

test('what a server writes into its account counts from the next look on', () => {
  const changed = tree();
  const url = 'http://new.example/dm';
  changed.replace('./DMAcc/1/AppAddr/1/Addr', { Data: url }, SERVER_ID, 0);
  expect(serverAccounts(changed)[0]?.url).toBe(url);
});

test.each([
  ['URI', DM_URL, undefined, DM_URL],
  ['URI', DM_URL, 8080, 'http://prov.home.example:8080/dm'],
  ['URI', 'http://prov.home.example:81/dm', 8080, 'http://prov.home.example:81/dm'],
  ['URI', 'no url', 8080, 'no url'],
  ['IPv4', '192.0.2.9', undefined, 'http://192.0.2.9:80/'],
  ['IPv4', '192.0.2.9', 8080, 'http://192.0.2.9:8080/'],
  ['IPv6', '2001:db8::9', 8080, 'http://[2001:db8::9]:8080/'],
] as const)('AppAddr %s %s with PortNbr %s is %s [R-6.5-9]', (AddrType, Addr, PortNbr, url) => {
  const address = PortNbr === undefined ? { Addr, AddrType } : { Addr, AddrType, PortNbr };
  expect(only({ AppAddr: [address] })?.url).toBe(url);
});

test('of several ways to authenticate, one that is known here is taken, the preferred one first [R-6.5-10]', () => {
  const entry = (AAuthType: 'X509' | 'BASIC' | 'DIGEST') =>
    ({ AAuthLevel: 'CLCRED', AAuthType, AAuthName: 'n', AAuthSecret: 's' }) as const;
  const all = [entry('X509'), entry('BASIC'), entry('DIGEST')];
  expect(only({ AppAuth: all })?.CLCRED?.scheme).toBe('basic');
  expect(only({ AppAuth: all, AAuthPref: 'DIGEST' })?.CLCRED?.scheme).toBe('md5');
  expect(only({ AppAuth: [entry('X509')] })?.CLCRED).toBeUndefined();
});

test.each([
  ['no secret', {}],
  ['an empty secret', { AAuthSecret: '' }],
])(
  'with %s of the server nothing verifies its Package #0, and nobody proves to be it',
  (_what, secret) => {
    const entry = { AAuthType: 'DIGEST', AAuthName: 'n', ...secret } as const;
    const AppAuth = [
      { ...entry, AAuthLevel: 'CLCRED' },
      { ...entry, AAuthLevel: 'SRVCRED' },
    ] as const;
    const found = only({ AppAuth });
    expect(found).toMatchObject({ ServerID: SERVER_ID });
    expect([found?.notification, found?.CLCRED, found?.SRVCRED]).toEqual(Array(3).fill(undefined));
  },
);

test('the name that hashes a notification is the ServerID, whatever the AAuthName [R-6.7-7]', () => {
  const SRVCRED = {
    name: 'another name',
    secret: 'server-secret',
    nonce: encodeBase64(SRVCRED_NONCE),
  };
  const [found] = serverAccounts(tree({ accounts: [account({ SRVCRED })] }));
  expect(found?.notification?.hash).toBe(syncmlHash(SERVER_ID, 'server-secret'));
});

test('without a nonce yet the digest goes without one, so that a challenge follows', () => {
  const CLCRED = { name: 'device', secret: 'device-secret' };
  const [found] = serverAccounts(tree({ accounts: [{ ...account(), CLCRED }] }));
  expect(found?.CLCRED).toMatchObject({ nonce: new Uint8Array(0) });
});

test('an account without an address or a ServerID is none', () => {
  const changed = tree();
  changed.delete('./DMAcc/1/AppAddr/1', LOCAL, 0);
  expect(serverAccounts(changed)).toEqual([]);
});
