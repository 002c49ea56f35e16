/** The cursor over an XML document: walks the tape that `parseXml` made. Used by `decodeSyncML` and TNDS. */
import { type Attribute, type Cursor, END, type Remark, TEXT, type Token } from '../cursor.ts';
import type { Where } from '../error.ts';
import { parseXml } from './parse.ts';
import { lineAt } from './source.ts';
import type { XmlTape } from './tape.ts';

const NO_ATTRIBUTES: readonly Attribute[] = [];
const NO_OCTETS = new Uint8Array(0);

export class XmlCursor implements Cursor {
  readonly #tape: XmlTape;
  #index = -1;
  /** The line that was asked for last, and the index in the source that it was asked for. */
  #line = 1;
  #lineIndex = 0;
  /** The same of the octets in the input. */
  #byte = 0;
  #byteIndex = 0;

  /** Throws a `ProtocolError` if the document is not well-formed or passes a limit. */
  constructor(bytes: Uint8Array) {
    this.#tape = parseXml(bytes);
  }

  next(): Token {
    this.#index += 1;
    return this.#tape.tokens[this.#index] ?? END;
  }

  get name(): string {
    return this.#tape.values[this.#index] ?? '';
  }

  get namespace(): string {
    return this.#tape.namespaces[this.#index] ?? '';
  }

  get attributes(): readonly Attribute[] {
    return this.#tape.attributes.get(this.#index) ?? NO_ATTRIBUTES;
  }

  get text(): string {
    return this.#tape.values[this.#index] ?? '';
  }

  get octets(): Uint8Array {
    return NO_OCTETS;
  }

  get where(): Where {
    const { ends, source } = this.#tape;
    const end = this.#index < 0 ? 0 : (ends[this.#index] ?? source.length);
    // Counted on from the place asked for before: a document with many remarks is not counted again for each.
    this.#line = lineAt(source, end, this.#lineIndex, this.#line);
    this.#lineIndex = end;
    return { line: this.#line };
  }

  get remarks(): readonly Remark[] {
    return this.#tape.remarks;
  }

  /** Covers all from the tag or text before: comments and CDATA marks become asterisks too, and stay well-formed. */
  mask(copy: Uint8Array): void {
    const { tokens, ends } = this.#tape;
    if (tokens[this.#index] !== TEXT) return;
    const start = this.#byteAt(ends[this.#index - 1] ?? 0);
    copy.fill(0x2a, start, this.#byteAt(ends[this.#index] ?? 0));
  }

  /** Octets before a character, counted on from the character asked for before. */
  #byteAt(index: number): number {
    const { source, markBytes } = this.#tape;
    if (this.#byteIndex === 0) this.#byte = markBytes;
    this.#byte += Buffer.byteLength(source.slice(this.#byteIndex, index), 'utf8');
    this.#byteIndex = index;
    return this.#byte;
  }
}
