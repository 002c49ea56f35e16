import { expect, test } from 'vitest';
import { LOOP_WAKES_MAX, LOOP_WINDOW_MS } from './loop-guard.ts';
import {
  ATTEMPTS_MAX,
  HOLD_MAX_MS,
  Notifier,
  RETRY_AFTER_MAX_S,
  SESSION_WAIT_MS,
  WAKES_MAX,
} from './notifier.ts';
import type { WakeCounts } from './wake-funnel.ts';
import { type Attempt, type NotifierEffect, TRANSITIONS } from './wake-states.ts';

const LANE = 'pcscf.ims.test';
const one = (length: number) => new Uint8Array(length).fill(1);

function open(options: Partial<ConstructorParameters<typeof Notifier>[0]> = {}): Notifier {
  const budget = { perSecond: 1000, atOnce: 1000 };
  return new Notifier({ random: one, budget, isMonitoring: true, ...options });
}

const states = (effects: NotifierEffect[]) =>
  effects.filter((effect) => effect.kind === 'wake-state').map((effect) => effect.state);
const sent = (effects: NotifierEffect[]) => effects.filter((effect) => effect.kind === 'notify');
const attemptOf = (effects: NotifierEffect[]): Attempt => {
  const [first] = sent(effects);
  if (first === undefined) throw new Error('nothing was sent');
  return first.attempt;
};
const wake = (notifier: Notifier, now = 0, more: object = {}) =>
  notifier.step({ kind: 'wake', device: 'd', lane: LANE, ...more }, now);
const answer = (notifier: Notifier, attempt: Attempt, status: number, now: number, more = {}) =>
  notifier.step({ kind: 'answered', attempt, status, reason: 'Words', ...more }, now);
const fail = (notifier: Notifier, attempt: Attempt, now: number) =>
  notifier.step({ kind: 'failed', attempt, failure: 'timeout', reason: 'no answer' }, now);
const ring = (notifier: Notifier) =>
  notifier.step({ kind: 'timeout' }, notifier.deadline ?? Number.NaN);
const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

function addsUp(counts: WakeCounts): void {
  const { requested, coalesced, queued, answered, inFlight, session, silent, awaiting } = counts;
  expect(requested).toBe(coalesced + counts.sent + sum(counts.unsent) + queued);
  expect(counts.sent).toBe(answered + sum(counts.failed) + inFlight);
  expect(answered).toBe(session + silent + awaiting);
  expect(session).toBe(sum(counts.done) + counts.open);
}

test('a wake that is answered and followed by a session ends idle, and nothing of it is kept', () => {
  const notifier = open();
  const attempt = attemptOf(wake(notifier));
  expect(states(answer(notifier, attempt, 200, 1))).toEqual(['answered']);
  expect(states(notifier.step({ kind: 'session', device: 'd' }, 2))).toEqual(['idle']);
  notifier.step({ kind: 'session-ended', device: 'd', result: 'completed' }, 3);
  expect([notifier.deadline, notifier.size]).toEqual([undefined, 0]);
  expect(notifier.funnel.counts).toMatchObject({
    requested: 1,
    session: 1,
    done: { completed: 1 },
  });
  addsUp(notifier.funnel.counts);
});

test('a second request joins the wake that is under way', () => {
  const notifier = open();
  wake(notifier);
  expect(wake(notifier, 1)).toEqual([]);
  expect(notifier.funnel.counts).toMatchObject({ requested: 2, coalesced: 1, sent: 1 });
  addsUp(notifier.funnel.counts);
});

test('retries keep the session id, are bounded, and then wait for the next registration [DMNOT 6.2-3]', () => {
  const notifier = open();
  const ids = new Set<number>();
  let effects = wake(notifier);
  for (let number = 1; number < ATTEMPTS_MAX; number++) {
    for (const { SessionID } of sent(effects)) ids.add(SessionID);
    expect(states(fail(notifier, attemptOf(effects), 10))).toEqual(['waiting']);
    effects = ring(notifier);
    expect(sent(effects)).toHaveLength(1);
  }
  const last = fail(notifier, attemptOf(effects), 10);
  expect(last).toEqual([{ kind: 'wake-state', device: 'd', state: 'held', reason: 'no answer' }]);
  expect(ids.size).toBe(1);
  const again = notifier.step({ kind: 'registered', device: 'd', lane: 'other' }, 1000);
  expect(sent(again)).toMatchObject([{ attempt: { lane: 'other' } }]);
  addsUp(notifier.funnel.counts);
});

