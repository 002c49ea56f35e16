// The reg event package: who may watch, and what the watchers hear. TS 24.229 5.4.2.1, RFC 3680.

import { headerOf, headersOf } from '@ueprov/protocols/sip';
import { describe, expect, test } from 'vitest';
import { TestWatcher } from './testing/watcher.ts';
import {
  AS_URI,
  criterion,
  OTHER_AS_URI,
  P_CSCF,
  S_CSCF,
  subscriber,
  world,
} from './testing/world.ts';
import { WATCHERS_MAX } from './watchers.ts';

const ALICE = 'sip:alice@home.example';
const UE1 = 'sip:alice@127.0.0.1:6001';

function asWatcher({ network, applicationServer }: ReturnType<typeof world>) {
  return new TestWatcher(network, applicationServer, S_CSCF, {
    resource: ALICE,
    identity: AS_URI,
    contact: 'sip:prov@127.0.0.1:5090',
    expires: 7200,
  });
}

function ueWatcher({ network, alice }: ReturnType<typeof world>, name = 'alice') {
  return new TestWatcher(network, alice, P_CSCF, {
    resource: `sip:${name}@home.example`,
    identity: ALICE,
    contact: UE1,
  });
}

describe('an application server of the filter criteria', () => {
  test('hears the whole implicit registration set at once [SIPPUSH RFC3680.4.7-1]', () => {
    const all = world();
    all.alice.register();
    const watcher = asWatcher(all);
    expect(watcher.step({ kind: 'subscribe' })).toBe(200);
    expect(watcher.states).toEqual(['active;expires=7200']);
    expect(watcher.contacts).toEqual([
      `${ALICE} active registered ${UE1}`,
      `sip:alice.home@home.example active created ${UE1}`,
    ]);
    expect(watcher.documents[0]).toMatchObject({ version: 0, state: 'full' });
    expect(watcher.documents[0]?.registrations[0]?.contacts[0]).toMatchObject({
      expires: 3600,
      cseq: 2,
      unknownParams: [
        { name: '+g.oma.pusheventapp', value: '"x-wap-application:syncml.dm"' },
        { name: 'methods', value: '"MESSAGE"' },
      ],
    });
  });

  test('hears of every device at first, whichever changed last [SIPPUSH RFC3680.4.7-1]', () => {
    const all = world();
    all.alice.register();
    all.ue('alice', 6002).register();
    const watcher = asWatcher(all);
    watcher.step({ kind: 'subscribe' });
    const [first] = watcher.documents[0]?.registrations ?? [];
    expect(first?.contacts.map(({ uri }) => uri)).toEqual([UE1, 'sip:alice@127.0.0.1:6002']);
  });

  test('may watch before anybody is registered, and hears of it then', () => {
    const all = world();
    const watcher = asWatcher(all);
    watcher.step({ kind: 'subscribe' });
    expect(watcher.contacts).toEqual([`${ALICE} init`, 'sip:alice.home@home.example init']);
    all.alice.register();
    all.network.run();
    expect(watcher.contacts[0]).toBe(`${ALICE} active registered ${UE1}`);
    expect(watcher.documents.map(({ version, state }) => `${version} ${state}`)).toEqual([
      '0 full',
      '1 partial',
    ]);
  });

  test('hears of each change what has changed: another device, a refresh, an end [SIPPUSH RFC3680.4.7-1]', () => {
    const all = world();
    all.alice.register();
    const watcher = asWatcher(all);
    watcher.step({ kind: 'subscribe' });
    const phone = all.ue('alice', 6002);
    phone.register();
    expect(watcher.documents.at(-1)?.registrations[0]?.contacts).toMatchObject([
      { event: 'registered', uri: 'sip:alice@127.0.0.1:6002' },
    ]);
    all.alice.registerOnce();
    expect(watcher.documents.at(-1)?.registrations[0]?.contacts).toMatchObject([
      { event: 'refreshed', uri: UE1 },
    ]);
    phone.registerOnce({ expires: 0 });
    expect(watcher.documents.at(-1)?.registrations[0]?.contacts).toMatchObject([
      { event: 'unregistered', state: 'terminated' },
    ]);
    expect(watcher.gaps).toBe(0);
    expect(watcher.contacts[0]).toBe(`${ALICE} active refreshed ${UE1}`);
  });

  test('has its subscription ended with the last contact', () => {
    const all = world();
    all.alice.register();
    const watcher = asWatcher(all);
    watcher.step({ kind: 'subscribe' });
    all.network.run(3_600_000);
    expect(watcher.states.at(-1)).toBe('terminated;reason=noresource');
    const [registration] = watcher.documents.at(-1)?.registrations ?? [];
    expect(registration).toMatchObject({ state: 'terminated', contacts: [{ event: 'expired' }] });
    expect(watcher.phase).toBe('Idle');
    expect(all.lab.sCscf.counters.watchers).toBe(0);
  });

  test('keeps its subscription by refreshing it, and loses it if it does not', () => {
    const all = world();
    const watcher = asWatcher(all);
    watcher.step({ kind: 'subscribe' });
    all.network.run(6_600_000);
    expect(watcher.step({ kind: 'timeout' })).toBe(200);
    expect(watcher.documents.at(-1)).toMatchObject({ version: 1, state: 'full' });
    all.network.run(7_200_000);
    expect(watcher.states.at(-1)).toBe('terminated;reason=timeout');
    expect(all.lab.sCscf.counters.watchers).toBe(0);
  });

  test('that does not know its subscription any more is not told again', () => {
    const all = world();
    const watcher = asWatcher(all);
    watcher.step({ kind: 'subscribe' });
    all.applicationServer.answer = () => ({ status: 481 });
    all.alice.register();
    expect(all.lab.sCscf.counters.watchers).toBe(0);
  });

  test('that the criteria do not name may not watch', () => {
    const all = world();
    const other = new TestWatcher(all.network, all.otherServer, S_CSCF, {
      resource: ALICE,
      identity: OTHER_AS_URI,
      contact: 'sip:other@127.0.0.1:5091',
    });
    expect(other.step({ kind: 'subscribe' })).toBe(403);
  });

  test('may not watch for somebody whom nobody knows', () => {
    const all = world();
    const { network, applicationServer } = all;
    const watcher = new TestWatcher(network, applicationServer, S_CSCF, {
      resource: 'sip:nobody@home.example',
      identity: AS_URI,
      contact: 'sip:prov@127.0.0.1:5090',
    });
    expect(watcher.step({ kind: 'subscribe' })).toBe(404);
  });
});

