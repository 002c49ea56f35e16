import { encodeBase64, encodeUtf8 } from '@ueprov/protocols';
import { md5CredDigest, NONCE_ZERO, syncmlHash } from '@ueprov/protocols/digest';
import { headerOf, PUSH_FEATURE_TAGS } from '@ueprov/protocols/sip';
import type { SyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { replace, TestDmServer } from './testing/dm-server.ts';
import { seededRandom, TestNetwork } from './testing/network.ts';
import {
  account,
  CLCRED_NONCE,
  SERVER_ID,
  SRVCRED_NONCE,
  sampleConfig,
} from './testing/sample-config.ts';

const MINUTE = 60_000;
const SIP_PORT = './PktcUE/SipPort';

/** A UE that is registered, and whose server will set a node when it is let in. */
function registered(config = sampleConfig()): TestNetwork {
  const network = new TestNetwork(config).start();
  network.server.plans.push([[replace(SIP_PORT, '5070')]]);
  network.trace.length = 0;
  return network;
}

/** What a message proves itself with, made with this nonce. */
function cred(name: string, secret: string, nonce: Uint8Array): string {
  return encodeBase64(md5CredDigest(syncmlHash(name, secret), nonce));
}

const sentCred = (message: SyncML | undefined) => message?.SyncHdr.Cred?.Data;

test('UE-1: the private identity registers the public one with digest and the tags of SIP push [R-6.7-2] [R-6.7-3]', () => {
  const { registrar, trace } = new TestNetwork().start();
  expect(registrar.answers).toEqual([401, 200]);
  expect(registrar.registered).toEqual(['alice-private@home.example 600000']);
  expect(trace).toEqual(['send REGISTER', 'send REGISTER', 'persist', 'info registered']);
  const register = registrar.last;
  expect(headerOf(register ?? { headers: [] }, 'To')).toBe('<sip:alice@home.example>');
  const contact = headerOf(register ?? { headers: [] }, 'Contact') ?? '';
  expect(contact).toContain('<sip:alice@192.0.2.7:5060>');
  for (const { name } of PUSH_FEATURE_TAGS) expect(contact).toContain(name);
});

test('the binding is refreshed before it expires, and a challenge of the refresh is answered', () => {
  const network = new TestNetwork().start();
  network.run(50 * MINUTE);
  expect(network.registrar.registered).toHaveLength(2);
  expect(network.registrar.answers).toEqual([401, 200, 401, 200]);
  network.run(50 * MINUTE);
  expect(network.registrar.registered).toHaveLength(3);
});

test('a REGISTER that nobody answers is repeated, given up, and tried again after a while', () => {
  const network = new TestNetwork();
  network.registrar.mood = 'silent';
  network.start().run(40_000);
  expect(network.traced('warn')).toEqual(['warn registration failed: timeout']);
  network.registrar.mood = 'works';
  network.run(2 * MINUTE);
  expect(network.traced('info')).toEqual(['info registered']);
});

test('a refresh that fails costs nothing while the binding holds, and is repeated', () => {
  const network = registered();
  network.registrar.mood = 503;
  network.run(50 * MINUTE + 10_000);
  expect(network.traced('warn')).toEqual(['warn registration failed: 503 Service Unavailable']);
  network.registrar.mood = 'works';
  network.run(2 * MINUTE);
  expect(network.traced('info')).toEqual(['info registered']);
});

test('a registration that is lost and comes back leaves the UE ready for Package #0', () => {
  const network = registered();
  network.isCut = true;
  network.run(65 * MINUTE);
  network.isCut = false;
  network.run(31 * MINUTE);
  expect(network.traced('info')).toEqual(['info registered']);
  network.wake(network.server.package0(0xa7)).run(1000);
  expect(network.server.sessions).toEqual(['1200 as A7', expect.stringMatching(/^1201/)]);
});

test('UE-3: Package #0 is answered 200 before the session that it asks for is opened [R-6.3.1-2] [R-6.7-9] [SIPPUSH OTA-7]', () => {
  const network = registered();
  network.wake(network.server.package0(0xa7)).run(100);
  expect(network.trace.slice(0, 2)).toEqual(['send 200', 'post prov.home.example']);
  expect(network.registrar.replies).toEqual([200]);
});

test('UE-4: the session has the id of Package #0, is run to its end, and does what the server asks [DMNOT 6-1] [R-6.2.3-2] [R-6.3.1-1] [R-6.7-10] [R-6.7-12]', () => {
  const network = registered();
  network.wake(network.server.package0(0xa7)).run(100);
  expect(network.server.sessions[0]).toBe('1200 as A7');
  expect(network.server.results).toEqual([`${SIP_PORT}: 200`]);
  expect(network.server.ended[0]).toBe('completed');
  expect(network.tree.text(SIP_PORT)).toBe('5070');
  expect(network.traced('info')[0]).toBe('info session completed');
});

test('DMInitConnect opens a session 1201 at once after the registration [R-6.7-8]', () => {
  const accounts = [account({ DMInitConnect: true })];
  const network = new TestNetwork(sampleConfig({ accounts })).start();
  expect(network.trace.slice(0, 5)).toEqual([
    'send REGISTER',
    'send REGISTER',
    'persist',
    'info registered',
    'post prov.home.example',
  ]);
  expect(network.server.sessions).toEqual([expect.stringMatching(/^1201 as [0-9A-F]{1,4}$/)]);
  network.run(55 * MINUTE);
  expect(network.server.sessions).toHaveLength(1);
});

test('without DMInitConnect a registered UE waits', () => {
  expect(new TestNetwork().start().run(10 * MINUTE).server.sessions).toEqual([]);
});

test('Package #0 during a session with that server is answered and ignored [R-6.7-9]', () => {
  const network = registered(sampleConfig({ events: {} }));
  network.wake(network.server.package0(1)).run(6);
  network.wake(network.server.package0(2)).run(1000);
  expect(network.registrar.replies).toEqual([200, 200]);
  expect(network.server.sessions).toEqual(['1200 as 1']);
});

test('AC-21: Package #0 again after its session is answered and ignored, and heard after one that failed', () => {
  const network = new TestNetwork(sampleConfig({ events: {} })).start();
  const { server } = network;
  const package0 = server.package0(1);
  server.isAway = true;
  network.wake(package0).run(MINUTE);
  server.isAway = false;
  network.wake(package0).run(1000);
  expect(server.sessions).toEqual(['1200 as 1']);
  expect(server.ended).toEqual(['completed']);
  // Nothing was asked for, so that no nonce was renewed: the digest is still right.
  network.wake(package0).run(1000);
  expect(server.sessions).toEqual(['1200 as 1']);
  expect(network.registrar.replies).toEqual([200, 200, 200]);
  expect(network.traced('warn').at(-1)).toContain('again, whose session is over');
  network.wake(server.package0(2)).run(1000);
  expect(server.sessions).toEqual(['1200 as 1', '1200 as 2']);
});

test('Package #0 of another server during a session has its own session after it [R-6.7-9]', () => {
  const other = { ServerID: 'other.example', url: 'http://other.example/dm' };
  const SRVCRED = { ...account().SRVCRED, name: other.ServerID };
  const accounts = [account(), account({ ServerID: other.ServerID, Addr: other.url, SRVCRED })];
  const servers = [new TestDmServer(seededRandom(3)), new TestDmServer(seededRandom(4), other)];
  const network = new TestNetwork(sampleConfig({ accounts, events: {} }), servers).start();
  network.wake(network.server.package0(1)).run(6);
  network.wake((servers[1] as TestDmServer).package0(2, SRVCRED_NONCE)).run(1000);
  expect(servers.map(({ sessions }) => sessions)).toEqual([['1200 as 1'], ['1200 as 2']]);
  expect(network.traced('post').at(-1)).toBe('post other.example');
});

test.each([
  [
    'whose digest is wrong',
    'wrong digest',
    (server: TestDmServer) => {
      const bytes = Uint8Array.from(server.package0(1));
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return bytes;
    },
  ],
  [
    'made with another nonce',
    'wrong digest',
    (server: TestDmServer) => server.package0(1, CLCRED_NONCE),
  ],
  [
    'of a server without an account',
    'for which there is no account',
    () => new TestDmServer(seededRandom(4), { ServerID: 'forger\n.example' }).package0(1),
  ],
  [
    'that is cut short',
    'PACKAGE0_TRUNCATED',
    (server: TestDmServer) => server.package0(1).slice(0, 20),
  ],
])('a Package #0 %s gets its 200 and nothing more [DMNOT 6.1-1] [R-6.7-7]', (_what, why, make) => {
  const network = registered();
  network.wake(make(network.server)).run(1000);
  expect(network.registrar.replies).toEqual([200]);
  expect(network.trace).toEqual(['send 200', expect.stringContaining(why)]);
  expect(network.trace[1]).not.toContain('\n');
});

test('a server that has lost the nonces gets a session by the default one, and new nonces after it', () => {
  const network = registered(sampleConfig({ events: {} }));
  const { server } = network;
  server.forgetNonces();
  network.wake(server.package0(0x2b)).run(1000);
  expect(server.sessions).toEqual(['1200 as 2B']);
  expect(sentCred(server.received[0])).toBe(cred('device', 'device-secret', NONCE_ZERO));
  expect(server.results).toEqual([`${SIP_PORT}: 200`]);
  const renewed = [server.CLCRED, server.SRVCRED].map((own) => own.scheme === 'md5' && own.nonce);
  expect(renewed).not.toContainEqual(NONCE_ZERO);
  expect(renewed).toEqual(
    ['1', '2'].map((row) => network.tree.octets(`./DMAcc/1/AppAuth/${row}/AAuthData`)),
  );
  network.wake(server.package0(0x2c)).run(1000);
  expect(server.sessions.at(-1)).toBe('1200 as 2C');
  expect(server.ended).toEqual(['completed', 'completed']);
});

test('the default nonce counts for the session of the Package #0 that asked for it, and for no other', () => {
  const other = { ServerID: 'other.example', url: 'http://other.example/dm' };
  const SRVCRED = { ...account().SRVCRED, name: other.ServerID };
  const accounts = [account(), account({ ServerID: other.ServerID, Addr: other.url, SRVCRED })];
  const first = new TestDmServer(seededRandom(3));
  const second = new TestDmServer(seededRandom(4), other);
  const network = new TestNetwork(sampleConfig({ accounts, events: {} }), [first, second]).start();
  second.forgetNonces();
  network.wake(first.package0(1)).run(6);
  network.wake(second.package0(2)).run(1).wake(first.package0(3)).run(1000);
  expect(first.sessions).toEqual(['1200 as 1']);
  expect(sentCred(first.received[0])).toBe(cred('device', 'device-secret', CLCRED_NONCE));
  expect(second.sessions).toEqual(['1200 as 2']);
  expect(sentCred(second.received[0])).toBe(cred('device', 'device-secret', NONCE_ZERO));
  expect(second.ended).toEqual(['completed']);
});

test('a server that cannot prove itself has nothing carried out', () => {
  const accounts = [
    account({ SRVCRED: { name: SERVER_ID, secret: 'another-secret', nonce: undefined } }),
  ];
  const config = sampleConfig({ accounts: [{ ...accounts[0], DMInitConnect: true }] });
  const network = new TestNetwork(config);
  const before = network.tree.snapshot();
  network.server.plans.push([[replace(SIP_PORT, '5070')], [replace(SIP_PORT, '5071')]]);
  network.start().run(MINUTE);
  expect(network.tree.text(SIP_PORT)).toBe('5060');
  expect(network.tree.snapshot()).toEqual({ ...before, version: expect.any(Number) });
  expect(network.traced('warn')).toEqual([
    'warn session unauthenticated: the server did not prove itself',
  ]);
  expect(network.server.results.filter((result) => result.endsWith(': 200'))).toEqual([]);
});

test('a new nonce and what was done are kept before the message that builds on them leaves', () => {
  const network = registered(sampleConfig({ events: {} }));
  network.wake(network.server.package0(1)).run(100);
  // Package #1, then what the server asked: its commands and its proof are answered by one message.
  expect(network.trace.slice(0, 4)).toEqual([
    'send 200',
    'post prov.home.example',
    'persist',
    'post prov.home.example',
  ]);
  const kept = JSON.stringify(network.kept[1]);
  expect(kept).toContain('5070');
  const { SRVCRED, CLCRED } = network.server;
  for (const own of [SRVCRED, CLCRED]) {
    if (own.scheme === 'basic') throw new Error('both are md5');
    expect(kept).toContain(encodeBase64(own.nonce));
  }
});

test('a message that did not get through is sent again, the same, and the session goes on', () => {
  const network = registered(sampleConfig({ events: {} }));
  network.server.isAway = true;
  network.wake(network.server.package0(1)).run(900);
  network.server.isAway = false;
  network.run(5000);
  expect(network.traced('post')).toHaveLength(3);
  expect(network.server.ended).toEqual(['completed']);
});

test('a server that stays away ends the session after two more tries; the next Package #0 is heard', () => {
  const network = registered(sampleConfig({ events: {} }));
  network.server.isAway = true;
  network.wake(network.server.package0(1)).run(MINUTE);
  expect(network.traced('post', 'warn')).toEqual([
    ...Array(3).fill('post prov.home.example'),
    'warn session failed: connection refused',
  ]);
  network.server.isAway = false;
  network.wake(network.server.package0(2)).run(1000);
  expect(network.server.sessions).toEqual(['1200 as 2']);
});

test('a server that says nothing is given up, and what comes too late does not disturb the next session', () => {
  const network = registered(sampleConfig({ events: {} }));
  network.isHttpHanging = true;
  network.wake(network.server.package0(1)).run(2 * MINUTE);
  expect(network.traced('warn')).toEqual(['warn session timeout: no answer']);
  network.isHttpHanging = false;
  network.wake(network.server.package0(2)).run(6);
  for (const post of [1, 2, 3]) network.step({ kind: 'post-failed', post, reason: 'late' });
  network.step({ kind: 'posted', post: 3, body: encodeUtf8('late'), encoding: 'wbxml' });
  network.run(400);
  expect(network.traced('warn')).toHaveLength(1);
  expect(network.server.ended).toEqual(['completed']);
});

test('an answer that is no SyncML is a failure of the session, and nothing else', () => {
  const network = registered(sampleConfig({ events: {} }));
  network.isHttpHanging = true;
  network.wake(network.server.package0(1)).run(100);
  for (const post of [1, 2, 3]) {
    network.step({ kind: 'posted', post, body: encodeUtf8('<html>'), encoding: 'wbxml' });
    network.run(5000);
  }
  expect(network.traced('warn')).toEqual([expect.stringMatching(/^warn session failed: WBXML_/)]);
});

test('garbage in datagrams is survived', () => {
  const network = registered();
  const random = seededRandom(7);
  const register = 'REGISTER sip:home.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n\r\n';
  const garbage = [
    new Uint8Array(0),
    random(1300),
    encodeUtf8(register),
    encodeUtf8('SIP/2.0 200 OK\r\n\r\n'),
    encodeUtf8('MESSAGE sip:alice@home.example SIP/2.0\r\nContent-Length: 999999999\r\n\r\n'),
  ];
  for (const bytes of garbage) network.datagram(bytes);
  expect(network.traced('post')).toEqual([]);
  network.wake(network.server.package0(1)).run(1000);
  expect(network.server.sessions[0]).toBe('1200 as 1');
});

test('a stop takes the binding back, and is over when the network has said so', () => {
  const network = new TestNetwork().start();
  network.step({ kind: 'stop' });
  expect(network.trace).not.toContain('stopped');
  network.run(1000);
  expect(network.trace.at(-1)).toBe('stopped');
  expect(network.registrar.registered.at(-1)).toBe('alice-private@home.example 0');
});

test('a stop of a UE that the network does not want is over at once', () => {
  const network = new TestNetwork();
  network.registrar.mood = 403;
  network.start();
  network.step({ kind: 'stop' });
  expect(network.trace.at(-1)).toBe('stopped');
});

test('both spellings do the same', () => {
  const network = registered(sampleConfig({ encoding: 'xml', events: {} }));
  network.wake(network.server.package0(1)).run(1000);
  expect(network.server.results).toEqual([`${SIP_PORT}: 200`]);
});
