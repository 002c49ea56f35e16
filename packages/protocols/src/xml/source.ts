/**
 * The text of a document and the place in it, with what may stand anywhere: white space, names, comments, PIs.
 *
 * XML 1.0 §2.3 (names), §2.5, §2.6; Namespaces in XML 1.0 §3, §4 (a colon parts prefix and local name, and no PI has
 * one). Used by the files of `parseXml`.
 */
import { ProtocolError } from '../error.ts';

export class XmlSource {
  readonly text: string;
  /** Index of the next character. */
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** True, and past it, if `word` comes next. */
  take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  skipSpace(): boolean {
    const start = this.at;
    while (isSpace(this.text.charCodeAt(this.at))) this.at += 1;
    return this.at > start;
  }

  /** Goes past `delimiter` and returns what stands before it. */
  through(delimiter: string, what: string): string {
    const start = this.at;
    const end = this.text.indexOf(delimiter, start);
    if (end < 0) throw this.unended(what);
    this.at = end + delimiter.length;
    return this.text.slice(start, end);
  }

  /** Goes past a name and returns the index of the colon in it, -1 if it has none. */
  skipQualifiedName(): number {
    this.skipName();
    if (this.text.charCodeAt(this.at) !== COLON) return -1;
    const colon = this.at;
    this.at += 1;
    this.skipName('no local name after a prefix');
    return colon;
  }

  skipName(otherwise = 'no name where one has to stand'): void {
    const { text } = this;
    let at = this.at;
    const first = text.charCodeAt(at);
    if (first < 0x80 ? NAME[first] !== FIRST : !isNameStart(text, at)) {
      throw this.refuse(otherwise);
    }
    let code = first;
    while (code < 0x80 && NAME[code] !== 0) code = text.charCodeAt(++at);
    this.at = code >= 0x80 ? endOfName(text, at) : at;
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
    const target = this.text.slice(start, this.at);
    if (target.toLowerCase() === 'xml') throw this.refuse('an XML declaration not at the start');
    if (this.take('?>')) return;
    if (!this.skipSpace()) throw this.refuse('no space after the target of a PI');
    this.through('?>', 'a PI');
  }

  refuse(message: string, code = 'XML_SYNTAX'): ProtocolError {
    return new ProtocolError(code, message, { line: lineAt(this.text, this.at) });
  }

  unended(what: string): ProtocolError {
    this.at = this.text.length;
    return this.refuse(`${what} without end`);
  }
}

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;
}

/** Line of a character, from 1. XML 1.0 §2.11: CR LF, CR and LF each end a line. */
export function lineAt(text: string, index: number, from = 0, line = 1): number {
  let lines = line;
  for (let at = from; at < index; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || (code === 0x0d && text.charCodeAt(at + 1) !== 0x0a)) lines += 1;
  }
  return lines;
}

const COLON = 0x3a;
const FIRST = 1;
const LATER = 2;

/** ASCII characters of a name: `FIRST` may start one, `LATER` may not, 0 is in none. */
const NAME = Uint8Array.from({ length: 0x80 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) return FIRST;
  return /[-.0-9]/.test(character) ? LATER : 0;
});

/** XML 1.0 §2.3 without the colon. */
const START =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F' +
  '\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const NAME_START = new RegExp(`[${START}]`, 'uy');
const NAME_REST = new RegExp(`[${START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]*`, 'uy');

function isNameStart(text: string, at: number): boolean {
  NAME_START.lastIndex = at;
  return NAME_START.test(text);
}

function endOfName(text: string, at: number): number {
  NAME_REST.lastIndex = at;
  NAME_REST.test(text);
  return NAME_REST.lastIndex;
}
