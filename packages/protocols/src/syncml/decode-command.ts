/**
 * The commands of SyncBody, Atomic and Sequence, Status and Results among them. RepPro 1.2.2 §6.5, §7.
 *
 * Used by `decodeSyncML`.
 */
import { CLOSE, OPEN, skipElement } from '../cursor.ts';
import { COMMAND, CONTAINER } from './content-model.ts';
import { type DecodedItem, decodeItem, resolveItems } from './decode-item.ts';
import { decodeResults, decodeStatus } from './decode-reply.ts';
import type { Alert, Atomic, Command, Exec, Get, Meta, Sequence } from './message.ts';
import { decodeMeta, effectiveMeta } from './meta.ts';
import type { Reading } from './reading.ts';

/** Reads the open command; undefined if it is none that could be answered. `outer` is the Meta of the container. */
export function decodeCommand(
  reading: Reading,
  name: string,
  outer: Meta | undefined,
): Command | undefined {
  reading.countCommand();
  switch (name) {
    case 'Add':
    case 'Alert':
    case 'Copy':
    case 'Delete':
    case 'Exec':
    case 'Get':
    case 'Replace':
      return decodeItemCommand(reading, name, outer);
    case 'Atomic':
    case 'Sequence':
      return decodeContainer(reading, name, outer);
    case 'Results':
      return decodeResults(reading, outer);
    case 'Status':
      return decodeStatus(reading);
    default:
      return decodeUnknown(reading, name);
  }
}

type ItemCommandName = 'Add' | 'Alert' | 'Copy' | 'Delete' | 'Exec' | 'Get' | 'Replace';

/** Any field that a command with Items may have; Data of an Alert, Correlator of an Alert or Exec. */
interface Fields {
  CmdID: string;
  NoResp?: true;
  Meta?: Meta;
  Data?: string;
  Correlator?: string;
}

function decodeItemCommand(
  reading: Reading,
  kind: ItemCommandName,
  outer: Meta | undefined,
): Command {
  const fields: Fields = { CmdID: '' };
  const Items: DecodedItem[] = [];
  const opaques = reading.opaques;
  let seen = 0;
  for (let name = reading.child(kind); name !== undefined; name = reading.child(kind)) {
    seen = reading.arrive(COMMAND, name, seen);
    if (name === 'Item') Items.push(decodeItem(reading));
    else decodeField(reading, kind, name, fields);
  }
  reading.require(COMMAND, kind, seen);
  if (reading.opaques > opaques) resolveItems(Items, effectiveMeta(outer, fields.Meta));
  // A command that holds none says so by Status 412 or 400: that is for the session to answer.
  if (kind === 'Alert') return { kind, ...fields, Items } satisfies Alert;
  if (kind === 'Exec') return { kind, ...fields, Items } satisfies Exec;
  return { kind, ...fields, Items } satisfies Omit<Get, 'kind'> & { kind: ItemCommandName };
}

function decodeField(reading: Reading, kind: ItemCommandName, name: string, fields: Fields): void {
  if (name === 'CmdID') fields.CmdID = reading.word();
  else if (name === 'Meta') fields.Meta = decodeMeta(reading);
  else if (name === 'Data' && kind === 'Alert') fields.Data = reading.word();
  else if (name === 'Correlator' && (kind === 'Alert' || kind === 'Exec')) {
    fields.Correlator = reading.word();
  } else if (name === 'NoResp') {
    reading.word();
    fields.NoResp = true;
  } else reading.drop(kind);
}

function decodeContainer(
  reading: Reading,
  kind: 'Atomic' | 'Sequence',
  outer: Meta | undefined,
): Atomic | Sequence {
  const fields: Omit<Fields, 'Data' | 'Correlator'> = { CmdID: '' };
  const commands: Command[] = [];
  let seen = 0;
  for (let name = reading.child(kind); name !== undefined; name = reading.child(kind)) {
    seen = reading.arrive(CONTAINER, name, seen);
    if (name === 'CmdID') fields.CmdID = reading.word();
    else if (name === 'Meta') fields.Meta = decodeMeta(reading);
    else if (name === 'NoResp') {
      reading.word();
      fields.NoResp = true;
    } else {
      const command = decodeCommand(reading, name, effectiveMeta(outer, fields.Meta));
      if (command !== undefined) commands.push(command);
    }
  }
  reading.require(CONTAINER, kind, seen);
  return { kind, ...fields, commands };
}

/** [REPPRO 6.6-5] A command that DM does not use is kept by name and CmdID, for a Status 406 or 501; without CmdID it is dropped. */
function decodeUnknown(reading: Reading, name: string): Command | undefined {
  const { cursor } = reading;
  let CmdID: string | undefined;
  for (let token = cursor.next(); token !== CLOSE; token = cursor.next()) {
    if (token !== OPEN) continue;
    if (cursor.name === 'CmdID' && CmdID === undefined) CmdID = reading.word();
    else skipElement(cursor);
  }
  if (CmdID !== undefined) return { kind: 'Unknown', CmdID, name };
  reading.note('SYNCML_IGNORED', `${name} without CmdID, left out`);
  return undefined;
}
