/** Operations that hold others, copies, lists, actions with a Correlator, and the abort by the operator. */
import { describe, expect, test } from 'vitest';
import { encodeSyncML } from '../syncml/encode.ts';
import { credentialOf, withNonce } from './auth.ts';
import type { OperationGroup, SessionOperation } from './server-interface.ts';
import { outline, Pair } from './testing/pair.ts';
import { ALERT, reading, reply, resultsOf, serving, status } from './testing/serving.ts';

const TRUSTED = { isTransportAuthenticated: true };
const write = (id: string, Data = '1'): SessionOperation & { kind: 'Replace' } => ({
  id,
  kind: 'Replace',
  uri: `./A/${id}`,
  Data,
});
const group = (kind: OperationGroup['kind'], ...operations: OperationGroup['operations']) => ({
  id: 'group',
  kind,
  operations,
});

function asked(...operations: SessionOperation[]) {
  const server = serving();
  server.receive('1', [ALERT]);
  return { ...server, first: reply(server.operate(operations)) };
}

const play = (...operations: SessionOperation[]) =>
  new Pair({
    client: TRUSTED,
    server: TRUSTED,
    plan: (round) => (round === 0 ? operations : []),
  }).run();

describe('a group', () => {
  test('is one command; CmdIDs count on in it, and each of it has a result of its own', () => {
    const { first, receive } = asked(
      reading('x'),
      group('Atomic', write('a'), write('b')),
      reading('y'),
    );
    const [, , , atomic, last] = first.SyncBody.commands;
    expect(atomic).toMatchObject({ kind: 'Atomic', CmdID: '4' });
    expect(atomic?.kind === 'Atomic' && atomic.commands.map(({ CmdID }) => CmdID)).toEqual([
      '5',
      '6',
    ]);
    expect(last?.CmdID).toBe('7');
    const effects = receive('2', [
      status('1', '3', '404'),
      status('1', '4', '507', 'Atomic'),
      status('1', '5', '216', 'Replace'),
      status('1', '6', '404', 'Replace'),
      status('1', '7', '404'),
    ]);
    expect(resultsOf(effects).map(({ id, status: code }) => `${id} ${code}`)).toEqual([
      'x 404',
      'group 507',
      'a 216',
      'b 404',
      'y 404',
    ]);
  });

  test('a Get, an Exec or a container in an Atomic is refused by the engine itself [REPPRO 6.6.3-1]', () => {
    const server = serving();
    server.receive('1', [ALERT]);
    const exec: SessionOperation & { kind: 'Exec' } = { id: 'e', kind: 'Exec', uri: './A/x' };
    for (const bad of [reading('x'), exec]) {
      expect(() => server.operate([group('Atomic', write('a'), bad)])).toThrow(/an Atomic holds/);
    }
    expect(outline(reply(server.operate([group('Sequence', write('a'), reading('x'))])))).toBe(
      'SyncHdr=200, Alert=200, Sequence, Final',
    );
  });

  test('that no message can hold is refused whole: 413 for it and for all in it', () => {
    const server = serving();
    server.receive('1', [ALERT], { Meta: { MaxMsgSize: 1500 } });
    const big = group('Sequence', write('a', 'x'.repeat(800)), write('b', 'x'.repeat(800)));
    const first = reply(server.operate([big, reading('y')]));
    expect(outline(first)).toBe('SyncHdr=200, Alert=200, Get, Final');
    expect(encodeSyncML(first, 'xml').length).toBeLessThanOrEqual(1500);
    const effects = server.receive('2', [status('1', '3', '404')]);
    expect(resultsOf(effects).map(({ id, status: code }) => `${id} ${code}`)).toEqual([
      'y 404',
      'group 413',
      'a 413',
      'b 413',
    ]);
  });

  test('is repeated whole, once, where the client asks the server to prove itself', () => {
    const nonce = (octet: number) => new Uint8Array(16).fill(octet);
    const CLCRED = credentialOf('md5', 'device', 'client-secret', nonce(1));
    const SRVCRED = credentialOf('md5', 'server', 'server-secret', nonce(2));
    const set: SessionOperation & { kind: 'Add' } = { ...write('a'), kind: 'Add', uri: './XX/A' };
    const pair = new Pair({
      client: { CLCRED, SRVCRED },
      server: { account: { CLCRED, SRVCRED: withNonce(SRVCRED, nonce(9)) } },
      plan: (round) => (round === 0 ? [group('Atomic', set), reading('x')] : []),
    }).run();
    expect(pair.wire.map(({ message }) => outline(message)).slice(1, 4)).toEqual([
      'SyncHdr=212, Alert=200, Replace=200, Atomic, Get, Final',
      'SyncHdr=401, Atomic=401, Add=401, Get=401, Final',
      'SyncHdr=200, Atomic, Get, Final',
    ]);
    expect(pair.results).toEqual(['group: 200', 'a: 200', 'x: 404']);
  });

  test('against a real client: an Atomic that fails leaves nothing, one that does not has it all', () => {
    const set = (id: string, uri: string): SessionOperation & { kind: 'Add' } => ({
      id,
      kind: 'Add',
      uri,
      Data: id,
    });
    const good = { ...group('Atomic', set('a', './XX/A'), set('b', './XX/B')), id: 'good' };
    const bad = { ...group('Atomic', set('c', './XX/C'), set('d', './XX/A')), id: 'bad' };
    const pair = play(good, bad);
    expect(pair.results).toEqual(['good: 200', 'a: 200', 'b: 200', 'bad: 507', 'c: 216', 'd: 418']);
    expect(pair.tree.text('./XX/B')).toBe('b');
    expect(pair.tree.find('./XX/C')).toBeUndefined();
  });
});

