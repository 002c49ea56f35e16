import { ACCEPT_CONTACT } from '@ueprov/protocols/push';
import { headerOf, headersOf, withHeader } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { Endpoint, seededRandom } from './testing/endpoint.ts';
import { message, P_CSCF, S_CSCF, world } from './testing/world.ts';

const ALICE = 'sip:alice@home.example';
const PLAIN: [string, string] = ['Accept-Contact', ACCEPT_CONTACT];
const STRICT: [string, string] = ['Accept-Contact', `${ACCEPT_CONTACT};require;explicit`];

function registered() {
  const all = world();
  expect(all.alice.register()?.status).toBe(200);
  return all;
}

test('a MESSAGE of an application server reaches the UE by Path and Contact', () => {
  const { applicationServer, alice } = registered();
  const request = message(ALICE, ['Route', '<sip:127.0.0.1:5061;lr>'], PLAIN);
  expect(applicationServer.ask(request, S_CSCF)?.status).toBe(200);
  const [received] = alice.requests;
  expect(received).toMatchObject({ method: 'MESSAGE', uri: 'sip:alice@127.0.0.1:6001' });
  expect(headerOf(received!, 'P-Called-Party-ID')).toBe(`<${ALICE}>`);
  expect(headersOf(received!, 'Route')).toEqual([]);
  expect(headerOf(received!, 'Max-Forwards')).toBe('68');
  expect(headerOf(received!, 'Accept-Contact')).toBe(ACCEPT_CONTACT);
  expect(received!.body).toEqual(Uint8Array.of(1, 2, 3));
  expect(
    headersOf(received!, 'Via')
      .join()
      .match(/SIP\/2\.0\/UDP/g),
  ).toHaveLength(3);
});

test('the answer goes back with the Via of the application server alone', () => {
  const { applicationServer, alice } = registered();
  alice.answer = () => ({ status: 415, headers: [{ name: 'Accept', value: 'text/plain' }] });
  const response = applicationServer.ask(message(ALICE), S_CSCF);
  expect(response).toMatchObject({ status: 415 });
  expect(headerOf(response!, 'Accept')).toBe('text/plain');
  expect(
    headersOf(response!, 'Via')
      .join()
      .match(/SIP\/2\.0\/UDP/g),
  ).toHaveLength(1);
});

test('every identity of the implicit registration set reaches the UE', () => {
  const { applicationServer, alice } = registered();
  expect(applicationServer.ask(message('sip:alice.home@HOME.example'), S_CSCF)?.status).toBe(200);
  expect(alice.requests).toHaveLength(1);
});

test('headers in a Contact do not get into the Request-URI', () => {
  const { applicationServer, alice } = world();
  alice.register({ contact: '<sip:alice@127.0.0.1:6001?Subject=x>' });
  expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(200);
  expect(alice.requests[0]?.uri).toBe('sip:alice@127.0.0.1:6001');
});

test.each([
  ['an identity that nobody has', 'sip:nobody@home.example', 404],
  ['an identity that is not registered', 'sip:bob@home.example', 480],
])('a MESSAGE to %s is refused by %i', (_what, uri, status) => {
  const { applicationServer } = registered();
  expect(applicationServer.ask(message(uri), S_CSCF)?.status).toBe(status);
});

test('a MESSAGE to a UE whose registration has ended is refused by 480', () => {
  const { applicationServer, alice, network } = registered();
  network.run(3_600_000);
  expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(480);
  expect(alice.requests).toEqual([]);
});

test('a UE whose contact says nothing of push is asked all the same, if the caller only prefers', () => {
  const { applicationServer, alice } = world();
  alice.register({ contact: '<sip:alice@127.0.0.1:6001>;methods="INVITE"' });
  expect(applicationServer.ask(message(ALICE, PLAIN), S_CSCF)?.status).toBe(200);
});

test('a UE without the feature is not asked if the caller requires it [SIPPUSH RFC3841.7.2-1]', () => {
  const { applicationServer, alice } = world();
  alice.register({ contact: '<sip:alice@127.0.0.1:6001>;methods="INVITE"' });
  expect(applicationServer.ask(message(ALICE, STRICT), S_CSCF)).toMatchObject({
    status: 480,
    reason: 'No contact takes this',
  });
  expect(alice.requests).toEqual([]);
});

test.each([
  ['preferred', PLAIN],
  ['required', STRICT],
])('of two devices the one with the feature gets the MESSAGE when that is %s', (_how, accept) => {
  const { applicationServer, alice, ue } = world();
  const phone = ue('alice', 6002);
  alice.register();
  phone.register({ contact: '<sip:alice@127.0.0.1:6002>;methods="INVITE"' });
  expect(applicationServer.ask(message(ALICE, accept), S_CSCF)?.status).toBe(200);
  expect([alice.requests.length, phone.requests.length]).toEqual([1, 0]);
});

test('of two equal devices the one that registered last gets the MESSAGE', () => {
  const { applicationServer, alice, ue } = world();
  const newer = ue('alice', 6002);
  alice.register();
  newer.register();
  applicationServer.ask(message(ALICE, PLAIN), S_CSCF);
  expect([alice.requests.length, newer.requests.length]).toEqual([0, 1]);
});

test('an Accept-Contact that cannot be read is a bad request', () => {
  const { applicationServer } = registered();
  const request = message(ALICE, ['Accept-Contact', 'sip:x;y']);
  expect(applicationServer.ask(request, S_CSCF)?.status).toBe(400);
});

