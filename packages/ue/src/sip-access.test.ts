/** UE-1 among P-CSCFs that come and go, with names, several identities, cards and the network's own decisions. */
import { decodeHex, encodeUtf8 } from '@ueprov/protocols';
import {
  AuthenticationCentre,
  encodeAkaNonce,
  encodeDigestChallenge,
} from '@ueprov/protocols/digest';
import type { Answer } from '@ueprov/protocols/dns';
import {
  callId,
  contacts,
  encodeReginfo,
  headerOf,
  PUSH_FEATURE_TAGS,
  parameterValue,
  type Reginfo,
  type ReginfoContactEvent,
  request,
  responseTo,
  type SipRequest,
} from '@ueprov/protocols/sip';
import { describe, expect, test } from 'vitest';
import { AccessWorld, FIRST, SECOND } from './testing/access-world.ts';

const ALICE = 'sip:alice@home.example';
const OTHER = { otherPCscfs: [{ host: SECOND, port: 5060 }] };
const MINUTE = 60_000;
/** Timer F. */
const SILENCE = 32_000;

const records = (...found: unknown[]): Answer =>
  ({ kind: 'records', records: found, ttl: 300 }) as Answer;

describe('fail-over [R-6.9.2-2]', () => {
  test('a P-CSCF that says nothing is followed by the next one', () => {
    const world = new AccessWorld(OTHER);
    world.gone.add(FIRST);
    world.start().run(SILENCE);
    expect(world.trace.at(-1)).toBe(`registered ${ALICE} by ${SECOND}`);
    expect(world.pCscf(SECOND).registered).toHaveLength(1);
  });

  test.each([408, 500, 503, 504])(
    'one that answers %i is followed at once [SIPPUSH RFC3263.4.3-1]',
    (status) => {
      const world = new AccessWorld(OTHER);
      world.pCscf(FIRST).mood = status;
      world.start();
      expect(world.trace).toEqual([
        `REGISTER ${FIRST}`,
        `REGISTER ${SECOND}`,
        `REGISTER ${SECOND}`,
        `registered ${ALICE} by ${SECOND}`,
      ]);
    },
  );

  test('one that does not want the UE is not: another would not want it either', () => {
    const world = new AccessWorld(OTHER);
    world.pCscf(FIRST).mood = 403;
    world.start();
    expect(world.trace).toEqual([`REGISTER ${FIRST}`, `failed ${ALICE}: 403 Forbidden`]);
  });

  test('with all of them gone it waits and begins anew, and one that comes back is found', () => {
    const world = new AccessWorld(OTHER);
    world.gone.add(FIRST).add(SECOND);
    world.start().run(2 * SILENCE);
    expect(world.trace.at(-1)).toBe(`failed ${ALICE}: timeout`);
    world.gone.clear();
    world.run(MINUTE);
    expect(world.trace.at(-1)).toBe(`registered ${ALICE} by ${FIRST}`);
  });

  test('a P-CSCF that is lost between two refreshes is replaced at the next one', () => {
    const world = new AccessWorld(OTHER).start();
    world.gone.add(FIRST);
    world.trace.length = 0;
    world.run(51 * MINUTE);
    expect(world.trace.at(-1)).toBe(`registered ${ALICE} by ${SECOND}`);
    expect(world.trace).not.toContain('lost');
  });

  test('leaving goes by another P-CSCF too', () => {
    const world = new AccessWorld(OTHER).start();
    world.gone.add(FIRST);
    world.step({ kind: 'stop' });
    world.run(SILENCE + 1000);
    expect(world.trace.slice(-2)).toEqual(['lost', 'left']);
    expect(world.pCscf(SECOND).registered.at(-1)).toBe('alice-private@home.example 0');
  });
});

