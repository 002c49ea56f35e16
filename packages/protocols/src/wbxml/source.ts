/**
 * The octets of a WBXML document and the place in them: token, integer, string, index of the string table.
 *
 * WBXML 1.3 §5.1, §5.7, §5.8.4.1. Used by `WbxmlCursor` and `AttributeSpace`, which share one.
 */
import { ProtocolError } from '../error.ts';
import { decodeMbUint32, truncated, type WbxmlHeader } from './header.ts';

export class WbxmlSource {
  readonly bytes: Uint8Array;
  readonly header: WbxmlHeader;
  /** Index of the next octet. */
  at: number;
  /** Where the last token stands. */
  tokenStart = 0;

  constructor(bytes: Uint8Array, header: WbxmlHeader) {
    this.bytes = bytes;
    this.header = header;
    this.at = header.tableEnd;
  }

  octet(): number {
    const octet = this.bytes[this.at];
    if (octet === undefined) throw truncated(this.bytes);
    this.tokenStart = this.at;
    this.at += 1;
    return octet;
  }

  integer(): number {
    const { value, end } = decodeMbUint32(this.bytes, this.at);
    this.at = end;
    return value;
  }

  /** Past an inline string; returns where its NUL stands. */
  stringEnd(): number {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw truncated(this.bytes);
    this.at = end + 1;
    return end;
  }

  /** Past so many octets; returns where they end. */
  octetsEnd(length: number): number {
    this.at += length;
    if (this.at > this.bytes.length) throw truncated(this.bytes);
    return this.at;
  }

  /** [WBXML 5.7-1] Where the string of the table starts whose index comes next. */
  tableIndex(): number {
    const index = this.header.tableStart + this.integer();
    if (index < this.header.tableEnd) return index;
    throw this.refuse('WBXML_STRING_TABLE', 'index outside the string table');
  }

  /** Where a string of the table ends: a table without its last NUL is bounded by its length. */
  tableStringEnd(start: number): number {
    const { tableEnd } = this.header;
    const end = this.bytes.indexOf(0, start);
    return end < 0 || end > tableEnd ? tableEnd : end;
  }

  refuse(code: string, message: string): ProtocolError {
    return new ProtocolError(code, message, { byte: this.tokenStart });
  }
}
