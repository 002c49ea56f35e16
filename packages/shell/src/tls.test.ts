import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type PeerCertificate } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CertificateAuthority, type Credentials } from './certificate-authority.ts';
import { closeAll, closed, endpoint, message } from './testing/endpoint.ts';
import { identityFault } from './tls.ts';

let ca: CertificateAuthority;
let server: Credentials;
let client: Credentials;
beforeAll(async () => {
  ca = await CertificateAuthority.create('test');
  server = await ca.issue(['127.0.0.1', '::1', 'sip:home.example']);
  client = await ca.issue(['sip:ue.example']);
});
afterEach(closeAll);

const listening = (more: object = {}) =>
  endpoint({ transports: ['tls'], tls: { ...server, ca: ca.cert, ...more } });
const opening = (more: object = {}) =>
  endpoint({ transports: ['tls'], tls: { ca: ca.cert, ...more } });

test.each(['127.0.0.1', '::1'])('octets there and back on one connection, %s', async (host) => {
  const b = await endpoint({ host, transports: ['tls'], tls: { ...server, ca: ca.cert } });
  const a = await endpoint({ host, transports: ['tls'], tls: { ca: ca.cert } });
  const target = b.transport.addressOf('tls');
  expect(target.port).toBe(b.transport.ports.tls);
  a.transport.send(message('there'), target);
  const { source } = await b.came.take();
  expect(source).toMatchObject({ address: host, transport: 'tls' });
  b.transport.send(message('back'), source);
  expect((await a.came.take()).source).toMatchObject(target);
});

test('a domain is looked for in the certificate, not the address', async () => {
  const [a, b] = [await opening(), await listening()];
  const target = { ...b.transport.addressOf('tls'), domain: 'home.example' };
  a.transport.send(message('1'), target);
  await b.came.take();
  const other = { ...target, domain: 'other.example' };
  a.transport.send(message('2'), other);
  expect(await a.unreachable.take()).toEqual(other);
  expect(await a.closed.take()).toBe('the certificate is for home.example, not other.example');
});

test('a certificate that nobody vouches for is not believed', async () => {
  const stranger = await CertificateAuthority.create('stranger');
  const [a, b] = [await opening({ ca: stranger.cert }), await listening()];
  const target = b.transport.addressOf('tls');
  a.transport.send(message('1'), target);
  expect(await a.unreachable.take()).toEqual(target);
  expect(b.came.count).toBe(0);
});

describe('mutual', () => {
  test('a client that shows nothing is not heard, one that shows its certificate is', async () => {
    const b = await listening({ isMutual: true });
    const target = b.transport.addressOf('tls');
    const nobody = await opening();
    nobody.transport.send(message('1'), target);
    await nobody.unreachable.take();
    const a = await opening(client);
    a.transport.send(message('2'), target);
    expect((await b.came.take()).text).toContain('2');
    expect(b.came.count).toBe(0);
  });
});

test('TLS 1.1 is refused', async () => {
  const b = await listening();
  const { port } = b.transport.addressOf('tls');
  const options = { ca: ca.cert, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' } as const;
  const ciphers = 'DEFAULT@SECLEVEL=0';
  const socket = connectTls({ host: '127.0.0.1', port, ...options, ciphers });
  await expect(once(socket, 'secureConnect')).rejects.toThrow();
});

test('a handshake that does not come is not waited for', async () => {
  const limits = { connectMs: 30 };
  const b = await endpoint({ transports: ['tls'], tls: { ...server }, limits });
  const socket = connectTcp({ host: '127.0.0.1', port: b.transport.ports.tls ?? 0 });
  await closed(socket);
  expect(b.transport.connectionCount).toBe(0);
});

test('a peer that takes the connection and says nothing is unreachable in time', async () => {
  const silent = await endpoint({ transports: ['tcp'] });
  const a = await endpoint({ transports: ['tls'], tls: {}, limits: { connectMs: 30 } });
  const target = { ...silent.transport.addressOf('tcp'), transport: 'tls' } as const;
  a.transport.send(message('1'), target);
  expect(await a.unreachable.take()).toEqual(target);
  expect(await a.closed.take()).toBe('no connection in time');
});

describe('RFC 5922 §7: whom a certificate is for', () => {
  const fault = (expected: string, subjectaltname: string) =>
    identityFault(expected, { subjectaltname, subject: {} } as PeerCertificate)?.message;

  test.each([
    ['home.example', 'URI:sip:home.example'],
    ['HOME.example', 'DNS:other.example, URI:sip:Home.Example'],
    ['home.example', 'DNS:home.example'],
    ['192.0.2.1', 'URI:sip:home.example, IP Address:192.0.2.1'],
  ])('%s is %s', (expected, names) => {
    expect(fault(expected, names)).toBeUndefined();
  });

  test.each([
    ['home.example', 'URI:sip:other.example, DNS:home.example'],
    ['pcscf.home.example', 'DNS:*.home.example'],
    ['home.example', 'URI:sip:somebody@home.example'],
    ['home.example', ''],
    ['192.0.2.1', 'URI:sip:192.0.2.1'],
  ])('%s is not %s', (expected, names) => {
    expect(fault(expected, names)).toBeDefined();
  });
});
