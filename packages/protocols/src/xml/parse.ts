/**
 * XML 1.0 with namespaces, from octets to a tape of tokens, within limits: well-formed or one error with its line.
 *
 * Entities other than the five predefined ones do not exist here: a DOCTYPE that declares is refused, none is fetched.
 * Written here and not taken from a library since it is the larger part of the time that a message costs: a bare pass
 * of saxes takes half as long again as octets to typed message with this parser (`npm run bench -- B6`). saxes stays as
 * the oracle of the fuzz target `xml`, which holds this parser to it. Used by `XmlCursor`.
 */
import { CLOSE, DOCUMENT_LIMITS, OPEN, TEXT, type Token } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { decodeXmlText } from './charset.ts';
import { indexOfNotXml } from './escape.ts';
import { Namespaces } from './namespaces.ts';
import { skipDeclaration, skipDoctype } from './prolog.ts';
import { readText } from './references.ts';
import { XmlSource } from './source.ts';
import { namespaceOf, readAttributes } from './tags.ts';
import type { XmlTape } from './tape.ts';

/** Throws a `ProtocolError` with the line for whatever is not well-formed, or passes a limit. */
export function parseXml(bytes: Uint8Array): XmlTape {
  if (bytes.length > DOCUMENT_LIMITS.bytes) {
    const byte = DOCUMENT_LIMITS.bytes;
    throw new ProtocolError('XML_BYTES', `document is longer than ${byte} octets`, { byte });
  }
  const { source, markBytes } = decodeXmlText(bytes);
  return new Parse(source, markBytes).run();
}

/** One document being read. */
class Parse {
  readonly #source: XmlSource;
  readonly #tape: XmlTape;
  readonly #namespaces = new Namespaces();
  /** Names of the elements that are open, as they are written. */
  readonly #open: string[] = [];
  #elements = 0;
  /** Nothing in the document has to be read but by cutting: no reference, no CR, no `]]>`. */
  readonly #isPlain: boolean;

