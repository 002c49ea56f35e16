import { expect, test } from 'vitest';
import { ConfigError, serverConfig } from './config.ts';

const device = (index: number, more: object = {}) => ({
  DevId: `urn:x:${index}`,
  IMPU: `sip:ue${index}@ims.test`,
  CLCRED: { name: `ue${index}`, secret: `client-secret-${index}` },
  SRVCRED: { secret: `server-secret-${index}` },
  ...more,
});

const document = (more: object = {}) => ({
  data: '/var/lib/ueprov',
  sip: {},
  dm: { ServerID: 'prov.example' },
  api: {},
  ...more,
});

function faultsOf(value: unknown): readonly string[] {
  try {
    serverConfig(value);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('what is not written is on loopback, and registrations are monitored [R-6.7-5]', () => {
  const { sip, dm, api } = serverConfig(document());
  expect([sip.host, dm.host, api.host]).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
  expect(sip).toMatchObject({ monitor: true, trusted: ['127.0.0.1'] });
  expect(dm).toMatchObject({ path: '/dm', MaxMsgSize: 65_536 });
});

const NODE = './PktcUE/SipPort';

test.each<[string, object, string]>([
  ['a key that nothing reads', { colour: 'red' }, '(the whole file): Unrecognized key: "colour"'],
  ['a port out of range', { api: { port: 65_536 } }, 'api.port: '],
  ['nobody to trust', { sip: { trusted: [] } }, 'sip.trusted: '],
  ['a path without slash', { dm: { ServerID: 'x', path: 'dm' } }, 'dm.path: '],
  ['no ServerID', { dm: { ServerID: '' } }, 'dm.ServerID: 1 to 255 octets of UTF-8'],
  ['a ServerID of 256 octets', { dm: { ServerID: 'é'.repeat(128) } }, 'dm.ServerID: 1 to 255'],
  [
    'a message too small to speak in',
    { dm: { ServerID: 'x', MaxMsgSize: 2047 } },
    'dm.MaxMsgSize: ',
  ],
  [
    'a profile name with a slash',
    { profiles: [{ name: 'a/b', nodes: {} }] },
    'profiles.0.name: letters, digits, . _ - only',
  ],
  [
    'an address that is none',
    { profiles: [{ name: 'p', nodes: { '../x': 1 } }] },
    'profiles.0.nodes.../x: ',
  ],
  [
    'two profiles of one name',
    { profiles: [1, 2].map(() => ({ name: 'p', nodes: { [NODE]: 1 } })) },
    'profiles.1.name: another profile has this name',
  ],
  [
    'a profile that is not there',
    { devices: [device(1, { profile: 'gone' })] },
    'devices.0.profile: there is no profile gone',
  ],
  [
    'two devices of one name',
    { devices: [device(1), device(2, { DevId: 'urn:x:1' })] },
    'devices.1.DevId: another device has this name',
  ],
  [
    'two devices of one identity',
    { devices: [device(1), device(2, { IMPU: 'sip:ue1@ims.test' })] },
    'devices.1.IMPU: another device has this identity',
  ],
  [
    'AC-16: a secret of two devices',
    { devices: [device(1), device(2, { CLCRED: { name: 'u', secret: 'client-secret-1' } })] },
    'devices.1.CLCRED.secret: another device has this secret',
  ],
  [
    'AC-16: the serial number as secret',
    { devices: [device(1, { DevId: 'urn:sn:00-AA-55-17', SRVCRED: { secret: '00-aa-55-17' } })] },
    'devices.0.SRVCRED.secret: it is part of the DevId',
  ],
  [
    'AC-16: a secret of 7 characters',
    { devices: [device(1, { SRVCRED: { secret: 'short77' } })] },
    'devices.0.SRVCRED.secret: a secret has at least 8 characters',
  ],
  [
    'a name that HTTP Basic cannot carry',
    {
      devices: [
        device(1, { scheme: 'http-basic', CLCRED: { name: 'u:1', secret: 'long-enough' } }),
      ],
    },
    'devices.0.CLCRED.name: HTTP takes',
  ],
  [
    'a name that a header cannot carry',
    {
      devices: [device(1, { scheme: 'http-digest', CLCRED: { name: 'ü', secret: 'long-enough' } })],
    },
    'devices.0.CLCRED.name: HTTP takes',
  ],
  ['a realm of two lines', { dm: { ServerID: 's', realm: 'a\nb' } }, 'dm.realm: '],
  ['no algorithm', { dm: { ServerID: 's', digestAlgorithms: [] } }, 'dm.digestAlgorithms: '],
  [
    'a nonce that is no base64',
    { devices: [device(1, { SRVCRED: { secret: 'long-enough', nonce: '???' } })] },
    'devices.0.SRVCRED.nonce: ',
  ],
])('%s is one line that names the place', (_what, more, line) => {
  const faults = faultsOf(document(more));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(line);
  expect(faults[0]).not.toContain('\n');
});

test.each([
  ['more than a SIP URI', 'sip:prov@ims.test>\r\nX-Evil: 1'],
  ['a mere name', 'prov'],
])('AC-29: an identity that is %s goes into no header', (_what, identity) => {
  expect(faultsOf(document({ sip: { identity } }))).toEqual(['sip.identity: a SIP URI']);
});

test('AC-29: an IMPU that is no SIP or tel URI goes into no header', () => {
  const faultsWith = (IMPU: string) => faultsOf(document({ devices: [device(1, { IMPU })] }));
  expect(faultsWith('sip:ue1@ims.test\r\nX-Evil: 1')).toEqual(['devices.0.IMPU: a SIP or tel URI']);
  expect(faultsWith('tel:+15551')).toEqual([]);
});

test('every fault is told, not only the first', () => {
  const faults = faultsOf(document({ api: { port: -1 }, dm: { ServerID: '' } }));
  expect(faults).toHaveLength(2);
});

test('a ServerID of 255 octets is the longest that Package #0 can carry', () => {
  expect(faultsOf(document({ dm: { ServerID: 'x'.repeat(255) } }))).toEqual([]);
});

test('a secret is not repeated in what is said about it', () => {
  const secret = 'urn:x:1';
  const text = faultsOf(document({ devices: [device(1, { SRVCRED: { secret } })] })).join();
  expect(text).toContain('devices.0.SRVCRED.secret');
  expect(text).not.toContain(secret);
});
