/** RFC 3263 against a small zone: what is asked in which order, and which targets come of it. */
import { describe, expect, test } from 'vitest';
import type { Naptr, Question, RecordType, Srv } from '../dns/index.ts';
import {
  LOCATION_TRANSITIONS,
  Location,
  type LocationEffect,
  type LocationOptions,
  QUESTION_COUNT_MAX,
  TARGET_COUNT_MAX,
} from './location.ts';

type Zone = Readonly<Record<string, readonly unknown[]>>;

const naptr = (order: number, service: string, replacement: string, flags = 's'): Naptr => ({
  order,
  preference: 10,
  flags,
  service,
  regexp: '',
  replacement,
});
const srv = (target: string, port: number, priority = 0): Srv => ({
  priority,
  weight: 0,
  port,
  target,
});

/** The zone of the fact sheet, by `TYPE name`. */
const ZONE: Zone = {
  'NAPTR ims.test': [
    naptr(30, 'SIP+D2U', '_sip._udp.ims.test'),
    naptr(10, 'SIPS+D2T', '_sips._tcp.ims.test'),
    naptr(20, 'SIP+D2T', '_sip._tcp.ims.test'),
    naptr(5, 'SIP+D2S', '_sip._sctp.ims.test'),
  ],
  'SRV _sips._tcp.ims.test': [srv('pcscf1.ims.test', 5061)],
  'SRV _sip._tcp.ims.test': [srv('pcscf3.ims.test', 5060, 1), srv('pcscf2.ims.test', 5060)],
  'SRV _sip._udp.ims.test': [srv('pcscf1.ims.test', 5062)],
  'A pcscf1.ims.test': ['192.0.2.1'],
  'AAAA pcscf1.ims.test': ['2001:db8::1'],
  'A pcscf2.ims.test': ['192.0.2.2', '192.0.2.22'],
  'A pcscf3.ims.test': ['192.0.2.3'],
  'A ims.test': ['192.0.2.9'],
};

function location(change: Partial<LocationOptions> = {}): Location {
  return new Location({
    host: 'ims.test',
    transports: ['tls', 'tcp', 'udp'],
    families: ['A'],
    random: (length) => new Uint8Array(length),
    ...change,
  });
}

/** Takes all targets: `udp 192.0.2.1:5060`, and what was asked for them. */
function taken(engine: Location, zone: Zone = ZONE) {
  const asked: string[] = [];
  const targets: string[] = [];
  let effects: readonly LocationEffect[] = engine.step({ kind: 'next' });
  for (let turn = 0; turn < 1000; turn++) {
    const [effect, ...others] = effects;
    expect(others).toEqual([]);
    if (effect === undefined || effect.kind === 'exhausted') break;
    if (effect.kind === 'ask') {
      asked.push(`${effect.question.type} ${effect.question.name}`);
      effects = engine.step({ ...answerOf(effect.question, zone), kind: 'answer' });
    } else {
      const { transport, address, port } = effect.target;
      targets.push(`${transport} ${address}:${port}`);
      effects = engine.step({ kind: 'next' });
    }
  }
  expect(engine.state).toBe('Exhausted');
  expect(engine.step({ kind: 'next' })).toEqual([]);
  return { asked, targets };
}

function answerOf(question: Question, zone: Zone) {
  const records = zone[`${question.type} ${question.name}`];
  return {
    question,
    answer:
      records === undefined
        ? ({ kind: 'none', ttl: 60 } as const)
        : ({ kind: 'records', ttl: 60, records: records as never } as const),
  };
}

test('its table', () => {
  const arrows = Object.entries(LOCATION_TRANSITIONS).flatMap(([from, row]) =>
    Object.entries(row).map(([event, to]) => `${from} --${event}--> ${to}`),
  );
  expect(arrows).toMatchInlineSnapshot(`
    [
      "Idle --question--> Asking",
      "Idle --target--> Offered",
      "Idle --end--> Exhausted",
      "Asking --question--> Asking",
      "Asking --target--> Offered",
      "Asking --end--> Exhausted",
      "Offered --question--> Asking",
      "Offered --target--> Offered",
      "Offered --end--> Exhausted",
    ]
  `);
});

