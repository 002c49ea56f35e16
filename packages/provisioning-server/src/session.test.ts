import { decodeSyncML, encodeSyncML, type SyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { Plan } from './plan.ts';
import { DmSession } from './session.ts';
import { DEV_INFO_LENGTH_MAX } from './session-dev-info.ts';
import type { Change } from './store/record.ts';
import { DEVICE, DM_URL, NODE, SERVER_ID, TestDevice } from './testing/dm-device.ts';

const NOW = 5000;

function session(): DmSession {
  return new DmSession({
    id: 's1',
    SessionID: 'A7',
    DevId: DEVICE.DevId,
    ServerID: SERVER_ID,
    url: DM_URL,
    RespURI: `${DM_URL}?s=token`,
    device: DEVICE,
    decoyScheme: 'md5',
    encoding: 'wbxml',
    MaxMsgSize: 65_536,
    MaxObjSize: 65_536,
    random: (length) => new Uint8Array(length).fill(3),
    startedAt: NOW,
  });
}

/** A message taken and answered; the plan is to write one node. */
function exchange(own: DmSession, message: SyncML) {
  const received = own.receive(message, { body: new Uint8Array(), header: undefined }, NOW);
  const isProven = received.some(({ kind }) => kind === 'authenticated');
  if (isProven) own.adopt(new Plan([NODE], new Map()));
  return own.answer(received, NOW);
}

const opening = () => decodeSyncML(new TestDevice().next()!.bytes);
const stateOf = (changes: readonly Change[]) =>
  changes.find((change) => change.kind === 'device-state');

test('what one message tells of the device is one change: that it was seen, and its DevInfo', () => {
  const { changes } = exchange(session(), opening());
  expect(changes.filter(({ kind }) => kind === 'device-state')).toHaveLength(1);
  expect(stateOf(changes)).toEqual({
    kind: 'device-state',
    device: 'd1',
    seenAt: NOW,
    Man: 'Example',
    Mod: 'One',
    PktcVersion: expect.any(String),
  });
});

/** The opening with other DevInfo. */
function telling(items: Readonly<Record<string, string>>): SyncML {
  const { SyncHdr, SyncBody } = opening();
  const Items = Object.entries(items).map(([uri, Data]) => ({ Source: { LocURI: uri }, Data }));
  const commands = SyncBody.commands.map((command) =>
    command.kind === 'Replace' ? { ...command, Items } : command,
  );
  return decodeSyncML(encodeSyncML({ SyncHdr, SyncBody: { ...SyncBody, commands } }, 'wbxml'));
}

test('AC-05: names of DevInfo that are names of every object are nothing', () => {
  const told = ['constructor', '__proto__', 'toString'].map((name) => [`./DevInfo/${name}`, 'x']);
  const { changes } = exchange(session(), telling(Object.fromEntries(told)));
  expect(stateOf(changes)).toEqual({ kind: 'device-state', device: 'd1', seenAt: NOW });
});

test('a maker does not have a name without end', () => {
  const { changes } = exchange(session(), telling({ './DevInfo/Man': 'x'.repeat(1000) }));
  expect(stateOf(changes)).toMatchObject({ Man: 'x'.repeat(DEV_INFO_LENGTH_MAX) });
});

test('a device that finishes its package without a word about a command fails it, in words', () => {
  const own = session();
  const { reply } = exchange(own, opening());
  const silent: SyncML = {
    SyncHdr: { ...opening().SyncHdr, MsgID: '2' },
    SyncBody: {
      Final: true,
      commands: [
        {
          kind: 'Status',
          CmdID: '1',
          MsgRef: reply.SyncHdr.MsgID,
          CmdRef: '0',
          Cmd: 'SyncHdr',
          TargetRef: [],
          SourceRef: [],
          Items: [],
          Data: '212',
        },
      ],
    },
  };
  const { changes } = exchange(own, silent);
  expect(own.record()).toMatchObject({
    result: 'completed-with-errors',
    sentence: `Completed with errors: ${NODE.uri} was not answered.`,
    commandsFailed: 1,
  });
  const nodes = changes.flatMap((change) => (change.kind === 'nodes' ? change.nodes : []));
  expect(nodes).toMatchObject([{ uri: NODE.uri, state: 'rejected' }]);
  expect(nodes[0]).not.toHaveProperty('status');
});

test('a peer that stays away ends the session once, when the engine says so', () => {
  const own = session();
  exchange(own, opening());
  const deadline = own.deadline ?? Number.NaN;
  expect(own.timeout(deadline - 1)).toEqual([]);
  expect(own.timeout(deadline)).toMatchObject([
    { kind: 'session', session: { result: 'timeout', endedAt: deadline } },
  ]);
  expect(own.timeout(deadline + 1)).toEqual([]);
});