describe('a UE', () => {
  test('watches its own registration through the P-CSCF, which stays on the way', () => {
    const all = world();
    all.alice.register();
    const watcher = ueWatcher(all);
    expect(watcher.step({ kind: 'subscribe' })).toBe(200);
    expect(watcher.contacts[0]).toBe(`${ALICE} active registered ${UE1}`);
    const notify = all.alice.requests.at(-1)!;
    expect(notify.method).toBe('NOTIFY');
    expect(
      headersOf(notify, 'Via')
        .join()
        .match(/SIP\/2\.0\/UDP/g),
    ).toHaveLength(2);
    const before = watcher.documents.length;
    expect(watcher.step({ kind: 'refresh' })).toBe(200);
    expect(watcher.documents).toHaveLength(before + 1);
  });

  test('may not watch another user', () => {
    const all = world();
    all.alice.register();
    all.ue('bob', 6002).register();
    expect(ueWatcher(all, 'bob').step({ kind: 'subscribe' })).toBe(403);
  });

  test('that is not registered may watch nobody', () => {
    expect(ueWatcher(world()).step({ kind: 'subscribe' })).toBe(403);
  });
});

describe('the network ends a registration (TS 24.229 5.4.1.5)', () => {
  test.each([
    ['deactivated', undefined],
    ['rejected', undefined],
    ['probation', 30],
  ] as const)('as %s: UE and application server are told', (event, retryAfter) => {
    const all = world();
    const { alice, network, lab, applicationServer } = all;
    alice.register();
    const watcher = ueWatcher(all);
    watcher.step({ kind: 'subscribe' });
    network.send(S_CSCF, lab.sCscf.deregister(ALICE, event, network.now, retryAfter));
    network.run();
    expect(watcher.states.at(-1)).toBe('terminated;reason=noresource');
    const [registration] = watcher.documents.at(-1)?.registrations ?? [];
    const wait = retryAfter === undefined ? {} : { retryAfter };
    expect(registration).toMatchObject({
      state: 'terminated',
      contacts: [{ state: 'terminated', event, ...wait }],
    });
    expect(headerOf(applicationServer.requests.at(-1)!, 'Expires')).toBe('0');
    expect(lab.sCscf.registrations).toEqual([]);
    expect(alice.register()?.status).toBe(200);
  });

  test('of nobody: nothing happens', () => {
    const { lab, network } = world();
    expect(lab.sCscf.deregister(ALICE, 'rejected', network.now)).toEqual([]);
    expect(lab.sCscf.deregister('sip:nobody@home.example', 'rejected', network.now)).toEqual([]);
  });
});

test('a registration has a limited number of watchers, the others come later', () => {
  const { applicationServer, network } = world({
    subscribers: [subscriber('alice', { filterCriteria: [criterion()] })],
  });
  const statuses = Array.from({ length: WATCHERS_MAX + 1 }, (_, index) => {
    const watcher = new TestWatcher(network, applicationServer, S_CSCF, {
      resource: ALICE,
      identity: AS_URI,
      contact: 'sip:prov@127.0.0.1:5090',
      random: (length) => new Uint8Array(length).fill(index),
    });
    return watcher.step({ kind: 'subscribe' });
  });
  expect(statuses.slice(0, -1)).toEqual(Array(WATCHERS_MAX).fill(200));
  expect(statuses.at(-1)).toBe(503);
});

test('a SUBSCRIBE to another package is refused by 489, and nothing is kept', () => {
  const { applicationServer, lab, network } = world();
  const watcher = new TestWatcher(network, applicationServer, S_CSCF, {
    resource: ALICE,
    identity: AS_URI,
    contact: 'sip:prov@127.0.0.1:5090',
    event: { name: 'presence', contentType: 'application/pidf+xml', expires: 3600 },
  });
  expect(watcher.step({ kind: 'subscribe' })).toBe(489);
  expect(lab.sCscf.counters.watchers).toBe(0);
});
