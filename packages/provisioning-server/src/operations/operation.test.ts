import { describe, expect, test } from 'vitest';
import type { CommandRecord, OperationRecord } from '../store/operation-record.ts';
import {
  ATTEMPTS_MAX,
  following,
  interrupted,
  isEnded,
  moved,
  settled,
  TRANSITIONS,
} from './operation.ts';

const NOW = 5000;

function operation(commands: readonly CommandRecord[], more: Partial<OperationRecord> = {}) {
  const record: OperationRecord = {
    id: 'o1',
    device: 'd1',
    kind: 'batch',
    state: 'in-session',
    version: 3,
    attempt: 1,
    isWaking: true,
    isAtomic: false,
    commands,
    createdAt: 1000,
    deadline: 9000,
    ...more,
  };
  return record;
}

const answered = (status: number, more: Partial<CommandRecord> = {}): CommandRecord => ({
  kind: 'replace',
  uri: './A',
  state: 'answered',
  status,
  ...more,
});

describe('the table of states', () => {
  test('leads only to states of the table, and nothing leads out of an end', () => {
    for (const row of Object.values(TRANSITIONS)) {
      for (const next of Object.values(row)) expect(Object.keys(TRANSITIONS)).toContain(next);
    }
    const ends = Object.keys(TRANSITIONS).filter((state) => isEnded(state as never));
    expect(ends).toEqual(['succeeded', 'failed', 'cancelled', 'expired', 'unknown']);
  });

  test('has one way back, an interruption, and that begins the next attempt', () => {
    const order = ['queued', 'woken', 'in-session', 'running'];
    const rank = (state: string) => (order.includes(state) ? order.indexOf(state) : order.length);
    const back = Object.entries(TRANSITIONS).flatMap(([state, row]) =>
      Object.entries(row)
        .filter(([, next]) => rank(next) <= rank(state))
        .map(([event]) => `${state} ${event}`),
    );
    expect(back).toEqual(['in-session interrupted']);
    const read = operation([{ kind: 'get', uri: './A', state: 'sent' }]);
    expect(interrupted(read, NOW, 'Cut').attempt).toBe(read.attempt + 1);
  });

  test('an event that cannot occur is a fault of the caller', () => {
    expect(() => moved(operation([], { state: 'succeeded' }), 'cancelled', NOW)).toThrow(
      'cancelled in succeeded',
    );
  });
});

describe('an operation of which every command was answered', () => {
  test('has succeeded if all were done, and has an end', () => {
    const done = settled(operation([answered(200), answered(201)]), NOW);
    expect(done).toMatchObject({ state: 'succeeded', finishedAt: NOW });
    expect(done).not.toHaveProperty('reason');
  });

  test.each([
    [404, './A was answered 404 Not found.'],
    [425, './A was answered 425 Permission denied.'],
    [216, './A was answered 216 Atomic roll back OK.'],
    [215, './A was answered 215 Not executed.'],
  ])('has failed with %i, in words', (status, reason) => {
    expect(settled(operation([answered(200), answered(status)]), NOW)).toMatchObject({
      state: 'failed',
      reason,
    });
  });

  test('runs on while an Exec does, until a result code or none tells its end', () => {
    const exec = { kind: 'exec', uri: './A/Run', status: 202 } as const;
    const running = settled(operation([{ ...exec, state: 'running' }]), NOW);
    expect(running.state).toBe('running');
    expect(running).not.toHaveProperty('finishedAt');
    const ended = (outcome?: number) =>
      settled(
        { ...running, commands: [answered(202, { ...exec, ...(outcome && { outcome }) })] },
        NOW,
      );
    expect(ended().state).toBe('succeeded');
    expect(ended(200).state).toBe('succeeded');
    expect(ended(1200).state).toBe('succeeded');
    expect(ended(410)).toMatchObject({ state: 'failed', reason: './A/Run ended with 410.' });
    expect(ended(1405).state).toBe('failed');
  });

  test('is unknown if the device said nothing about a change, and failed if it was a read', () => {
    const silent = { uri: './A', state: 'answered' } as const;
    expect(settled(operation([{ ...silent, kind: 'delete' }]), NOW).state).toBe('unknown');
    expect(settled(operation([{ ...silent, kind: 'get' }]), NOW)).toMatchObject({
      state: 'failed',
      reason: './A was not answered.',
    });
  });
});

describe('a session that breaks off', () => {
  test('queues again what was not sent, and reads; what was answered stays answered', () => {
    const again = interrupted(
      operation([
        answered(200),
        { kind: 'get', uri: './B', state: 'sent' },
        { kind: 'delete', uri: './C', state: 'waiting' },
      ]),
      NOW,
      'The session broke off',
    );
    expect(again).toMatchObject({ state: 'queued', attempt: 2 });
    expect(again.commands.map(({ state }) => state)).toEqual(['answered', 'waiting', 'waiting']);
    expect(again).not.toHaveProperty('finishedAt');
  });

  test.each(['replace', 'add', 'delete', 'exec', 'copy'] as const)(
    'leaves a %s that was sent and not answered unknown: it may have been done',
    (kind) => {
      const sent = operation([{ kind, uri: './A', state: 'sent' }]);
      expect(interrupted(sent, NOW, 'Cut')).toMatchObject({
        state: 'unknown',
        finishedAt: NOW,
        reason: 'Cut after ./A was sent: it may have been done.',
      });
    },
  );

  test('an ACL that is read may be read again; one that is set is in doubt', () => {
    const acl = { kind: 'acl', uri: './A', state: 'sent' } as const;
    expect(interrupted(operation([acl]), NOW, 'Cut').state).toBe('queued');
    const set = { ...acl, value: { data: 'Get=*', encoding: 'text' } as const };
    expect(interrupted(operation([set]), NOW, 'Cut').state).toBe('unknown');
  });

  test(`is followed by another attempt, ${ATTEMPTS_MAX} in all: a stuck one holds nothing back for ever`, () => {
    const read = { kind: 'get', uri: './A', state: 'sent' } as const;
    const states = [ATTEMPTS_MAX - 1, ATTEMPTS_MAX].map(
      (attempt) => interrupted(operation([read], { attempt }), NOW, 'Cut').state,
    );
    expect(states).toEqual(['queued', 'failed']);
  });
});

test('what is stored follows what was stored', () => {
  const before = operation([]);
  expect(following(before, { ...before, version: 99 }).version).toBe(before.version + 1);
});
