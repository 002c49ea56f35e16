// Flows of a device (RFC 5626), GRUUs (RFC 5627), several sets of one subscriber, and what a P-CSCF agrees with a UE.

import { decodeUri, encodeUri, headerOf, headersOf, type SipResponse } from '@ueprov/protocols/sip';
import { describe, expect, test } from 'vitest';
import { PCscf } from './p-cscf.ts';
import { Endpoint, seededRandom } from './testing/endpoint.ts';
import { Network } from './testing/network.ts';
import { TestUe } from './testing/ue.ts';
import { DOMAIN, message, P_CSCF, P_CSCF_2, S_CSCF, subscriber, world } from './testing/world.ts';

const ALICE = 'sip:alice@home.example';
const UUID = 'urn:uuid:00000000-0000-4000-8000-000000000001';
const supports = (option: string) => ({ name: 'Supported', value: option });
const contact = (port: number, ...parameters: readonly string[]) =>
  [`<sip:alice@127.0.0.1:${port}>`, `+sip.instance="<${UUID}>"`, ...parameters].join(';');
const parameterOf = (response: SipResponse | undefined, name: string) =>
  new RegExp(`;${name}="([^"]*)"`).exec(headerOf(response!, 'Contact') ?? '')?.[1];

describe('flows', () => {
  const flow = (port: number, id: number) => ({
    contact: contact(port, `reg-id=${id}`),
    headers: [supports('outbound')],
  });

  function twoFlows() {
    const all = world();
    const second = all.ue('alice', 6002, P_CSCF_2);
    const answers = [all.alice.register(flow(6001, 1)), second.register(flow(6002, 2))];
    return { ...all, second, answers };
  }

  test('of one device stand beside each other, and the UE is told how to keep them', () => {
    const { answers, lab } = twoFlows();
    for (const answer of answers) {
      expect(answer?.status).toBe(200);
      expect(headerOf(answer!, 'Require')).toBe('outbound');
      expect(headerOf(answer!, 'Flow-Timer')).toBe('120');
      expect(headerOf(answer!, 'Path')).toMatch(/;ob>$/);
    }
    expect(lab.sCscf.registrations[0]?.bindings).toHaveLength(2);
  });

  test('that register again keep their place', () => {
    const { alice, lab } = twoFlows();
    expect(alice.register(flow(6001, 1))?.status).toBe(200);
    expect(lab.sCscf.registrations[0]?.bindings).toHaveLength(2);
  });

  test('take the place of one that is lost', () => {
    const { applicationServer, alice, second, fail } = twoFlows();
    expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(200);
    expect([alice.requests.length, second.requests.length]).toEqual([0, 1]);
    fail('pCscf2', { kind: 'refuse', status: 430 });
    expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(200);
    expect([alice.requests.length, second.requests.length]).toEqual([1, 1]);
    applicationServer.patienceMs = 40_000;
    fail('pCscf2', { kind: 'lost' });
    applicationServer.ask(message(ALICE), S_CSCF);
    expect([alice.requests.length, second.requests.length]).toEqual([2, 1]);
  });

  test('without a first hop that keeps them are refused by 439', () => {
    const { network } = world();
    // A P-CSCF that adds no Path, and the UE behind it, in one.
    const alice = new TestUe(network, 'alice', P_CSCF, S_CSCF, seededRandom(9));
    expect(alice.register(flow(6001, 1))?.status).toBe(439);
  });

  test('over a connection end with it', () => {
    const { network, alice, sCscf, pCscf, path } = overTcp();
    alice.registerOnce();
    expect(sCscf.ask(message(ALICE, ['Route', path()]), P_CSCF)?.status).toBe(200);
    network.send(P_CSCF, pCscf.step({ kind: 'unreachable', target: alice.address }, network.now));
    expect(sCscf.ask(message(ALICE, ['Route', path()]), P_CSCF)?.status).toBe(430);
  });
});

/** A P-CSCF with a UE on a connection of TCP or TLS, and an S-CSCF that takes everything. */
function overTcp(transport: 'tcp' | 'tls' = 'tcp') {
  const network = new Network();
  const transports = ['udp', 'tcp', 'tls'] as const;
  const pCscf = new PCscf({
    domain: DOMAIN,
    address: P_CSCF,
    sCscf: S_CSCF,
    random: seededRandom(1),
    transports,
    ports: { udp: 5060, tcp: 5060, tls: 5063 },
  });
  network.attach(P_CSCF, pCscf);
  const sCscf = new Endpoint(network, S_CSCF, seededRandom(2));
  sCscf.answer = () => ({
    status: 200,
    headers: [
      { name: 'Contact', value: '<sip:alice@127.0.0.1:6001>;expires=3600' },
      { name: 'P-Associated-URI', value: `<${ALICE}>` },
    ],
  });
  const address = { address: '127.0.0.1', port: 40_001, transport, flow: 'f1' };
  const alice = new TestUe(network, 'alice', address, P_CSCF, seededRandom(3));
  const path = () => headerOf(sCscf.requests.find(({ method }) => method === 'REGISTER')!, 'Path')!;
  return { network, pCscf, sCscf, alice, path };
}

