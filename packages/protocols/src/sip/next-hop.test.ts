import { describe, expect, test } from 'vitest';
import type { Instant } from '../engine.ts';
import {
  AVOID_MS,
  AVOID_MS_MAX,
  type Hop,
  NEXT_HOP_TRANSITIONS,
  NextHop,
  type NextHopEffect,
  type NextHopInput,
} from './next-hop.ts';

const FIRST = { host: '192.0.2.1', port: 5060 };
const SECOND = { host: '192.0.2.2', port: 5060 };

class Way {
  now: Instant = 0;
  readonly engine: NextHop;

  constructor(...hops: readonly Hop[]) {
    this.engine = new NextHop({
      hops,
      transports: ['udp'],
      families: ['A'],
      random: (length) => new Uint8Array(length),
    });
  }

  /** The address chosen, `none`, `ask ...`, or nothing. */
  step(input: NextHopInput): string {
    return this.engine.step(input, this.now).map(wordOf).join(', ');
  }

  choose(): string {
    return this.step({ kind: 'choose' });
  }

  failed(retryAfter?: number): string {
    return this.step({ kind: 'failed', ...(retryAfter !== undefined && { retryAfter }) });
  }
}

function wordOf(effect: NextHopEffect): string {
  if (effect.kind === 'chosen') return effect.target.address;
  return effect.kind === 'ask' ? `ask ${effect.question.type} ${effect.question.name}` : 'none';
}

test('its table', () => {
  const arrows = Object.entries(NEXT_HOP_TRANSITIONS).flatMap(([from, row]) =>
    Object.entries(row).map(([event, to]) => `${from} --${event}--> ${to}`),
  );
  expect(arrows).toMatchInlineSnapshot(`
    [
      "Idle --choose--> Searching",
      "Searching --target--> Chosen",
      "Searching --end--> Idle",
      "Chosen --choose--> Chosen",
      "Chosen --worked--> Working",
      "Chosen --failed--> FailingOver",
      "Working --choose--> Working",
      "Working --failed--> FailingOver",
      "FailingOver --target--> Chosen",
      "FailingOver --end--> Idle",
    ]
  `);
});

describe('fail-over', () => {
  test('the first proxy that is configured is the one that is used, and stays it [R-6.9.2-2]', () => {
    const way = new Way(FIRST, SECOND);
    expect(way.choose()).toBe('192.0.2.1');
    way.step({ kind: 'worked' });
    expect([way.choose(), way.choose()]).toEqual(['192.0.2.1', '192.0.2.1']);
  });

  test('what fails is followed by the next, and after the last there is none [SIPPUSH RFC3263.4.3-1]', () => {
    const way = new Way(FIRST, SECOND);
    way.choose();
    expect(way.failed()).toBe('192.0.2.2');
    expect(way.failed()).toBe('none');
    expect(way.failed()).toBe('');
  });

  test('targets of one proxy come before the next proxy', () => {
    const way = new Way({ host: 'pcscf.test', port: 5070 }, SECOND);
    expect(way.choose()).toBe('ask A pcscf.test');
    const question = { type: 'A', name: 'pcscf.test' } as const;
    const answer = { kind: 'records', records: ['192.0.2.7', '192.0.2.8'], ttl: 60 } as const;
    expect(way.step({ kind: 'answer', question, answer })).toBe('192.0.2.7');
    expect(way.failed()).toBe('192.0.2.8');
    expect(way.failed()).toBe('192.0.2.2');
  });

  test('a name without an address is passed over', () => {
    const way = new Way({ host: 'gone.test', port: 5060 }, SECOND);
    way.choose();
    const question = { type: 'A', name: 'gone.test' } as const;
    expect(way.step({ kind: 'answer', question, answer: { kind: 'none', ttl: 1 } })).toBe(
      '192.0.2.2',
    );
  });

  test('without a proxy there is none', () => {
    expect(new Way().choose()).toBe('none');
  });
});

describe('a proxy that is lost and comes back', () => {
  test('the only one is tried again by whoever asks again', () => {
    const way = new Way(FIRST);
    way.choose();
    way.step({ kind: 'worked' });
    expect(way.failed()).toBe('none');
    way.now += 1;
    expect(way.choose()).toBe('192.0.2.1');
  });

  test('when the second one fails after it has worked, the first one has its turn again', () => {
    const way = new Way(FIRST, SECOND);
    way.choose();
    way.failed();
    way.step({ kind: 'worked' });
    way.now += AVOID_MS;
    expect(way.failed()).toBe('192.0.2.1');
  });

  test('but not while it is to be left alone', () => {
    const way = new Way(FIRST, SECOND);
    way.choose();
    expect(way.failed(120)).toBe('192.0.2.2');
    way.step({ kind: 'worked' });
    way.now += 119_999;
    expect(way.failed(0)).toBe('none');
    way.now += 1;
    expect(way.choose()).toBe('192.0.2.1');
  });

  test('one that is left alone comes after one that is not', () => {
    const way = new Way(FIRST, SECOND);
    way.choose();
    way.failed(120);
    expect(way.failed()).toBe('none');
    way.now += AVOID_MS;
    expect(way.choose()).toBe('192.0.2.2');
  });

  test('and with nothing else there it is better than none', () => {
    const way = new Way(FIRST);
    way.choose();
    expect(way.failed(120)).toBe('none');
    expect(way.choose()).toBe('192.0.2.1');
  });

  test('nobody is left alone for days', () => {
    const way = new Way(FIRST, SECOND);
    way.choose();
    way.failed(86_400);
    way.step({ kind: 'worked' });
    way.now += AVOID_MS_MAX;
    expect(way.failed()).toBe('192.0.2.1');
  });
});
