import { describe, expect, test } from 'vitest';
import { encodeSyncML } from '../syncml/encode.ts';
import type { Command, Item, SyncML } from '../syncml/message.ts';
import { MESSAGES_MAX } from './packages.ts';
import { COMMANDS_MAX } from './packages-draft.ts';
import { DmServer, SILENCE_TIMEOUT_MS } from './server.ts';
import {
  type DmServerEffect,
  type DmServerOptions,
  type Operation,
  SERVER_TRANSITIONS,
  UNANSWERED,
} from './server-interface.ts';
import { DEV_ID, outline, SERVER_ID, seededRandom, URL_OF_SERVER } from './testing/pair.ts';

const NOW = 1_000_000;

function serving(options: Partial<DmServerOptions> = {}) {
  const server = new DmServer({
    ServerID: SERVER_ID,
    url: URL_OF_SERVER,
    account: undefined,
    isTransportAuthenticated: true,
    MaxMsgSize: 20_000,
    MaxObjSize: 16_000,
    random: seededRandom(3),
    ...options,
  });
  const messageOf = (
    MsgID: string,
    commands: readonly object[],
    change: Partial<SyncML['SyncHdr']> = {},
    Final = true,
  ): SyncML => ({
    SyncHdr: {
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: '1',
      MsgID,
      Target: { LocURI: URL_OF_SERVER },
      Source: { LocURI: DEV_ID },
      ...change,
    },
    SyncBody: {
      commands: commands.map((command, index) => ({
        CmdID: String(index + 1),
        ...command,
      })) as Command[],
      Final,
    },
  });
  return {
    server,
    messageOf,
    receive: (...args: Parameters<typeof messageOf>) =>
      server.step({ kind: 'message', message: messageOf(...args) }, NOW),
    operate: (operations: readonly Operation[]) =>
      server.step({ kind: 'operations', operations }, NOW),
  };
}

const ALERT = { kind: 'Alert', Data: '1201', Items: [] };
const NEXT = { kind: 'Alert', Data: '1222', Items: [] };
const get = (id: string): Operation => ({ id, kind: 'Get', uri: `./A/${id}` });
const status = (MsgRef: string, CmdRef: string, Data = '200', Cmd = 'Get') => ({
  kind: 'Status',
  MsgRef,
  CmdRef,
  Cmd,
  TargetRef: [],
  SourceRef: [],
  Data,
  Items: [],
});
const results = (MsgRef: string | undefined, CmdRef: string | undefined, item: Item) => ({
  kind: 'Results',
  ...(MsgRef !== undefined && { MsgRef }),
  ...(CmdRef !== undefined && { CmdRef }),
  Items: [item],
});
const reply = (effects: readonly DmServerEffect[]): SyncML => {
  const found = effects.find((effect) => effect.kind === 'reply')?.message;
  expect(found).toBeDefined();
  return found!;
};
const kinds = (effects: readonly DmServerEffect[]) => effects.map(({ kind }) => kind);
const resultsOf = (effects: readonly DmServerEffect[]) =>
  effects.filter((effect) => effect.kind === 'result');

describe('package #1', () => {
  test('gives authenticated, alert and DevInfo, then ready; package #2 answers each', () => {
    const { receive, operate } = serving();
    const item = { Source: { LocURI: './DevInfo/Man' }, Data: 'Vendor.Example.Net, Inc.' };
    const effects = receive('1', [ALERT, { kind: 'Replace', Items: [item] }]);
    expect(effects).toMatchObject([
      { kind: 'authenticated', DevId: DEV_ID },
      { kind: 'alert', alert: { Data: '1201' } },
      { kind: 'DevInfo', items: [item] },
      { kind: 'ready' },
    ]);
    const answer = operate([]);
    expect(kinds(answer)).toEqual(['reply', 'ended']);
    expect(outline(reply(answer))).toBe('SyncHdr=200, Alert=200, Replace=200, Final');
    expect(reply(answer).SyncHdr).toEqual({
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: '1',
      MsgID: '1',
      Target: { LocURI: DEV_ID },
      Source: { LocURI: URL_OF_SERVER },
      Meta: { MaxMsgSize: 20_000, MaxObjSize: 16_000 },
    });
  });

  test('DevInfo is taken with the name and the address of Appendix I: `DevID`, Item/Target', () => {
    const items = [
      { Source: { LocURI: './DevInfo/DevID' }, Data: DEV_ID },
      { Target: { LocURI: 'DevInfo/Mod' }, Data: 'ZZZ Device' },
    ];
    const effects = serving().receive('1', [ALERT, { kind: 'Replace', Items: items }]);
    expect(effects).toContainEqual({
      kind: 'DevInfo',
      items: [
        { Source: { LocURI: './DevInfo/DevId' }, Data: DEV_ID },
        { Source: { LocURI: './DevInfo/Mod' }, Data: 'ZZZ Device' },
      ],
    });
  });

  test('over several messages is collected by Alert 1222, without Final, before anything is asked', () => {
    const { receive } = serving();
    const first = receive('1', [ALERT], {}, false);
    expect(kinds(first)).toEqual(['authenticated', 'alert', 'reply']);
    expect(outline(reply(first))).toBe('SyncHdr=200, Alert=200, Alert 1222');
    expect(kinds(receive('2', [status('1', '3', '200', 'Alert')]))).toEqual(['ready']);
  });
});