describe('from a domain [R-6.9.2-5] [R-6.9.2-6]', () => {
  test('NAPTR by order, then SRV by priority, then addresses; what is not spoken is left out [SIPPUSH RFC3263.4.1-1]', () => {
    const { asked, targets } = taken(location());
    expect(asked).toEqual([
      'NAPTR ims.test',
      'SRV _sips._tcp.ims.test',
      'A pcscf1.ims.test',
      'SRV _sip._tcp.ims.test',
      'A pcscf2.ims.test',
      'A pcscf3.ims.test',
      'SRV _sip._udp.ims.test',
      'A pcscf1.ims.test',
    ]);
    expect(targets).toEqual([
      'tls 192.0.2.1:5061',
      'tcp 192.0.2.2:5060',
      'tcp 192.0.2.22:5060',
      'tcp 192.0.2.3:5060',
      'udp 192.0.2.1:5062',
    ]);
  });

  test('nothing is asked before it is wanted', () => {
    const engine = location({ transports: ['udp'] });
    const [first] = engine.step({ kind: 'next' });
    expect(first).toEqual({ kind: 'ask', question: { type: 'NAPTR', name: 'ims.test' } });
    expect(engine.step({ kind: 'next' })).toEqual([]);
  });

  test('the order of the network counts, not ours; a service that we do not speak is passed over [SIPPUSH RFC3263.4.1-1]', () => {
    expect(taken(location({ transports: ['udp', 'tcp'] })).targets[0]).toBe('tcp 192.0.2.2:5060');
    expect(taken(location({ transports: ['udp'] })).targets).toEqual(['udp 192.0.2.1:5062']);
  });

  test('without NAPTR the services that we speak are asked for, in our order [SIPPUSH RFC3263.4.1-2]', () => {
    const { 'NAPTR ims.test': _, ...zone } = ZONE;
    const { asked, targets } = taken(location({ transports: ['udp', 'tcp'] }), zone);
    expect(asked.slice(0, 2)).toEqual(['NAPTR ims.test', 'SRV _sip._udp.ims.test']);
    expect(targets).toEqual([
      'udp 192.0.2.1:5062',
      'tcp 192.0.2.2:5060',
      'tcp 192.0.2.22:5060',
      'tcp 192.0.2.3:5060',
    ]);
  });

  test('without SRV the name is the host: UDP, port 5060 [SIPPUSH RFC3263.4.2-2]', () => {
    const { asked, targets } = taken(location(), { 'A ims.test': ['192.0.2.9'] });
    expect(targets).toEqual(['udp 192.0.2.9:5060']);
    expect(asked.at(-1)).toBe('A ims.test');
  });

  test('a target of . is an end: the name itself is not tried', () => {
    const zone = { 'SRV _sip._udp.ims.test': [srv('', 0)], 'A ims.test': ['192.0.2.9'] };
    expect(taken(location({ transports: ['udp'] }), zone).targets).toEqual([]);
  });

  test('a server that does not answer a question does not hold up the next one', () => {
    const engine = location({ transports: ['udp'] });
    const [ask] = engine.step({ kind: 'next' });
    if (ask?.kind !== 'ask') throw new Error('NAPTR is asked for');
    const answer = { kind: 'failed', reason: 'timeout' } as const;
    expect(engine.step({ kind: 'answer', question: ask.question, answer })).toMatchObject([
      { kind: 'ask', question: { type: 'SRV' } },
    ]);
  });
});

