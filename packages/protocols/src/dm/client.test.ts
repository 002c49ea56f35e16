import { describe, expect, test } from 'vitest';
import { deviceShape, PKTC_VERSION, writeDevInfo } from '../mo/index.ts';
import { encodeSyncML } from '../syncml/encode.ts';
import type { Alert, Command, SyncML } from '../syncml/message.ts';
import { credentialOf, makeChal } from './auth.ts';
import type { DmClientEffect } from './client-interface.ts';
import { CLIENT_TRANSITIONS, RESENDS_MAX, RESPONSE_TIMEOUT_MS } from './index.ts';
import { MESSAGES_MAX } from './packages.ts';
import { asksFor, NOW, opened, sent, sentBy, target } from './testing/opened-client.ts';
import { DEV_ID, outline, URL_OF_SERVER } from './testing/pair.ts';
import { Tree } from './tree/tree.ts';

describe('package #1', () => {
  test('has Alert 1201, then every leaf of DevInfo as Replace, the PacketCable extension too [R-6.9.1-1] [R-6.9.1-2] [DMPRO 8.3-2]', () => {
    const { first } = opened();
    expect(outline(first)).toBe('Alert 1201, Replace, Final');
    const [, replace] = first.SyncBody.commands;
    expect(
      replace?.kind === 'Replace' && replace.Items.map(({ Source }) => Source?.LocURI),
    ).toEqual([
      './DevInfo/DevId',
      './DevInfo/Man',
      './DevInfo/Mod',
      './DevInfo/DmV',
      './DevInfo/Lang',
      './DevInfo/Ext/Pktc2/PktcVersion',
    ]);
    expect(replace?.kind === 'Replace' && replace.Items[0]).toEqual({
      Source: { LocURI: './DevInfo/DevId' },
      Meta: { Format: 'chr', Type: 'text/plain' },
      Data: DEV_ID,
    });
  });

  test('of a real device has its DevInfo and all of the PacketCable extension [R-6.9.1-1] [R-6.9.1-2]', () => {
    const tree = new Tree(deviceShape());
    writeDevInfo(tree, { DevId: DEV_ID, Man: 'Vendor.Example.Net, Inc.', Mod: 'ZZZ Device' }, NOW);
    const { first } = opened({ tree });
    const [, replace] = first.SyncBody.commands;
    const items = replace?.kind === 'Replace' ? replace.Items : [];
    const told = new Map(items.map(({ Source, Data }) => [Source?.LocURI, Data]));
    expect(told.get('./DevInfo/DevId')).toBe(DEV_ID);
    for (const name of tree.children('./DevInfo/Ext/Pktc2')) {
      expect(told.get(`./DevInfo/Ext/Pktc2/${name}`)).toBe(
        tree.text(`./DevInfo/Ext/Pktc2/${name}`),
      );
    }
    expect(told.size).toBe(8);
    expect(told.get('./DevInfo/Ext/Pktc2/PktcVersion')).toBe(PKTC_VERSION);
  });

  test('states versions, addresses and limits', () => {
    expect(opened().first.SyncHdr).toEqual({
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: 'A7',
      MsgID: '1',
      Target: { LocURI: URL_OF_SERVER },
      Source: { LocURI: DEV_ID },
      Meta: { MaxMsgSize: 10_000, MaxObjSize: 50 },
    });
  });

  test('names the user in LocName with md5, where Cred does not', () => {
    const nonce = new Uint8Array(16);
    const { first } = opened({ CLCRED: credentialOf('md5', 'device', 'secret', nonce) });
    expect(first.SyncHdr.Source.LocName).toBe('device');
    const basic = opened({ CLCRED: credentialOf('basic', 'device', 'secret') });
    expect(basic.first.SyncHdr.Source.LocName).toBeUndefined();
  });

  test('carries the events, and their answers come back by index [R-6.8.1-4]', () => {
    const alert = (Data: string): Alert => ({
      kind: 'Alert',
      CmdID: '99',
      Data: '1226',
      Items: [{ Data }],
    });
    const session = opened({ alerts: [alert('one'), alert('two')] });
    expect(outline(session.first)).toBe('Alert 1201, Replace, Alert 1226, Alert 1226, Final');
    expect(session.first.SyncBody.commands.map(({ CmdID }) => CmdID)).toEqual(['1', '2', '3', '4']);
    const status = (CmdRef: string, Data: string, MsgRef = '1') => ({
      kind: 'Status',
      MsgRef,
      CmdRef,
      Cmd: 'Alert',
      TargetRef: [],
      SourceRef: [],
      Data,
      Items: [],
    });
    const effects = session.receive([
      status('3', '500', '9'),
      status('4', '415'),
      status('3', '200'),
      status('3', '200'),
      status('77', '200'),
    ]);
    expect(effects).toEqual([
      { kind: 'alert-status', index: 1, status: 415 },
      { kind: 'alert-status', index: 0, status: 200 },
      { kind: 'ended', result: 'completed' },
    ]);
  });
});

