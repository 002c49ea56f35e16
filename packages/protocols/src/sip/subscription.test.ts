import { describe, expect, test } from 'vitest';
import { cSeq, encodeNameAddr, from, headerOf, headersOf, tagOf, to } from './message/index.ts';
import { nextHopOf } from './subscription-dialog.ts';
import {
  RESUBSCRIBE_INTERVAL_MS,
  SUBSCRIPTION_RETRY_MS,
  SUBSCRIPTION_TRANSITIONS,
  type SubscriptionEffect,
} from './subscription-interface.ts';
import { active, answerTo, notifyFor, sentBy, subscription } from './testing/subscription.ts';

const statuses = (effects: readonly SubscriptionEffect[]) =>
  effects.flatMap((each) => (each.kind === 'answer' ? [each.status] : []));
const ends = (effects: readonly SubscriptionEffect[]) =>
  effects.filter(({ kind }) => kind === 'ended');
const kinds = (effects: readonly SubscriptionEffect[]) => effects.map(({ kind }) => kind);

test('its table', () => {
  const arrows = Object.entries(SUBSCRIPTION_TRANSITIONS).map(
    ([phase, row]) =>
      `${phase}: ${Object.entries(row)
        .map(([event, next]) => `${event} ${next}`)
        .join(', ')}`,
  );
  expect(arrows).toMatchInlineSnapshot(`
    [
      "Idle: subscribe NotifyWait",
      "NotifyWait: accepted NotifyWait, tooBrief NotifyWait, refused Idle, gone Waiting, unavailable Waiting, notifyPending Pending, notifyActive Active, notifyEnded Idle, notifyRetry Waiting, timerN Waiting, unsubscribe Idle",
      "Pending: accepted Pending, tooBrief Pending, refused Idle, gone Waiting, unavailable Pending, notifyPending Pending, notifyActive Active, notifyEnded Idle, notifyRetry Waiting, refresh Pending, timerRefresh Pending, timerExpiry Waiting, unsubscribe Leaving",
      "Active: accepted Active, tooBrief Active, refused Idle, gone Waiting, unavailable Active, notifyPending Pending, notifyActive Active, notifyEnded Idle, notifyRetry Waiting, refresh Active, timerRefresh Active, timerExpiry Waiting, unsubscribe Leaving",
      "Leaving: refused Idle, gone Idle, unavailable Idle, notifyEnded Idle, notifyRetry Idle, timerN Idle, timerExpiry Idle",
      "Waiting: timerRetry NotifyWait, subscribe NotifyWait, unsubscribe Idle",
    ]
  `);
});