describe('what a client may send', () => {
  test.each([
    [{ kind: 'Alert', Data: '1222', Items: [] }, '200'],
    [{ kind: 'Alert', Data: '1224', Items: [{ Data: 'x' }] }, '200'],
    [{ kind: 'Alert', Data: '1224', Items: [] }, '412'],
    [{ kind: 'Alert', Data: '1226', Items: [{ Data: 'x', Meta: { Type: 'known' } }] }, '200'],
    [{ kind: 'Alert', Data: '1226', Items: [{ Data: 'x', Meta: { Type: 'other' } }] }, '415'],
    [{ kind: 'Alert', Data: '1226', Items: [] }, '412'],
    [{ kind: 'Alert', Data: '1101', Items: [] }, '406'],
    [{ kind: 'Alert', Items: [] }, '412'],
    [{ kind: 'Replace', Items: [{ Source: { LocURI: './A' }, Data: '1' }] }, '405'],
    [{ kind: 'Replace', Items: [] }, '412'],
    [{ kind: 'Get', Items: [{ Target: { LocURI: './A' } }] }, '405'],
    [{ kind: 'Unknown', name: 'Frobnicate' }, '501'],
  ])('%j is answered %s [R-6.8.1-4]', (command, code) => {
    const acceptAlert = ({ Meta }: Item) => Meta?.Type === 'known';
    const { receive, operate } = serving({ acceptAlert });
    receive('1', [ALERT, command]);
    expect(reply(operate([])).SyncBody.commands[2]).toMatchObject({ kind: 'Status', Data: code });
  });

  test('of an Alert 1226 only the Items of a known type are passed on', () => {
    const Items = [
      { Data: 'a', Meta: { Type: 'known' } },
      { Data: 'b', Meta: { Type: 'other' } },
    ];
    const { receive, operate } = serving({ acceptAlert: ({ Meta }) => Meta?.Type === 'known' });
    const effects = receive('1', [ALERT, { kind: 'Alert', Data: '1226', Items }]);
    const alerts = effects.flatMap((effect) => (effect.kind === 'alert' ? [effect.alert] : []));
    expect(alerts.map(({ Data, Items }) => [Data, Items.length])).toEqual([
      ['1201', 0],
      ['1226', 1],
    ]);
    expect(outline(reply(operate([])))).toBe('SyncHdr=200, Alert=200, Alert=200, Alert=415, Final');
  });
});

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
    operate([get('x'), get('y'), get('z')]);
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
    operate([get('x')]);
    expect(
      resultsOf(receive('2', [results(undefined, '3', { Data: 'v' }), status('1', '3')])),
    ).toHaveLength(1);
  });

  test('what is not answered when the package is complete, is told as such', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([get('x'), get('y'), get('z')]);
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
    operate([get('x')]);
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
    const many = Array.from({ length: COMMANDS_MAX + 1 }, (_, index) => get(String(index)));
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

  test('nothing new is sent while the client is still answering', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([get('x'), get('y')]);
    const part = receive('2', [status('1', '3', '404')], {}, false);
    expect(kinds(part)).toEqual(['result', 'reply']);
    expect(outline(reply(part))).toBe('SyncHdr=200, Alert 1222');
    const rest = receive('3', [status('2', '2', '200', 'Alert'), status('1', '4', '404')]);
    expect(kinds(rest)).toEqual(['result', 'ready']);
  });
});

describe('a message that comes again', () => {
  test('has the same answer, and nothing is done twice', () => {
    const { receive, operate, server } = serving();
    receive('1', [ALERT]);
    const first = reply(operate([get('x')]));
    expect(receive('1', [ALERT])).toEqual([{ kind: 'reply', message: first }]);
    receive('2', [status('1', '3', '404')]);
    const last = operate([]);
    expect(server.state).toBe('Ended');
    expect(receive('2', [status('1', '3', '404')])).toEqual([
      { kind: 'reply', message: reply(last) },
    ]);
  });

  test('before it was answered, asks for operations again', () => {
    const { receive } = serving();
    receive('1', [ALERT]);
    expect(receive('1', [ALERT])).toEqual([{ kind: 'ready' }]);
  });

  test('a new one before the answer has gone out is out of turn', () => {
    const { receive } = serving();
    receive('1', [ALERT]);
    expect(() => receive('2', [])).toThrow('no reply has gone out yet');
  });

  test('with other content, or late, does not belong here (AC-15)', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([get('x')]);
    receive('2', [], {}, false);
    expect(() => receive('2', [ALERT])).toThrow('MsgID was used before');
    expect(() => receive('1', [ALERT])).toThrow('MsgID was used before');
  });
});