test('events that the server has taken are not sent again by a later challenge', () => {
  const alerts: Alert[] = [{ kind: 'Alert', CmdID: '9', Data: '1226', Items: [{ Data: 'one' }] }];
  const { client, first } = opened({
    CLCRED: credentialOf('basic', 'device', 'secret'),
    SRVCRED: credentialOf('basic', 'server', 'secret'),
    isTransportAuthenticated: false,
    alerts,
  });
  expect(outline(first)).toContain('Alert 1226');
  const answer = (MsgID: string, Data: string, more: readonly Command[]): SyncML => ({
    SyncHdr: {
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: 'A7',
      MsgID,
      Target: { LocURI: DEV_ID },
      Source: { LocURI: URL_OF_SERVER },
    },
    SyncBody: {
      commands: [
        {
          kind: 'Status',
          CmdID: '1',
          MsgRef: MsgID,
          CmdRef: '0',
          Cmd: 'SyncHdr',
          TargetRef: [],
          SourceRef: [],
          Data,
          Items: [],
          ...(Data === '401' && { Chal: makeChal('basic', new Uint8Array(0)) }),
        },
        ...more,
      ],
      Final: true,
    },
  });
  const asks: Command = { kind: 'Get', CmdID: '2', Items: [target('./XX')] };
  const refused = client.step({ kind: 'message', message: answer('1', '212', [asks]) }, NOW);
  expect(outline(sent(refused))).toBe('SyncHdr=407, Get=407, Final');
  const again = client.step({ kind: 'message', message: answer('2', '401', []) }, NOW);
  expect(outline(sent(again))).toBe('SyncHdr=407, Final');
  expect(sent(again).SyncHdr.Cred).toBeDefined();
});

test('commands that come with a challenge are not run: 215, and package #1 goes out again', () => {
  const { client, tree } = opened({ CLCRED: credentialOf('basic', 'device', 'secret') });
  const Chal = makeChal('basic', new Uint8Array(0));
  const head = {
    kind: 'Status',
    CmdID: '1',
    MsgRef: '1',
    CmdRef: '0',
    Cmd: 'SyncHdr',
    TargetRef: [],
    SourceRef: [],
    Data: '401',
    Items: [],
    Chal,
  } as const;
  const Items = [target('./XX/YY/Count', { Data: '9' })];
  const message: SyncML = {
    SyncHdr: {
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: 'A7',
      MsgID: '1',
      Target: { LocURI: DEV_ID },
      Source: { LocURI: URL_OF_SERVER },
    },
    SyncBody: { commands: [head, { kind: 'Replace', CmdID: '2', Items }], Final: true },
  };
  const effects = client.step({ kind: 'message', message }, NOW);
  expect(outline(sent(effects))).toBe('SyncHdr=200, Replace=215, Alert 1201, Replace, Final');
  expect(tree.text('./XX/YY/Count')).toBe('1');
  expect(client.state).toBe('Setup');
});

