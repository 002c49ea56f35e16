/**
 * The front of a WBXML document: version, public identifier, charset, string table. WBXML 1.3 §5.1
 * to §5.5.
 *
 * Used by `WbxmlCursor`.
 */
import { DOCUMENT_LIMITS } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { DOCUMENT_TYPES, type DocumentType, SYNCML_1_2 } from './document-types.ts';

export type Charset = 'utf-8' | 'iso-8859-1' | 'us-ascii';

export interface WbxmlHeader {
  /** 1, 2 or 3: WBXML 1.1, 1.2, 1.3. */
  readonly version: number;
  readonly type: DocumentType;
  readonly charset: Charset;
  /** Where the string table stands in the input. */
  readonly tableStart: number;
  readonly tableEnd: number;
}

/** Reads up to the body, which starts at `tableEnd`. */
export function decodeHeader(bytes: Uint8Array): WbxmlHeader {
  if (bytes.length > DOCUMENT_LIMITS.bytes) {
    const byte = DOCUMENT_LIMITS.bytes;
    throw new ProtocolError('WBXML_BYTES', `document is longer than ${byte} octets`, { byte });
  }
  // [WBXML 5.4-1] [REPPRO 5-2]
  const version = octetAt(bytes, 0);
  // Version 1.0 has another layout (no charset), and no SyncML document has it.
  if (version < 1 || version > 3) {
    throw new ProtocolError('WBXML_VERSION', 'not WBXML 1.1, 1.2 or 1.3', { byte: 0 });
  }
  const id = decodeMbUint32(bytes, 1);
  const idIndex = id.value === 0 ? decodeMbUint32(bytes, id.end) : undefined;
  const charset = decodeMbUint32(bytes, (idIndex ?? id).end);
  const table = decodeMbUint32(bytes, charset.end);
  const tableEnd = table.end + table.value;
  if (table.value > DOCUMENT_LIMITS.stringTableBytes) {
    throw new ProtocolError('WBXML_STRING_TABLE', 'string table too long', { byte: charset.end });
  }
  if (tableEnd > bytes.length) throw truncated(bytes);
  // [WBXML 5.5-1]
  const type =
    idIndex === undefined
      ? typeOfNumber(id.value)
      : typeOfName(bytes.subarray(table.end, tableEnd), idIndex.value, id.end);
  // [WBXML 5.6-1]
  const name = charsetOf(charset.value, (idIndex ?? id).end);
  return { version, type, charset: name, tableStart: table.end, tableEnd };
}

/**
 * [WBXML 5.5-2] 0x01 is "unknown or missing"; what we do not know is read as SyncML, its tokens
 * tell.
 */
function typeOfNumber(number: number): DocumentType {
  return DOCUMENT_TYPES.find((type) => type.number === number) ?? SYNCML_1_2;
}

function typeOfName(table: Uint8Array, index: number, byte: number): DocumentType {
  if (index >= table.length) {
    throw new ProtocolError('WBXML_STRING_TABLE', 'public identifier outside the table', { byte });
  }
  const end = table.indexOf(0, index);
  // A table without its last NUL is bounded by its length.
  const octets = table.subarray(index, end < 0 ? table.length : end);
  const name = String.fromCharCode(...octets.subarray(0, 128));
  return DOCUMENT_TYPES.find((type) => type.name === name) ?? SYNCML_1_2;
}

function charsetOf(mibEnum: number, byte: number): Charset {
  const charset = CHARSETS.get(mibEnum);
  if (charset === undefined) {
    throw new ProtocolError('WBXML_CHARSET', `charset ${mibEnum} is not read`, { byte });
  }
  return charset;
}

/** IANA MIBenum; 0 is unknown and read as UTF-8. */
const CHARSETS: ReadonlyMap<number, Charset> = new Map([
  [0, 'utf-8'],
  [3, 'us-ascii'],
  [4, 'iso-8859-1'],
  [106, 'utf-8'],
]);

export interface Decoded {
  readonly value: number;
  readonly end: number;
}

/** [WBXML 5.1-1] Groups of seven bits, at most five octets, at most 32 bits. */
export function decodeMbUint32(bytes: Uint8Array, start: number): Decoded {
  let value = 0;
  for (let index = start; index < start + 5; index++) {
    const octet = octetAt(bytes, index);
    value = value * 128 + (octet & 0x7f);
    if (octet < 0x80) {
      if (value > 0xffffffff) break;
      return { value, end: index + 1 };
    }
  }
  throw new ProtocolError('WBXML_INTEGER', 'integer longer than 32 bits', { byte: start });
}

function octetAt(bytes: Uint8Array, index: number): number {
  const octet = bytes[index];
  if (octet === undefined) throw truncated(bytes);
  return octet;
}

export function truncated(bytes: Uint8Array): ProtocolError {
  return new ProtocolError('WBXML_TRUNCATED', 'document ends too early', { byte: bytes.length });
}
