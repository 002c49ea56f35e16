/**
 * What independent implementations were seen to do (findings I-1 to I-14): every one is a test named after it, most of them
 * beside the code. Here are those that belong to no one package, and the list.
 */
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { connect, createSecureContext, createServer, type SecureVersion } from 'node:tls';
import {
  decodeEventPayload,
  encodeEventPayload,
  eventNamed,
  occur,
} from '@ueprov/protocols/events';
import { CertificateAuthority } from '@ueprov/shell/certificates';
import { describe, expect, onTestFinished, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

const FINDINGS: Readonly<Record<string, string>> = {
  'I-1': 'Package #0 has version 11; 10 to 12 are taken',
  'I-2': 'the digest of Package #0, as AOSP verifies it',
  'I-3': 'the default nonce is four zero octets',
  'I-4': 'SessionID is upper-case hex without leading zeros; Alert 1200 after Package #0',
  'I-5': 'NextNonce is decoded before it is hashed; a first Cred may have an empty nonce',
  'I-6': 'x-syncml-hmac: algorithm and mac without quotes, no Cred beside it',
  'I-7': 'no Final with MoreData; AOSP takes our MaxMsgSize for its limit',
  'I-8': 'Status and Results in either order, empty Data, types of SyncML at large',
  'I-9': 'a client with a wrong password sends for ever',
  'I-10': 'libwbxml renames types, and leaves b64 as it is: meaning is compared',
  'I-11': 'HOSTNAME is user@domain without a scheme, a day has two columns',
  'I-12': 'a DHCP client on dgram, with the BROADCAST flag',
  'I-13': 'SSL 3.0 is not to be had, TLS 1.0 and 1.1 only where both sides lower their level',
  'I-14': '415 to a MESSAGE is a UE without push',
};

/** Those of parts that are not built: the folder that their test will stand in. */
const LATER: Readonly<Record<string, string>> = { 'I-12': 'packages/protocols/src/dhcp' };

test('every finding is in the name of a test', () => {
  const files = globSync(['packages/*/src/**/*.test.ts', 'test/*.test.ts'], { cwd: ROOT });
  const titles = files.flatMap((file) =>
    [
      ...readFileSync(resolve(ROOT, file), 'utf8').matchAll(
        /^ *(?:test|it|describe)\b[^;]{0,400}/gm,
      ),
    ].map(([start]) => start),
  );
  const unnamed = Object.keys(FINDINGS).filter(
    (id) =>
      !titles.some((title) => new RegExp(`\\b[Ii](?:-|nterop )${id.slice(2)}\\b`).test(title)),
  );
  expect(unnamed).toEqual(Object.keys(LATER));
  for (const folder of Object.values(LATER)) {
    expect(globSync(`${folder}/*.ts`, { cwd: ROOT })).toEqual([]);
  }
});

describe('I-11: what rsyslog makes of HOSTNAME and TIMESTAMP', () => {
  const event = (publicIdentity: string, at: number) => {
    const known = eventNamed('PROV-UE-1');
    if (known === undefined) throw new Error('the catalogue has PROV-UE-1');
    return encodeEventPayload(occur(known, { publicIdentity, vendor: 'XYZ' }, at));
  };

  test.each(['sip:user@domain.example', 'sips:user@domain.example', 'SIP:user@domain.example'])(
    '%s loses its scheme: a colon would end the HOSTNAME',
    (IMPU) => {
      expect(event(IMPU, 0)).toMatch(/^<\d+>Jan {2}1 00:00:00 user@domain\.example UE: \[/);
    },
  );

  test('the samples of the specification are local0, crit and warning', () => {
    const samples = [
      ['<130>Jan 1 09:00:00 user@domainname.com UE: [PACKETCABLE]:<4000970003><0> x', 'critical'],
      ['<132> Jan 11 21:04:03 user@domainname.com UE: [XYZ]:<10><0>x.', 'warning'],
    ] as const;
    for (const [text, Severity] of samples) {
      const HOSTNAME = 'user@domainname.com';
      expect(decodeEventPayload(text, 0)).toMatchObject({ Severity, HOSTNAME });
    }
  });
});

describe('I-13: old TLS, with the library that we run on', () => {
  const OLD = 'ALL:@SECLEVEL=0';

  test('there is no SSL 3.0 at all', () => {
    const minVersion = 'SSLv3' as SecureVersion;
    expect(() => createSecureContext({ minVersion })).toThrow(/not a valid|SSLv3/);
  });

  async function handshake(version: SecureVersion, server: string, client: string) {
    const authority = await CertificateAuthority.create('a laboratory');
    const { key, cert } = await authority.issue(['localhost']);
    const range = { minVersion: version, maxVersion: version };
    const listener = createServer({ key, cert, ciphers: server, ...range }, (socket) => {
      socket.on('error', () => {});
      socket.end('hello');
    });
    listener.on('tlsClientError', () => {});
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    onTestFinished(() => void listener.close());
    const address = listener.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const socket = connect({
      host: '127.0.0.1',
      port: port ?? 0,
      servername: 'localhost',
      ca: authority.cert,
      ciphers: client,
      ...range,
    });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    return socket.getProtocol();
  }

  test.each(['TLSv1', 'TLSv1.1'] as const)(
    '%s works where both sides lower their level, and not where one does',
    async (version) => {
      expect(await handshake(version, OLD, OLD)).toBe(version);
      await expect(handshake(version, OLD, 'DEFAULT:@SECLEVEL=2')).rejects.toThrow();
      await expect(handshake(version, 'DEFAULT:@SECLEVEL=2', OLD)).rejects.toThrow();
    },
  );
});
