import { describe, expect, test } from 'vitest';
import { credentialOf } from './auth.ts';
import type { Operation } from './server-interface.ts';
import { outline, Pair } from './testing/pair.ts';

const CLCRED = credentialOf('basic', 'device', 'client-secret');
const SRVCRED = credentialOf('basic', 'server', 'server-secret');
const BASIC = { client: { CLCRED, SRVCRED }, server: { account: { CLCRED, SRVCRED } } };

const WRITE_AND_READ: readonly Operation[] = [
  {
    id: 'write',
    kind: 'Replace',
    uri: './XX/YY/Count',
    Format: 'int',
    Type: 'text/plain',
    Data: '10',
  },
  { id: 'read', kind: 'Get', uri: './XX/YY/Status' },
];

const once = (operations: readonly Operation[]) => (round: number) =>
  round === 0 ? operations : [];

describe('a session', () => {
  test('of Appendix I: Alert and DevInfo, Replace and Get, Status and Results, end [R-6.2.3-1] [R-6.7-10] [R-6.7-12]', () => {
    const pair = new Pair({ ...BASIC, plan: once(WRITE_AND_READ) }).run();
    expect(pair.wire.map(({ from, message }) => `${from}: ${outline(message)}`)).toEqual([
      'client: Alert 1200, Replace, Final',
      'server: SyncHdr=212, Alert=200, Replace=200, Replace, Get, Final',
      'client: SyncHdr=212, Replace=200, Get=200, Results, Final',
      'server: SyncHdr=200, Final',
    ]);
    expect(pair.ends).toEqual(['completed', 'completed']);
    expect(pair.results).toEqual(['write: 200', 'read: 200']);
    expect(pair.tree.text('./XX/YY/Count')).toBe('10');
    expect(pair.serverEffects).toContainEqual({
      kind: 'result',
      id: 'read',
      status: 200,
      value: { Format: 'chr', Type: 'text/plain', Data: 'operational' },
    });
  });

  test('without operations ends with package #2, and the client sends nothing more [DMPRO 8.1-3]', () => {
    const pair = new Pair(BASIC).run();
    expect(pair.wire.map(({ from }) => from)).toEqual(['client', 'server']);
    expect(pair.ends).toEqual(['completed', 'completed']);
  });

  test('of several rounds goes on until the caller has nothing more', () => {
    const gets = ['./XX', './XX/YY', './XX/YY/Count'];
    const pair = new Pair({
      ...BASIC,
      plan: (round) => (gets[round] ? [{ id: gets[round], kind: 'Get', uri: gets[round] }] : []),
    }).run();
    expect(pair.results).toEqual(gets.map((uri) => `${uri}: 200`));
    expect(pair.ends).toEqual(['completed', 'completed']);
  });
});
