import { describe, expect, test } from 'vitest';
import { encodeSyncML } from '../syncml/encode.ts';
import { COMMANDS_MAX } from './packages-draft.ts';
import { type Operation, UNANSWERED } from './server-interface.ts';
import { outline } from './testing/pair.ts';
import {
  ALERT,
  kinds,
  reading,
  reply,
  results,
  resultsOf,
  serving,
  status,
} from './testing/serving.ts';

describe('operations', () => {
  test('become commands, octets as b64 text, and nothing that was not given', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    const operations: Operation[] = [
      { id: 'a', kind: 'Add', uri: './A', Format: 'node' },
      { id: 'b', kind: 'Add', uri: './A/B', Format: 'bin', Data: Uint8Array.of(1, 2, 255) },
      { id: 'c', kind: 'Replace', uri: './A/C', Format: 'int', Type: 'text/plain', Data: '10' },
      { id: 'd', kind: 'Delete', uri: './A/D' },
      { id: 'e', kind: 'Exec', uri: './A/E', Data: 'now' },
      { id: 'f', kind: 'Get', uri: './A/F' },
    ];
    const { commands, Final } = reply(operate(operations)).SyncBody;
    expect(Final).toBe(true);
    expect(commands.slice(2)).toEqual([
      { kind: 'Add', CmdID: '3', Items: [{ Target: { LocURI: './A' }, Meta: { Format: 'node' } }] },
      {
        kind: 'Add',
        CmdID: '4',
        Items: [{ Target: { LocURI: './A/B' }, Meta: { Format: 'b64' }, Data: 'AQL/' }],
      },
      {
        kind: 'Replace',
        CmdID: '5',
        Items: [
          { Target: { LocURI: './A/C' }, Meta: { Format: 'int', Type: 'text/plain' }, Data: '10' },
        ],
      },
      { kind: 'Delete', CmdID: '6', Items: [{ Target: { LocURI: './A/D' } }] },
      { kind: 'Exec', CmdID: '7', Items: [{ Target: { LocURI: './A/E' }, Data: 'now' }] },
      { kind: 'Get', CmdID: '8', Items: [{ Target: { LocURI: './A/F' } }] },
    ]);
  });

  test('a Get is done with its Results, whichever comes first; Meta of the command is the default', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([reading('x'), reading('y'), reading('z')]);
    const effects = receive('2', [
      status('1', '0', '200', 'SyncHdr'),
      { ...results('1', '3', { Source: { LocURI: './A/x' }, Data: '7' }), Meta: { Format: 'int' } },
      status('1', '3'),
      status('1', '4', '404'),
      status('1', '5'),
      results('1', '5', { Source: { LocURI: './A/z' } }),
    ]);
    expect(effects).toEqual([
      {
        kind: 'result',
        id: 'x',
        status: 200,
        value: { Format: 'int', Type: 'text/plain', Data: '7' },
      },
      { kind: 'result', id: 'y', status: 404 },
      {
        kind: 'result',
        id: 'z',
        status: 200,
        value: { Format: 'chr', Type: 'text/plain', Data: '' },
      },
      { kind: 'ready' },
    ]);
  });

  test('Results without MsgRef and CmdRef mean 1 and 1 (RepPro)', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([reading('x')]);
    expect(
      resultsOf(receive('2', [results(undefined, '3', { Data: 'v' }), status('1', '3')])),
    ).toHaveLength(1);
  });

  test('what is not answered when the package is complete, is told as such', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([reading('x'), reading('y'), reading('z')]);
    const effects = receive('2', [status('1', '3'), results('1', '4', { Data: 'v' })]);
    expect(resultsOf(effects)).toMatchObject([
      { id: 'x', status: 200 },
      { id: 'y', status: 200, value: { Data: 'v' } },
      { id: 'z', status: UNANSWERED },
    ]);
    expect(resultsOf(effects)[0]).not.toHaveProperty('value');
  });

  test('Status and Results for what was never sent are ignored (AC-04)', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([reading('x')]);
    const effects = receive('2', [
      status('9', '3'),
      status('1', '99', '500'),
      status('1', '3'),
      status('1', '3', '500'),
      results('1', '77', { Data: 'v' }),
      results('1', '3', { Data: 'v' }),
      results('1', '3', { Data: 'w' }),
    ]);
    expect(resultsOf(effects)).toMatchObject([{ id: 'x', status: 200, value: { Data: 'v' } }]);
  });

  test('go over as many messages as the MaxMsgSize of the client asks for, each in one of them', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT], { Meta: { MaxMsgSize: 2000 } });
    const operations = Array.from(
      { length: 30 },
      (_, index): Operation => ({
        id: String(index),
        kind: 'Replace',
        uri: `./A/${index}`,
        Format: 'chr',
        Data: 'x'.repeat(80),
      }),
    );
    let answer = reply(operate(operations));
    const done: string[] = [];
    for (let MsgID = 2; ; MsgID++) {
      expect(encodeSyncML(answer, 'xml').length).toBeLessThanOrEqual(2000);
      expect(answer.SyncBody.Final).toBe(true);
      const statuses = answer.SyncBody.commands.flatMap(({ kind, CmdID }) =>
        kind === 'Replace' ? [status(answer.SyncHdr.MsgID, CmdID, '200', 'Replace')] : [],
      );
      expect(statuses.length).toBeGreaterThan(0);
      const effects = receive(String(MsgID), statuses);
      done.push(...resultsOf(effects).map(({ id }) => id));
      if (effects.at(-1)?.kind === 'ready') break;
      answer = reply(effects);
    }
    expect(done).toEqual(operations.map(({ id }) => id));
  });

  test('a message has COMMANDS_MAX operations and not one more', () => {
    const { receive, operate } = serving({ MaxMsgSize: 1_000_000 });
    receive('1', [ALERT]);
    const many = Array.from({ length: COMMANDS_MAX + 1 }, (_, index) => reading(String(index)));
    const { commands } = reply(operate(many)).SyncBody;
    expect(commands.filter(({ kind }) => kind === 'Get')).toHaveLength(COMMANDS_MAX);
    const next = reply(receive('2', []));
    expect(next.SyncBody.commands.filter(({ kind }) => kind === 'Get')).toHaveLength(1);
  });

  test('an object that the client does not take is never sent, and the session goes on', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT], { Meta: { MaxObjSize: 10 } });
    const object = (id: string, length: number): Operation => ({
      id,
      kind: 'Replace',
      uri: './A',
      Data: 'x'.repeat(length),
    });
    expect(outline(reply(operate([object('large', 11)])))).toBe(
      'SyncHdr=200, Alert=200, Alert 1222, Final',
    );
    const effects = receive('2', [status('1', '3', '200', 'Alert')]);
    expect(effects).toEqual([{ kind: 'result', id: 'large', status: 413 }, { kind: 'ready' }]);
    expect(outline(reply(operate([object('fits', 10)])))).toBe('SyncHdr=200, Replace, Final');
  });

  test('nothing new is sent while the client is still answering [DMPRO 6-3]', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([reading('x'), reading('y')]);
    const part = receive('2', [status('1', '3', '404')], {}, false);
    expect(kinds(part)).toEqual(['result', 'reply']);
    expect(outline(reply(part))).toBe('SyncHdr=200, Alert 1222');
    const rest = receive('3', [status('2', '2', '200', 'Alert'), status('1', '4', '404')]);
    expect(kinds(rest)).toEqual(['result', 'ready']);
  });
});
