/** A client whose package #1 is out, and the server messages that a test makes up for it. */
import assert from 'node:assert';
import type { Chal, Command, Item, SyncML } from '../../syncml/message.ts';
import { DmClient } from '../client.ts';
import type { DmClientEffect, DmClientOptions } from '../client-interface.ts';
import { DEV_ID, SERVER_ID, sampleTree, seededRandom, URL_OF_SERVER } from './pair.ts';

export const NOW = 1_000_000;

export function opened(options: Partial<DmClientOptions> = {}) {
  const tree = sampleTree();
  const client = new DmClient({
    ServerID: SERVER_ID,
    url: URL_OF_SERVER,
    DevId: DEV_ID,
    SessionID: 'A7',
    alert: '1201',
    tree,
    MaxMsgSize: 10_000,
    MaxObjSize: 50,
    random: seededRandom(1),
    isTransportAuthenticated: true,
    ...options,
  });
  const effects = client.step({ kind: 'start' }, NOW);
  let MsgID = 0;
  let last = sent(effects);
  return {
    tree,
    client,
    first: last,
    /** A server message with these commands, CmdIDs 11, 12, ...; gives what the client does. */
    receive(
      commands: readonly object[],
      change: Partial<SyncML['SyncHdr']> = {},
      Final = true,
      chal?: Chal,
    ) {
      MsgID += 1;
      const status = {
        kind: 'Status',
        CmdID: '1',
        MsgRef: last.SyncHdr.MsgID,
        CmdRef: '0',
        Cmd: 'SyncHdr',
        TargetRef: [],
        SourceRef: [],
        ...(chal && { Chal: chal }),
        Data: '200',
        Items: [],
      };
      const numbered = commands.map((command, index) => ({
        CmdID: String(index + 11),
        ...command,
      }));
      const message: SyncML = {
        SyncHdr: {
          VerDTD: '1.2',
          VerProto: 'DM/1.2',
          SessionID: 'A7',
          MsgID: String(MsgID),
          Target: { LocURI: DEV_ID },
          Source: { LocURI: URL_OF_SERVER },
          ...change,
        },
        SyncBody: { commands: [status, ...numbered] as Command[], Final },
      };
      const result = client.step({ kind: 'message', message }, NOW);
      last = sentBy(result) ?? last;
      return result;
    },
  };
}

export function sentBy(effects: readonly DmClientEffect[]): SyncML | undefined {
  return effects.find((effect) => effect.kind === 'send')?.message;
}

export function sent(effects: readonly DmClientEffect[]): SyncML {
  const message = sentBy(effects);
  assert(message !== undefined, 'the client sends nothing');
  return message;
}

export const target = (LocURI: string, more: Partial<Item> = {}): Item => ({
  Target: { LocURI },
  ...more,
});
export const asksFor = (...uris: string[]) => ({
  kind: 'Get',
  Items: uris.map((uri) => target(uri)),
});