describe('the first SUBSCRIBE', () => {
  test('asks for reg, for longer than a registration lives [SIPPUSH RFC6665.4.1.2-1]', () => {
    const route = [
      {
        uri: { kind: 'sip', scheme: 'sip', host: 's', parameters: [{ name: 'lr' }] },
        parameters: [],
      },
    ] as const;
    const headers = [{ name: 'P-Asserted-Identity', value: '<sip:prov@home.example>' }];
    const sent = sentBy(subscription({ route, headers }).step({ kind: 'subscribe' }, 0));
    expect(sent).toMatchObject({ method: 'SUBSCRIBE', uri: 'sip:alice@home.example' });
    const value = (name: string) => headerOf(sent, name);
    expect(value('Event')).toBe('reg');
    expect(value('Accept')).toBe('application/reginfo+xml');
    expect(value('Expires')).toBe('600000');
    expect(value('Contact')).toBe('<sip:prov@192.0.2.9:5060>');
    expect(value('Route')).toBe('<sip:s;lr>');
    expect(value('P-Asserted-Identity')).toBe('<sip:prov@home.example>');
    expect(tagOf(from(sent))).toBeDefined();
    expect(tagOf(to(sent))).toBeUndefined();
    expect(encodeNameAddr(nextHopOf(sent))).toBe('<sip:s;lr>');
  });

  test.each([
    [401, 'Idle'],
    [403, 'Idle'],
    [489, 'Idle'],
    [500, 'Waiting'],
    [503, 'Waiting'],
    [481, 'Waiting'],
  ])('a %i leaves it %s', (status, phase) => {
    const engine = subscription();
    const sent = sentBy(engine.step({ kind: 'subscribe' }, 0));
    const [end] = ends(engine.step(answerTo(sent, status), 0));
    expect(end).toMatchObject({ kind: 'ended', status });
    expect(engine.phase).toBe(phase);
    expect(engine.deadline).toBe(phase === 'Idle' ? undefined : SUBSCRIPTION_RETRY_MS);
  });

  test('Retry-After of a 503 is waited for', () => {
    const engine = subscription();
    const sent = sentBy(engine.step({ kind: 'subscribe' }, 0));
    engine.step(answerTo(sent, 503, { name: 'Retry-After', value: '60' }), 0);
    expect(engine.deadline).toBe(60_000);
    expect(sentBy(engine.step({ kind: 'timeout' }, 60_000)).method).toBe('SUBSCRIBE');
  });

  test('a 423 is followed, twice at most [SIPPUSH RFC6665.4.1.2-1]', () => {
    const engine = subscription({ expires: 60 });
    const first = sentBy(engine.step({ kind: 'subscribe' }, 0));
    const minutes = (seconds: number) => ({ name: 'Min-Expires', value: String(seconds) });
    const second = sentBy(engine.step(answerTo(first, 423, minutes(600)), 0));
    expect([headerOf(second, 'Expires'), cSeq(second).number]).toEqual(['600', 2]);
    const third = sentBy(engine.step(answerTo(second, 423, minutes(1200)), 0));
    expect(headerOf(third, 'Expires')).toBe('1200');
    expect(ends(engine.step(answerTo(third, 423, minutes(2400)), 0))).toHaveLength(1);
    expect(engine.phase).toBe('Idle');
  });

  test('a 423 that asks for no more than was asked is not followed', () => {
    const engine = subscription({ expires: 60 });
    const first = sentBy(engine.step({ kind: 'subscribe' }, 0));
    engine.step(answerTo(first, 423, { name: 'Min-Expires', value: '60' }), 0);
    expect(engine.phase).toBe('Idle');
  });

  test('without any NOTIFY within Timer N it is tried anew, with another tag [SIPPUSH RFC6665.4.1.2-1]', () => {
    const engine = subscription({ retryMs: 20_000 });
    const first = sentBy(engine.step({ kind: 'subscribe' }, 0));
    engine.step(answerTo(first, 200, { name: 'Expires', value: '3600' }), 0);
    expect(engine.deadline).toBe(32_000);
    expect(ends(engine.step({ kind: 'timeout' }, 32_000))).toMatchObject([{ retryAt: 52_000 }]);
    const second = sentBy(engine.step({ kind: 'timeout' }, 52_000));
    expect(headerOf(second, 'Call-ID')).toBe(engine.callId);
    expect(tagOf(from(second))).not.toBe(tagOf(from(first)));
  });
});