test('only an application server may send a MESSAGE into the core: others get 403', () => {
  const { alice, ue } = registered();
  const stranger = ue('eve', 6666);
  expect(stranger.ask(message(ALICE), S_CSCF)?.status).toBe(403);
  expect(alice.ask(message(ALICE), S_CSCF)?.status).toBe(403);
  expect(stranger.ask(message(ALICE), P_CSCF)?.status).toBe(403);
  expect(alice.requests).toEqual([]);
});

test('a MESSAGE of a registered UE takes the Service-Route, whatever Route it names', () => {
  const { alice, network } = registered();
  const before = network.sent.length;
  const route: [string, string] = ['Route', '<sip:127.0.0.1:5060;lr>, <sip:evil.example;lr>'];
  const request = withHeader(message('sip:bob@home.example', route), 'From', `<${ALICE}>;tag=1`);
  expect(alice.ask(request, P_CSCF)?.status).toBe(480);
  const toCore = network.sent.slice(before).find(({ to }) => to.port === S_CSCF.port);
  const text = Buffer.from(toCore!.bytes).toString('latin1');
  expect(text).toContain('Route: <sip:orig@127.0.0.1:5061;lr>\r\n');
  expect(text).toContain(`P-Asserted-Identity: <${ALICE}>\r\n`);
  expect(text).not.toContain('evil');
});

test('a Max-Forwards of 0 is refused by 483', () => {
  const { applicationServer, alice } = registered();
  const request = withHeader(message(ALICE), 'Max-Forwards', '0');
  expect(applicationServer.ask(request, S_CSCF)?.status).toBe(483);
  expect(alice.ask(withHeader(alice.registerRequest(), 'Max-Forwards', '0'), P_CSCF)?.status).toBe(
    483,
  );
});

test('a Max-Forwards of 1 gets as far as the P-CSCF', () => {
  const { applicationServer, alice } = registered();
  const request = withHeader(message(ALICE), 'Max-Forwards', '1');
  expect(applicationServer.ask(request, S_CSCF)?.status).toBe(483);
  expect(alice.requests).toEqual([]);
});

test('a request that was here before is refused by 482', () => {
  const { applicationServer } = registered();
  const via: [string, string] = ['Via', 'SIP/2.0/UDP 127.0.0.1:5061;branch=z9hG4bKearlier'];
  expect(applicationServer.ask(message(ALICE, via), S_CSCF)?.status).toBe(482);
});

test('another method is refused by 405 with Allow', () => {
  const { applicationServer } = registered();
  const request = { ...message(ALICE), method: 'PUBLISH' };
  const response = applicationServer.ask(withHeader(request, 'CSeq', '1 PUBLISH'), S_CSCF);
  expect(response?.status).toBe(405);
  expect(headerOf(response!, 'Allow')).toBe('REGISTER, SUBSCRIBE, MESSAGE');
});

test('a Path that the P-CSCF does not know any more is refused by 430', () => {
  const { applicationServer, alice, lab, network } = registered();
  // The P-CSCF restarts and has forgotten its flows; the S-CSCF has not.
  const { pCscf } = world().lab;
  network.attach(P_CSCF, pCscf);
  expect(lab.sCscf.registrations).toHaveLength(1);
  expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(430);
  expect(alice.requests).toEqual([]);
});

test('a 100 on the way goes no further', () => {
  const { applicationServer, network } = registered();
  const pCscf = new Endpoint(network, P_CSCF, seededRandom(5));
  pCscf.answer = () => ({ status: 100 });
  expect(applicationServer.ask(message(ALICE), S_CSCF)).toBeUndefined();
  expect(pCscf.requests).toHaveLength(1);
});

test('a MESSAGE that is lost on any leg is delivered once, and answered once', () => {
  const { applicationServer, alice, network } = registered();
  applicationServer.patienceMs = 20_000;
  const lost = new Set<string>();
  network.isLost = ({ from, to }) => {
    const leg = `${from.port} ${to.port}`;
    const isFirst = !lost.has(leg);
    lost.add(leg);
    return isFirst;
  };
  expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(200);
  expect(lost.size).toBe(6);
  expect(alice.requests).toHaveLength(1);
  expect(applicationServer.responses).toHaveLength(1);
});

test('a UE that does not answer leaves the application server with its own time-out', () => {
  const { applicationServer, alice, network } = registered();
  alice.answer = () => undefined;
  applicationServer.patienceMs = 100_000;
  expect(applicationServer.ask(message(ALICE), S_CSCF)).toBeUndefined();
  expect(applicationServer.failures).toEqual(['timeout']);
  expect(alice.requests).toHaveLength(1);
  // Nothing is left to wait for.
  const sent = network.sent.length;
  network.run(100_000);
  expect(network.sent).toHaveLength(sent);
});

test('a UE that the network cannot reach is answered for by 480 at once', () => {
  const { applicationServer, alice, network, lab } = registered();
  alice.answer = () => undefined;
  applicationServer.ask(message(ALICE), S_CSCF);
  const gone = { kind: 'unreachable', target: alice.address } as const;
  network.send(P_CSCF, lab.pCscf.step(gone, network.now));
  network.run();
  expect(applicationServer.responses).toMatchObject([{ status: 480 }]);
});

test('garbage is dropped and counted, and the core goes on', () => {
  const { alice, lab, network } = world();
  for (const target of [P_CSCF, S_CSCF]) {
    network.send({ address: '127.0.0.1', port: 6666 }, [
      { bytes: Uint8Array.of(0xff, 0x00, 0x0d, 0x0a), target },
    ]);
  }
  network.run();
  expect(lab.pCscf.counters.garbage).toBe(1);
  expect(lab.sCscf.counters.garbage).toBe(1);
  expect(alice.register()?.status).toBe(200);
});
