/** What foreign clients and servers were seen to do, played against our engines; numbers are those of the notes. */
import { describe, expect, test } from 'vitest';
import { decodeSyncML } from '../syncml/decode.ts';
import { credentialOf, makeCred } from './auth.ts';
import { DmServer } from './server.ts';
import type { DmServerEffect, Operation } from './server-interface.ts';
import { DEV_ID, outline, Pair, SERVER_ID, seededRandom, URL_OF_SERVER } from './testing/pair.ts';

const nonce = new Uint8Array(16).fill(5);
const CLCRED = credentialOf('md5', 'dev', 'pw', nonce);
const SRVCRED = credentialOf('md5', 'srv', 'pw2', nonce);

function serving() {
  const server = new DmServer({
    ServerID: SERVER_ID,
    url: URL_OF_SERVER,
    account: { CLCRED, SRVCRED },
    MaxMsgSize: 20_000,
    MaxObjSize: 16_000,
    random: seededRandom(4),
  });
  return {
    receive: (MsgID: number, body: string, cred = '') => {
      const text = `<SyncML xmlns='SYNCML:SYNCML1.2'><SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto>
        <SessionID>A7</SessionID><MsgID>${MsgID}</MsgID><Target><LocURI>${URL_OF_SERVER}</LocURI></Target>
        <Source><LocURI>${DEV_ID}</LocURI><LocName>dev</LocName></Source>${cred}
        <Meta><MaxMsgSize xmlns='syncml:metinf'>122880</MaxMsgSize></Meta></SyncHdr>
        <SyncBody>${body}</SyncBody></SyncML>`;
      const message = decodeSyncML(new TextEncoder().encode(text), 'xml');
      return server.step({ kind: 'message', message }, 0);
    },
    operate: (operations: readonly Operation[]) =>
      server.step({ kind: 'operations', operations }, 0),
  };
}

const cred = (from: Uint8Array) => {
  const made = makeCred({ ...CLCRED, nonce: from } as typeof CLCRED);
  return `<Cred><Meta><Format xmlns='syncml:metinf'>b64</Format>
    <Type xmlns='syncml:metinf'>syncml:auth-md5</Type></Meta><Data>${made?.Data}</Data></Cred>`;
};
const ALERT = '<Alert><CmdID>1</CmdID><Data>1201</Data></Alert><Final/>';
const status = (cmd: string, ref: number, data = 200) =>
  `<Status><CmdID>${ref + 20}</CmdID><MsgRef>2</MsgRef><CmdRef>${ref}</CmdRef><Cmd>${cmd}</Cmd><Data>${data}</Data></Status>`;
const result = (ref: number, data: string) =>
  `<Results><CmdID>${ref + 40}</CmdID><MsgRef>2</MsgRef><CmdRef>${ref}</CmdRef>
    <Item><Source><LocURI>./A</LocURI></Source><Data>${data}</Data></Item></Results>`;
const replyOf = (effects: readonly DmServerEffect[]) =>
  effects.find((effect) => effect.kind === 'reply')!.message;

describe('I-5: AOSP sends its first md5 Cred with an empty nonce', () => {
  test('it is answered 401 with Chal, and let in with the nonce of that [DMPRO 9-1]', () => {
    const { receive } = serving();
    const first = receive(1, ALERT, cred(new Uint8Array(0)));
    expect(outline(replyOf(first))).toBe('SyncHdr=401, Alert=401, Final');
    const [head] = replyOf(first).SyncBody.commands;
    const next = head?.kind === 'Status' ? head.Chal?.Meta.NextNonce : undefined;
    const second = receive(2, ALERT, cred(next!));
    expect(second.map(({ kind }) => kind)).toEqual(['authenticated', 'alert', 'ready']);
  });
});

describe('I-8: answers come in different orders and forms', () => {
  function asked(): ReturnType<typeof serving> {
    const session = serving();
    const first = session.receive(1, ALERT, cred(new Uint8Array(0)));
    const [head] = replyOf(first).SyncBody.commands;
    const next = head?.kind === 'Status' ? head.Chal?.Meta.NextNonce : undefined;
    session.receive(2, ALERT, cred(next!));
    session.operate([
      { id: 'a', kind: 'Get', uri: './A' },
      { id: 'b', kind: 'Get', uri: './B' },
      { id: 'c', kind: 'Replace', uri: './C', Data: '1' },
    ]);
    return session;
  }
  const HEAD =
    '<Status><CmdID>1</CmdID><MsgRef>2</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><Data>212</Data></Status>';

  test('libdmclient: Status and Results by turns', () => {
    const body = `${HEAD}${status('Get', 3)}${result(3, 'x')}${status('Get', 4)}${result(4, 'y')}${status('Replace', 5)}<Final/>`;
    expect(told(asked().receive(3, body))).toEqual(['a 200 x', 'b 200 y', 'c 200 -']);
  });

  test('AOSP: every Status first, then the Results; `<Data></Data>` is an empty value', () => {
    const body = `${HEAD}${status('Get', 3)}${status('Get', 4)}${status('Replace', 5)}${result(3, '')}${result(4, 'y')}<Final/>`;
    expect(told(asked().receive(3, body))).toEqual(['c 200 -', 'a 200 ', 'b 200 y']);
  });
});

describe('I-9: libdmclient with a wrong password sends for ever', () => {
  test('it is answered three times, the last time for good [DMPRO 9-4]', () => {
    const { receive } = serving();
    const guess = cred(new Uint8Array(3));
    const ends = [1, 2, 3].map((MsgID) => receive(MsgID, ALERT, guess).at(-1)?.kind);
    expect(ends).toEqual(['reply', 'reply', 'ended']);
    expect(() => receive(4, ALERT, guess)).toThrow('over');
  });
});

describe('I-4: Alert and SessionID', () => {
  test('1200 follows Package #0 with its SessionID as it came, 1201 is our own [DMPRO 8.3-1]', () => {
    for (const alert of ['1200', '1201'] as const) {
      const pair = new Pair({
        client: { alert, SessionID: '102', isTransportAuthenticated: true },
      });
      pair.run();
      const first = pair.wire[0]!.message;
      expect(first.SyncHdr.SessionID).toBe('102');
      expect(first.SyncBody.commands[0]).toMatchObject({ kind: 'Alert', Data: alert });
    }
  });
});

function told(effects: readonly DmServerEffect[]): string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'result' ? [`${effect.id} ${effect.status} ${effect.value?.Data ?? '-'}`] : [],
  );
}