describe('NOTIFY', () => {
  test('makes the dialog, before the 200 as well [SIPPUSH RFC6665.4.4.1-1]', () => {
    const engine = subscription();
    const subscribe = sentBy(engine.step({ kind: 'subscribe' }, 0));
    const effects = engine.step(notifyFor(subscribe), 0);
    expect(kinds(effects)).toEqual(['answer', 'established', 'notified']);
    expect(statuses(effects)).toEqual([200]);
    expect(engine.phase).toBe('Active');
    engine.step(answerTo(subscribe, 202, { name: 'Expires', value: '3600' }), 1);
    expect(engine.phase).toBe('Active');
  });

  test('of a fork is answered 481', () => {
    const engine = subscription();
    const { subscribe } = active(engine, 0);
    const other = notifyFor(subscribe, { tag: 'fork' });
    expect(statuses(engine.step(other, 0))).toEqual([481]);
    expect(statuses(engine.step(notifyFor(subscribe, { cSeq: 2 }), 0))).toEqual([200]);
  });

  test.each([
    ['of another subscription', { toTag: 'other' }, 481],
    ['without a tag', { tag: '' }, 481],
    ['of another package', { event: 'presence' }, 489],
    ['without Event', { event: '' }, 489],
    ['without Subscription-State', { state: '' }, 400],
    ['with a number that is none', { state: 'active;expires=x' }, 400],
    ['with a body of another type', { type: 'text/plain' }, 415],
    ['with a body of no type', { type: '' }, 400],
  ])('%s is refused, and nothing changes [SIPPUSH RFC6665.4.1.3-1]', (_name, parts, status) => {
    const engine = subscription();
    const subscribe = sentBy(engine.step({ kind: 'subscribe' }, 0));
    const effects = engine.step(notifyFor(subscribe, parts), 0);
    expect(statuses(effects)).toEqual([status]);
    expect(effects).toHaveLength(1);
    expect(engine.phase).toBe('NotifyWait');
    expect(statuses(engine.step(notifyFor(subscribe), 0))).toEqual([200]);
  });

  test('that comes late or twice is answered 500', () => {
    const engine = subscription();
    const { subscribe } = active(engine, 0);
    expect(kinds(engine.step(notifyFor(subscribe), 0))).toEqual(['answer']);
    expect(statuses(engine.step(notifyFor(subscribe), 0))).toEqual([500]);
    expect(statuses(engine.step(notifyFor(subscribe, { cSeq: 7 }), 0))).toEqual([200]);
    expect(statuses(engine.step(notifyFor(subscribe, { cSeq: 6 }), 0))).toEqual([500]);
  });

  test('to nobody is answered 481 [SIPPUSH RFC6665.4.1.3-1]', () => {
    const subscribe = sentBy(subscription().step({ kind: 'subscribe' }, 0));
    expect(statuses(subscription().step(notifyFor(subscribe), 0))).toEqual([481]);
  });

  test('without a body says only that the subscription lives', () => {
    const engine = subscription();
    const subscribe = sentBy(engine.step({ kind: 'subscribe' }, 0));
    const pending = notifyFor(subscribe, { state: 'pending', body: '', type: '' });
    expect(kinds(engine.step(pending, 0))).toEqual(['answer', 'established']);
    expect(engine.phase).toBe('Pending');
  });

  test.each([
    ['deactivated', 'NotifyWait', undefined],
    ['timeout', 'NotifyWait', undefined],
    ['probation;retry-after=30', 'Waiting', 130_000],
    ['probation', 'Waiting', 100_000 + SUBSCRIPTION_RETRY_MS],
    ['giveup', 'Waiting', 100_000 + SUBSCRIPTION_RETRY_MS],
    ['rejected', 'Idle', undefined],
    ['noresource', 'Idle', undefined],
    ['invariant', 'Idle', undefined],
    ['somethingnew', 'NotifyWait', undefined],
  ])('terminated with %s leaves it %s [SIPPUSH RFC6665.4.1.3-2]', (reason, phase, retryAt) => {
    const engine = subscription();
    const { subscribe } = active(engine, 0);
    const last = notifyFor(subscribe, { state: `terminated;reason=${reason}`, cSeq: 2 });
    const effects = engine.step(last, 100_000);
    expect(kinds(effects).slice(0, 3)).toEqual(['answer', 'notified', 'ended']);
    expect(engine.phase).toBe(phase);
    if (retryAt !== undefined) expect(engine.deadline).toBe(retryAt);
    if (phase === 'NotifyWait') expect(tagOf(to(sentBy(effects)))).toBeUndefined();
  });

  test('that ends each subscription at once does not make a storm [AC-24]', () => {
    const engine = subscription();
    let sent = sentBy(engine.step({ kind: 'subscribe' }, 0));
    let count = 1;
    for (let now = 0; now < 600_000; now = engine.deadline ?? Number.POSITIVE_INFINITY) {
      const effects = engine.step({ kind: 'timeout' }, now);
      if (effects.some(({ kind }) => kind === 'send')) {
        sent = sentBy(effects);
        count += 1;
      }
      engine.step(notifyFor(sent, { state: 'terminated;reason=deactivated' }), now);
    }
    expect(count).toBe(600_000 / RESUBSCRIBE_INTERVAL_MS);
  });

  test('that grants less and less does not make a storm [AC-24]', () => {
    const engine = subscription();
    const subscribe = sentBy(engine.step({ kind: 'subscribe' }, 0));
    engine.step(notifyFor(subscribe, { state: 'active;expires=1' }), 0);
    expect(engine.deadline).toBe(1000);
    expect(ends(engine.step({ kind: 'timeout' }, 1000))).toMatchObject([
      { retryAt: RESUBSCRIBE_INTERVAL_MS },
    ]);
  });
});

