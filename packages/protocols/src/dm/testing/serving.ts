/** A server in a session, and the client messages that a test makes up for it. */
import assert from 'node:assert';
import type { Command, Item, SyncML } from '../../syncml/message.ts';
import { DmServer } from '../server.ts';
import type {
  DmServerEffect,
  DmServerOptions,
  Operation,
  SessionOperation,
} from '../server-interface.ts';
import { DEV_ID, SERVER_ID, seededRandom, URL_OF_SERVER } from './pair.ts';

export const NOW = 1_000_000;

export function serving(options: Partial<DmServerOptions> = {}) {
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
    operate: (operations: readonly SessionOperation[]) =>
      server.step({ kind: 'operations', operations }, NOW),
  };
}

export const ALERT = { kind: 'Alert', Data: '1201', Items: [] };
export const NEXT = { kind: 'Alert', Data: '1222', Items: [] };
export const reading = (id: string): Operation => ({ id, kind: 'Get', uri: `./A/${id}` });
export const status = (MsgRef: string, CmdRef: string, Data = '200', Cmd = 'Get') => ({
  kind: 'Status',
  MsgRef,
  CmdRef,
  Cmd,
  TargetRef: [],
  SourceRef: [],
  Data,
  Items: [],
});
export const results = (MsgRef: string | undefined, CmdRef: string | undefined, item: Item) => ({
  kind: 'Results',
  ...(MsgRef !== undefined && { MsgRef }),
  ...(CmdRef !== undefined && { CmdRef }),
  Items: [item],
});
export const reply = (effects: readonly DmServerEffect[]): SyncML => {
  const found = effects.find((effect) => effect.kind === 'reply')?.message;
  assert(found !== undefined, 'the server does not reply');
  return found;
};
export const kinds = (effects: readonly DmServerEffect[]) => effects.map(({ kind }) => kind);
export const resultsOf = (effects: readonly DmServerEffect[]) =>
  effects.filter((effect) => effect.kind === 'result');