  constructor(text: string, markBytes: number) {
    this.#source = new XmlSource(text);
    this.#isPlain = !text.includes('&') && !text.includes('\r') && !text.includes(']]>');
    this.#tape = {
      tokens: [],
      values: [],
      namespaces: [],
      ends: [],
      attributes: new Map(),
      remarks: [],
      source: text,
      markBytes,
    };
  }

  run(): XmlTape {
    const source = this.#source;
    const { text } = source;
    this.#checkCharacters();
    skipDeclaration(source);
    while (source.at < text.length) {
      this.#text();
      if (source.at === text.length) break;
      const next = text.charCodeAt(source.at + 1);
      if (next === SLASH) this.#endTag();
      else if (next === EXCLAMATION) this.#markup();
      else if (next === QUESTION) this.#instruction();
      else this.#startTag();
    }
    if (this.#open.length > 0) throw source.unended(`element ${this.#open.at(-1)}`);
    if (this.#elements === 0) throw source.unended('a document');
    return this.#tape;
  }

  /** XML 1.0 §2.2. No surrogate can come out of UTF-8. */
  #checkCharacters(): void {
    const at = indexOfNotXml(this.#source.text);
    if (at < 0) return;
    this.#source.at = at;
    throw this.#source.refuse('a character that XML does not have');
  }

  /** To the next `<`, or the end of the document. */
  #text(): void {
    const source = this.#source;
    const start = source.at;
    const found = source.text.indexOf('<', start);
    const end = found < 0 ? source.text.length : found;
    if (end === start) return;
    source.at = end;
    const raw = source.text.slice(start, end);
    if (this.#open.length === 0) {
      if (/[^ \t\r\n]/.test(raw)) throw source.refuse('text outside the root element');
      return;
    }
    this.#record(TEXT, this.#isPlain ? raw : this.#read(raw), '');
  }

  #read(raw: string): string {
    // XML 1.0 §2.4.
    if (raw.includes(']]>')) throw this.#source.refuse(']]> in text');
    const text = readText(raw);
    if (text === undefined) throw this.#source.refuse('a reference to nothing');
    return text;
  }

  #startTag(): void {
    const source = this.#source;
    const { text } = source;
    const start = source.at + 1;
    source.at = start;
    const colon = source.skipQualifiedName();
    const name = text.slice(start, source.at);
    const depth = this.#enter(name);
    let code = text.charCodeAt(source.at);
    if (code !== GREATER && code !== SLASH) {
      const attributes = readAttributes(source, this.#namespaces, depth);
      if (attributes.length > 0) this.#tape.attributes.set(this.#tape.tokens.length, attributes);
      code = text.charCodeAt(source.at);
    }
    const namespace =
      colon < 0 ? (this.#namespaces.resolve('') ?? '') : this.#prefixed(text.slice(start, colon));
    source.at += code === SLASH ? 2 : 1;
    if (text.charCodeAt(source.at - 1) !== GREATER) throw source.refuse(`malformed tag ${name}`);
    this.#record(OPEN, colon < 0 ? name : text.slice(colon + 1, start + name.length), namespace);
    if (code === SLASH) this.#leave();
  }

  #prefixed(prefix: string): string {
    // Namespaces in XML 1.0 §3: xmlns is no prefix of elements.
    if (prefix === 'xmlns') throw this.#source.refuse('an element with the prefix xmlns');
    return namespaceOf(prefix, this.#source, this.#namespaces);
  }

  /** Counts the element in, and returns its depth. */
  #enter(name: string): number {
    if (this.#elements > 0 && this.#open.length === 0) {
      throw this.#source.refuse('a second root element');
    }
    this.#elements += 1;
    const depth = this.#open.push(name);
    if (depth > DOCUMENT_LIMITS.depth) {
      throw this.#source.refuse('too many nested elements', 'XML_DEPTH');
    }
    if (this.#elements > DOCUMENT_LIMITS.elements) {
      throw this.#source.refuse('too many elements', 'XML_ELEMENTS');
    }
    return depth;
  }

  #leave(): void {
    this.#namespaces.leave(this.#open.length);
    this.#open.pop();
    this.#record(CLOSE, '', '');
  }

  #endTag(): void {
    const source = this.#source;
    source.at += 2;
    const name = this.#open[this.#open.length - 1];
    if (name === undefined) throw source.refuse('an end tag without its start');
    if (!source.take(name)) throw source.refuse(`an end tag that is not that of ${name}`);
    if (source.text.charCodeAt(source.at) !== GREATER) source.skipSpace();
    if (!source.take('>')) throw source.refuse(`an end tag that is not that of ${name}`);
    this.#leave();
  }

  /** A comment, a CDATA section or the DOCTYPE. */
  #markup(): void {
    const source = this.#source;
    if (source.take('<!--')) {
      source.skipComment();
    } else if (source.take('<![CDATA[')) {
      if (this.#open.length === 0) throw source.refuse('CDATA outside the root element');
      const raw = source.through(']]>', 'a CDATA section');
      this.#record(TEXT, raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw, '');
    } else if (source.take('<!DOCTYPE')) {
      this.#doctype();
    } else {
      throw source.refuse('<! that starts nothing');
    }
  }

  #doctype(): void {
    const source = this.#source;
    const { remarks } = this.#tape;
    if (this.#elements > 0 || remarks.length > 0) throw source.refuse('a DOCTYPE out of place');
    skipDoctype(source);
    const { line } = source.refuse('').at;
    remarks.push({ code: 'XML_DOCTYPE', text: 'a DOCTYPE, not fetched', ...(line && { line }) });
  }

  #instruction(): void {
    this.#source.at += 2;
    this.#source.skipInstruction();
  }

  #record(token: Token, value: string, namespace: string): void {
    const tape = this.#tape;
    tape.tokens.push(token);
    tape.values.push(value);
    tape.namespaces.push(namespace);
    tape.ends.push(this.#source.at);
  }
}

const EXCLAMATION = 0x21;
const SLASH = 0x2f;
const GREATER = 0x3e;
const QUESTION = 0x3f;