describe('names [R-6.2.2-1] [R-6.3.1.1-11]', () => {
  const ZONE = {
    'NAPTR ims.test': records({
      order: 10,
      preference: 10,
      flags: 's',
      service: 'SIP+D2U',
      regexp: '',
      replacement: '_sip._udp.ims.test',
    }),
    'SRV _sip._udp.ims.test': records(
      { priority: 20, weight: 0, port: 5060, target: 'b.ims.test' },
      { priority: 10, weight: 0, port: 5060, target: 'a.ims.test' },
    ),
    'A a.ims.test': records(FIRST),
    'A b.ims.test': records(SECOND),
  };

  test('a proxy domain leads to its P-CSCFs by NAPTR and SRV [R-6.9.2-5] [R-6.9.2-6]', () => {
    const world = new AccessWorld({ pCscf: { host: 'ims.test' } }, { zone: ZONE }).start();
    expect(world.trace).toEqual([
      'ask NAPTR ims.test',
      'ask SRV _sip._udp.ims.test',
      'ask A a.ims.test',
      `REGISTER ${FIRST}`,
      `REGISTER ${FIRST}`,
      `registered ${ALICE} by ${FIRST}`,
    ]);
  });

  test('and on to the next one when the first is silent', () => {
    const world = new AccessWorld({ pCscf: { host: 'ims.test' } }, { zone: ZONE });
    world.gone.add(FIRST);
    world.start().run(SILENCE);
    expect(world.trace.at(-1)).toBe(`registered ${ALICE} by ${SECOND}`);
  });

  test('a P-CSCF name is looked up for its address alone [R-6.9.2-3]', () => {
    const pCscf = { host: 'a.ims.test', port: 5060 };
    const world = new AccessWorld({ pCscf }, { zone: ZONE }).start();
    expect(world.trace[0]).toBe('ask A a.ims.test');
    expect(world.trace.at(-1)).toBe(`registered ${ALICE} by ${FIRST}`);
  });

  test('a name that leads nowhere is tried again later', () => {
    const world = new AccessWorld({ pCscf: { host: 'nowhere.test', port: 5060 } }).start();
    expect(world.trace).toEqual(['ask A nowhere.test', `failed ${ALICE}: transport`]);
    world.run(5 * MINUTE);
    expect(world.trace.filter((line) => line.startsWith('ask')).length).toBeGreaterThan(1);
  });
});

describe('several identities [R-6.7-13]', () => {
  const BOB = 'sip:bob@home.example';

  test('each registers by itself, with the tags of SIP push on each [SIPPUSH OTA-5]', () => {
    const world = new AccessWorld({ otherIMPUs: [BOB] }).start();
    expect(world.trace.filter((line) => line.startsWith('registered'))).toEqual([
      `registered ${ALICE} by ${FIRST}`,
      `registered ${BOB} by ${FIRST}`,
    ]);
    const who = (message: SipRequest) => headerOf(message, 'To');
    for (const message of world.requests) {
      const [contact] = contacts(message);
      for (const { name, value } of PUSH_FEATURE_TAGS) {
        expect(parameterValue(contact!, name), `${name} of ${who(message)}`).toBe(value);
      }
    }
    expect(new Set(world.requests.map(callId)).size).toBe(2);
  });

  test('one that the network registers along with the first does not [SIPPUSH TS24229.5.1.1.2-3]', () => {
    const world = new AccessWorld({ otherIMPUs: [BOB] });
    world.pCscf(FIRST).associated = [ALICE, BOB];
    world.start();
    expect(new Set(world.requests.map((message) => headerOf(message, 'To')))).toEqual(
      new Set([`<${ALICE}>`]),
    );
  });

  test('the others come even if the first is not wanted', () => {
    const world = new AccessWorld({ otherIMPUs: [BOB] });
    world.pCscf(FIRST).unwanted.add(ALICE);
    world.start();
    expect(world.trace.at(-1)).toBe(`registered ${BOB} by ${FIRST}`);
  });

  test('all of them leave, and none is left behind [SIPPUSH TS24229.5.1.1.6-1]', () => {
    const world = new AccessWorld({ otherIMPUs: [BOB] }).start();
    world.step({ kind: 'stop' });
    world.run(1000);
    expect(world.trace.slice(-2)).toEqual(['lost', 'left']);
  });

  test('when the P-CSCF changes for one, it changes for all', () => {
    const world = new AccessWorld({ ...OTHER, otherIMPUs: [BOB] }).start();
    world.gone.add(FIRST);
    world.run(51 * MINUTE);
    const by = world.trace.filter((line) => line.endsWith(`by ${SECOND}`));
    expect(new Set(by)).toEqual(
      new Set([`registered ${ALICE} by ${SECOND}`, `registered ${BOB} by ${SECOND}`]),
    );
  });
});