test('where registrations are not monitored nothing waits for one: the wake gives up, and says why', () => {
  const notifier = open({ isMonitoring: false });
  let effects = wake(notifier);
  for (let number = 1; number < ATTEMPTS_MAX; number++) {
    fail(notifier, attemptOf(effects), 10);
    effects = ring(notifier);
  }
  const last = fail(notifier, attemptOf(effects), 10);
  expect(last).toMatchObject([{ state: 'gave-up', reason: 'no answer' }]);
  expect(notifier.funnel.counts.failed).toEqual({ timeout: 1 });
  addsUp(notifier.funnel.counts);
});

test('a wake waits for a registration for a day, and then its reason is its end', () => {
  const notifier = open();
  const failure = 'not-registered';
  const attempt = attemptOf(wake(notifier));
  notifier.step({ kind: 'failed', attempt, failure, reason: 'The registration ended.' }, 5);
  expect(notifier.deadline).toBe(5 + HOLD_MAX_MS);
  expect(ring(notifier)).toMatchObject([
    { state: 'gave-up', reason: 'The registration ended. It has not registered again since.' },
  ]);
  expect(notifier.funnel.counts.failed).toEqual({ 'not-registered': 1 });
  addsUp(notifier.funnel.counts);
});

test.each([404, 405, 415, 604])(
  'I-14: %i is final, is said, and is remembered with the device [SIPPUSH OTA-9]',
  (status) => {
    const notifier = open();
    const effects = answer(notifier, attemptOf(wake(notifier)), status, 1);
    expect(effects).toMatchObject([
      {
        state: 'gave-up',
        reason: `MESSAGE answered ${status} Words`,
        refusedStatus: status,
      },
    ]);
    expect(notifier.size).toBe(0);
    addsUp(notifier.funnel.counts);
  },
);

test('403 is final, and says nothing of the device', () => {
  const notifier = open();
  const [told] = answer(notifier, attemptOf(wake(notifier)), 403, 1);
  expect(told).toMatchObject({ state: 'gave-up' });
  expect(told).not.toHaveProperty('refusedStatus');
});

test.each([408, 430, 480, 486, 500, 502, 503, 504, 600])(
  '%i is tried again, with jitter: at most half as long again [SIPPUSH OTA-9]',
  (status) => {
    const [least, most] = [0, 255].map((octet) => {
      const notifier = open({ random: (length) => new Uint8Array(length).fill(octet) });
      answer(notifier, attemptOf(wake(notifier)), status, 1);
      return notifier.deadline ?? 0;
    });
    expect(least).toBe(1 + 2000);
    expect(most).toBeGreaterThan(1 + 2900);
    expect(most).toBeLessThanOrEqual(1 + 3000);
  },
);

test('RFC 3261 §20.33: Retry-After is kept, by the wake and, after a 503, by its whole lane', () => {
  const notifier = open();
  answer(notifier, attemptOf(wake(notifier)), 503, 0, { retryAfterS: 20 });
  const other = { kind: 'wake', device: 'e', lane: LANE } as const;
  expect(sent(notifier.step(other, 1))).toEqual([]);
  expect(sent(notifier.step({ ...other, device: 'f', lane: 'elsewhere' }, 2))).toHaveLength(1);
  expect(notifier.deadline).toBe(20_000);
  expect(sent(notifier.step({ kind: 'timeout' }, 19_999))).toEqual([]);
  expect(sent(ring(notifier))).toMatchObject([{ attempt: { device: 'e' } }]);
});

test('a 480 with Retry-After stops nobody else', () => {
  const notifier = open();
  answer(notifier, attemptOf(wake(notifier)), 480, 0, { retryAfterS: 20 });
  expect(sent(notifier.step({ kind: 'wake', device: 'e', lane: LANE }, 1))).toHaveLength(1);
});

test('who wants to be left alone for longer than an hour is, until the next registration', () => {
  for (const [retryAfterS, state] of [
    [RETRY_AFTER_MAX_S, 'waiting'],
    [RETRY_AFTER_MAX_S + 1, 'held'],
  ] as const) {
    const notifier = open();
    const effects = answer(notifier, attemptOf(wake(notifier)), 480, 0, { retryAfterS });
    expect(states(effects)).toEqual([state]);
  }
});

