// The P-CSCF between a UE and an S-CSCF that the test plays.

import { headerOf, headersOf } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { PCscf } from './p-cscf.ts';
import { type Answer, Endpoint, seededRandom } from './testing/endpoint.ts';
import { Network } from './testing/network.ts';
import { TestUe } from './testing/ue.ts';
import { DOMAIN, message, P_CSCF, S_CSCF } from './testing/world.ts';

const ALICE = 'sip:alice@home.example';

function accepted(expires: number): Answer {
  return {
    status: 200,
    headers: [
      { name: 'Contact', value: `<sip:alice@127.0.0.1:6001>;expires=${expires}` },
      { name: 'Service-Route', value: '<sip:orig@127.0.0.1:5061;lr>' },
      { name: 'P-Associated-URI', value: `<${ALICE}>` },
      { name: 'P-Charging-Vector', value: 'icid-value="secret"' },
    ],
  };
}

function play(flowsMax?: number) {
  const network = new Network();
  const pCscf = new PCscf({
    domain: DOMAIN,
    address: P_CSCF,
    sCscf: S_CSCF,
    random: seededRandom(1),
    ...(flowsMax === undefined ? {} : { flowsMax }),
  });
  network.attach(P_CSCF, pCscf);
  const sCscf = new Endpoint(network, S_CSCF, seededRandom(2));
  sCscf.answer = () => accepted(3600);
  const ue = (name: string, port: number) =>
    new TestUe(network, name, { address: '127.0.0.1', port }, P_CSCF, seededRandom(port));
  const alice = ue('alice', 6001);
  /** The Path of the last REGISTER, as the S-CSCF would use it. */
  const path = () => headerOf(sCscf.requests.at(-1)!, 'Path')!;
  return { network, sCscf, alice, ue, path };
}

test('a REGISTER goes on with Path, Require, P-Visited-Network-ID and P-Charging-Vector', () => {
  const { alice, sCscf } = play();
  alice.register({ headers: [{ name: 'Require', value: 'gruu' }] });
  const [request] = sCscf.requests;
  expect(headersOf(request!, 'Path')).toEqual([
    expect.stringMatching(/^<sip:\w{16}@127\.0\.0\.1:5060;lr>$/),
  ]);
  expect(headerOf(request!, 'Require')).toBe('gruu, path');
  expect(headerOf(request!, 'P-Visited-Network-ID')).toBe('"home.example"');
  expect(headerOf(request!, 'P-Charging-Vector')).toMatch(
    /^icid-value="\w{32}";icid-generated-at=/,
  );
  expect(headerOf(request!, 'Max-Forwards')).toBe('69');
});

test('what is for the trust domain alone does not get to the UE, in neither direction', () => {
  const { alice, sCscf, path } = play();
  expect(headerOf(alice.register()!, 'P-Charging-Vector')).toBeUndefined();
  const charging: [string, string] = ['P-Charging-Vector', 'icid-value="secret"'];
  expect(sCscf.ask(message(ALICE, ['Route', path()], charging), P_CSCF)?.status).toBe(200);
  expect(headerOf(alice.requests[0]!, 'P-Charging-Vector')).toBeUndefined();
});

test('a request goes where the REGISTER came from, whatever its Request-URI says', () => {
  const { alice, sCscf, path } = play();
  alice.register();
  const request = message('sip:alice@192.0.2.99:5060', ['Route', path()]);
  expect(sCscf.ask(request, P_CSCF)?.status).toBe(200);
  expect(alice.requests).toHaveLength(1);
});

test('only its own Path leads to a UE', () => {
  const { alice, sCscf, path } = play();
  alice.register();
  const elsewhere = path().replace('127.0.0.1:5060', '192.0.2.1:5060');
  const unknown = path().replace(/sip:\w{16}/, 'sip:0000000000000000');
  for (const route of [elsewhere, unknown, '<sip:127.0.0.1:5060;lr>']) {
    expect(sCscf.ask(message(ALICE, ['Route', route]), P_CSCF)?.status).toBe(430);
  }
  expect(sCscf.ask(message(ALICE), P_CSCF)?.status).toBe(430);
  expect(alice.requests).toEqual([]);
});

test.each([
  ['refused', { status: 403 }],
  ['removed', accepted(0)],
])('a UE whose registration was %s is not reached', (_what, answer) => {
  const { alice, sCscf, path } = play();
  sCscf.answer = () => answer;
  alice.register();
  expect(sCscf.ask(message(ALICE, ['Route', path()]), P_CSCF)?.status).toBe(430);
});

test('a registration that was removed leads nowhere any more', () => {
  const { alice, sCscf, path } = play();
  alice.register();
  const before = path();
  sCscf.answer = () => accepted(0);
  alice.register({ expires: 0 });
  expect(sCscf.ask(message(ALICE, ['Route', before]), P_CSCF)?.status).toBe(430);
});

test('the Expires of a 200 counts for a Contact without its own', () => {
  const { alice, sCscf, path, network } = play();
  sCscf.answer = () => ({
    status: 200,
    headers: [
      { name: 'Contact', value: '<sip:alice@127.0.0.1:6001>' },
      { name: 'Expires', value: '100' },
    ],
  });
  alice.register();
  network.run(99_999);
  expect(sCscf.ask(message(ALICE, ['Route', path()]), P_CSCF)?.status).toBe(200);
  network.run(1);
  expect(sCscf.ask(message(ALICE, ['Route', path()]), P_CSCF)?.status).toBe(430);
});

test('a 100 of the S-CSCF goes no further', () => {
  const { alice, sCscf } = play();
  sCscf.answer = () => ({ status: 100 });
  expect(alice.registerOnce()).toBeUndefined();
});

test('an S-CSCF that the network cannot reach is answered for by 504', () => {
  const network = new Network();
  const pCscf = new PCscf({
    domain: DOMAIN,
    address: P_CSCF,
    sCscf: S_CSCF,
    random: seededRandom(1),
  });
  network.attach(P_CSCF, pCscf);
  const alice = new TestUe(
    network,
    'alice',
    { address: '127.0.0.1', port: 6001 },
    P_CSCF,
    seededRandom(3),
  );
  expect(alice.registerOnce()).toBeUndefined();
  network.send(P_CSCF, pCscf.step({ kind: 'unreachable', target: S_CSCF }, network.now));
  network.run();
  expect(alice.responses).toMatchObject([{ status: 504 }]);
});

test('a UE above the limit is put off by 503 with Retry-After', () => {
  const { alice, ue } = play(1);
  expect(alice.register()?.status).toBe(200);
  const response = ue('bob', 6002).register();
  expect(response?.status).toBe(503);
  expect(headerOf(response!, 'Retry-After')).toBe('30');
  expect(alice.register()?.status).toBe(200);
});
