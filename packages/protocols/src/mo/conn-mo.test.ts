import { expect, test } from 'vitest';
import { LOCAL } from '../dm/tree/index.ts';
import { makeDeviceTree, readProxy } from './index.ts';

const SERVER = 'dm.example';

function tree(leaves: Readonly<Record<string, string>>) {
  const made = makeDeviceTree(
    {
      info: { DevId: 'urn:uuid:1', Man: 'Example', Mod: 'UE' },
      detail: { DevTyp: 'UE', FwV: '1', SwV: '2', HwV: '3' },
      account: {
        ServerID: SERVER,
        ConRef: [],
        AppAddr: [{ Addr: 'http://dm.example/dm', AddrType: 'URI' }],
        AppAuth: [],
        DMInitConnect: false,
        AuthExt: '',
      },
    },
    0,
  );
  const refused = Object.entries(leaves).filter(
    ([name, Data]) => !made.add(`./Proxy/${name}`, { Data }, SERVER, 0).ok,
  );
  return { made, refused: refused.map(([name]) => name) };
}

const LEAVES = { '1/ProxyId': 'p', '1/Addr': 'proxy.example', '1/Ports/1/PortNbr': '3128' };
const AUTH = {
  '1/AuthInfo/AuthType': 'HTTP-DIGEST',
  '1/AuthInfo/AuthName': 'ue1',
  '1/AuthInfo/AuthSecret': 'proxy-secret',
};

test('a proxy is what the server of UE provisioning wrote of it', () => {
  const { made, refused } = tree({ ...LEAVES, ...AUTH });
  expect(refused).toEqual([]);
  expect(readProxy(made, './Proxy/1')).toEqual({
    Addr: 'proxy.example',
    PortNbr: 3128,
    AuthInfo: { AuthType: 'HTTP-DIGEST', AuthName: 'ue1', AuthSecret: 'proxy-secret' },
  });
});

test('its password is read by nobody, and others may not write here', () => {
  const { made } = tree({ ...LEAVES, ...AUTH });
  expect(made.get('./Proxy/1/AuthInfo/AuthSecret', SERVER)).toMatchObject({ status: 405 });
  expect(made.add('./Proxy/2/Addr', { Data: 'x' }, 'other.example', 0)).toMatchObject({
    status: 425,
  });
});

test('80 is the port of one that has none; without a password it is asked for none', () => {
  const { made } = tree({ '1/Addr': '192.0.2.1', '1/AuthInfo/AuthType': 'HTTP-BASIC' });
  expect(readProxy(made, './Proxy/1')).toEqual({ Addr: '192.0.2.1', PortNbr: 80 });
});

test.each(['./Proxy/2', './Proxy', './NAP/1', '', './Proxy/1/Ports', './DMAcc/1'])(
  '%j names no proxy',
  (uri) => {
    const { made } = tree(LEAVES);
    expect(readProxy(made, uri)).toBeUndefined();
  },
);

test('values that mean nothing here are refused', () => {
  const { refused } = tree({
    '1/Addr': 'p',
    '1/Ports/1/PortNbr': '65536',
    '1/AuthInfo/AuthType': 'NTLM',
    '1/ProxyType': 'WAP',
  });
  expect(refused).toEqual(['1/Ports/1/PortNbr', '1/AuthInfo/AuthType', '1/ProxyType']);
});

test('an address that the device emptied is none', () => {
  const { made } = tree(LEAVES);
  made.replace('./Proxy/1/Addr', { Data: '' }, LOCAL, 0);
  expect(readProxy(made, './Proxy/1')).toBeUndefined();
});
