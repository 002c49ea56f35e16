import type { OperationResult } from '@ueprov/protocols/dm';
import { describe, expect, test } from 'vitest';
import { CONTRACT_OPERATION } from '../store/contract-operations.ts';
import type { CommandRecord } from '../store/operation-record.ts';
import { OperationRun } from './run.ts';

const COMMANDS: readonly CommandRecord[] = [
  { kind: 'replace', uri: './A', value: { data: '1', encoding: 'text' }, state: 'waiting' },
  { kind: 'delete', uri: './B', state: 'waiting' },
];

function running(isAtomic: boolean, commands = COMMANDS) {
  const run = new OperationRun({ ...CONTRACT_OPERATION, isAtomic, commands }, 's1', 5);
  const operations = run.operations();
  run.sent(new Set());
  const answer = (part: number | 'atomic', status: number) =>
    run.answered({ kind: 'result', id: `o1/${part}`, status } satisfies OperationResult);
  return { run, operations, answer };
}

const statuses = (run: OperationRun) => run.record.commands.map(({ status }) => status);

describe('an operation', () => {
  test('in an attempt after the first sends only what was not answered yet', () => {
    const [first, second] = COMMANDS as [CommandRecord, CommandRecord];
    const done = { ...first, state: 'answered', status: 200 } as const;
    const { operations } = running(false, [done, second]);
    expect(operations).toMatchObject([{ id: 'o1/1', kind: 'Delete', uri: './B' }]);
  });

  test('takes one answer for each command, and none that is another’s', () => {
    const { run, answer } = running(false);
    expect(answer(0, 200)).toBe(true);
    expect(answer(0, 404)).toBe(false);
    expect(run.answered({ kind: 'result', id: '1', status: 200 })).toBe(false);
    expect(run.isSettled).toBe(false);
    answer(1, 0);
    expect(run.isSettled).toBe(true);
    run.settle(9);
    expect(run.record).toMatchObject({ state: 'unknown', reason: './B: the device said nothing.' });
    expect(run.touched).toEqual(['./A', './B']);
  });
});

describe('an Atomic', () => {
  test('is one command, which is sent when it is', () => {
    const { operations } = running(true);
    expect(operations).toMatchObject([{ id: 'o1/atomic', kind: 'Atomic' }]);
    const other = new OperationRun(
      { ...CONTRACT_OPERATION, isAtomic: true, commands: COMMANDS },
      's',
      5,
    );
    other.sent(new Set(['o1/atomic']));
    expect(other.record.commands.every(({ state }) => state === 'waiting')).toBe(true);
  });

  test.each([
    ['that failed took back what its parts call done', 507, [200, 404], [216, 404], 'failed'],
    [
      'that was refused was not executed, whether its parts say so or nothing',
      406,
      [0, 0],
      [215, 215],
      'failed',
    ],
    ['that could not be taken back is not called done', 516, [200, 404], [516, 404], 'failed'],
    [
      'that could not be taken back is in doubt where nothing was said',
      516,
      [200, 0],
      [516, undefined],
      'unknown',
    ],
    ['that was done is what its parts say', 200, [200, 200], [200, 200], 'succeeded'],
  ])('%s (%i)', (_, atomic, parts, expected, state) => {
    const { run, answer } = running(true);
    answer('atomic', atomic);
    parts.forEach((status, index) => void answer(index, status));
    run.settle(9);
    expect(statuses(run)).toEqual(expected);
    expect(run.record.state).toBe(state);
  });
});
