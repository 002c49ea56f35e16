import { decodeDigestChallenge } from '@ueprov/protocols/digest';
import { decodeSip, headerOf, headersOf, type SipResponse } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { CHALLENGE_LIFETIME_MS } from './authentication.ts';
import { BINDINGS_MAX } from './registrar.ts';
import { Endpoint, seededRandom } from './testing/endpoint.ts';
import { TestUe } from './testing/ue.ts';
import { P_CSCF, S_CSCF, world } from './testing/world.ts';

const challengeOf = (response: SipResponse | undefined) =>
  decodeDigestChallenge(headerOf(response!, 'WWW-Authenticate')!);
const expiresOf = (response: SipResponse | undefined) =>
  headersOf(response!, 'Contact').map((value) => /expires=(\d+)/.exec(value)?.[1]);

test('a REGISTER without credentials is challenged by Digest MD5 with qop=auth', () => {
  const { alice } = world();
  const response = alice.registerOnce();
  expect(response?.status).toBe(401);
  expect(challengeOf(response)).toMatchObject({
    realm: 'home.example',
    qop: ['auth'],
    algorithm: 'MD5',
    stale: false,
  });
});

test('the right password registers: Contact, Path, Service-Route, P-Associated-URI, Authentication-Info', () => {
  const { alice, lab } = world();
  const response = alice.register();
  expect(response?.status).toBe(200);
  expect(headersOf(response!, 'Contact')).toEqual([
    '<sip:alice@127.0.0.1:6001>;+g.oma.pusheventapp="x-wap-application:syncml.dm";methods="MESSAGE";expires=3600',
  ]);
  expect(headerOf(response!, 'Path')).toMatch(/^<sip:[0-9a-f]{16}@127\.0\.0\.1:5060;lr>$/);
  expect(headerOf(response!, 'Service-Route')).toBe('<sip:orig@127.0.0.1:5061;lr>');
  expect(headerOf(response!, 'P-Associated-URI')).toBe(
    '<sip:alice@home.example>, <sip:alice.home@home.example>',
  );
  expect(headerOf(response!, 'Authentication-Info')).toMatch(/nextnonce=.*rspauth=/);
  expect(headerOf(response!, 'P-Charging-Vector')).toBeUndefined();
  expect(lab.sCscf.registrations).toMatchObject([{ subscriber: { IMPI: 'alice@home.example' } }]);
});

test('a wrong password ends in 403 after one challenge, and nothing is registered', () => {
  const { alice, lab, applicationServer } = world();
  expect(alice.register({ password: 'wrong' })?.status).toBe(403);
  expect(alice.responses.map(({ status }) => status)).toEqual([401, 403]);
  expect(lab.sCscf.registrations).toEqual([]);
  expect(applicationServer.requests).toEqual([]);
});

test('the password of one subscriber does not register another', () => {
  const { alice } = world();
  expect(alice.register({ to: 'sip:bob@home.example' })?.status).toBe(403);
});

test('a private identity that does not own the public one is refused by 403', () => {
  const { alice } = world();
  expect(alice.register({ username: 'bob@home.example' })).toMatchObject({
    status: 403,
    reason: 'Private identity does not fit',
  });
});

test('a nonce is good for one REGISTER: a second one is challenged as stale', () => {
  const { alice, ue, network } = world();
  const spy = ue('alice', 6002);
  expect(alice.register()?.status).toBe(200);
  const [used] = network.sent.filter(
    ({ to, bytes }) => to.port === S_CSCF.port && Buffer.from(bytes).includes('Authorization'),
  );
  const replayed = decodeSip(used!.bytes);
  const authorization = { name: 'Authorization', value: headerOf(replayed, 'Authorization')! };
  const response = spy.registerOnce({ headers: [authorization] });
  expect(response?.status).toBe(401);
  expect(challengeOf(response).stale).toBe(true);
});

test('a nonce cannot be used a second time by counting nc up', () => {
  const { alice } = world();
  const response = alice.register({ digest: { nc: 2 } });
  expect(response?.status).toBe(401);
  expect(challengeOf(response).stale).toBe(true);
});

