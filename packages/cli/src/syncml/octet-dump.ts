/**
 * A message's octets with the names of their tokens beside them: WBXML token by token, XML line by line.
 *
 * WBXML 1.3 §5. The one cursor that decodes also names the tokens here. Pure. Used by `ueprov syncml decode --hex`.
 */
import { CLOSE, END, OPAQUE, OPEN, ProtocolError, type Token } from '@ueprov/protocols';
import { sniffEncoding } from '@ueprov/protocols/syncml';
import { WbxmlCursor } from '@ueprov/protocols/wbxml';
import { type Paint, printable } from './paint.ts';

const OCTETS_PER_LINE = 8;
const XML_OCTETS_PER_LINE = 16;
const TEXT_SHOWN_MAX = 60;

const HAS_CONTENT = 0x40;
const HAS_ATTRIBUTES = 0x80;
const ENTITY = 0x02;
const STR_I = 0x03;
const LITERAL = 0x04;
const TAG_IDENTITY = 0x3f;

/** Lines up to the first fault, which is the `fault` of the result. */
export interface OctetDump {
  readonly text: string;
  readonly fault?: ProtocolError;
}

export function dumpOctets(bytes: Uint8Array, paint: Paint): OctetDump {
  if (sniffEncoding(bytes) === 'xml') return { text: dumpText(bytes, paint) };
  const dump = new Dump(bytes, paint);
  try {
    dump.document();
    return { text: dump.text };
  } catch (error) {
    if (error instanceof ProtocolError) return { text: dump.text, fault: error };
    throw error;
  }
}

class Dump {
  text = '';
  readonly #bytes: Uint8Array;
  readonly #paint: Paint;
  /** The first octet that is not shown yet. */
  #shown = 0;
  #depth = 0;

  constructor(bytes: Uint8Array, paint: Paint) {
    this.#bytes = bytes;
    this.#paint = paint;
  }

  document(): void {
    const cursor = new WbxmlCursor(this.#bytes);
    this.#header();
    let isEmptyElement = false;
    for (let token = cursor.next(); token !== END; token = cursor.next()) {
      if (token === CLOSE && isEmptyElement) {
        isEmptyElement = false;
        continue;
      }
      const start = cursor.where.byte ?? this.#shown;
      this.#between(start);
      if (token === CLOSE) this.#depth -= 1;
      this.#token(cursor, token, start);
      isEmptyElement = token === OPEN && ((this.#bytes[start] ?? 0) & HAS_CONTENT) === 0;
      if (token === OPEN && !isEmptyElement) this.#depth += 1;
    }
    this.#between(this.#bytes.length);
  }

  /** §5.1 to §5.5; the cursor has checked it. */
  #header(): void {
    const version = this.#bytes[0] ?? 0;
    this.#row(1, `WBXML 1.${version}`);
    const id = this.#integer(1);
    if (id.value === 0) {
      const index = this.#integer(id.end);
      this.#row(index.end, `public identifier at ${index.value} of the string table`);
    } else this.#row(id.end, `public identifier 0x${id.value.toString(16)}`);
    const charset = this.#integer(this.#shown);
    this.#row(charset.end, `charset ${charset.value}`);
    const table = this.#integer(charset.end);
    this.#row(table.end, `string table of ${table.value} octets`);
    while (this.#shown < table.end + table.value) {
      const end = this.#stringEnd(this.#shown, table.end + table.value);
      this.#row(end, quotedOctets(this.#bytes.subarray(this.#shown, end)));
    }
  }

  #token(cursor: WbxmlCursor, token: Token, start: number): void {
    const first = this.#bytes[start] ?? 0;
    if (token === CLOSE) this.#row(start + 1, 'END');
    else if (token === OPAQUE) {
      const { octets } = cursor;
      const end = octets.byteOffset - this.#bytes.byteOffset + octets.length;
      this.#row(end, `OPAQUE ${octets.length} octets ${quotedOctets(octets)}`);
    } else if (token === OPEN) {
      const isLiteral = (first & TAG_IDENTITY) === LITERAL;
      const end = isLiteral ? this.#integer(start + 1).end : start + 1;
      this.#row(end, this.#paint.name(tagOf(cursor.name, first)));
    } else if (first === STR_I) {
      const end = this.#stringEnd(start + 1, this.#bytes.length);
      this.#row(end, `STR_I ${quoted(cursor.text)}`);
    } else {
      const name = first === ENTITY ? 'ENTITY' : 'STR_T';
      this.#row(this.#integer(start + 1).end, `${name} ${quoted(cursor.text)}`);
    }
  }

  /** What the cursor stepped over: page switches, and whatever else has no meaning in SyncML. */
  #between(end: number): void {
    while (this.#shown < end) {
      const [token, page] = this.#bytes.subarray(this.#shown, end);
      if (token === 0 && page !== undefined) this.#row(this.#shown + 2, `SWITCH_PAGE ${page}`);
      else this.#row(end, 'stepped over');
    }
  }

  /** Shows up to `end`, `words` beside the first line of it. */
  #row(end: number, words: string): void {
    const indented = `${'  '.repeat(this.#depth)}${words}`;
    for (let at = this.#shown; at < end; at += OCTETS_PER_LINE) {
      const line = this.#bytes.subarray(at, Math.min(end, at + OCTETS_PER_LINE));
      const hex = hexOf(line).padEnd(OCTETS_PER_LINE * 3);
      const beside = at === this.#shown ? indented : '';
      this.text += `${this.#paint.quiet(offsetText(at))}  ${hex} ${beside}`.trimEnd();
      this.text += '\n';
    }
    this.#shown = end;
  }

  #stringEnd(start: number, limit: number): number {
    const end = this.#bytes.indexOf(0, start);
    return end < 0 || end >= limit ? limit : end + 1;
  }

  /** An mb_u_int32 that the cursor has already accepted. */
  #integer(start: number): { readonly value: number; readonly end: number } {
    let value = 0;
    let end = start;
    for (let octet = 0x80; octet >= 0x80; end++) {
      octet = this.#bytes[end] ?? 0;
      value = value * 128 + (octet & 0x7f);
    }
    return { value, end };
  }
}

function tagOf(name: string, token: number): string {
  const attributes = token & HAS_ATTRIBUTES ? ' …' : '';
  return `<${printable(name)}${attributes}${token & HAS_CONTENT ? '' : '/'}>`;
}

function dumpText(bytes: Uint8Array, paint: Paint): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += XML_OCTETS_PER_LINE) {
    const line = bytes.subarray(at, at + XML_OCTETS_PER_LINE);
    const hex = hexOf(line).padEnd(XML_OCTETS_PER_LINE * 3);
    text += `${paint.quiet(offsetText(at))}  ${hex} ${asciiOf(line)}\n`;
  }
  return text;
}

function offsetText(at: number): string {
  return at.toString().padStart(6);
}

function hexOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex').replace(/../g, '$& ').trimEnd();
}

function asciiOf(octets: Uint8Array): string {
  return Buffer.from(octets)
    .toString('latin1')
    .replace(/[^ -~]/g, '.');
}

function quotedOctets(octets: Uint8Array): string {
  return `"${shortened(asciiOf(octets))}"`;
}

function quoted(text: string): string {
  return `"${shortened(printable(text))}"`;
}

function shortened(text: string): string {
  return text.length > TEXT_SHOWN_MAX ? `${text.slice(0, TEXT_SHOWN_MAX - 1)}…` : text;
}
