/** What the representation protocol says of the messages of a session: headers, numbers, versions, limits. */
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../error.ts';
import { decodeSyncML } from '../syncml/decode.ts';
import { encodeSyncML } from '../syncml/encode.ts';
import type { SyncML } from '../syncml/message.ts';
import { credentialOf, makeCred } from './auth.ts';
import { readRequestHead, readResponseHead, requestHeaders, responseHeaders } from './http.ts';
import type { DmServerOptions } from './server-interface.ts';
import { BIG, busySession, commandsIn, SIDES, sentFrom } from './testing/busy-session.ts';
import { asksFor, opened, sent } from './testing/opened-client.ts';
import { outline, Pair, URL_OF_SERVER } from './testing/pair.ts';
import { ALERT, reply, serving, status } from './testing/serving.ts';

describe.each(SIDES)('what the %s sends', (side) => {
  const messages = sentFrom(busySession(), side);

  test('counts its MsgIDs from 1 in each direction [REPPRO 6.1.12-1]', () => {
    expect(messages.length).toBeGreaterThan(10);
    expect(messages.map(({ SyncHdr }) => SyncHdr.MsgID)).toEqual(
      messages.map((_, index) => String(index + 1)),
    );
  });

  test('has one SessionID throughout [REPPRO 6.1.18-1]', () => {
    const ids = new Set(messages.map(({ SyncHdr }) => SyncHdr.SessionID));
    expect([...ids]).toEqual(['1']);
  });

  test('states both versions in every message [REPPRO 6.1.24-1] [REPPRO 6.1.25-1]', () => {
    for (const { SyncHdr } of messages) {
      expect([SyncHdr.VerDTD, SyncHdr.VerProto]).toEqual(['1.2', 'DM/1.2']);
    }
  });

  test('has Cred in the SyncHdr alone [REPPRO 6.1.6-1]', () => {
    expect(messages.filter(({ SyncHdr }) => SyncHdr.Cred !== undefined)).not.toEqual([]);
    for (const { SyncBody } of messages) expect(JSON.stringify(SyncBody)).not.toContain('"Cred"');
  });

  test('numbers its commands, those in containers too: never 0, no number twice [REPPRO 6.1.4-2]', () => {
    const all = messages.map(({ SyncBody }) => commandsIn(SyncBody.commands));
    expect(all.some((commands) => commands.some(({ kind }) => kind === 'Status'))).toBe(true);
    for (const commands of all) {
      const ids = commands.map(({ CmdID }) => CmdID);
      expect(ids).toEqual(ids.map((_, index) => String(index + 1)));
    }
  });
});

describe('Final', () => {
  test('of the client is in the last message of a package alone [REPPRO 6.1.7-1]', () => {
    const flags = sentFrom(busySession(), 'client').map(({ SyncBody }) => SyncBody.Final);
    // Package #1, the same with Cred, two of #3, then chunks: five taken, four of the Results given.
    const chunks = (count: number) => Array<boolean>(count).fill(false);
    expect(flags).toEqual([true, true, true, true, ...chunks(5), true, ...chunks(4), true]);
  });

  test('of the server is in the last message of a package alone [REPPRO 6.1.7-1]', () => {
    for (const { SyncBody } of sentFrom(busySession(), 'server')) {
      const isGoingOn = commandsIn(SyncBody.commands).some(
        (command) =>
          (command.kind === 'Alert' && command.Data === '1222') ||
          (command.kind === 'Replace' && command.Items.some(({ MoreData }) => MoreData)),
      );
      expect(SyncBody.Final).toBe(!isGoingOn);
    }
  });

  test('without it the client goes on: what it read is no whole package yet [REPPRO 6.1.7-1]', () => {
    const { receive, client } = opened();
    expect(outline(sent(receive([], {}, false)))).toBe('SyncHdr=200, Alert 1222');
    expect(client.state).toBe('Management');
  });
});