describe('from what is said already', () => {
  test.each([
    ['an address', { host: '192.0.2.5' }, [], ['udp 192.0.2.5:5060']],
    ['IPv6 in brackets', { host: '[2001:db8::5]', port: 5070 }, [], ['udp 2001:db8::5:5070']],
    ['an address over TLS', { host: '192.0.2.5', isSecure: true }, [], ['tls 192.0.2.5:5061']],
    [
      'an address without UDP',
      { host: '192.0.2.5', transports: ['tcp'] as const },
      [],
      ['tcp 192.0.2.5:5060'],
    ],
  ])('%s is not looked up [SIPPUSH RFC3263.4.2-1]', (_, change, asked, targets) => {
    expect(taken(location(change))).toEqual({ asked, targets });
  });

  test('a name with a port is looked up for its addresses alone [R-6.9.2-3] [SIPPUSH RFC3263.4.2-1]', () => {
    expect(taken(location({ host: 'pcscf2.ims.test.', port: 5070 }))).toEqual({
      asked: ['A pcscf2.ims.test'],
      targets: ['udp 192.0.2.2:5070', 'udp 192.0.2.22:5070'],
    });
  });

  test('addresses are of the families that can be reached, in their order [R-6.9.2-3]', () => {
    const both = location({ host: 'pcscf1.ims.test', port: 5060, families: ['AAAA', 'A'] });
    expect(taken(both).targets).toEqual(['udp 2001:db8::1:5060', 'udp 192.0.2.1:5060']);
    const six = location({ host: 'pcscf2.ims.test', port: 5060, families: ['AAAA'] });
    expect(taken(six).targets).toEqual([]);
  });

  test('a transport that is given asks for no NAPTR', () => {
    const { asked } = taken(location({ transport: 'tcp' }));
    expect(asked[0]).toBe('SRV _sip._tcp.ims.test');
  });

  test('sips: never leaves TLS [SIPPUSH RFC3263.4.1-3]', () => {
    const { targets } = taken(location({ isSecure: true }));
    expect(targets).toEqual(['tls 192.0.2.1:5061']);
    expect(taken(location({ isSecure: true, transports: ['udp'] })).targets).toEqual([]);
  });

  test('over TLS the certificate is for the name that was set out with (RFC 5922)', () => {
    const engine = location({ isSecure: true, host: 'ims.test', port: 5061 });
    const [ask] = engine.step({ kind: 'next' });
    if (ask?.kind !== 'ask') throw new Error('its address is asked for');
    expect(engine.step({ kind: 'answer', ...answerOf(ask.question, ZONE) })).toEqual([
      {
        kind: 'target',
        target: { address: '192.0.2.9', port: 5061, transport: 'tls', domain: 'ims.test' },
      },
    ]);
  });

  test.each(['not a name', '', 'a..b', `${'a'.repeat(64)}.test`])('%j leads nowhere', (host) => {
    expect(taken(location({ host }))).toEqual({ asked: [], targets: [] });
  });
});

describe('what a hostile zone does (AC-30)', () => {
  const many = (length: number, make: (index: number) => unknown) =>
    Array.from({ length }, (_, index) => make(index));

  test('endless NAPTR, SRV and hosts end', () => {
    const endless: Zone = new Proxy({} as Zone, {
      get: (_, key) => {
        const [type, name = ''] = String(key).split(' ') as [RecordType, string];
        if (type === 'NAPTR') return many(500, (i) => naptr(i, 'SIP+D2U', `_sip._udp.n${i}.test`));
        if (type === 'SRV') return many(500, (i) => srv(`h${i}.${name.slice(11)}`, 5060, i));
        return many(500, (i) => `192.0.${name.length % 256}.${i % 256}`);
      },
    });
    const { asked, targets } = taken(location(), endless);
    expect(asked.length).toBeLessThanOrEqual(QUESTION_COUNT_MAX);
    expect(targets).toHaveLength(TARGET_COUNT_MAX);
  });

  test('a zone that names hosts without addresses ends too', () => {
    const zone: Zone = {
      'SRV _sip._udp.ims.test': many(64, (index) => srv(`h${index}.test`, 5060)),
    };
    const { asked } = taken(location({ transports: ['udp'] }), zone);
    expect(asked).toHaveLength(QUESTION_COUNT_MAX);
  });

  test('records that point at each other are each tried once', () => {
    const zone: Zone = {
      'NAPTR ims.test': [naptr(1, 'SIP+D2U', 'ims.test'), naptr(2, 'SIP+D2U', 'ims.test')],
      'SRV ims.test': [srv('ims.test', 5060), srv('ims.test', 5060)],
      'A ims.test': ['192.0.2.9', '192.0.2.9'],
    };
    expect(taken(location(), zone).targets).toEqual(['udp 192.0.2.9:5060']);
  });

  test('flags that lead elsewhere, names that are none, and addresses that reach nobody', () => {
    const zone: Zone = {
      'NAPTR ims.test': [
        naptr(1, 'SIP+D2U', '_sip._udp.evil.test', 'u'),
        naptr(2, 'SIP+D2U', 'a\nb', 's'),
      ],
      'SRV _sip._udp.ims.test': [srv('a b', 5060), srv('pcscf.test', 5060)],
      'AAAA pcscf.test': ['fe80::1', '::', '2001:db8::7'],
    };
    const engine = location({ transports: ['udp'], families: ['AAAA'] });
    expect(taken(engine, zone).targets).toEqual(['udp 2001:db8::7:5060']);
  });

  test('an answer to what was not asked changes nothing', () => {
    const engine = location();
    engine.step({ kind: 'next' });
    const question = { type: 'NAPTR', name: 'other.test' } as const;
    const answer = { kind: 'records', records: [], ttl: 1 } as const;
    expect(engine.step({ kind: 'answer', question, answer })).toEqual([]);
  });
});
