import { expect, test } from 'vitest';
import { ATTEMPTS_MAX, Notifier, type NotifierEffect, TRANSITIONS } from './notifier.ts';

const zero = (length: number) => new Uint8Array(length).fill(1);
const states = (effects: NotifierEffect[]) =>
  effects.filter((effect) => effect.kind === 'wake-state').map((effect) => effect.state);
const sent = (effects: NotifierEffect[]) => effects.filter((effect) => effect.kind === 'notify');

test('a wake that is answered and followed by a session ends idle', () => {
  const notifier = new Notifier(zero);
  expect(sent(notifier.step({ kind: 'wake', device: 'd' }, 0))).toHaveLength(1);
  expect(
    states(notifier.step({ kind: 'answered', device: 'd', status: 200, reason: 'OK' }, 1)),
  ).toEqual(['answered']);
  expect(states(notifier.step({ kind: 'session', device: 'd' }, 2))).toEqual(['idle']);
  expect(notifier.deadline).toBeUndefined();
});

test('a second request joins the wake that is under way', () => {
  const notifier = new Notifier(zero);
  notifier.step({ kind: 'wake', device: 'd' }, 0);
  expect(notifier.step({ kind: 'wake', device: 'd' }, 1)).toEqual([]);
});

test('retries keep the session id, are bounded, and end in a reason [DMNOT 6.2-3]', () => {
  const notifier = new Notifier(zero);
  const ids = new Set<number>();
  let effects = notifier.step({ kind: 'wake', device: 'd' }, 0);
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
    for (const { SessionID } of sent(effects)) ids.add(SessionID as number);
    const failed = notifier.step({ kind: 'failed', device: 'd', reason: 'timeout' }, 10);
    expect(states(failed)).toEqual(['waiting']);
    effects = notifier.step({ kind: 'timeout' }, notifier.deadline ?? Number.NaN);
    expect(sent(effects)).toHaveLength(1);
  }
  const last = notifier.step({ kind: 'failed', device: 'd', reason: 'timeout' }, 10);
  expect(last).toEqual([{ kind: 'wake-state', device: 'd', state: 'gave-up', reason: 'timeout' }]);
  expect(ids.size).toBe(1);
  expect(notifier.deadline).toBeUndefined();
});

test('I-14: 415 is final, and said', () => {
  const notifier = new Notifier(zero);
  notifier.step({ kind: 'wake', device: 'd' }, 0);
  const effects = notifier.step(
    { kind: 'answered', device: 'd', status: 415, reason: 'Unsupported Media Type' },
    1,
  );
  expect(effects).toMatchObject([{ state: 'gave-up', reason: expect.stringMatching(/415/) }]);
});

test('a wake that was accepted but brought no session is tried again', () => {
  const notifier = new Notifier(zero);
  notifier.step({ kind: 'wake', device: 'd' }, 0);
  notifier.step({ kind: 'answered', device: 'd', status: 200, reason: 'OK' }, 1);
  const effects = notifier.step({ kind: 'timeout' }, notifier.deadline ?? Number.NaN);
  expect(effects).toMatchObject([
    { state: 'waiting', reason: expect.stringMatching(/no session/) },
  ]);
});

test('a device that gave up is woken afresh, at its next registration or by hand', () => {
  const notifier = new Notifier(zero);
  notifier.step({ kind: 'wake', device: 'd' }, 0);
  notifier.step({ kind: 'answered', device: 'd', status: 403, reason: 'Forbidden' }, 1);
  expect(sent(notifier.step({ kind: 'wake', device: 'd' }, 2))).toHaveLength(1);
});

test('the table names every state', () => {
  const named = new Set(Object.values(TRANSITIONS).flatMap((row) => Object.values(row)));
  expect([...named].sort()).toEqual(Object.keys(TRANSITIONS).sort());
});

test('AC-11: after a Package #0 that was accepted and brought no session, the nonce is in doubt', () => {
  const notifier = new Notifier(zero);
  const doubts: boolean[] = [];
  const note = (effects: NotifierEffect[]) => {
    for (const effect of effects) if (effect.kind === 'notify') doubts.push(effect.isNonceInDoubt);
  };
  note(notifier.step({ kind: 'wake', device: 'd' }, 0));
  notifier.step({ kind: 'answered', device: 'd', status: 200, reason: 'OK' }, 1);
  notifier.step({ kind: 'timeout' }, notifier.deadline ?? Number.NaN);
  note(notifier.step({ kind: 'timeout' }, notifier.deadline ?? Number.NaN));
  notifier.step({ kind: 'session', device: 'd' }, 99_000);
  note(notifier.step({ kind: 'wake', device: 'd' }, 99_001));
  expect(doubts).toEqual([false, true, false]);
});

test('a MESSAGE that did not get through says nothing of the nonce', () => {
  const notifier = new Notifier(zero);
  notifier.step({ kind: 'wake', device: 'd' }, 0);
  notifier.step({ kind: 'failed', device: 'd', reason: 'timeout' }, 1);
  const effects = notifier.step({ kind: 'timeout' }, notifier.deadline ?? Number.NaN);
  expect(sent(effects)).toMatchObject([{ isNonceInDoubt: false }]);
});

test('another session has another session id', () => {
  let drawn = 0;
  const notifier = new Notifier((length) => new Uint8Array(length).fill(++drawn));
  const first = sent(notifier.step({ kind: 'wake', device: 'd' }, 0));
  notifier.step({ kind: 'session', device: 'd' }, 1);
  const second = sent(notifier.step({ kind: 'wake', device: 'd' }, 2));
  expect(first[0]).not.toEqual(second[0]);
});