describe('other operations', () => {
  test('a Copy names both leaves', () => {
    const pair = play({ id: 'copy', kind: 'Copy', uri: './XX/N', source: './XX/YY/Status' });
    expect(pair.results).toEqual(['copy: 200']);
    expect(pair.tree.text('./XX/N')).toBe('operational');
  });

  test('an Exec carries its Correlator', () => {
    const { first } = asked({ id: 'run', kind: 'Exec', uri: './A/Op', Correlator: 'c7' });
    expect(first.SyncBody.commands[2]).toMatchObject({ kind: 'Exec', Correlator: 'c7' });
  });

  test('a Get of a list has every node as a value, each with its address', () => {
    const pair = play({ id: 'list', kind: 'Get', uri: './XX/YY?list=StructData' });
    const [result] = resultsOf(pair.serverEffects);
    expect(result).toMatchObject({ id: 'list', status: 200 });
    expect(result?.values?.map(({ uri, Data }) => `${uri} ${Data}`)).toEqual([
      './XX/YY ',
      './XX/YY/Count 1',
      './XX/YY/Status operational',
    ]);
  });
});

describe('an abort by the operator', () => {
  const abort = { kind: 'abort', reason: 'maintenance' } as const;

  test('while the client is away: with the next answer, and what the client told is kept [DMPRO 8.1-1]', () => {
    const { server, receive } = asked(reading('x'), reading('y'));
    expect(server.step(abort, 0)).toEqual([]);
    const effects = receive('2', [status('1', '3', '404')]);
    expect(resultsOf(effects)).toMatchObject([{ id: 'x', status: 404 }]);
    expect(outline(reply(effects))).toBe('SyncHdr=200, Alert 1223, Final');
    expect(effects.at(-1)).toEqual({ kind: 'ended', result: 'aborted', reason: 'maintenance' });
    expect(server.deadline).toBeUndefined();
  });

  test('in place of operations: at once', () => {
    const { server, receive } = serving();
    expect(receive('1', [ALERT]).at(-1)?.kind).toBe('ready');
    const effects = server.step(abort, 0);
    expect(outline(reply(effects))).toBe('SyncHdr=200, Alert=200, Alert 1223, Final');
    expect(effects.at(-1)).toMatchObject({ kind: 'ended', result: 'aborted' });
  });

  test('ends the client without an answer', () => {
    const pair = new Pair({ client: TRUSTED, server: TRUSTED, plan: () => [] });
    pair.server.step(abort, 0);
    pair.run();
    expect(pair.ends).toEqual(['aborted', 'aborted']);
    expect(pair.wire).toHaveLength(2);
  });
});

test('I-7: the server keeps to its own MaxMsgSize as well, which AOSP takes for its limit', () => {
  const server = serving({ MaxMsgSize: 2000 });
  server.receive('1', [ALERT], { Meta: { MaxMsgSize: 100_000 } });
  const many = Array.from({ length: 40 }, (_, index) => write(String(index), 'x'.repeat(60)));
  expect(encodeSyncML(reply(server.operate(many)), 'xml').length).toBeLessThanOrEqual(2000);
});