describe('an active subscription', () => {
  test.each([
    [3600, 3000],
    [1000, 500],
  ])('of %i s is renewed after %i s, in its dialog', (lifetime, after) => {
    const engine = subscription();
    const { subscribe } = active(engine, 0, lifetime);
    expect(engine.deadline).toBe(after * 1000);
    const again = sentBy(engine.step({ kind: 'timeout' }, after * 1000));
    expect(again.uri).toBe('sip:scscf@192.0.2.1:5061');
    expect(tagOf(to(again))).toBe('n');
    expect(headerOf(again, 'From')).toBe(headerOf(subscribe, 'From'));
    expect(cSeq(again).number).toBe(2);
    engine.step(answerTo(again, 200, { name: 'Expires', value: '3600' }), after * 1000);
    expect(engine.deadline).toBe(after * 1000 + 3_000_000);
  });

  test('never lives longer than was asked for', () => {
    const engine = subscription({ expires: 1000 });
    active(engine, 0, 100_000);
    expect(engine.deadline).toBe(500_000);
  });

  test('goes the way that Record-Route names: of NOTIFY, or else of the 200', () => {
    const recorded = { name: 'Record-Route', value: '<sip:a;lr>, <sip:b;lr>' };
    const ofNotify = subscription();
    const first = sentBy(ofNotify.step({ kind: 'subscribe' }, 0));
    ofNotify.step(notifyFor(first, { headers: [recorded] }), 0);
    const sent = sentBy(ofNotify.step({ kind: 'refresh' }, 0));
    expect(headersOf(sent, 'Route')).toEqual(['<sip:a;lr>', '<sip:b;lr>']);
    for (const isNotifyFirst of [true, false]) {
      const engine = subscription();
      const subscribe = sentBy(engine.step({ kind: 'subscribe' }, 0));
      const inputs = [answerTo(subscribe, 200, recorded), notifyFor(subscribe)];
      if (isNotifyFirst) inputs.reverse();
      for (const input of inputs) engine.step(input, 0);
      const again = sentBy(engine.step({ kind: 'refresh' }, 0));
      expect(headersOf(again, 'Route')).toEqual(['<sip:b;lr>', '<sip:a;lr>']);
      expect(again.uri).toBe('sip:scscf@192.0.2.1:5061');
    }
  });

  test('gives a strict router what it wants', () => {
    const engine = subscription();
    const subscribe = sentBy(engine.step({ kind: 'subscribe' }, 0));
    const recorded = { name: 'Record-Route', value: '<sip:strict>' };
    engine.step(notifyFor(subscribe, { headers: [recorded] }), 0);
    const sent = sentBy(engine.step({ kind: 'refresh' }, 0));
    expect(sent.uri).toBe('sip:strict');
    expect(headersOf(sent, 'Route')).toEqual(['<sip:scscf@192.0.2.1:5061>']);
  });

  test('whose dialog is gone (481) is begun anew at once', () => {
    const engine = subscription();
    active(engine, 0);
    const again = sentBy(engine.step({ kind: 'timeout' }, 3_000_000));
    const effects = engine.step(answerTo(again, 481), 3_000_000);
    expect(tagOf(to(sentBy(effects)))).toBeUndefined();
    expect(engine.phase).toBe('NotifyWait');
  });

  test('whose refresh fails lives on until it expires, and then begins anew', () => {
    const engine = subscription();
    active(engine, 0);
    let now = 0;
    let tries = 0;
    while (engine.phase === 'Active') {
      now = engine.deadline ?? 0;
      const effects = engine.step({ kind: 'timeout' }, now);
      if (engine.phase !== 'Active') break;
      tries += 1;
      engine.step(answerTo(sentBy(effects), 503), now);
    }
    expect(now).toBe(3_600_000);
    expect(tries).toBe(7);
    expect(engine.phase).toBe('NotifyWait');
  });

  test('that nobody answers is as one that cannot be refreshed now', () => {
    const engine = subscription();
    active(engine, 0);
    engine.step({ kind: 'timeout' }, 3_000_000);
    engine.step({ kind: 'unanswered', reason: 'timeout' }, 3_032_000);
    expect(engine.phase).toBe('Active');
    expect(engine.deadline).toBe(3_316_000);
  });

  test('leaves with Expires: 0, and is over with the last NOTIFY', () => {
    const engine = subscription();
    const { subscribe } = active(engine, 0);
    const leaving = sentBy(engine.step({ kind: 'unsubscribe' }, 0));
    expect(headerOf(leaving, 'Expires')).toBe('0');
    engine.step(answerTo(leaving, 200, { name: 'Expires', value: '0' }), 0);
    expect(engine.phase).toBe('Leaving');
    const last = notifyFor(subscribe, { state: 'terminated;reason=timeout', cSeq: 2 });
    expect(ends(engine.step(last, 0))).toHaveLength(1);
    expect([engine.phase, engine.deadline]).toEqual(['Idle', undefined]);
  });

  test('leaves also when nobody answers', () => {
    const engine = subscription();
    active(engine, 0);
    engine.step({ kind: 'unsubscribe' }, 0);
    expect(engine.deadline).toBe(32_000);
    engine.step({ kind: 'timeout' }, 32_000);
    expect([engine.phase, engine.deadline]).toEqual(['Idle', undefined]);
  });

  test('an answer to an earlier SUBSCRIBE says nothing', () => {
    const engine = subscription();
    const { subscribe } = active(engine, 0);
    engine.step({ kind: 'refresh' }, 0);
    expect(engine.step(answerTo(subscribe, 403), 0)).toEqual([]);
    expect(engine.phase).toBe('Active');
  });
});
