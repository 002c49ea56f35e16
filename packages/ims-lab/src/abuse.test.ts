// Abuse cases of design that concern the core: who may say what to whom, and what runs in circles.

import {
  decodeSip,
  encodeSip,
  headerOf,
  headersOf,
  prependHeader,
  type SipRequest,
  type TransportAddress,
  withHeader,
} from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { Hss } from './hss.ts';
import { SCscf } from './s-cscf.ts';
import { Endpoint, seededRandom } from './testing/endpoint.ts';
import { TestWatcher } from './testing/watcher.ts';
import { AS_URI, criterion, message, P_CSCF, S_CSCF, subscriber, world } from './testing/world.ts';

const ALICE = 'sip:alice@home.example';
const BOB = 'sip:bob@home.example';
const from = (request: SipRequest, identity: string) =>
  withHeader(request, 'From', `<${identity}>;tag=1`);

function stranger({ network }: ReturnType<typeof world>): Endpoint {
  return new Endpoint(network, { address: '127.0.0.1', port: 6666 }, seededRandom(66));
}

test('a MESSAGE from outside of the core gets nowhere, whomever it claims to be (AC-23)', () => {
  const all = world();
  all.alice.register();
  const eve = stranger(all);
  const forged: [string, string] = ['P-Asserted-Identity', `<${AS_URI}>`];
  for (const identity of [AS_URI, ALICE, BOB]) {
    const request = from(
      message(ALICE, forged, ['Route', '<sip:orig@127.0.0.1:5061;lr>']),
      identity,
    );
    expect(eve.ask(request, P_CSCF)?.status).toBe(403);
    expect(eve.ask(request, S_CSCF)?.status).toBe(403);
  }
  expect(all.alice.requests).toEqual([]);
});

test('a registered UE speaks as itself: another From, PAI or PPI does not help it (AC-23)', () => {
  const all = world();
  const bob = all.ue('bob', 6002);
  all.alice.register();
  bob.register();
  expect(bob.ask(from(message(ALICE), AS_URI), P_CSCF)?.status).toBe(403);
  const claims: [string, string][] = [
    ['P-Asserted-Identity', `<${AS_URI}>`],
    ['P-Preferred-Identity', `<${AS_URI}>`],
    ['P-Called-Party-ID', '<sip:somebody@home.example>'],
  ];
  expect(bob.ask(from(message(ALICE, ...claims), BOB), P_CSCF)?.status).toBe(200);
  const [received] = all.alice.requests;
  expect(headersOf(received!, 'P-Asserted-Identity')).toEqual([`<${BOB}>`]);
  expect(headersOf(received!, 'P-Preferred-Identity')).toEqual([]);
  expect(headersOf(received!, 'P-Called-Party-ID')).toEqual([`<${ALICE}>`]);
});

test('a registered UE that goes around the P-CSCF gets nowhere (AC-23)', () => {
  const all = world();
  all.alice.register();
  const asserted: [string, string] = ['P-Asserted-Identity', `<${ALICE}>`];
  const route: [string, string] = ['Route', '<sip:orig@127.0.0.1:5061;lr>'];
  expect(all.alice.ask(from(message(BOB, asserted, route), ALICE), S_CSCF)?.status).toBe(403);
});

test('a REGISTER of a third party is taken from nobody, UE or outsider (AC-24)', () => {
  const all = world();
  const bob = all.ue('bob', 6002);
  expect(bob.register({ to: ALICE, from: BOB })?.status).toBe(403);
  expect(stranger(all).ask(bob.registerRequest({ to: ALICE }), S_CSCF)?.status).toBe(403);
  expect(all.lab.sCscf.registrations).toEqual([]);
  expect(all.applicationServer.requests).toEqual([]);
});