test('a wake that was accepted but brought no session is tried again, and at last said to be silent', () => {
  const notifier = open();
  let effects = wake(notifier);
  for (let number = 1; number <= ATTEMPTS_MAX; number++) {
    answer(notifier, attemptOf(effects), 200, 1);
    const lost = ring(notifier);
    const state = number < ATTEMPTS_MAX ? 'waiting' : 'gave-up';
    expect(lost).toMatchObject([{ state, reason: expect.stringMatching(/no session/) }]);
    if (number < ATTEMPTS_MAX) effects = ring(notifier);
  }
  expect(notifier.funnel.counts).toMatchObject({ answered: 1, silent: 1, accepted: 4 });
  addsUp(notifier.funnel.counts);
});

test('a device that gave up is woken afresh', () => {
  const notifier = open();
  answer(notifier, attemptOf(wake(notifier)), 403, 1);
  expect(sent(wake(notifier, 2))).toHaveLength(1);
  addsUp(notifier.funnel.counts);
});

test('an operator who asks again does not wait for the retry', () => {
  const notifier = open();
  fail(notifier, attemptOf(wake(notifier)), 10);
  expect(sent(wake(notifier, 11, { isAutomatic: true }))).toEqual([]);
  expect(sent(wake(notifier, 11))).toHaveLength(1);
});

test('an outcome that comes too late belongs to nobody', () => {
  const notifier = open();
  const first = attemptOf(wake(notifier));
  notifier.step({ kind: 'session', device: 'd' }, 1);
  expect(answer(notifier, first, 200, 2)).toEqual([]);
  const second = attemptOf(wake(notifier, 3));
  expect(answer(notifier, first, 415, 4)).toEqual([]);
  expect(states(answer(notifier, second, 200, 5))).toEqual(['answered']);
  addsUp(notifier.funnel.counts);
});

test('a session that overtakes the answer is one; a device that came by itself was not sent to', () => {
  const notifier = open({ budget: { perSecond: 1, atOnce: 1 } });
  wake(notifier);
  notifier.step({ kind: 'wake', device: 'e', lane: LANE }, 0);
  notifier.step({ kind: 'session', device: 'd' }, 1);
  notifier.step({ kind: 'session', device: 'e' }, 1);
  expect(notifier.funnel.counts).toMatchObject({
    answered: 1,
    session: 1,
    unsent: { 'came-by-itself': 1 },
  });
  addsUp(notifier.funnel.counts);
  expect(notifier.step({ kind: 'session', device: 'nobody' }, 2)).toEqual([]);
});

test('AC-25: what nobody asked for by hand does not go round in a loop', () => {
  const notifier = open();
  const loop = (now: number) => {
    const effects = wake(notifier, now, { isAutomatic: true });
    if (sent(effects).length > 0) {
      answer(notifier, attemptOf(effects), 200, now);
      notifier.step({ kind: 'session', device: 'd' }, now);
    }
    return effects;
  };
  for (let number = 1; number <= LOOP_WAKES_MAX; number++) {
    expect(sent(loop(number))).toHaveLength(1);
  }
  expect(loop(50)).toMatchObject([{ state: 'gave-up', reason: expect.stringMatching(/a loop/) }]);
  expect(notifier.funnel.counts.unsent).toEqual({ loop: 1 });
  expect(sent(wake(notifier, 51))).toHaveLength(1);
  notifier.step({ kind: 'session', device: 'd' }, 52);
  expect(sent(loop(1 + LOOP_WINDOW_MS))).toHaveLength(1);
  addsUp(notifier.funnel.counts);
});

test('a lane sends at its rate and so many at once; the others wait in their order', () => {
  const notifier = open({ budget: { perSecond: 100, atOnce: 12 } });
  const attempts = Array.from({ length: 15 }, (_, index) =>
    sent(notifier.step({ kind: 'wake', device: `d${index}`, lane: LANE }, 0)),
  ).flat();
  expect(attempts).toHaveLength(10); // a tenth of a second at once
  expect(sent(ring(notifier)).map(({ attempt }) => attempt.device)).toEqual(['d10']);
  expect(sent(ring(notifier)).map(({ attempt }) => attempt.device)).toEqual(['d11']);
  expect(notifier.deadline).toBeUndefined(); // twelve are on their way
  const [first] = attempts;
  if (first === undefined) throw new Error('nothing was sent');
  const effects = answer(notifier, first.attempt, 200, 1000);
  expect(sent(effects).map(({ attempt }) => attempt.device)).toEqual(['d12']);
  addsUp(notifier.funnel.counts);
});