test.each([
  ['of another URI', { uri: 'sip:other.example' }, 'Digest is of another URI'],
  ['without qop', { qop: [] }, 'Digest MD5 with qop=auth wanted'],
])('a digest %s is a bad request', (_what, digest, reason) => {
  const { alice } = world();
  expect(alice.register({ digest })).toMatchObject({ status: 400, reason });
});

test.each([
  [CHALLENGE_LIFETIME_MS - 1, 200],
  [CHALLENGE_LIFETIME_MS, 401],
])('a challenge answered after %i ms gets %i', (ms, status) => {
  const { alice, network } = world();
  alice.registerOnce();
  network.run(ms);
  expect(alice.registerOnce()?.status).toBe(status);
});

test('the nextnonce of a 200 lets the refresh pass without a challenge', () => {
  const { alice, network } = world();
  alice.register();
  network.run(1_800_000);
  expect(alice.registerOnce()?.status).toBe(200);
  expect(alice.responses.map(({ status }) => status)).toEqual([401, 200, 200]);
});

test('a refresh extends the one binding that there is', () => {
  const { alice, network, lab } = world();
  alice.register();
  network.run(3_000_000);
  expect(expiresOf(alice.registerOnce())).toEqual(['3600']);
  expect(lab.sCscf.registrations[0]?.bindings).toHaveLength(1);
  network.run(3_599_999);
  expect(lab.sCscf.registrations).toHaveLength(1);
  network.run(1);
  expect(lab.sCscf.registrations).toHaveLength(0);
});

test('Expires: 0 removes the contact, and * removes all of them', () => {
  const { alice, lab } = world();
  alice.register();
  expect(alice.registerOnce({ expires: 0 })?.status).toBe(200);
  expect(lab.sCscf.registrations).toEqual([]);
  alice.register();
  expect(alice.registerOnce({ contact: '*', expires: 0 })?.status).toBe(200);
  expect(lab.sCscf.registrations).toEqual([]);
});

test('* without Expires: 0 is a bad request', () => {
  const { alice } = world();
  expect(alice.register({ contact: '*' })?.status).toBe(400);
});

test('an interval under the least is refused by 423 with Min-Expires, over the most is cut [SIPPUSH RFC3261.10.3-1]', () => {
  const { alice } = world({ expires: { min: 60, max: 7200 } });
  const tooShort = alice.register({ expires: 59 });
  expect(tooShort?.status).toBe(423);
  expect(headerOf(tooShort!, 'Min-Expires')).toBe('60');
  expect(expiresOf(alice.register({ expires: 60 }))).toEqual(['60']);
  expect(expiresOf(alice.register({ expires: 7201 }))).toEqual(['7200']);
});

test('the expires of a Contact goes before the Expires of the request', () => {
  const { alice } = world();
  const contact = `${alice.contact};expires=120`;
  expect(expiresOf(alice.register({ contact, expires: 600 }))).toEqual(['120']);
  expect(alice.register({ contact: `${alice.contact};expires=soon` })?.status).toBe(400);
});

test('a REGISTER without Contact only asks: nobody else hears of it', () => {
  const { alice, applicationServer } = world();
  alice.register();
  const told = applicationServer.requests.length;
  const response = alice.registerOnce({ contact: '' });
  expect(expiresOf(response)).toEqual(['3600']);
  expect(applicationServer.requests).toHaveLength(told);
});

test('a device that comes back under another address keeps its place, by +sip.instance', () => {
  const { alice, lab } = world();
  const instance = ';+sip.instance="<urn:uuid:00000000-0000-4000-8000-000000000001>"';
  alice.register({ contact: `<sip:alice@127.0.0.1:6001>${instance}` });
  alice.register({ contact: `<sip:alice@127.0.0.1:6999>${instance}` });
  expect(lab.sCscf.registrations[0]?.bindings).toMatchObject([
    { contact: { uri: { port: 6999 } } },
  ]);
});

test('a subscriber has a limited number of contacts', () => {
  const { alice } = world();
  for (let port = 0; port < BINDINGS_MAX; port++) {
    expect(alice.register({ contact: `<sip:alice@127.0.0.1:${7000 + port}>` })?.status).toBe(200);
  }
  expect(alice.register({ contact: '<sip:alice@127.0.0.1:7999>' })?.status).toBe(403);
});