describe('a package over several messages', () => {
  test('the client respects MaxMsgSize, sends Final last, and is asked on by Alert 1222 [DMPRO 6-2] [DMPRO 6-4]', () => {
    const { receive } = opened();
    const uris = Array.from({ length: 8 }, (_, index) => `./XX/N${index}`);
    receive(uris.map((uri) => ({ kind: 'Add', Items: [target(uri, { Data: 'x'.repeat(40) })] })));
    const replies = [sent(receive([asksFor(...uris)], { Meta: { MaxMsgSize: 1500 } }))];
    while (!replies.at(-1)!.SyncBody.Final) {
      replies.push(sent(receive([{ kind: 'Alert', Data: '1222', Items: [] }], {}, false)));
      expect(replies.length).toBeLessThan(20);
    }
    expect(replies.length).toBeGreaterThan(2);
    for (const message of replies) {
      expect(encodeSyncML(message, 'xml').length).toBeLessThanOrEqual(1500);
    }
    expect(replies.map(({ SyncBody }) => SyncBody.Final).filter(Boolean)).toEqual([true]);
    const results = replies.flatMap(({ SyncBody }) =>
      SyncBody.commands.filter(({ kind }) => kind === 'Results'),
    );
    expect(results).toHaveLength(8);
    for (const { SyncBody } of replies)
      expect(outline({ SyncBody } as SyncML)).toMatch(/^SyncHdr=200/);
    for (const { SyncBody } of replies.slice(1)) {
      expect(SyncBody.commands[1]).toMatchObject({ kind: 'Status', Cmd: 'Alert', Data: '200' });
    }
  });

  test('the Status of an Alert 1222 goes with the next message, before others that wait', () => {
    const { receive } = opened();
    const asked = Array.from({ length: 12 }, () => asksFor('./XX/YY/Count'));
    const replies = [sent(receive(asked, { Meta: { MaxMsgSize: 1500 } }))];
    while (!replies.at(-1)!.SyncBody.Final) {
      replies.push(sent(receive([{ kind: 'Alert', Data: '1222', Items: [] }], {}, false)));
      expect(replies.length).toBeLessThan(40);
    }
    const statuses = replies.map(({ SyncBody }) =>
      SyncBody.commands.flatMap((each) => (each.kind === 'Status' ? [each.Cmd] : [])),
    );
    expect(statuses[1]?.slice(0, 3)).toEqual(['SyncHdr', 'Alert', 'Get']);
    for (const each of statuses.slice(1)) expect(each[1]).toBe('Alert');
    expect(statuses.flat().filter((Cmd) => Cmd === 'Get')).toHaveLength(12);
  });

  test('Results beyond the MaxObjSize of the server are a Get with 413, at the limit they go [DMPRO 7-5]', () => {
    const { receive, tree } = opened({ MaxObjSize: 5000 });
    receive([{ kind: 'Replace', Items: [target('./XX/YY/Status', { Data: 'x'.repeat(3000) })] }]);
    expect(tree.text('./XX/YY/Status')).toHaveLength(3000);
    const fits = receive([asksFor('./XX/YY/Status')], { Meta: { MaxObjSize: 3000 } });
    expect(outline(sent(fits))).toBe('SyncHdr=200, Get=200, Results, Final');
    const reply = sent(receive([asksFor('./XX/YY/Status')], { Meta: { MaxObjSize: 2999 } }));
    expect(outline(reply)).toBe('SyncHdr=200, Get=413, Final');
    const [, , ...none] = reply.SyncBody.commands;
    expect(none).toEqual([]);
  });

  test('a server message without Final is answered without Final, and with Alert 1222 if with nothing else', () => {
    const { receive } = opened();
    expect(outline(sent(receive([], {}, false)))).toBe('SyncHdr=200, Alert 1222');
    expect(outline(sent(receive([asksFor('./XX')], {}, false)))).toBe(
      'SyncHdr=200, Get=200, Results',
    );
    expect(outline(sent(receive([asksFor('./XX')], {}, true)))).toBe(
      'SyncHdr=200, Get=200, Results, Final',
    );
  });
});

