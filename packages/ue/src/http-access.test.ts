import { LOCAL } from '@ueprov/protocols/dm/tree';
import { type AppAuth, dmAccounts, writeDmAcc } from '@ueprov/protocols/mo';
import { expect, test } from 'vitest';
import { serverAccounts } from './account.ts';
import { bootstrapTree } from './bootstrap.ts';
import { httpAccess } from './http-access.ts';
import { account, sampleConfig } from './testing/sample-config.ts';

const LEAVES = {
  './Proxy/1/Addr': '192.0.2.8',
  './Proxy/1/Ports/1/PortNbr': '3128',
  './Proxy/2/Addr': 'proxy.example',
  './Proxy/2/AuthInfo/AuthType': 'HTTP-BASIC',
  './Proxy/2/AuthInfo/AuthName': 'ue1',
  './Proxy/2/AuthInfo/AuthSecret': 'proxy-secret',
};

/** What an account with these connectivity references, or these ways to prove, is reached by. */
function access(change: { PrefConRef?: string; ConRef?: readonly string[]; AppAuth?: AppAuth[] }) {
  const tree = bootstrapTree(sampleConfig(), 0);
  for (const [uri, Data] of Object.entries(LEAVES)) tree.add(uri, { Data }, LOCAL, 0);
  const [first] = dmAccounts(tree);
  writeDmAcc(tree, './DMAcc/1', { ...first!.account, ...change }, 0);
  return httpAccess(tree, dmAccounts(tree)[0]!.account);
}

const FIRST = { host: '192.0.2.8', port: 3128 };
const SECOND = {
  host: 'proxy.example',
  port: 80,
  credential: { scheme: 'basic', username: 'ue1', password: 'proxy-secret' },
};

test.each([
  ['none is named', {}, {}],
  ['the preferred one', { PrefConRef: './Proxy/2', ConRef: ['./Proxy/1'] }, { proxy: SECOND }],
  [
    'the first that is one',
    { ConRef: ['./NAP/1', '', './Proxy/1', './Proxy/2'] },
    { proxy: FIRST },
  ],
  ['those named are gone', { PrefConRef: './Proxy/9', ConRef: ['./Proxy/8'] }, {}],
])('a proxy: %s', (_what, change, expected) => {
  expect(access(change)).toEqual(expected);
});

const way = (AAuthType: AppAuth['AAuthType'], more: Partial<AppAuth> = {}): AppAuth => ({
  AAuthLevel: 'HTTP',
  AAuthType,
  AAuthName: 'ue1',
  AAuthSecret: 'http-secret',
  ...more,
});

test.each([
  ['HTTP-DIGEST', [way('HTTP-DIGEST')], 'digest'],
  ['HTTP-BASIC', [way('HTTP-BASIC')], 'basic'],
  [
    'the first that is known here',
    [way('TRANSPORT'), way('HTTP-DIGEST'), way('HTTP-BASIC')],
    'digest',
  ],
])('AAuthLevel HTTP: %s [SYNCHTTP 5.4-1]', (_what, AppAuth, scheme) => {
  const credential = { scheme, username: 'ue1', password: 'http-secret' };
  expect(access({ AppAuth })).toEqual({ credential });
});

test('of no secret nothing is made, and what is for SyncML is not for HTTP', () => {
  const { AAuthSecret: _, ...bare } = way('HTTP-DIGEST');
  expect(access({ AppAuth: [bare] })).toEqual({});
  expect(access({ AppAuth: [way('HTTP-BASIC', { AAuthLevel: 'OBEX' })] })).toEqual({});
  expect(access({ AppAuth: [way('DIGEST', { AAuthLevel: 'CLCRED' })] })).toEqual({});
});

test.each(['http-basic', 'http-digest'] as const)(
  'a bootstrap with %s proves the UE to HTTP, and the server in the session',
  (scheme) => {
    const tree = bootstrapTree(sampleConfig({ accounts: [account({ scheme })] }), 0);
    const [made] = serverAccounts(tree);
    expect(made?.CLCRED).toBeUndefined();
    expect(made?.SRVCRED).toMatchObject({ scheme: 'md5' });
    const credential = { username: 'device', password: 'device-secret' };
    expect(made?.http).toEqual({ credential: { scheme: scheme.slice(5), ...credential } });
  },
);