test('nobody but its user and the named application servers watches a registration (AC-24)', () => {
  const all = world();
  all.alice.register();
  const eve = stranger(all);
  for (const target of [P_CSCF, S_CSCF]) {
    const watcher = new TestWatcher(all.network, eve, target, {
      resource: ALICE,
      identity: ALICE,
      contact: 'sip:eve@127.0.0.1:6666',
      headers: [{ name: 'P-Asserted-Identity', value: `<${ALICE}>` }],
    });
    expect(watcher.step({ kind: 'subscribe' })).toBe(403);
  }
  expect(all.lab.sCscf.counters.watchers).toBe(0);
});

test('a NOTIFY goes where its SUBSCRIBE came from, whatever the Contact says (AC-24)', () => {
  const all = world();
  const victim = stranger(all);
  all.alice.register();
  const watcher = new TestWatcher(all.network, all.applicationServer, S_CSCF, {
    resource: ALICE,
    identity: AS_URI,
    contact: 'sip:victim@127.0.0.1:6666',
  });
  watcher.step({ kind: 'subscribe' });
  expect(victim.requests).toEqual([]);
  expect(watcher.documents).toHaveLength(1);
});

test('two application servers that send to each other end by Max-Forwards (AC-25)', () => {
  const filterCriteria = [criterion({ method: 'MESSAGE' })];
  const all = world({ subscribers: [subscriber('alice', { filterCriteria })] });
  all.alice.register();
  let turns = 0;
  const server = all.applicationServer;
  server.answer = (request) => {
    turns += 1;
    // A service that begins anew with what it gets, hops counted: the rule loop of AC-25.
    const hops = headerOf(request, 'Max-Forwards') ?? '0';
    const again = withHeader(message(ALICE), 'Max-Forwards', hops);
    return { status: server.ask(again, S_CSCF)?.status ?? 408 };
  };
  server.ask(withHeader(message(ALICE), 'Max-Forwards', '12'), S_CSCF);
  expect(turns).toBeLessThanOrEqual(12);
  expect(server.responses.some(({ status }) => status === 483)).toBe(true);
});

test('a UE whose Contact is the core itself makes no loop (AC-25)', () => {
  const all = world();
  all.alice.register({ contact: '<sip:bob@127.0.0.1:5060>' });
  all.ue('bob', 6002).register({ contact: '<sip:alice@127.0.0.1:5061>' });
  const before = all.network.sent.length;
  all.applicationServer.ask(message(ALICE), S_CSCF);
  all.applicationServer.ask(message(BOB), S_CSCF);
  expect(all.alice.requests).toHaveLength(1);
  expect(all.network.sent.length - before).toBeLessThan(30);
});

test('a line break in what a UE says of itself does not get into anybody’s header (AC-29)', () => {
  const all = world();
  const name = encodeURIComponent('\r\nP-Asserted-Identity: <sip:evil>');
  const contact = `"a\\\u000b" <sip:${name}@127.0.0.1:6001>`;
  all.alice.register({ contact });
  for (const { bytes } of all.network.sent) {
    const lines = Buffer.from(bytes).toString('latin1').split('\r\n');
    expect(lines.some((line) => line.startsWith('P-Asserted-Identity: <sip:evil>'))).toBe(false);
  }
});

test('a UE behind a P-CSCF on the host of an application server is no application server (AC-23)', () => {
  const address = { address: '127.0.0.1', port: 5090, transport: 'tcp' } as const;
  const hss = new Hss([subscriber('alice')], [{ uri: AS_URI, address }]);
  const isPCscf = ({ flow }: TransportAddress) => flow === 'of the P-CSCF';
  const random = seededRandom(1);
  const sCscf = new SCscf({ domain: 'home.example', address: S_CSCF, random, hss, isPCscf });
  const via = 'SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1';
  const bytes = encodeSip(prependHeader(message(ALICE), 'Via', via));
  const statusOf = (flow: string) => {
    const source = { address: '127.0.0.1', port: 40_000, transport: 'tcp', flow } as const;
    const [answer] = sCscf.step({ kind: 'octets', bytes, source }, 0);
    const response = answer && decodeSip(answer.bytes);
    return response?.kind === 'response' ? response.status : undefined;
  };
  expect(statusOf('of the P-CSCF')).toBe(403);
});
