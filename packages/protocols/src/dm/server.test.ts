import { describe, expect, test } from 'vitest';
import type { Item } from '../syncml/message.ts';
import { MESSAGES_MAX } from './packages.ts';
import { SILENCE_TIMEOUT_MS } from './server.ts';
import { type DmServerEffect, SERVER_TRANSITIONS } from './server-interface.ts';
import { DEV_ID, outline, URL_OF_SERVER } from './testing/pair.ts';
import { ALERT, kinds, NEXT, NOW, reading, reply, serving, status } from './testing/serving.ts';

describe('package #1', () => {
  test('gives authenticated, alert and DevInfo, then ready; package #2 answers each [DMPRO 8.4-1]', () => {
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

  test('of an Alert 1226 only the Items of a known type are passed on [DMPRO 8.7-1]', () => {
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

describe('a message that comes again', () => {
  test('has the same answer, and nothing is done twice [SYNCHTTP 5.1.5-1]', () => {
    const { receive, operate, server } = serving();
    receive('1', [ALERT]);
    const first = reply(operate([reading('x')]));
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
    operate([reading('x')]);
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
    operate([reading('x')]);
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
    operate([reading('x'), reading('y')]);
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
    server.step({ kind: 'operations', operations: [reading('x')] }, replied);
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
    operate([reading('x')]);
    const effects = receive('2', [status('7', '0', '513', 'SyncHdr'), status('1', '3', '404')]);
    expect(kinds(effects)).toEqual(['result', 'ready']);
  });

  test('a client that refuses our message for another reason than credentials ends it', () => {
    const { receive, operate } = serving();
    receive('1', [ALERT]);
    operate([reading('x')]);
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
