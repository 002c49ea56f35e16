import type { Alert } from '@ueprov/protocols/syncml';
import { describe, expect, test } from 'vitest';
import { CONTRACT_OPERATION } from '../store/contract-operations.ts';
import type { OperationRecord } from '../store/operation-record.ts';
import { COMPLETIONS_MAX, completed, correlatorsOf, isAwaiting } from './completion.ts';

const alert = (Correlator: string, Data = '1226'): Alert => ({
  kind: 'Alert',
  CmdID: '1',
  Data,
  Correlator,
  Items: [{ Data: 'x' }],
});

describe('the Correlators of a message', () => {
  test('are those of Alerts 1226, each once', () => {
    const { Correlator: _, ...without } = alert('a');
    const commands = [alert('a'), alert('b', '1224'), alert('a'), alert('c'), without];
    expect(correlatorsOf(commands)).toEqual(['a', 'c']);
  });

  test(`${COMPLETIONS_MAX} are looked up at most: who proves nothing costs no more`, () => {
    const alerts = Array.from({ length: COMPLETIONS_MAX + 1 }, (_, index) => alert(`${index}`));
    expect(correlatorsOf(alerts.slice(0, -1))).toHaveLength(COMPLETIONS_MAX);
    expect(correlatorsOf(alerts)).toHaveLength(COMPLETIONS_MAX);
  });
});

describe('an Alert that ends an Exec', () => {
  const exec = { kind: 'exec', uri: './A/Run', state: 'running', status: 202 } as const;
  const running: OperationRecord = { ...CONTRACT_OPERATION, state: 'running', commands: [exec] };
  const ended = (Data: string) =>
    completed(running, { ...alert('o1'), Items: [{ Data, Source: { LocURI: './A/Run' } }] }, 9);

  test.each([
    ['200', 200, 'succeeded'],
    [' 410\n', 410, 'failed'],
    ['<ResultCode>1200</ResultCode>', 1200, 'succeeded'],
    ['<X><ResultCode> 1405 </ResultCode><Identifier>7</Identifier></X>', 1405, 'failed'],
  ])('%j has the code %i: %s', (data, outcome, state) => {
    expect(ended(data)).toMatchObject({ state, finishedAt: 9, commands: [{ outcome }] });
  });

  test.each(['', 'done', '12', '12345', 'code 410'])('%j has no code: it is done', (data) => {
    const after = ended(data);
    expect(after.state).toBe('succeeded');
    expect(after.commands[0]).not.toHaveProperty('outcome');
    expect(after.commands[0]?.results).toMatchObject([{ uri: './A/Run', data }]);
  });

  test('of two that run on, each Alert ends one', () => {
    const two = { ...running, commands: [exec, { ...exec, uri: './B/Run' }] };
    const first = completed(two, alert('o1'), 9);
    expect(first.state).toBe('running');
    expect(isAwaiting(first)).toBe(true);
    const second = completed(first, alert('o1'), 10);
    expect(second.state).toBe('succeeded');
    expect(isAwaiting(second)).toBe(false);
  });
});
