// Requests between UEs, with application servers on the way: TS 24.229 5.4.3.2 and 5.4.3.3.

import {
  headerOf,
  headersOf,
  type SipRequest,
  withHeader,
  withoutHeader,
} from '@ueprov/protocols/sip';
import { describe, expect, test } from 'vitest';
import type { Endpoint } from './testing/endpoint.ts';
import {
  AS_URI,
  criterion,
  message,
  OTHER_AS_URI,
  P_CSCF,
  S_CSCF,
  subscriber,
  world,
} from './testing/world.ts';

const ALICE = 'sip:alice@home.example';
const BOB = 'sip:bob@home.example';

function fromAlice(uri = BOB, ...headers: readonly [string, string][]): SipRequest {
  return withHeader(message(uri, ...headers), 'From', `<${ALICE}>;tag=1`);
}
const service = criterion({
  method: 'MESSAGE',
  triggerPoint: {
    form: 'CNF',
    SPTs: [{ kind: 'SessionCase', sessionCase: 'originating registered' }],
  },
});

function two(options: Parameters<typeof world>[0] = {}) {
  const all = world(options);
  const bob = all.ue('bob', 6002);
  expect([all.alice.register()?.status, bob.register()?.status]).toEqual([200, 200]);
  return { ...all, bob };
}

/** Sends on what it gets, by its Route, as a service in the path does. */
function passOn(server: Endpoint): void {
  server.answer = (request) => {
    if (request.method !== 'MESSAGE') return { status: 200 };
    const [, back = ''] = headersOf(request, 'Route');
    const onward = withHeader(withoutHeader(request, 'Via'), 'Route', back);
    return { status: server.ask(onward, S_CSCF)?.status ?? 408 };
  };
}

test('a registered UE reaches another one, under the identity that the network knows (AC-23)', () => {
  const { alice, bob } = two();
  const forged: [string, string] = ['P-Asserted-Identity', `<${AS_URI}>`];
  expect(alice.ask(fromAlice(BOB, forged), P_CSCF)?.status).toBe(200);
  const [received] = bob.requests;
  expect(headersOf(received!, 'P-Asserted-Identity')).toEqual([`<${ALICE}>`]);
  expect(headerOf(received!, 'P-Called-Party-ID')).toBe(`<${BOB}>`);
});

test('P-Preferred-Identity chooses among the identities that are associated, and no others', () => {
  const { alice, bob } = two();
  const prefer = (identity: string): [string, string] => ['P-Preferred-Identity', `<${identity}>`];
  alice.ask(fromAlice(BOB, prefer('sip:alice.home@home.example')), P_CSCF);
  alice.ask(fromAlice(BOB, prefer(BOB)), P_CSCF);
  expect(bob.requests.map((each) => headerOf(each, 'P-Asserted-Identity'))).toEqual([
    '<sip:alice.home@home.example>',
    `<${ALICE}>`,
  ]);
  expect(headersOf(bob.requests[0]!, 'P-Preferred-Identity')).toEqual([]);
});

test('a UE that the network has de-registered meanwhile may send no more', () => {
  const { alice, lab, network } = two();
  network.send(S_CSCF, lab.sCscf.deregister(ALICE, 'deactivated', network.now));
  network.run();
  expect(alice.ask(fromAlice(), P_CSCF)).toMatchObject({ status: 403, reason: 'Not registered' });
});

describe('an application server on the way', () => {
  const filterCriteria = [
    service,
    criterion({ applicationServer: OTHER_AS_URI, method: 'MESSAGE', priority: 2 }),
  ];

  test('sees the request, and gives it back to go on', () => {
    const all = two({
      subscribers: [subscriber('alice', { filterCriteria: [service] }), subscriber('bob')],
    });
    passOn(all.applicationServer);
    all.alice.patienceMs = 1000;
    expect(all.alice.ask(fromAlice(), P_CSCF)?.status).toBe(200);
    const [seen] = all.applicationServer.requests.filter(({ method }) => method === 'MESSAGE');
    expect(headersOf(seen!, 'Route')[0]).toBe(`<${AS_URI};lr>`);
    expect(all.bob.requests).toHaveLength(1);
  });

  test('may answer itself: then nobody else sees it', () => {
    const all = two({ subscribers: [subscriber('alice', { filterCriteria }), subscriber('bob')] });
    all.applicationServer.answer = () => ({ status: 603 });
    expect(all.alice.ask(fromAlice(), P_CSCF)?.status).toBe(603);
    expect([all.bob.requests, all.otherServer.requests]).toEqual([[], []]);
  });

  test.each([
    ['SESSION_CONTINUED', 200, 1],
    ['SESSION_TERMINATED', 504, 0],
  ] as const)('that fails is left out or ends it: %s', (defaultHandling, status, reached) => {
    const criteria = [{ ...service, defaultHandling }];
    const all = two({
      subscribers: [subscriber('alice', { filterCriteria: criteria }), subscriber('bob')],
    });
    all.applicationServer.answer = () => ({ status: 503 });
    expect(all.alice.ask(fromAlice(), P_CSCF)?.status).toBe(status);
    expect(all.bob.requests).toHaveLength(reached);
  });

  test('that does not answer is left out in its time', () => {
    const all = two({
      subscribers: [subscriber('alice', { filterCriteria: [service] }), subscriber('bob')],
    });
    all.applicationServer.answer = () => undefined;
    all.alice.patienceMs = 40_000;
    all.alice.ask(fromAlice(), P_CSCF);
    expect(all.bob.requests).toHaveLength(1);
  });
});

test('a Route with an identifier that the S-CSCF did not give out leads nowhere further (AC-23)', () => {
  const { applicationServer, bob } = two();
  const route: [string, string] = ['Route', '<sip:0123456789abcdef@127.0.0.1:5061;lr>'];
  // As any request of an application server it is delivered, on behalf of nobody.
  expect(applicationServer.ask(message(BOB, route), S_CSCF)?.status).toBe(200);
  expect(headersOf(bob.requests[0]!, 'Route')).toEqual([]);
});
