import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../bytes.ts';
import {
  cSeq,
  headerOf,
  headersOf,
  type SipRequest,
  tagOf,
  to,
  withHeader,
} from './message/index.ts';
import {
  NOTIFIER_EXPIRES,
  NOTIFIER_TRANSITIONS,
  type NotifierEffect,
  type SubscriptionNotifier,
} from './subscription-notifier.ts';
import { active, answerTo, notifier, sentBy, subscription } from './testing/subscription.ts';

const BODY = { kind: 'body', body: encodeUtf8('<reginfo/>') } as const;

const answers = (effects: readonly NotifierEffect[]) =>
  effects.flatMap((each) => (each.kind === 'answer' ? [each] : []));
const wanted = (effects: readonly NotifierEffect[]) =>
  effects.flatMap((each) => (each.kind === 'compose' ? [[each.version, each.isFull]] : []));

function firstSubscribe(change: { readonly expires?: number } = {}): SipRequest {
  return sentBy(subscription(change).step({ kind: 'subscribe' }, 0));
}

/** Subscribed at 0, with the first NOTIFY out. */
function notifying(engine: SubscriptionNotifier, subscribe = firstSubscribe()): SipRequest {
  engine.step({ kind: 'subscribe', request: subscribe }, 0);
  return sentBy(engine.step(BODY, 0));
}

test('its table', () => {
  const arrows = Object.entries(NOTIFIER_TRANSITIONS).map(
    ([phase, row]) =>
      `${phase}: ${Object.entries(row)
        .map(([event, next]) => `${event} ${next}`)
        .join(', ')}`,
  );
  expect(arrows).toMatchInlineSnapshot(`
    [
      "Idle: subscribe Active, leave Terminated",
      "Active: subscribe Active, leave Terminated, changed Active, notify Notifying, terminate Terminated, timerExpiry Terminated",
      "Notifying: subscribe NotifyingStale, leave Terminated, changed NotifyingStale, notified Active, lost Terminated, terminate Terminated, timerExpiry Terminated",
      "NotifyingStale: subscribe NotifyingStale, leave Terminated, changed NotifyingStale, notified Active, lost Terminated, terminate Terminated, timerExpiry Terminated",
      "Terminated: ",
    ]
  `);
});

describe('SUBSCRIBE', () => {
  test('is accepted, and the full state follows', () => {
    const engine = notifier();
    const subscribe = firstSubscribe();
    const effects = engine.step({ kind: 'subscribe', request: subscribe }, 0);
    const [accepted] = answers(effects);
    expect(accepted).toMatchObject({ status: 200 });
    expect(headerOf(accepted!, 'Expires')).toBe('600000');
    expect(wanted(effects)).toEqual([[0, true]]);
    const notify = sentBy(engine.step(BODY, 1000));
    expect(notify).toMatchObject({ method: 'NOTIFY', uri: 'sip:prov@192.0.2.9:5060' });
    const value = (name: string) => headerOf(notify, name);
    expect(value('Event')).toBe('reg');
    expect(value('Subscription-State')).toBe('active;expires=599999');
    expect(value('Content-Type')).toBe('application/reginfo+xml');
    expect(value('To')).toBe(headerOf(subscribe, 'From'));
    expect(value('From')).toBe(`<sip:alice@home.example>;tag=${accepted?.toTag}`);
    expect(cSeq(notify).number).toBe(1);
  });

  test('goes back the way it was recorded', () => {
    const recorded = '<sip:p;lr>, <sip:q;lr>';
    const notify = notifying(notifier(), withHeader(firstSubscribe(), 'Record-Route', recorded));
    expect(headersOf(notify, 'Route')).toEqual(['<sip:p;lr>', '<sip:q;lr>']);
  });

  test.each([
    ['Event', 'presence', 489, 'Allow-Events'],
    ['Accept', 'application/pidf+xml', 406, 'Accept'],
    ['Expires', String(NOTIFIER_EXPIRES.min - 1), 423, 'Min-Expires'],
  ])('with %s: %s is answered %i', (name, value, status, says) => {
    const engine = notifier();
    const request = withHeader(firstSubscribe(), name, value);
    const effects = engine.step({ kind: 'subscribe', request }, 0);
    expect(effects).toHaveLength(1);
    expect(answers(effects)).toMatchObject([{ status, headers: [{ name: says }] }]);
    expect(engine.phase).toBe('Idle');
  });

  test.each([
    [NOTIFIER_EXPIRES.min, '60'],
    [NOTIFIER_EXPIRES.max, '600000'],
    [NOTIFIER_EXPIRES.max + 1, '600000'],
  ])('for %i s is granted %s', (expires, granted) => {
    const request = firstSubscribe({ expires });
    const [accepted] = answers(notifier().step({ kind: 'subscribe', request }, 0));
    expect(headerOf(accepted!, 'Expires')).toBe(granted);
  });

  test('with Expires: 0 is a question: one NOTIFY, and no subscription', () => {
    const engine = notifier();
    const request = firstSubscribe({ expires: 0 });
    expect(wanted(engine.step({ kind: 'subscribe', request }, 0))).toEqual([[0, true]]);
    const effects = engine.step(BODY, 0);
    expect(headerOf(sentBy(effects), 'Subscription-State')).toBe('terminated;reason=timeout');
    expect(effects.at(-1)).toEqual({ kind: 'ended' });
    expect([engine.phase, engine.deadline]).toEqual(['Terminated', undefined]);
  });

  test('an id of Event comes back in NOTIFY', () => {
    const notify = notifying(notifier(), withHeader(firstSubscribe(), 'Event', 'reg;id=7'));
    expect(headerOf(notify, 'Event')).toBe('reg;id=7');
  });
});