describe('GRUUs', () => {
  const GRUU = { contact: contact(6001), headers: [supports('gruu, path')] };

  test('are given out to a device that asks for them', () => {
    const { alice } = world();
    const first = alice.register(GRUU);
    expect(parameterOf(first, 'pub-gruu')).toBe(`${ALICE};gr=${UUID}`);
    const temporary = parameterOf(first, 'temp-gruu');
    expect(temporary).toMatch(/^sip:tgruu\.[0-9a-f]{32}@home\.example;gr$/);
    expect(parameterOf(alice.registerOnce(GRUU), 'temp-gruu')).not.toBe(temporary);
    expect(parameterOf(world().alice.register({ contact: contact(6001) }), 'pub-gruu')).toBe(
      undefined,
    );
  });

  test('lead to one device of several, the temporary one without naming it', () => {
    const { alice, ue, applicationServer } = world();
    const answer = alice.register(GRUU);
    const other = ue('alice', 6002);
    other.register({ contact: '<sip:alice@127.0.0.1:6002>;+sip.instance="<urn:uuid:2>"' });
    for (const name of ['pub-gruu', 'temp-gruu']) {
      const uri = parameterOf(answer, name)!;
      expect(applicationServer.ask(message(uri), S_CSCF)?.status).toBe(200);
      expect(encodeUri(decodeUri(uri))).toBe(uri);
    }
    expect([alice.requests.length, other.requests.length]).toEqual([2, 0]);
  });

  test.each([
    [`${ALICE};gr=urn:uuid:none`, 480],
    ['sip:tgruu.none@home.example;gr', 404],
  ])('%s of no device is %i', (uri, status) => {
    const { alice, applicationServer } = world();
    alice.register(GRUU);
    expect(applicationServer.ask(message(uri), S_CSCF)?.status).toBe(status);
  });
});

test('sets of one subscriber are registered each on its own; barred identities are not associated', () => {
  const work = ['sip:work@home.example', 'tel:+15550100'];
  const { alice, lab, applicationServer } = world({
    subscribers: [subscriber('alice', { otherSets: [work], barred: ['sip:alice@home.example'] })],
  });
  const first = alice.register();
  expect(headerOf(first!, 'P-Associated-URI')).toBe('<sip:alice.home@home.example>');
  expect(headerOf(applicationServer.requests[0]!, 'To')).toBe('<sip:alice.home@home.example>');
  const second = alice.register({ to: 'sip:work@home.example' });
  expect(headerOf(second!, 'P-Associated-URI')).toBe('<sip:work@home.example>, <tel:+15550100>');
  expect(lab.sCscf.registrations).toHaveLength(2);
  expect(
    applicationServer.ask(message('tel:+1-555-0100'.replaceAll('-', '')), S_CSCF)?.status,
  ).toBe(200);
  alice.register({ to: 'sip:work@home.example', expires: 0 });
  expect(lab.sCscf.registrations.map(({ set }) => set.id)).toEqual(['sip:alice@home.example']);
});

describe('security agreement with tls (RFC 3329)', () => {
  const client = { name: 'Security-Client', value: 'tls' };
  const required = { name: 'Require', value: 'sec-agree' };
  const verify = (value: string) => ({ name: 'Security-Verify', value });

  test('the offer comes with the 401, and nothing of it gets to the S-CSCF', () => {
    const { alice, sCscf } = overTcp('tls');
    sCscf.answer = () => ({ status: 401 });
    const answer = alice.registerOnce({
      headers: [client, required, { name: 'Proxy-Require', value: 'sec-agree' }],
    });
    expect(answer?.status).toBe(401);
    expect(headersOf(answer!, 'Security-Server')).toEqual(['tls;q=0.1']);
    const [request] = sCscf.requests;
    expect(headerOf(request!, 'Require')).toBe('path');
    for (const name of ['Security-Client', 'Proxy-Require']) {
      expect(headersOf(request!, name)).toEqual([]);
    }
  });

  test.each([
    ['what was offered, over TLS', 'tls', 'tls;q=0.1', 200],
    ['what was not offered: somebody has changed it', 'tls', 'ipsec-3gpp;q=0.1', 494],
    ['what was offered, but without TLS', 'tcp', 'tls;q=0.1', 494],
  ] as const)(
    'a UE that repeats %s [SIPPUSH RFC3329.2.3.1-3]',
    (_what, transport, value, status) => {
      const { alice } = overTcp(transport);
      const answer = alice.registerOnce({ headers: [client, required, verify(value)] });
      expect(answer?.status).toBe(status);
      if (status === 494) expect(headerOf(answer!, 'Security-Server')).toBe('tls;q=0.1');
    },
  );

  test('a UE that has no mechanism of ours is told which ones there are [SIPPUSH RFC3329.2.3.1-3]', () => {
    const { alice } = overTcp();
    const headers = [{ name: 'Security-Client', value: 'ipsec-3gpp;prot=esp' }, required];
    expect(alice.registerOnce({ headers })?.status).toBe(494);
  });
});

test('a P-CSCF records itself once for each side of a subscription', () => {
  const { alice, sCscf } = overTcp('tls');
  alice.registerOnce();
  const request = message(ALICE);
  const subscribe = {
    ...request,
    method: 'SUBSCRIBE',
    headers: request.headers.map(({ name, value }) => ({
      name,
      value: value.replace('MESSAGE', 'SUBSCRIBE').replace(/<sip:prov[^>]*>/, `<${ALICE}>`),
    })),
  };
  alice.ask(subscribe, P_CSCF);
  expect(headersOf(sCscf.requests.at(-1)!, 'Record-Route')).toEqual([
    expect.stringMatching(/^<sip:\w{16}@127\.0\.0\.1:5060;lr>$/),
    expect.stringMatching(/^<sip:\w{16}@127\.0\.0\.1:5063;transport=tls;lr>$/),
  ]);
});