describe('the end', () => {
  test('a server message with nothing to answer ends the session, and nothing is sent [DMPRO 8.1-2]', () => {
    const { receive, client } = opened();
    expect(receive([])).toEqual([{ kind: 'ended', result: 'completed' }]);
    expect(client.deadline).toBeUndefined();
    expect(receive([asksFor('./XX')])).toEqual([]);
  });

  test('Alert 1223 ends it without an answer, whatever else is in the message', () => {
    const { receive, tree } = opened();
    const replace = { kind: 'Replace', Items: [target('./XX/YY/Count', { Data: '2' })] };
    const effects = receive([replace, { kind: 'Alert', Data: '1223', Items: [] }]);
    expect(effects).toMatchObject([{ kind: 'ended', result: 'aborted' }]);
    expect(tree.text('./XX/YY/Count')).toBe('1');
  });

  test.each([
    ['VerDTD', { VerDTD: '1.9' }, '505', '1.2'],
    ['VerProto', { VerProto: 'DM/9.9' }, '513', 'DM/1.2'],
  ])('another %s is answered with what is supported', (_, change, code, supported) => {
    const effects = opened().receive([asksFor('./XX')], change);
    expect(outline(sent(effects))).toBe(`SyncHdr=${code}, Final`);
    expect(sent(effects).SyncBody.commands[0]).toMatchObject({ Items: [{ Data: supported }] });
    expect(effects.at(-1)).toMatchObject({ kind: 'ended', result: 'failed' });
  });

  test('an answer of another session ends it; one that was acted on is not acted on again', () => {
    const foreign = opened().receive([asksFor('./XX')], { SessionID: 'B8' });
    expect(foreign).toMatchObject([{ kind: 'ended', result: 'failed' }]);
    const { receive, client } = opened();
    receive([asksFor('./XX')]);
    expect(receive([asksFor('./XX')], { MsgID: '1' })).toEqual([]);
    expect(client.state).toBe('Management');
    // It is the answer that came, and no other will: the same message again, soon.
    expect(client.deadline).toBe(NOW + 1000);
    expect(client.step({ kind: 'timeout' }, NOW + 1000)).toMatchObject([
      { kind: 'send', message: { SyncHdr: { MsgID: '2' } } },
    ]);
    expect(receive([asksFor('./XX')], { MsgID: 'x' })).toMatchObject([{ kind: 'ended' }]);
  });

  test('a loop of a server ends after MESSAGES_MAX messages', () => {
    const { receive } = opened();
    let count = 1;
    let effects = receive([asksFor('./XX')]);
    while (sentBy(effects) !== undefined) {
      count += 1;
      effects = receive([asksFor('./XX')]);
    }
    expect(count).toBe(MESSAGES_MAX);
    expect(effects.at(-1)).toMatchObject({ kind: 'ended', result: 'aborted' });
  });
});

describe('without an answer', () => {
  test('the same message goes out again after 1 s and 2 s, then the session has failed', () => {
    const { client, first } = opened();
    const delays: number[] = [];
    let now = NOW;
    for (let index = 0; index < RESENDS_MAX; index++) {
      expect(client.step({ kind: 'failed', reason: 'refused' }, now)).toEqual([]);
      delays.push(client.deadline! - now);
      now = client.deadline!;
      expect(client.step({ kind: 'timeout' }, now)).toEqual([
        { kind: 'send', message: first, url: URL_OF_SERVER },
      ]);
    }
    expect(delays).toEqual([1000, 2000]);
    expect(client.step({ kind: 'failed', reason: 'refused' }, now)).toEqual([
      { kind: 'ended', result: 'failed', reason: 'refused' },
    ]);
    expect(client.deadline).toBeUndefined();
  });

  test('silence counts as a failure after the response timer', () => {
    const { client } = opened();
    let now = NOW;
    const all: DmClientEffect[] = [];
    while (client.deadline !== undefined) {
      now = client.deadline;
      all.push(...client.step({ kind: 'timeout' }, now));
    }
    expect(all.map(({ kind }) => kind)).toEqual(['send', 'send', 'ended']);
    expect(all.at(-1)).toMatchObject({ result: 'timeout' });
    expect(now - NOW).toBe(3 * RESPONSE_TIMEOUT_MS + 3000);
  });
});

describe('RespURI', () => {
  test('on the same origin is where the next message goes; elsewhere it is ignored (AC-07)', () => {
    const near = 'http://dm.operator.example/mgmt-server?session=7';
    const urlAfter = (RespURI: string) =>
      opened()
        .receive([asksFor('./XX')], { RespURI })
        .flatMap((effect) => (effect.kind === 'send' ? [effect.url] : []));
    expect(urlAfter(near)).toEqual([near]);
    for (const far of ['http://evil.example/', 'https://dm.operator.example/', 'file:///x', '::']) {
      expect(urlAfter(far)).toEqual([URL_OF_SERVER]);
    }
  });
});

test('the table is the figure: a session starts once, and from Ended nothing leads away', () => {
  expect(CLIENT_TRANSITIONS.Idle).toEqual({ start: 'Setup', aborted: 'Ended' });
  expect(CLIENT_TRANSITIONS.Ended).toEqual({});
  expect(CLIENT_TRANSITIONS.Setup.continued).toBe('Management');
  expect(CLIENT_TRANSITIONS.Setup.challenged).toBe('Setup');
  expect(opened().client.step({ kind: 'start' }, NOW)).toEqual([]);
});