describe('a number or a name that breaks the session', () => {
  test.each(['0', 'x', ''])('MsgID %j is refused by both sides [REPPRO 6.1.12-1]', (MsgID) => {
    expect(opened().receive([asksFor('./XX')], { MsgID })).toMatchObject([{ result: 'failed' }]);
    expect(() => serving().receive(MsgID, [ALERT])).toThrow(ProtocolError);
  });

  test('a message without MsgID is none [REPPRO 6.1.12-1]', () => {
    const xml = new TextDecoder().decode(encodeSyncML(opened().first, 'xml'));
    const cut = xml.replace('<MsgID>1</MsgID>', '');
    expect(cut).not.toBe(xml);
    expect(() => decodeSyncML(new TextEncoder().encode(cut))).toThrow('SyncHdr without MsgID');
  });

  test('another SessionID is not of this session, for either side [REPPRO 6.1.18-1]', () => {
    const { receive, tree } = opened();
    expect(receive([asksFor('./XX')], { SessionID: 'B8' })).toMatchObject([{ result: 'failed' }]);
    expect(tree.text('./XX/YY/Count')).toBe('1');
    const served = serving();
    served.receive('1', [ALERT]);
    served.operate([{ id: 'x', kind: 'Get', uri: './XX' }]);
    const foreign = () => served.receive('2', [status('1', '3', '404')], { SessionID: '2' });
    expect(foreign).toThrow('of another session');
  });
});

describe('a version that is not ours', () => {
  test.each([['VerDTD', { VerDTD: '1.1' }, '505', '1.2']] as const)(
    '%s: 505 and what is supported, and nothing is run [REPPRO 6.1.24-1]',
    (_, ...rest) => expectRefusal(...rest),
  );

  test.each([['VerProto', { VerProto: 'DM/1.1' }, '513', 'DM/1.2']] as const)(
    '%s: 513 and what is supported, and nothing is run [REPPRO 6.1.25-1]',
    (_, ...rest) => expectRefusal(...rest),
  );

  function expectRefusal(
    change: Partial<SyncML['SyncHdr']>,
    code: string,
    supported: string,
  ): void {
    const effects = opened().receive([asksFor('./XX')], change);
    expect(outline(sent(effects))).toBe(`SyncHdr=${code}, Final`);
    expect(sent(effects).SyncBody.commands[0]).toMatchObject({ Items: [{ Data: supported }] });
    const served = serving();
    const answer = served.receive('1', [ALERT], change);
    expect(outline(reply(answer))).toBe(`SyncHdr=${code}, Final`);
    expect(reply(answer).SyncBody.commands[0]).toMatchObject({ Items: [{ Data: supported }] });
    expect(answer.some(({ kind }) => kind === 'alert' || kind === 'ready')).toBe(false);
  }
});

describe('the nodes that a client tells of', () => {
  test('are named by their full device URI: DevInfo, and those of a list [REPPRO 6.1.10-1]', () => {
    const { receive, first } = opened();
    const list = sent(receive([asksFor('./XX/YY?list=StructData')]));
    const named = [first, list].map(({ SyncBody }) =>
      SyncBody.commands.flatMap((command) =>
        command.kind === 'Replace' || command.kind === 'Results'
          ? command.Items.map(({ Source }) => Source?.LocURI)
          : [],
      ),
    );
    expect(named[0]).toContain('./DevInfo/Ext/Pktc2/PktcVersion');
    expect(named[0]?.every((uri) => uri?.startsWith('./DevInfo/'))).toBe(true);
    expect(named[1]).toEqual(['./XX/YY', './XX/YY/Count', './XX/YY/Status']);
  });
});

