/** The two spellings of a message, their media types, and how to tell them apart. SyncML HTTP Binding 1.2.1 §4. */
import { DOCUMENT_LIMITS } from '../cursor.ts';
import { ProtocolError } from '../error.ts';

export type Encoding = 'xml' | 'wbxml';

/** [REPPRO 5-1] */
export const CONTENT_TYPES: Readonly<Record<Encoding, string>> = {
  xml: 'application/vnd.syncml.dm+xml',
  wbxml: 'application/vnd.syncml.dm+wbxml',
};

/** By the first octets. Throws `SYNCML_ENCODING` if they start neither spelling. */
export function sniffEncoding(bytes: Uint8Array): Encoding {
  const [first = -1, second = -1] = bytes;
  if (first >= 0x01 && first <= 0x03) return 'wbxml';
  // A byte order mark of UTF-8 or UTF-16, or UTF-16 without one: XML, whose reader says what it thinks of that.
  if (first === 0xef || first === 0xfe || first === 0xff) return 'xml';
  if (first === 0 && second === 0x3c) return 'xml';
  // No further than a document may be long: a gigabyte of blanks is none.
  const front = bytes.subarray(0, DOCUMENT_LIMITS.bytes);
  const start = front.findIndex((octet) => !WHITE_SPACE.includes(octet));
  if (bytes[start] === 0x3c) return 'xml';
  throw new ProtocolError('SYNCML_ENCODING', 'neither XML nor WBXML', { byte: Math.max(start, 0) });
}

const WHITE_SPACE: readonly number[] = [0x09, 0x0a, 0x0d, 0x20];