describe('requests of the network (AC-23)', () => {
  const message = (method = 'MESSAGE') =>
    request({
      method,
      uri: ALICE,
      from: '<sip:prov@home.example>;tag=1',
      to: `<${ALICE}>`,
      callId: 'c1',
      cSeq: 1,
    });

  test('come by the P-CSCF', () => {
    const world = new AccessWorld(OTHER).start();
    world.send(FIRST, message()).run(100);
    expect(world.trace.at(-1)).toBe('request MESSAGE');
  });

  test('from anybody else get neither an answer nor a hearing', () => {
    const world = new AccessWorld().start();
    world.trace.length = 0;
    world.send(SECOND, message()).run(100);
    expect(world.trace).toEqual([]);
  });

  test('a NOTIFY of nothing that was subscribed to is told so', () => {
    const world = new AccessWorld().start();
    world.send(FIRST, message('NOTIFY')).run(100);
    expect(world.pCscf(FIRST).replies).toEqual([481]);
  });
});

describe('a card', () => {
  const aka = { K: '465b5ce8b199b49faa5f0a2ee238a6bc', OPc: 'cd63cb71954a9f4e48a5994e37a02baf' };

  test('what it has accepted is kept before the answer leaves', () => {
    const world = new AccessWorld({ aka, password: undefined });
    const centre = new AuthenticationCentre({ K: decodeHex(aka.K), OPc: decodeHex(aka.OPc) });
    world.pCscf(FIRST).answer = (register) => {
      const nonce = encodeAkaNonce(centre.vector((length) => new Uint8Array(length).fill(7)));
      const challenge = { realm: 'home.example', nonce, qop: ['auth'], stale: false } as const;
      const value = encodeDigestChallenge({ ...challenge, algorithm: 'AKAv1-MD5' });
      return responseTo(register, 401, {
        toTag: 't',
        headers: [{ name: 'WWW-Authenticate', value }],
      });
    };
    world.start();
    expect(world.trace.slice(0, 3)).toEqual([
      `REGISTER ${FIRST}`,
      'keep alice-private@home.example',
      `REGISTER ${FIRST}`,
    ]);
  });
});