describe('Cred', () => {
  test('in a Status proves nothing: the SyncHdr is where it is looked for [REPPRO 6.1.6-1]', () => {
    const CLCRED = credentialOf('basic', 'device', 'secret');
    const SRVCRED = credentialOf('basic', 'server', 'secret');
    const options: Partial<DmServerOptions> = {
      account: { CLCRED, SRVCRED },
      isTransportAuthenticated: false,
    };
    const Cred = makeCred(CLCRED);
    const wrong = serving(options).receive('1', [{ ...status('1', '0', '200'), Cred }, ALERT]);
    expect(outline(reply(wrong))).toBe('SyncHdr=407, Alert=407, Final');
    const right = serving(options).receive('1', [ALERT], Cred && { Cred });
    expect(right[0]).toMatchObject({ kind: 'authenticated' });
  });
});

describe('RespURI', () => {
  const RespURI = `${URL_OF_SERVER}?session=7`;

  test('is where the next message and all after it go [REPPRO 6.1.17-1]', () => {
    const pair = new Pair({
      client: { isTransportAuthenticated: true },
      server: { isTransportAuthenticated: true, RespURI },
      plan: (round) => (round < 2 ? [{ id: 'x', kind: 'Get', uri: './XX' }] : []),
    }).run();
    const urls = pair.clientEffects.flatMap((effect) =>
      effect.kind === 'send' ? [effect.url] : [],
    );
    expect(urls).toEqual([URL_OF_SERVER, RespURI, RespURI]);
    for (const { SyncHdr } of sentFrom(pair, 'server')) expect(SyncHdr.RespURI).toBe(RespURI);
  });
});

describe('the limits of the peer', () => {
  const play = (client: { MaxMsgSize: number; MaxObjSize: number }) =>
    new Pair({
      client: { isTransportAuthenticated: true, ...client },
      server: { isTransportAuthenticated: true },
      plan: (round) =>
        round === 0 ? [{ id: 'put', kind: 'Add', uri: './XX/Big', Data: BIG }] : [],
    }).run();

  test('MaxObjSize is sent by the server, and that of the client is kept to [REPPRO 6.4-3]', () => {
    const fits = play({ MaxMsgSize: 20_000, MaxObjSize: BIG.length });
    expect(sentFrom(fits, 'server')[0]?.SyncHdr.Meta?.MaxObjSize).toBe(16_000);
    expect(fits.results).toEqual(['put: 200']);
    const isOver = play({ MaxMsgSize: 20_000, MaxObjSize: BIG.length - 1 });
    expect(isOver.results).toEqual(['put: 413']);
    const lines = sentFrom(isOver, 'server').map(outline);
    expect(lines.filter((line) => line.includes('Add'))).toEqual([]);
  });

  test('MaxMsgSize of the client is read: no message of the server is larger [REPPRO 6.4-3]', () => {
    const sizes = (MaxMsgSize: number) =>
      sentFrom(play({ MaxMsgSize, MaxObjSize: 8000 }), 'server').map(
        (message) => encodeSyncML(message, 'xml').length,
      );
    expect(Math.max(...sizes(2000))).toBeLessThanOrEqual(2000);
    expect(Math.max(...sizes(20_000))).toBeGreaterThan(2000);
  });
});

describe('the media types', () => {
  test.each([
    ['xml', 'application/vnd.syncml.dm+xml'],
    ['wbxml', 'application/vnd.syncml.dm+wbxml'],
  ] as const)(
    '%s goes and comes under %s, and another type is refused [REPPRO 5-1]',
    (encoding, type) => {
      for (const headers of [requestHeaders(encoding, 'UE/1'), responseHeaders(encoding)]) {
        expect(headers['Content-Type']?.split(';')[0]).toBe(type);
      }
      const head = (contentType: string) => ({
        'content-type': contentType,
        'content-length': '1',
      });
      const limits = { path: '/x', bodyMax: 10 };
      const verdict = (contentType: string) =>
        readRequestHead({ method: 'POST', target: '/x', headers: head(contentType) }, limits);
      expect(verdict(type)).toMatchObject({ ok: true, encoding });
      expect(verdict(type.replace('syncml.dm', 'syncml.ds'))).toMatchObject({ status: 415 });
      expect(readResponseHead(200, head(type), URL_OF_SERVER)).toEqual({
        kind: 'message',
        encoding,
      });
    },
  );
});