test.each([
  ['an identity that nobody has', { to: 'sip:nobody@home.example' }, 404],
  ['another domain', { uri: 'sip:elsewhere.example' }, 404],
  ['a From that is somebody else', { from: 'sip:bob@home.example' }, 403],
  [
    'an extension that it does not know',
    { headers: [{ name: 'Require', value: 'sec-agree' }] },
    420,
  ],
  ['a proxy extension', { headers: [{ name: 'Proxy-Require', value: 'sec-agree' }] }, 420],
] as const)('a REGISTER for %s is refused', (_what, options, status) => {
  const { alice } = world();
  expect(alice.register(options)?.status).toBe(status);
});

test('a REGISTER that comes around the P-CSCF is refused by 403', () => {
  const { alice } = world();
  expect(alice.ask(alice.registerRequest(), S_CSCF)?.status).toBe(403);
});

test('a REGISTER for another domain gets no further than the S-CSCF either', () => {
  const { network, alice } = world();
  const pCscf = new Endpoint(network, P_CSCF, seededRandom(5));
  const request = alice.registerRequest({ uri: 'sip:elsewhere.example' });
  expect(pCscf.ask(request, S_CSCF)?.status).toBe(404);
});

test('what only the network may say is not taken from a UE', () => {
  const { alice, network } = world();
  const forged = ['Path', 'P-Asserted-Identity', 'P-Visited-Network-ID', 'Route'].map((name) => ({
    name,
    value: '<sip:forged@evil.example;lr>',
  }));
  alice.register({ headers: forged });
  const toCore = network.sent.filter(({ to }) => to.port === S_CSCF.port);
  expect(toCore.length).toBeGreaterThan(1);
  for (const { bytes } of toCore)
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('forged');
});

test('an older REGISTER that comes late changes nothing [SIPPUSH RFC3261.10.3-1]', () => {
  const { alice, lab, network } = world();
  const late = alice.registerRequest({ expires: 60 });
  alice.register();
  const authorization = headerOf(alice.registerRequest(), 'Authorization')!;
  const headers = [...late.headers, { name: 'Authorization', value: authorization }];
  const response = alice.ask({ ...late, headers }, P_CSCF);
  expect(response).toMatchObject({ status: 500, reason: 'CSeq out of order' });
  expect(lab.sCscf.registrations[0]?.bindings[0]?.expiresAt).toBe(network.now + 3_600_000);
});

test('an older * that comes late removes nothing', () => {
  const { alice, lab } = world();
  const late = alice.registerRequest({ contact: '*', expires: 0 });
  alice.register();
  const authorization = headerOf(alice.registerRequest(), 'Authorization')!;
  const headers = [...late.headers, { name: 'Authorization', value: authorization }];
  expect(alice.ask({ ...late, headers }, P_CSCF)?.status).toBe(500);
  expect(lab.sCscf.registrations).toHaveLength(1);
});

test('a UE that starts anew counts CSeq from 1 again, under another Call-ID', () => {
  const { alice, network, lab } = world();
  alice.register();
  alice.registerOnce();
  const restarted = new TestUe(network, 'alice', alice.address, P_CSCF, seededRandom(99));
  expect(restarted.register()?.status).toBe(200);
  expect(lab.sCscf.registrations[0]?.bindings).toHaveLength(1);
});

test('a REGISTER that is lost on any leg is sent again, and registers once', () => {
  const { alice, lab, network, applicationServer } = world();
  alice.patienceMs = 20_000;
  // The first datagram between any two elements is lost, requests and responses alike.
  const lost = new Set<string>();
  network.isLost = ({ from, to }) => {
    const leg = `${from.port} ${to.port}`;
    const isFirst = !lost.has(leg);
    lost.add(leg);
    return isFirst;
  };
  expect(alice.register()?.status).toBe(200);
  expect(lost.size).toBe(6);
  expect(alice.responses.map(({ status }) => status)).toEqual([401, 200]);
  expect(lab.sCscf.registrations).toHaveLength(1);
  expect(applicationServer.requests).toHaveLength(1);
});
