import { LOCAL } from '@ueprov/protocols/dm/tree';
import { dmAccounts, missingObjects, readMemEvent } from '@ueprov/protocols/mo';
import { expect, test } from 'vitest';
import { bootstrapTree } from './bootstrap.ts';
import { account, DM_URL, SERVER_ID, sampleConfig } from './testing/sample-config.ts';

const bootstrapped = (change: Record<string, unknown> = {}) =>
  bootstrapTree(sampleConfig(change), 0);

test('pre-configuration gives all that Table 2 asks for [R-6.5-4] [R-6.5-15]', () => {
  expect(missingObjects(bootstrapped())).toEqual([]);
});

test('one account is that of UE provisioning, with identifier, URL and credentials of its server [R-6.5-5] [R-6.5-6] [R-6.5-8] [R-6.5-9] [R-6.5-10]', () => {
  const tree = bootstrapped();
  expect(dmAccounts(tree)).toMatchObject([
    {
      root: './DMAcc/1',
      account: {
        ServerID: SERVER_ID,
        AppAddr: [{ Addr: DM_URL, AddrType: 'URI' }],
        AppAuth: [
          { AAuthLevel: 'CLCRED', AAuthType: 'DIGEST', AAuthName: 'device' },
          { AAuthLevel: 'SRVCRED', AAuthType: 'DIGEST', AAuthName: SERVER_ID },
        ],
      },
    },
  ]);
  expect(tree.text('./DMAcc/1/AppID')).toBe('w7');
});

test.each([true, false])(
  'the PacketCable extension is there with both nodes, DMInitConnect %s [R-6.5-13] [R-6.5-14]',
  (DMInitConnect) => {
    const tree = bootstrapped({ accounts: [account({ DMInitConnect })] });
    const init = './DMAcc/1/Ext/Pktc2/Boot/Init';
    expect(tree.text(`${init}/DMInitConnect`)).toBe(String(DMInitConnect));
    expect(tree.text(`${init}/AuthExt`)).toBe('');
  },
);

test('further accounts stand behind the first, and only the first configures the device [R-6.5-6]', () => {
  const tree = bootstrapped({ accounts: [account(), account({ ServerID: 'other.example' })] });
  expect(tree.text('./DMAcc/2/ServerID')).toBe('other.example');
  const port = { Data: '5070' };
  expect(tree.replace('./PktcUE/SipPort', port, 'other.example', 0)).toMatchObject({ ok: false });
  expect(tree.replace('./PktcUE/SipPort', port, SERVER_ID, 0)).toEqual({
    ok: true,
    value: undefined,
  });
});

test('neither the secrets of the accounts nor the password can be read by a server', () => {
  const tree = bootstrapped();
  for (const uri of [
    './DMAcc/1/AppAuth/1/AAuthSecret',
    './DMAcc/1/AppAuth/1/AAuthData',
    './PktcUsr/IMPI/1/Credentials',
  ]) {
    expect(tree.get(uri, SERVER_ID)).toMatchObject({ ok: false });
    expect(tree.get(uri, LOCAL)).toMatchObject({ ok: true });
  }
});

test.each([
  ['basic', 'BASIC'],
  ['md5', 'DIGEST'],
  ['hmac', 'HMAC'],
] as const)('the scheme of an account is that of both its directions: %s', (scheme, AAuthType) => {
  const tree = bootstrapped({ accounts: [account({ scheme })] });
  const types = ['1', '2'].map((row) => tree.text(`./DMAcc/1/AppAuth/${row}/AAuthType`));
  expect(types).toEqual([AAuthType, AAuthType]);
});

test('events are reported as the configuration says, the others as the catalogue does', () => {
  const tree = bootstrapped({ events: { 'PROV-UE-1': '  none ' } });
  const event = (EventID: number) => readMemEvent(tree, { Enterprise: 4491, EventID });
  expect(event(4000970000)?.Reporting).toEqual(['none']);
  expect(event(4000970003)?.Reporting).toEqual(['local', 'alert', 'syslog']);
});

test('an event or a mechanism that does not exist is said, with its name', () => {
  expect(() => bootstrapped({ events: { 'PROV-UE-9': 'local', 'PROV-UE-8': '' } })).toThrow(
    /events: there is no event PROV-UE-9\n.*PROV-UE-8/,
  );
  expect(() => bootstrapped({ events: { 'PROV-UE-1': 'local pigeon' } })).toThrow(
    'events.PROV-UE-1: pigeon is not one of local, alert, syslog, none',
  );
});
