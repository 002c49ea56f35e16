/**
 * Octets of a SyncML 1.2 message to its typed form, from either spelling, by one walk over a cursor.
 *
 * RepPro 1.2.2 §6 and §7. Lenient where the standards' own examples or known clients deviate, with a note on the
 * message; what has no legal reading is one `ProtocolError` with its place. Used by dm/http shells, CLI, traces.
 */
import { type Cursor, END } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { WbxmlCursor } from '../wbxml/index.ts';
import { XmlCursor } from '../xml/index.ts';
import { SYNC_BODY, SYNCML } from './content-model.ts';
import { decodeCommand } from './decode-command.ts';
import { decodeSyncHdr } from './decode-header.ts';
import { type Encoding, sniffEncoding } from './encoding.ts';
import type { Command, SyncBody, SyncHdr, SyncML } from './message.ts';
import { Reading } from './reading.ts';

/** Throws a `ProtocolError`, and nothing else, for whatever is no message. The representation of [R-6.2.3-1]. */
export function decodeSyncML(bytes: Uint8Array, encoding = sniffEncoding(bytes)): SyncML {
  const cursor = openCursor(bytes, encoding);
  const reading = new Reading(cursor, bytes);
  // A SyncML document has one root; the cursor refuses any other.
  cursor.next();
  if (cursor.name !== 'SyncML') {
    throw new ProtocolError('SYNCML_ROOT', 'the root element is not SyncML', cursor.where);
  }
  checkNamespace(reading);
  const message = decodeRoot(reading);
  while (cursor.next() !== END);
  const notes = [...cursor.remarks, ...reading.notes];
  return notes.length > 0 ? { ...message, notes } : message;
}

/** [REPPRO 5-4] The cursor over a message in a spelling. */
export function openCursor(bytes: Uint8Array, encoding: Encoding): Cursor {
  return encoding === 'xml' ? new XmlCursor(bytes) : new WbxmlCursor(bytes);
}

/** RepPro 1.2.2 §6: `SYNCML:SYNCML1.2`. Names are matched on their local part, so a variant does no harm. */
function checkNamespace(reading: Reading): void {
  const { namespace } = reading.cursor;
  if (namespace === 'SYNCML:SYNCML1.2') return;
  reading.note('SYNCML_NAMESPACE', `namespace ${JSON.stringify(namespace)} of the root`);
}

function decodeRoot(reading: Reading): SyncML {
  let SyncHdr: SyncHdr | undefined;
  let SyncBody: SyncBody | undefined;
  let seen = 0;
  for (let name = reading.child('SyncML'); name !== undefined; name = reading.child('SyncML')) {
    seen = reading.arrive(SYNCML, name, seen);
    if (name === 'SyncHdr') SyncHdr = decodeSyncHdr(reading);
    else if (name === 'SyncBody') SyncBody = decodeSyncBody(reading);
    else reading.drop('SyncML');
  }
  if (SyncHdr === undefined) throw reading.error('SYNCML_NO_SYNCHDR', 'message without SyncHdr');
  if (SyncBody === undefined) throw reading.error('SYNCML_NO_SYNCBODY', 'message without SyncBody');
  return { SyncHdr, SyncBody };
}

function decodeSyncBody(reading: Reading): SyncBody {
  const commands: Command[] = [];
  let Final = false;
  let seen = 0;
  for (let name = reading.child('SyncBody'); name !== undefined; name = reading.child('SyncBody')) {
    seen = reading.arrive(SYNC_BODY, name, seen);
    if (name === 'Final') {
      Final = true;
      reading.word();
    } else {
      const command = decodeCommand(reading, name, undefined);
      if (command !== undefined) commands.push(command);
    }
  }
  return { commands, Final };
}