describe('NOTIFY', () => {
  test('is one at a time: what changes meanwhile comes as the full state', () => {
    const engine = notifier();
    const first = notifying(engine);
    expect(engine.step({ kind: 'changed' }, 0)).toEqual([]);
    expect(engine.step({ kind: 'changed' }, 0)).toEqual([]);
    expect(wanted(engine.step(answerTo(first, 200), 0))).toEqual([[1, true]]);
    const second = sentBy(engine.step(BODY, 0));
    expect(cSeq(second).number).toBe(2);
    engine.step(answerTo(second, 200), 0);
    expect(wanted(engine.step({ kind: 'changed' }, 0))).toEqual([[2, false]]);
  });

  test('a body that nobody asked for is not sent', () => {
    const engine = notifier();
    expect(engine.step(BODY, 0)).toEqual([]);
    notifying(engine);
    expect(engine.step(BODY, 0)).toEqual([]);
  });

  test.each([481, 404, 500])('that is answered %i ends the subscription', (status) => {
    const engine = notifier();
    const notify = notifying(engine);
    expect(engine.step(answerTo(notify, status), 0)).toEqual([{ kind: 'ended' }]);
    expect(engine.phase).toBe('Terminated');
  });

  test('that is not answered ends the subscription', () => {
    const engine = notifier();
    notifying(engine);
    expect(engine.step({ kind: 'unanswered' }, 0)).toEqual([{ kind: 'ended' }]);
  });

  test('with Retry-After in its answer comes again, as the full state', () => {
    const engine = notifier();
    const notify = notifying(engine);
    expect(engine.step(answerTo(notify, 503, { name: 'Retry-After', value: '9' }), 0)).toEqual([]);
    expect(engine.deadline).toBe(9000);
    expect(wanted(engine.step({ kind: 'timeout' }, 9000))).toEqual([[1, true]]);
  });

  test('ends the subscription with its reason', () => {
    const engine = notifier();
    const first = notifying(engine);
    const ending = { kind: 'terminate', reason: 'probation', retryAfter: 5 } as const;
    expect(wanted(engine.step(ending, 0))).toEqual([[1, true]]);
    const last = sentBy(engine.step(BODY, 0));
    expect(headerOf(last, 'Subscription-State')).toBe('terminated;reason=probation;retry-after=5');
    expect(engine.step(answerTo(first, 200), 0)).toEqual([]);
    expect(engine.step({ kind: 'changed' }, 0)).toEqual([]);
  });

  test('says timeout when nobody has renewed', () => {
    const engine = notifier();
    notifying(engine, firstSubscribe({ expires: 600 }));
    expect(engine.deadline).toBe(600_000);
    expect(wanted(engine.step({ kind: 'timeout' }, 600_000))).toEqual([[1, true]]);
    const last = sentBy(engine.step(BODY, 600_000));
    expect(headerOf(last, 'Subscription-State')).toBe('terminated;reason=timeout');
  });
});

test('a subscriber and a notifier live on with each other', () => {
  const watcher = subscription({ expires: 3600 });
  const engine = notifier();
  const relay = (subscribe: SipRequest, now: number) => {
    const [accepted] = answers(engine.step({ kind: 'subscribe', request: subscribe }, now));
    watcher.step(answerTo(subscribe, accepted?.status ?? 0, ...(accepted?.headers ?? [])), now);
    const notify = sentBy(engine.step(BODY, now));
    expect(watcher.step({ kind: 'notify', request: notify }, now)[0]).toMatchObject({
      status: 200,
    });
    engine.step(answerTo(notify, 200), now);
  };
  relay(sentBy(watcher.step({ kind: 'subscribe' }, 0)), 0);
  for (let now = 0; now < 86_400_000; ) {
    now = watcher.deadline ?? 0;
    const refresh = sentBy(watcher.step({ kind: 'timeout' }, now));
    expect(engine.isFor(refresh)).toBe(true);
    relay(refresh, now);
  }
  expect([watcher.phase, engine.phase]).toEqual(['Active', 'Active']);
  const leaving = sentBy(watcher.step({ kind: 'unsubscribe' }, 0));
  engine.step({ kind: 'subscribe', request: leaving }, 0);
  const last = sentBy(engine.step(BODY, 0));
  watcher.step({ kind: 'notify', request: last }, 0);
  expect([watcher.phase, engine.phase]).toEqual(['Idle', 'Terminated']);
  expect(tagOf(to(last))).toBeDefined();
});

test('a SUBSCRIBE of the dialog that comes late is answered 500', () => {
  const engine = notifier();
  const watcher = subscription();
  const first = sentBy(watcher.step({ kind: 'subscribe' }, 0));
  engine.step({ kind: 'subscribe', request: first }, 0);
  expect(answers(engine.step({ kind: 'subscribe', request: first }, 0))).toMatchObject([
    { status: 500 },
  ]);
  expect(engine.isFor(active(subscription(), 0).subscribe)).toBe(false);
});