describe('what does not belong to the session', () => {
  test.each([
    ['another SessionID', '2', { SessionID: '9' }],
    ['another Source', '2', { Source: { LocURI: 'sip:other@operator.example' } }],
    ['MsgID 0', '0', {}],
    ['a MsgID that is no number', 'x', {}],
    ['a MsgID beyond all sessions', '9999999999', {}],
    ['a negative MsgID', '-1', {}],
  ])('%s is an error, and the session goes on (AC-04, AC-15)', (_, MsgID, change) => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([get('x')]);
    expect(() => receive(MsgID, [], change)).toThrow(/MsgID|SessionID/);
    expect(kinds(receive('2', [status('1', '3', '404')]))).toEqual(['result', 'ready']);
  });

  test('after the end nothing new is answered', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([]);
    expect(() => receive('2', [])).toThrow('over');
  });

  test.each([
    ['VerDTD', { VerDTD: '1.1' }, 'SyncHdr=505', '1.2'],
    ['VerProto', { VerProto: 'DM/1.3' }, 'SyncHdr=513', 'DM/1.2'],
  ])('another %s is answered with what is supported, and ends it', (_, change, expected, Data) => {
    const effects = serving().receive('1', [ALERT], change);
    expect(kinds(effects)).toEqual(['reply', 'ended']);
    expect(outline(reply(effects))).toBe(`${expected}, Final`);
    expect(reply(effects).SyncBody.commands[0]).toMatchObject({ Items: [{ Data }] });
  });
});

describe('the end', () => {
  test('Alert 1223 is answered without a command, and what was done is told', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([get('x'), get('y')]);
    const abort = { kind: 'Alert', Data: '1223', Items: [] };
    const effects = receive('2', [status('1', '3', '404'), abort]);
    expect(kinds(effects)).toEqual(['result', 'alert', 'reply', 'ended']);
    expect(outline(reply(effects))).toBe('SyncHdr=200, Alert=200, Final');
    expect(effects.at(-1)).toMatchObject({ result: 'aborted' });
  });

  test('silence ends it after SILENCE_TIMEOUT_MS, counted from the last reply', () => {
    const { receive, server } = serving();
    receive('1', [ALERT]);
    expect(server.deadline).toBe(NOW + SILENCE_TIMEOUT_MS);
    const replied = NOW + 5000;
    server.step({ kind: 'operations', operations: [get('x')] }, replied);
    expect(server.deadline).toBe(replied + SILENCE_TIMEOUT_MS);
    expect(server.step({ kind: 'timeout' }, replied + SILENCE_TIMEOUT_MS - 1)).toEqual([]);
    expect(server.step({ kind: 'timeout' }, replied + SILENCE_TIMEOUT_MS)).toMatchObject([
      { kind: 'ended', result: 'timeout' },
    ]);
    expect(server.deadline).toBeUndefined();
  });

  test('a client that never sets Final is stopped after MESSAGES_MAX messages (AC-04)', () => {
    const { receive } = serving();
    let count = 0;
    let effects: DmServerEffect[] = [];
    while (effects.at(-1)?.kind !== 'ended') {
      count += 1;
      effects = receive(String(count), [NEXT], {}, false);
    }
    expect(count).toBe(MESSAGES_MAX + 1);
    expect(outline(reply(effects))).toBe('SyncHdr=200, Alert 1223, Final');
  });

  test('a Status for the SyncHdr of another message decides nothing', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([get('x')]);
    const effects = receive('2', [status('7', '0', '513', 'SyncHdr'), status('1', '3', '404')]);
    expect(kinds(effects)).toEqual(['result', 'ready']);
  });

  test('a client that refuses our message for another reason than credentials ends it', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([get('x')]);
    const effects = receive('2', [status('1', '0', '513', 'SyncHdr')]);
    expect(effects.at(-1)).toMatchObject({ kind: 'ended', result: 'aborted' });
    expect(outline(reply(effects))).toBe('SyncHdr=200, Alert 1223, Final');
  });
});

test('the table is the figure: from Ended nothing leads away, operations only from Ready', () => {
  expect(SERVER_TRANSITIONS.Ended).toEqual({});
  for (const [state, row] of Object.entries(SERVER_TRANSITIONS)) {
    expect(row.operations === undefined).toBe(state !== 'Ready');
  }
  const { operate } = serving();
  expect(() => operate([])).toThrow('ready');
});
