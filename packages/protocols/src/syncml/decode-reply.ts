/** Status and Results. RepPro 1.2.2 §6.5.9, §6.5.11. Used by `decodeCommand`. */
import { RESULTS, STATUS } from './content-model.ts';
import { decodeChal, decodeCred } from './decode-header.ts';
import { type DecodedItem, decodeItem, resolveItems } from './decode-item.ts';
import type { Meta, Results, Status } from './message.ts';
import { decodeMeta, effectiveMeta } from './meta.ts';
import type { Reading } from './reading.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** A place in a list. */
const REFERENCE_BYTES = 16;

/** Reads the open Results. */
export function decodeResults(reading: Reading, outer: Meta | undefined): Results {
  const items: DecodedItem[] = [];
  const results: Mutable<Results> = { kind: 'Results', CmdID: '', Items: items };
  const opaques = reading.opaques;
  let seen = 0;
  for (let name = reading.child('Results'); name !== undefined; name = reading.child('Results')) {
    seen = reading.arrive(RESULTS, name, seen);
    switch (name) {
      case 'CmdID':
      case 'MsgRef':
      case 'CmdRef':
      case 'TargetRef':
      case 'SourceRef':
        results[name] = reading.word();
        break;
      case 'Meta':
        results.Meta = decodeMeta(reading);
        break;
      case 'Item':
        items.push(decodeItem(reading));
        break;
      default:
        reading.drop('Results');
    }
  }
  reading.require(RESULTS, 'Results', seen);
  if (reading.opaques > opaques) {
    resolveItems(items, effectiveMeta(outer, results.Meta));
  }
  return results;
}

/** Reads the open Status. */
export function decodeStatus(reading: Reading): Status {
  const items: DecodedItem[] = [];
  const TargetRef: string[] = [];
  const SourceRef: string[] = [];
  const status: Mutable<Status> = {
    kind: 'Status',
    CmdID: '',
    MsgRef: '',
    CmdRef: '',
    Cmd: '',
    TargetRef,
    SourceRef,
    Data: '',
    Items: items,
  };
  const opaques = reading.opaques;
  let seen = 0;
  for (let name = reading.child('Status'); name !== undefined; name = reading.child('Status')) {
    seen = reading.arrive(STATUS, name, seen);
    switch (name) {
      case 'CmdID':
      case 'MsgRef':
      case 'CmdRef':
      case 'Cmd':
      case 'Data':
        status[name] = reading.word();
        break;
      case 'TargetRef':
        reading.cursor.take(REFERENCE_BYTES);
        TargetRef.push(reading.word());
        break;
      case 'SourceRef':
        reading.cursor.take(REFERENCE_BYTES);
        SourceRef.push(reading.word());
        break;
      case 'Cred':
        status.Cred = decodeCred(reading);
        break;
      // [REPPRO 6.1.2-1]
      case 'Chal':
        status.Chal = decodeChal(reading);
        break;
      case 'Item':
        items.push(decodeItem(reading));
        break;
      default:
        reading.drop('Status');
    }
  }
  reading.require(STATUS, 'Status', seen);
  completeReferences(reading, status);
  if (reading.opaques > opaques) resolveItems(items, undefined);
  return status;
}

/** RepPro 1.2.2: CmdRef 0 is the SyncHdr. Examples of the standards leave one of the two out. */
function completeReferences(reading: Reading, status: Mutable<Status>): void {
  if (status.CmdRef === '' && status.Cmd === 'SyncHdr') {
    status.CmdRef = '0';
    reading.note('SYNCML_NO_CMDREF', 'Status for the SyncHdr without CmdRef, read as 0');
  } else if (status.Cmd === '' && status.CmdRef === '0') {
    status.Cmd = 'SyncHdr';
    reading.note('SYNCML_NO_CMD', 'Status with CmdRef 0 without Cmd, read as SyncHdr');
  }
  if (status.CmdRef === '')
    throw reading.error('SYNCML_MISSING', 'Status without CmdRef', 'CmdRef');
  if (status.Cmd === '') throw reading.error('SYNCML_MISSING', 'Status without Cmd', 'Cmd');
}
