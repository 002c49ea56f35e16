// Each failure switch, and how the whole lab is well again afterwards.

import { headerOf, headersOf } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { DELAYED_MAX, FaultyElement } from './faults.ts';
import { seededRandom } from './testing/endpoint.ts';
import { message, P_CSCF_2, S_CSCF, world } from './testing/world.ts';

const ALICE = 'sip:alice@home.example';

/** UE-1, UE-2 and UE-3 work: the UE registers, the server hears of it, and its MESSAGE arrives. */
function expectWell({ alice, applicationServer }: ReturnType<typeof world>): void {
  const told = applicationServer.requests.length;
  const received = alice.requests.length;
  alice.patienceMs = 0;
  applicationServer.patienceMs = 0;
  expect(alice.register()?.status).toBe(200);
  expect(applicationServer.requests).toHaveLength(told + 1);
  expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(200);
  expect(alice.requests).toHaveLength(received + 1);
}

test.each(['pCscf1', 'sCscf'] as const)('drop: %s loses a third of all, all arrives', (name) => {
  const all = world();
  const { alice, applicationServer, fail, network } = all;
  const rounds = () => {
    const before = network.sent.length;
    for (let round = 0; round < 10; round++) {
      expect(alice.register()?.status).toBe(200);
      expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(200);
    }
    network.run(32_000);
    return network.sent.length - before;
  };
  rounds();
  const quiet = rounds();
  fail(name, { kind: 'drop', share: 0.33 });
  alice.patienceMs = 32_000;
  applicationServer.patienceMs = 32_000;
  expect(rounds()).toBeGreaterThan(1.2 * quiet);
  expect(alice.requests).toHaveLength(30);
  fail(name, undefined);
  network.run(32_000);
  expectWell(all);
});

test('drop of everything is silence, until it is over', () => {
  const all = world();
  all.fail('pCscf1', { kind: 'drop', share: 1 });
  all.alice.patienceMs = 32_000;
  expect(all.alice.registerOnce()).toBeUndefined();
  expect(all.alice.failures).toEqual(['timeout']);
  all.fail('pCscf1', undefined);
  expectWell(all);
});

test('delay: everything is late, nothing is lost, copies are absorbed', () => {
  const all = world();
  const { alice, applicationServer, fail, network } = all;
  fail('sCscf', { kind: 'delay', ms: 700 });
  alice.patienceMs = 5000;
  expect(alice.register()?.status).toBe(200);
  expect(applicationServer.requests).toHaveLength(1);
  fail('sCscf', undefined);
  network.run(32_000);
  expectWell(all);
});

test('delay: what waits when the switch is turned is seen in its time all the same', () => {
  const { alice, fail, network } = world();
  fail('pCscf1', { kind: 'delay', ms: 300 });
  expect(alice.registerOnce()).toBeUndefined();
  fail('pCscf1', undefined);
  network.run(300);
  expect(alice.responses.map(({ status }) => status)).toEqual([401]);
});

test('delay: so much may wait and no more', () => {
  const { lab } = world();
  const element = new FaultyElement(lab.sCscf, seededRandom(1));
  element.fault = { kind: 'delay', ms: 10 };
  const source = { address: '127.0.0.1', port: 9 };
  for (let count = 0; count <= DELAYED_MAX; count++) {
    element.step({ kind: 'octets', bytes: Uint8Array.of(0xff), source }, 0);
  }
  element.step({ kind: 'timeout' }, 10);
  expect(lab.sCscf.counters.garbage).toBe(DELAYED_MAX);
});

test('refuse: 503 with Retry-After to every request, at the P-CSCF or behind it', () => {
  const all = world();
  const { alice, applicationServer, fail } = all;
  fail('pCscf1', { kind: 'refuse', retryAfter: 30 });
  const atOnce = alice.registerOnce();
  expect([atOnce?.status, headerOf(atOnce!, 'Retry-After')]).toEqual([503, '30']);
  fail('pCscf1', undefined);
  fail('sCscf', { kind: 'refuse' });
  expect(alice.registerOnce()?.status).toBe(503);
  expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(503);
  fail('sCscf', { kind: 'refuse', status: 500 });
  expect(alice.registerOnce()?.status).toBe(500);
  fail('sCscf', undefined);
  expectWell(all);
});

test('lost: the UE finds another P-CSCF, and its MESSAGEs come by it', () => {
  const all = world();
  const { alice, applicationServer, fail, network, ue, lab } = all;
  const instance = `${alice.contact};+sip.instance="<urn:uuid:1>"`;
  expect(alice.register({ contact: instance })?.status).toBe(200);
  fail('pCscf1', { kind: 'lost' });
  alice.patienceMs = 32_000;
  applicationServer.patienceMs = 40_000;
  expect(alice.registerOnce({ contact: instance })).toBeUndefined();
  applicationServer.ask(message(ALICE), S_CSCF);
  expect(alice.requests).toEqual([]);
  const elsewhere = ue('alice', 6003, P_CSCF_2);
  expect(elsewhere.register({ contact: instance })?.status).toBe(200);
  expect(lab.sCscf.registrations[0]?.bindings).toHaveLength(1);
  expect(applicationServer.ask(message(ALICE), S_CSCF)?.status).toBe(200);
  expect(elsewhere.requests).toHaveLength(1);
  expect(headersOf(elsewhere.requests[0]!, 'Via').join()).toContain('127.0.0.1:5062');
  fail('pCscf1', undefined);
  network.run(64_000);
  expectWell(all);
});

test('lost: an S-CSCF that is back knows whom it knew, and says what ended meanwhile', () => {
  const all = world();
  const { alice, applicationServer, fail, network } = all;
  alice.register();
  fail('sCscf', { kind: 'lost' });
  alice.patienceMs = 40_000;
  expect(alice.registerOnce()).toBeUndefined();
  network.run(3_600_000);
  fail('sCscf', undefined);
  network.run(1);
  expect(headerOf(applicationServer.requests.at(-1)!, 'Expires')).toBe('0');
  expectWell(all);
});
