/**
 * The binary spelling of push headers: WSP (WAP-230), as classic WAP Push carries them.
 *
 * Only read, never written: SIP Push sends text, yet a gateway may hand its binary form through.
 * OMA-DMNOT Appendix gives the common case: `C4 AF 87`, that is Content-Type and X-Wap-Application-Id.
 */
import { decodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';

/** A name that has a code is given its registered spelling; one that has none is `wsp-0xNN`. */
export interface WspField {
  readonly name: string;
  readonly value: string;
}

export interface WspPush {
  readonly contentType: string;
  readonly fields: readonly WspField[];
  readonly content: Uint8Array;
}

export const WSP_HEADER_BYTES_MAX = 1024;
export const WSP_FIELDS_MAX = 32;

const PUSH_PDU = 0x06;

/** OMNA: content type codes; the others of WINA are of no use to a DM client. */
const CONTENT_TYPES: Readonly<Record<number, string>> = {
  68: 'application/vnd.syncml.notification',
};

/** OMNA: header field codes of WSP and push. */
const FIELD_NAMES: Readonly<Record<number, string>> = {
  11: 'Content-Encoding',
  13: 'Content-Length',
  17: 'Content-Type',
  47: 'X-Wap-Application-Id',
  48: 'X-Wap-Content-URI',
  49: 'X-Wap-Initiator-URI',
  52: 'Push-Flag',
};

/** OMNA: push application id codes. */
const APPLICATION_IDS: Readonly<Record<number, string>> = {
  0: 'x-wap-application:*',
  1: 'x-wap-application:push.sia',
  2: 'x-wap-application:wml.ua',
  3: 'x-wap-application:wta.ua',
  4: 'x-wap-application:mms.ua',
  5: 'x-wap-application:push.syncml',
  6: 'x-wap-application:loc.ua',
  7: 'x-wap-application:syncml.dm',
  8: 'x-wap-application:drm.ua',
  9: 'x-wap-application:emn.ua',
  10: 'x-wap-application:wv.ua',
};

/** `TID 06 length headers content`, or the same without its first two octets. Throws `PUSH_WSP`. */
export function decodeWspPush(bytes: Uint8Array): WspPush {
  const reader = new WspReader(bytes);
  if (bytes[1] === PUSH_PDU) reader.skip(2);
  const length = reader.uintvar();
  if (length === 0 || length > WSP_HEADER_BYTES_MAX) throw reader.invalid('length of the headers');
  const headers = new WspReader(reader.take(length), reader.at - length);
  const contentType = headers.contentType();
  const fields: WspField[] = [];
  while (!headers.isAtEnd) {
    if (fields.length === WSP_FIELDS_MAX) throw headers.invalid('too many header fields');
    fields.push(headers.field());
  }
  return { contentType, fields, content: reader.rest() };
}

/** OMA-DMNOT Appendix: the headers of package #0 have a fixed order, content type and application. */
export function isWspNotification(bytes: Uint8Array): boolean {
  const at = bytes[1] === PUSH_PDU ? 2 : 0;
  return bytes[at + 1] === 0xc4 && bytes[at + 2] === 0xaf;
}

class WspReader {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  #at = 0;

  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = bytes;
    this.#base = base;
  }

  get at(): number {
    return this.#base + this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  invalid(message: string): ProtocolError {
    return new ProtocolError('PUSH_WSP', message, { byte: this.at });
  }

  skip(count: number): void {
    this.take(count);
  }

  take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#at) throw this.invalid('ends inside the headers');
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }

  rest(): Uint8Array {
    return this.take(this.#bytes.length - this.#at);
  }

  /** WAP-230 8.1.2: seven bits per octet, the top bit says that more follow; at most five octets. */
  uintvar(): number {
    let value = 0;
    for (let count = 0; count < 5; count++) {
      const octet = this.#octet();
      value = value * 128 + (octet & 0x7f);
      if (octet < 0x80) return value;
    }
    throw this.invalid('a uintvar of more than five octets');
  }

  /** WAP-230 8.4.2.24: a code, a text, or a length and either of them with parameters (dropped). */
  contentType(): string {
    const first = this.#peek();
    if (first > 31) return this.#media();
    const inner = this.take(this.#valueLength());
    return new WspReader(inner, this.at - inner.length).#media();
  }

  field(): WspField {
    const first = this.#peek();
    if (first < 0x20) throw this.invalid('a shift of the header code page');
    if (first < 0x80) return { name: this.#text(), value: this.#text() };
    const code = this.#octet() & 0x7f;
    const name = FIELD_NAMES[code] ?? `wsp-0x${code.toString(16).padStart(2, '0')}`;
    return { name, value: this.#value(code) };
  }

  #media(): string {
    if (this.#peek() < 0x80) return this.#text();
    const code = this.#octet() & 0x7f;
    return CONTENT_TYPES[code] ?? `wsp/0x${code.toString(16).padStart(2, '0')}`;
  }

  /** WAP-230 8.4.1.2: the first octet of a value says how it goes on. */
  #value(code: number): string {
    const first = this.#peek();
    if (first > 31 && first < 0x80) return this.#text();
    const value =
      first >= 0x80 ? this.#octet() & 0x7f : longInteger(this.take(this.#valueLength()));
    return code === 0x2f ? (APPLICATION_IDS[value] ?? String(value)) : String(value);
  }

  #valueLength(): number {
    const first = this.#octet();
    if (first < 31) return first;
    return this.uintvar();
  }

  /** Octets up to a NUL; a quote of 0x7F stands before text that begins with the top bit set. */
  #text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw this.invalid('a text without its NUL');
    const start = this.#bytes[this.#at] === 0x7f ? this.#at + 1 : this.#at;
    const text = decodeUtf8(this.#bytes.slice(start, end), this.#base + start);
    this.#at = end + 1;
    return text;
  }

  #peek(): number {
    const octet = this.#bytes[this.#at];
    if (octet === undefined) throw this.invalid('ends inside the headers');
    return octet;
  }

  #octet(): number {
    const octet = this.#peek();
    this.#at += 1;
    return octet;
  }
}

function longInteger(octets: Uint8Array): number {
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}
