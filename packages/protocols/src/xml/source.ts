/**
 * The octets of a document and the place in them, with what may stand anywhere: white space, names, comments, PIs.
 *
 * XML 1.0 §2.3 (names), §2.5, §2.6; Namespaces in XML 1.0 §3, §4 (a colon parts prefix and local name, and no PI has
 * one). Every octet is looked at once, wherever it stands. Used by the files of `XmlCursor`.
 */
import { ProtocolError } from '../error.ts';
import {
  AMPERSAND,
  BRACKET,
  endOfName,
  isNoncharacter,
  isSpace,
  KINDS,
  LESS_THAN,
  PERHAPS_REFUSED,
  REFUSED,
} from './characters.ts';
import { endOfReference, isWordAt } from './references.ts';

export class XmlSource {
  readonly bytes: Uint8Array;
  /** Index of the next octet. */
  at: number;
  /** The line that was asked for last, and the index that it was asked for. */
  #line = 1;
  #lineAt = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** True, and past it, if `word` comes next. */
  take(word: string): boolean {
    if (!isWordAt(this.bytes, this.at, word)) return false;
    this.at += word.length;
    return true;
  }

  /** True, and past it, if what stands from `start` to `end` comes next again. */
  takeAgain(start: number, end: number): boolean {
    const { bytes, at } = this;
    for (let index = start; index < end; index++) {
      if (bytes[at + index - start] !== bytes[index]) return false;
    }
    this.at += end - start;
    return true;
  }

  skipSpace(): boolean {
    const start = this.at;
    while (isSpace(this.bytes[this.at])) this.at += 1;
    return this.at > start;
  }

  /** Goes past `delimiter`, and returns the kinds of the octets before it. */
  through(delimiter: string, what: string): number {
    const { bytes } = this;
    const first = delimiter.charCodeAt(0);
    let kinds = 0;
    for (let at = this.at; at < bytes.length; at++) {
      const octet = bytes[at] as number;
      if (octet === first && isWordAt(bytes, at, delimiter)) {
        this.at = at + delimiter.length;
        return kinds;
      }
      const kind = KINDS[octet] as number;
      if ((kind & (REFUSED | PERHAPS_REFUSED)) !== 0) this.#requireCharacter(at);
      kinds |= kind;
    }
    throw this.unended(what);
  }

  /** To the next `<` or the end, over text with references; returns the kinds of its octets. */
  skipText(): number {
    const { bytes } = this;
    let kinds = 0;
    let at = this.at;
    for (; at < bytes.length; at++) {
      const kind = KINDS[bytes[at] as number] as number;
      if (kind === 0) continue;
      if (kind === LESS_THAN) break;
      kinds |= kind;
      if ((kind & NEEDS_CARE) !== 0) at = this.#care(at, kind);
    }
    this.at = at;
    return kinds;
  }

  /** Past the quote that ends the value of an attribute; returns the kinds of its octets. */
  skipValue(quote: number): number {
    const { bytes } = this;
    let kinds = 0;
    for (let at = this.at; at < bytes.length; at++) {
      const octet = bytes[at] as number;
      if (octet === quote) {
        this.at = at + 1;
        return kinds;
      }
      const kind = KINDS[octet] as number;
      if (kind === 0) continue;
      kinds |= kind;
      if (kind === LESS_THAN) throw this.#refuseAt(at, '< in the value of an attribute');
      if ((kind & NEEDS_CARE & ~BRACKET) !== 0) at = this.#care(at, kind);
    }
    throw this.unended('the value of an attribute');
  }

  /** Index of the last octet of what stands at `at`. */
  #care(at: number, kind: number): number {
    if (kind === AMPERSAND) {
      const end = endOfReference(this.bytes, at);
      if (end < 0) throw this.#refuseAt(at, 'a reference to nothing');
      return end - 1;
    }
    // XML 1.0 §2.4.
    if (kind === BRACKET && isWordAt(this.bytes, at, ']]>'))
      throw this.#refuseAt(at, ']]> in text');
    if (kind !== BRACKET) this.#requireCharacter(at);
    return at;
  }

  #requireCharacter(at: number): void {
    const isRefused = KINDS[this.bytes[at] as number] === REFUSED || isNoncharacter(this.bytes, at);
    if (isRefused) throw this.#refuseAt(at, 'a character that XML does not have');
  }

  /** Goes past a name and returns the index of the colon in it, -1 if it has none. */
  skipQualifiedName(): number {
    this.skipName();
    if (this.bytes[this.at] !== COLON) return -1;
    const colon = this.at;
    this.at += 1;
    this.skipName('no local name after a prefix');
    return colon;
  }

  skipName(otherwise = 'no name where one has to stand'): void {
    const end = endOfName(this.bytes, this.at);
    if (end === this.at) throw this.refuse(otherwise);
    this.at = end;
  }

  /** Past `<!--`. XML 1.0 §2.5: no `--` inside, nor a `-` right before the end. */
  skipComment(): void {
    this.through('--', 'a comment');
    if (!this.take('>')) throw this.refuse('-- in a comment');
  }

  /** Past `<?`. XML 1.0 §2.6: `xml` in any case is no target. */
  skipInstruction(): void {
    const start = this.at;
    this.skipName();
    if (this.at - start === 3 && this.#isXml(start)) {
      throw this.refuse('an XML declaration not at the start');
    }
    if (this.take('?>')) return;
    if (!this.skipSpace()) throw this.refuse('no space after the target of a PI');
    this.through('?>', 'a PI');
  }

  #isXml(at: number): boolean {
    return [0x78, 0x6d, 0x6c].every((letter, index) => {
      return ((this.bytes[at + index] ?? 0) | 0x20) === letter;
    });
  }

  refuse(message: string, code = 'XML_SYNTAX'): ProtocolError {
    return new ProtocolError(code, message, { line: this.line });
  }

  #refuseAt(at: number, message: string): ProtocolError {
    this.at = at;
    return this.refuse(message);
  }

  unended(what: string): ProtocolError {
    this.at = this.bytes.length;
    return this.refuse(`${what} without end`);
  }

  /**
   * The line of the next octet, from 1. XML 1.0 §2.11: CR LF, CR and LF each end one. Counted on from the place asked
   * for before: a document with many remarks is not counted again for each.
   */
  get line(): number {
    const { bytes, at } = this;
    if (at < this.#lineAt) {
      this.#line = 1;
      this.#lineAt = 0;
    }
    for (let index = this.#lineAt; index < at; index++) {
      const octet = bytes[index];
      if (octet === 0x0a || (octet === 0x0d && bytes[index + 1] !== 0x0a)) this.#line += 1;
    }
    this.#lineAt = at;
    return this.#line;
  }
}

const COLON = 0x3a;
const NEEDS_CARE = REFUSED | PERHAPS_REFUSED | AMPERSAND | BRACKET;
