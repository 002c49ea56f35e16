/**
 * Octets of a provisioning document to its typed form, in XML or WBXML. OMA-WAP-ProvCont 1.1 §4.
 *
 * Used by a bootstrap of the CP profile.
 */
import { CLOSE, type Cursor, END, OPEN, type Remark, skipElement } from '../../cursor.ts';
import { ProtocolError } from '../../error.ts';
import { WbxmlCursor } from '../../wbxml/index.ts';
import { XmlCursor } from '../../xml/index.ts';
import type { Characteristic, Parm, ProvDocument } from './prov.ts';

/** More deviations than this are not listed. */
export const NOTES_MAX = 100;

/** Throws a `ProtocolError`, and nothing else, for whatever is no provisioning document. */
export function decodeProv(bytes: Uint8Array): ProvDocument {
  const cursor = openDocument(bytes);
  cursor.next();
  if (cursor.name !== 'wap-provisioningdoc') {
    throw refuse(cursor, 'ROOT', `the root element is ${cursor.name}, not wap-provisioningdoc`);
  }
  const reading: Reading = { cursor, notes: [] };
  const version = attribute(cursor, 'version');
  const characteristics: Characteristic[] = [];
  for (let name = child(reading); name !== undefined; name = child(reading)) {
    if (name === 'characteristic') characteristics.push(readCharacteristic(reading));
    else drop(reading, 'wap-provisioningdoc');
  }
  while (cursor.next() !== END);
  const notes = [...cursor.remarks, ...reading.notes];
  return {
    ...(version !== undefined && { version }),
    characteristics,
    ...(notes.length > 0 && { notes }),
  };
}

interface Reading {
  readonly cursor: Cursor;
  readonly notes: Remark[];
}

function openDocument(bytes: Uint8Array): Cursor {
  const [first = 0] = bytes;
  return first >= 0x01 && first <= 0x03 ? new WbxmlCursor(bytes) : new XmlCursor(bytes);
}

/** What a characteristic and a parm take on the heap, each in a list. */
const CHARACTERISTIC_BYTES = 160;
const PARM_BYTES = 64;

function readCharacteristic(reading: Reading): Characteristic {
  const { cursor } = reading;
  cursor.take(CHARACTERISTIC_BYTES);
  const type = attribute(cursor, 'type');
  if (type === undefined) throw refuse(cursor, 'TYPE', 'a characteristic without type');
  const parms: Parm[] = [];
  const characteristics: Characteristic[] = [];
  for (let name = child(reading); name !== undefined; name = child(reading)) {
    if (name === 'characteristic') {
      characteristics.push(readCharacteristic(reading));
    } else if (name === 'parm') {
      if (characteristics.length > 0) note(reading, 'ORDER', `parm late in ${type}`);
      parms.push(readParm(reading));
    } else {
      drop(reading, type);
    }
  }
  return { type, parms, characteristics };
}

function readParm(reading: Reading): Parm {
  const { cursor } = reading;
  cursor.take(PARM_BYTES);
  const name = attribute(cursor, 'name');
  if (name === undefined) throw refuse(cursor, 'NAME', 'a parm without name');
  const value = attribute(cursor, 'value');
  for (let inner = child(reading); inner !== undefined; inner = child(reading)) {
    drop(reading, name);
  }
  return value === undefined ? { name } : { name, value };
}

/** Enters the next child of the open element; undefined leaves it. */
function child(reading: Reading): string | undefined {
  const { cursor } = reading;
  for (;;) {
    const token = cursor.next();
    if (token === OPEN) return cursor.name;
    if (token === CLOSE) return undefined;
    if (!cursor.isBlank) note(reading, 'STRAY_TEXT', 'text between elements, left out');
  }
}

function attribute(cursor: Cursor, name: string): string | undefined {
  return cursor.attributes.find((each) => each.name === name)?.value;
}

function drop(reading: Reading, parent: string): void {
  note(reading, 'IGNORED', `${reading.cursor.name} in ${parent}, left out`);
  skipElement(reading.cursor);
}

function note({ cursor, notes }: Reading, code: string, text: string): void {
  if (notes.length >= NOTES_MAX) return;
  const { byte, line } = cursor.where;
  const place = { ...(byte !== undefined && { byte }), ...(line !== undefined && { line }) };
  notes.push({ code: `PROV_${code}`, text, ...place });
}

function refuse(cursor: Cursor, code: string, message: string): ProtocolError {
  return new ProtocolError(`PROV_${code}`, message, cursor.where);
}
