/**
 * B12: the server side of a session, without codec and store. A session with a real DM client is recorded as typed
 * messages; then its messages are given again and again to new server engines. CPU time per command of the server.
 */
import {
  DmClient,
  DmServer,
  type DmServerEffect,
  type SessionOperation,
} from '@ueprov/protocols/dm';
import { LOCAL, OPEN_ROOT, Tree } from '@ueprov/protocols/dm/tree';
import type { SyncML } from '@ueprov/protocols/syncml';
import { type Bench, ownCpuMs, RUNS_MIN, summary } from './method.ts';

const NOW = Date.UTC(2026, 0, 1);
const SERVER = 'server.example.com';
const URL_OF_SERVER = 'https://server.example.com/dm';
const BATCH = 500;
const COMMANDS = [10, 100];

export const bench: Bench = {
  id: 'B12',
  title: 'session engine: microseconds per command of the server, no codec, no store',
  async *run() {
    for (const kind of ['Get', 'Replace'] as const) {
      for (const commands of COMMANDS) yield measured(kind, commands);
    }
  },
};

function measured(kind: 'Get' | 'Replace', commands: number): object {
  const operations = operationsOf(kind, commands);
  const recorded = record(operations);
  const runs: number[] = [];
  for (let round = 0; round <= RUNS_MIN; round++) {
    const start = ownCpuMs();
    for (let session = 0; session < BATCH; session++) replay(recorded, operations);
    if (round > 0) runs.push(((ownCpuMs() - start) * 1000) / BATCH / commands);
  }
  const messages = recorded.length;
  return { kind, commands, messages, usPerCommand: summary(runs), runs: runs.length };
}

function operationsOf(kind: 'Get' | 'Replace', commands: number): readonly SessionOperation[] {
  return Array.from({ length: commands }, (_, index) => ({
    id: String(index),
    kind,
    uri: `./Table/${index}`,
    ...(kind === 'Replace' && { Format: 'chr', Data: 'a new value' }),
  }));
}

/** The messages of the client in a session that does all of it. */
function record(operations: readonly SessionOperation[]): readonly SyncML[] {
  const client = new DmClient({
    ServerID: SERVER,
    url: URL_OF_SERVER,
    DevId: 'urn:uuid:00000000-0000-1000-8000-000000000001',
    SessionID: '1',
    alert: '1201',
    tree: treeOf(operations.length),
    MaxMsgSize: 16_000,
    MaxObjSize: 16_000,
    random: zeros,
    isTransportAuthenticated: true,
  });
  const server = newServer();
  const messages: SyncML[] = [];
  let sent = messageIn(client.step({ kind: 'start' }, NOW));
  while (sent !== undefined && server.state !== 'Ended') {
    messages.push(sent);
    const reply = messageIn(answer(server, sent, operations));
    if (reply === undefined) break;
    sent = messageIn(client.step({ kind: 'message', message: reply }, NOW));
  }
  return messages;
}

/** Every operation has its result, or the figure would be one of something else. */
function replay(messages: readonly SyncML[], operations: readonly SessionOperation[]): void {
  const server = newServer();
  let results = 0;
  for (const message of messages) {
    for (const { kind } of answer(server, message, operations)) if (kind === 'result') results += 1;
  }
  if (results !== operations.length) throw new Error(`${results} results: not the session meant`);
}

function answer(
  server: DmServer,
  message: SyncML,
  operations: readonly SessionOperation[],
): readonly DmServerEffect[] {
  const effects = server.step({ kind: 'message', message }, NOW);
  if (effects.at(-1)?.kind !== 'ready') return effects;
  const wanted = message.SyncHdr.MsgID === '1' ? operations : [];
  return [...effects, ...server.step({ kind: 'operations', operations: wanted }, NOW)];
}

function messageIn(effects: readonly object[]): SyncML | undefined {
  for (const effect of effects) if ('message' in effect) return effect.message as SyncML;
  return undefined;
}

function newServer(): DmServer {
  return new DmServer({
    ServerID: SERVER,
    url: URL_OF_SERVER,
    account: undefined,
    MaxMsgSize: 16_000,
    MaxObjSize: 16_000,
    random: zeros,
    isTransportAuthenticated: true,
  });
}

function zeros(length: number): Uint8Array {
  return new Uint8Array(length);
}

function treeOf(leaves: number): Tree {
  const tree = new Tree(OPEN_ROOT);
  for (const name of ['DevId', 'Man', 'Mod', 'DmV', 'Lang']) {
    tree.add(`./DevInfo/${name}`, { Data: name }, LOCAL, NOW);
  }
  for (let leaf = 0; leaf < leaves; leaf++) {
    tree.add(`./Table/${leaf}`, { Data: `value of leaf ${leaf}` }, LOCAL, NOW);
  }
  tree.replace('./Table?prop=ACL', { Data: `Get=${SERVER}&Replace=${SERVER}` }, LOCAL, NOW);
  return tree;
}