describe('what the network says of the registration (RFC 3680)', () => {
  /** A registered UE whose subscription is accepted, and what the network then says of its contact. */
  function told(event: ReginfoContactEvent, change: Partial<Reginfo> = {}): AccessWorld {
    const world = new AccessWorld({ regEvent: true });
    const pCscf = world.pCscf(FIRST);
    pCscf.answer = (subscribe) =>
      subscribe.method === 'SUBSCRIBE'
        ? responseTo(subscribe, 200, {
            toTag: 'n',
            headers: [
              { name: 'Expires', value: '600000' },
              { name: 'Contact', value: '<sip:scscf.home.example>' },
            ],
          })
        : undefined;
    world.start();
    const subscribe = world.requests.find(({ method }) => method === 'SUBSCRIBE');
    if (subscribe === undefined) throw new Error('it subscribes');
    const isActive = event === 'shortened';
    const state = isActive ? 'active' : 'terminated';
    const uri = 'sip:alice@192.0.2.7:5060';
    const contact = { id: 'c', state, event, uri, unknownParams: [], retryAfter: 90 } as const;
    const registration = { aor: ALICE, id: 'r', state, contacts: [contact] } as const;
    const reginfo = {
      version: 0,
      state: 'full',
      registrations: [registration],
      ...change,
    } as const;
    world.trace.length = 0;
    const notify = request({
      method: 'NOTIFY',
      uri,
      from: `${headerOf(subscribe, 'To')};tag=n`,
      to: headerOf(subscribe, 'From') ?? '',
      callId: callId(subscribe),
      cSeq: 1,
      headers: [
        { name: 'Event', value: 'reg' },
        { name: 'Subscription-State', value: 'active;expires=600000' },
        { name: 'Content-Type', value: 'application/reginfo+xml' },
        { name: 'Contact', value: '<sip:scscf.home.example>' },
      ],
      body: encodeReginfo(reginfo),
    });
    return world.send(FIRST, notify).run(1000);
  }

  test('the subscription names the identity and is for reg [SIPPUSH TS24229.5.1.1.3-1]', () => {
    const world = told('shortened');
    const subscribe = world.requests.find(({ method }) => method === 'SUBSCRIBE');
    expect(subscribe?.uri).toBe(ALICE);
    expect(headerOf(subscribe!, 'Event')).toBe('reg');
    expect(headerOf(subscribe!, 'P-Preferred-Identity')).toBe(`<${ALICE}>`);
    expect(world.pCscf(FIRST).replies).toEqual([200]);
  });

  test.each(['deactivated', 'unregistered', 'expired'] as const)(
    '%s: the UE registers anew at once [SIPPUSH RFC3680.4.7-2]',
    (event) => {
      const world = told(event);
      expect(world.trace).toContain('lost');
      expect(world.trace).toContain(`registered ${ALICE} by ${FIRST}`);
    },
  );

  test('shortened: the UE proves itself again, and is registered all the while [SIPPUSH TS24229.5.1.1.5A-1]', () => {
    const world = told('shortened');
    expect(world.trace).not.toContain('lost');
    expect(world.trace).toContain(`registered ${ALICE} by ${FIRST}`);
  });

  test('probation: after the time that it says [SIPPUSH RFC3680.4.7-2]', () => {
    const world = told('probation');
    expect(world.trace.at(-1)).toBe('lost');
    world.run(88_000);
    expect(world.trace.at(-1)).toBe('lost');
    world.run(2000);
    expect(world.trace).toContain(`registered ${ALICE} by ${FIRST}`);
  });

  test('rejected: not soon [SIPPUSH RFC3680.4.7-2]', () => {
    const world = told('rejected');
    world.run(10 * MINUTE);
    expect(world.trace).not.toContain(`registered ${ALICE} by ${FIRST}`);
  });

  test('of another contact, it is not about this UE', () => {
    const contact = { id: 'x', state: 'terminated', event: 'rejected' } as const;
    const contacts = [{ ...contact, uri: 'sip:alice@192.0.2.99:5060', unknownParams: [] }];
    const registrations = [{ aor: ALICE, id: 'r', state: 'active', contacts } as const];
    expect(told('rejected', { registrations }).trace).not.toContain('lost');
  });
});

test('a NOTIFY whose body is no reginfo changes nothing', () => {
  const world = new AccessWorld({ regEvent: true }).start();
  const subscribe = world.requests.find(({ method }) => method === 'SUBSCRIBE');
  const notify = request({
    method: 'NOTIFY',
    uri: ALICE,
    from: `<${ALICE}>;tag=n`,
    to: headerOf(subscribe!, 'From') ?? '',
    callId: callId(subscribe!),
    cSeq: 1,
    headers: [
      { name: 'Event', value: 'reg' },
      { name: 'Subscription-State', value: 'active' },
      { name: 'Content-Type', value: 'application/reginfo+xml' },
    ],
    body: encodeUtf8('<reginfo'),
  });
  world.send(FIRST, notify).run(1000);
  expect(world.trace).not.toContain('lost');
});
