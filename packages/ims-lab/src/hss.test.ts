import { expect, test } from 'vitest';
import { Hss } from './hss.ts';
import { identityOf } from './identity.ts';
import { AS_URI, criterion, subscriber } from './testing/world.ts';

const SERVER = { uri: AS_URI, address: { address: '127.0.0.1', port: 5090 } };

test.each([
  ['a HA1 that is none', { HA1: 'secret' }, 'HA1'],
  ['no IMPU', { IMPUs: [] }, 'at least one IMPU'],
  [
    'an IMPU of somebody else',
    { IMPUs: ['sip:ALICE@home.example', 'sip:alice@HOME.example'] },
    'IMPU is there',
  ],
  ['the IMPI of somebody else', { IMPI: 'alice@home.example' }, 'IMPI is there'],
  [
    'a criterion for an unknown application server',
    { filterCriteria: [criterion({ applicationServer: 'sip:unknown.example' })] },
    'no application server sip:unknown.example',
  ],
])('a subscriber with %s is refused with the reason', (_what, change, reason) => {
  const hss = new Hss([subscriber('alice')], [SERVER]);
  expect(() => hss.add(subscriber('bob', change))).toThrow(reason);
  expect(hss.byIMPU('sip:bob@home.example')).toBeUndefined();
});

test('a subscriber is found by IMPI and by each IMPU', () => {
  const alice = subscriber('alice');
  const hss = new Hss([alice], [SERVER]);
  expect(hss.byIMPI('alice@home.example')).toBe(alice);
  for (const IMPU of alice.IMPUs) expect(hss.byIMPU(IMPU)).toBe(alice);
});

test('an application server is known by address and port together', () => {
  const hss = new Hss([], [SERVER]);
  expect(hss.applicationServerAt({ address: '127.0.0.1', port: 5090 })).toBe(SERVER);
  expect(hss.applicationServerAt({ address: '127.0.0.1', port: 5091 })).toBeUndefined();
  expect(hss.applicationServerAt({ address: '127.0.0.2', port: 5090 })).toBeUndefined();
});

test('a connection of an application server comes from any port of its address, by its transport', () => {
  const address = { address: '127.0.0.1', port: 5090, transport: 'tcp' } as const;
  const server = { uri: 'sip:as.home.example', address };
  const hss = new Hss([], [server]);
  const from = { address: '127.0.0.1', port: 43_210, flow: 'tcp-1' };
  expect(hss.applicationServerAt({ ...from, transport: 'tcp' })).toBe(server);
  expect(hss.applicationServerAt({ ...from, transport: 'tls' })).toBeUndefined();
  expect(
    hss.applicationServerAt({ ...from, address: '127.0.0.2', transport: 'tcp' }),
  ).toBeUndefined();
});

test.each([
  ['sip:alice@HOME.example;user=phone', 'sip:alice@home.example'],
  ['sips:alice@home.example:5061', 'sip:alice@home.example:5061'],
  ['tel:+15550100;phone-context=example', 'tel:+15550100'],
])('%s is compared as %s', (IMPU, identity) => {
  expect(identityOf(IMPU)).toBe(identity);
});