test('so many wakes are under way at once; one more is not taken, and one that is joins', () => {
  const notifier = open({ budget: { perSecond: 1, atOnce: 1 } });
  for (let index = 0; index < WAKES_MAX; index++) {
    notifier.step({ kind: 'wake', device: `d${index}`, lane: LANE }, 0);
  }
  expect([notifier.size, notifier.isFull('one-more'), notifier.isFull('d7')]).toEqual([
    WAKES_MAX,
    true,
    false,
  ]);
  expect(notifier.step({ kind: 'wake', device: 'one-more', lane: LANE }, 0)).toEqual([]);
  notifier.step({ kind: 'session', device: 'd7' }, 1);
  expect(notifier.isFull('one-more')).toBe(false);
  addsUp(notifier.funnel.counts);
});

test('a cancelled wake is over, and says why', () => {
  const notifier = open();
  wake(notifier);
  const effects = notifier.step({ kind: 'cancel', device: 'd', reason: 'not any more' }, 1);
  expect(effects).toMatchObject([{ state: 'gave-up', reason: 'not any more' }]);
  expect(notifier.funnel.counts.failed).toEqual({ cancelled: 1 });
  expect(notifier.step({ kind: 'cancel', device: 'd', reason: 'x' }, 1)).toEqual([]);
});

test('the table names every state, and only ends have no way on', () => {
  const named = new Set(Object.values(TRANSITIONS).flatMap((row) => Object.values(row)));
  expect([...named].sort()).toEqual(Object.keys(TRANSITIONS).sort());
  const ends = Object.entries(TRANSITIONS).filter(([, row]) => Object.keys(row).length === 0);
  expect(ends.map(([state]) => state)).toEqual(['gave-up']);
});

test('AC-11: after a Package #0 that was accepted and brought no session, the nonce is in doubt', () => {
  const notifier = open();
  const doubts: boolean[] = [];
  const note = (effects: NotifierEffect[]) => {
    for (const each of sent(effects)) doubts.push(each.isNonceInDoubt);
  };
  const first = wake(notifier);
  note(first);
  answer(notifier, attemptOf(first), 200, 1);
  expect(notifier.deadline).toBe(1 + SESSION_WAIT_MS);
  ring(notifier);
  note(ring(notifier));
  notifier.step({ kind: 'session', device: 'd' }, 99_000);
  note(wake(notifier, 99_001));
  expect(doubts).toEqual([false, true, false]);
});

test('a MESSAGE that did not get through says nothing of the nonce', () => {
  const notifier = open();
  fail(notifier, attemptOf(wake(notifier)), 1);
  expect(sent(ring(notifier))).toMatchObject([{ isNonceInDoubt: false }]);
});

test('another session has another session id', () => {
  let drawn = 0;
  const notifier = open({ random: (length) => new Uint8Array(length).fill(++drawn) });
  const first = sent(wake(notifier));
  notifier.step({ kind: 'session', device: 'd' }, 1);
  expect(sent(wake(notifier, 2))[0]?.SessionID).not.toBe(first[0]?.SessionID);
});

test('the funnel adds up whatever happens, in any order', () => {
  let seed = 7;
  const draw = (bound: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % bound;
  };
  const notifier = open({
    random: (length) => Uint8Array.from({ length }, () => draw(256)),
    budget: { perSecond: 50, atOnce: 5 },
  });
  const open_: Attempt[] = [];
  let now = 0;
  for (let round = 0; round < 20_000; round++) {
    now += draw(3000);
    const device = `d${draw(20)}`;
    const attempt =
      open_.length > 0 && draw(2) === 0 ? open_.splice(draw(open_.length), 1)[0] : undefined;
    const status = [200, 200, 202, 403, 404, 415, 480, 503][draw(8)] ?? 200;
    const inputs = [
      { kind: 'wake', device, lane: `l${draw(3)}`, isAutomatic: draw(2) === 0 },
      { kind: 'registered', device, lane: `l${draw(3)}` },
      { kind: 'session', device },
      { kind: 'session-ended', device, result: 'completed' },
      { kind: 'cancel', device, reason: 'x' },
      { kind: 'timeout' },
      { kind: 'timeout' },
    ] as const;
    const other = inputs[draw(draw(4) === 0 ? 7 : 2)] ?? inputs[0];
    const input =
      attempt === undefined
        ? other
        : draw(4) === 0
          ? ({ kind: 'failed', attempt, failure: 'timeout', reason: 'x' } as const)
          : ({ kind: 'answered', attempt, status, reason: 'x', retryAfterS: draw(9) } as const);
    open_.push(...sent(notifier.step(input, now)).map((effect) => effect.attempt));
    addsUp(notifier.funnel.counts);
  }
  const { sent: total, session, silent } = notifier.funnel.counts;
  expect(Math.min(total, session, silent)).toBeGreaterThan(0);
});
