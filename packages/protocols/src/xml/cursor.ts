/**
 * The cursor over an XML 1.0 document with namespaces: walks the octets as it is asked, and keeps nothing but its place.
 *
 * Well-formed or one error with its line, within limits. Entities other than the five predefined ones do not exist
 * here: a DOCTYPE that declares is refused, none is fetched. Written here and not taken from a library since it is the
 * larger part of the time that a message costs (`npm run bench -- B6`). saxes stays as the oracle of the fuzz target
 * `xml`, which holds this reader to it. Used by `decodeSyncML`, TNDS, DDF and PROV.
 */
import {
  type Attribute,
  CLOSE,
  type Cursor,
  DOCUMENT_LIMITS,
  END,
  type Fill,
  OPEN,
  type Remark,
  TEXT,
  type Token,
} from '../cursor.ts';
import { DocumentMemory, DocumentText, fill, STRING_BYTES, textBytes } from '../document.ts';
import { ProtocolError, type Where } from '../error.ts';
import { AMPERSAND, BEYOND_ASCII, isSpace } from './characters.ts';
import { requireUtf8 } from './charset.ts';
import { XmlNames } from './names.ts';
import { Namespaces } from './namespaces.ts';
import { skipDeclaration, skipDoctype } from './prolog.ts';
import { XmlSource } from './source.ts';
import { type AttributePlace, AttributePlaces, isDeclaration } from './tags.ts';
import { type Reading, XmlText } from './text.ts';

const NO_ATTRIBUTES: readonly Attribute[] = [];
const NO_OCTETS = new Uint8Array(0);

export class XmlCursor implements Cursor {
  namespace = '';
  readonly remarks: Remark[] = [];

  readonly #source: XmlSource;
  readonly #bytes: Uint8Array;
  readonly #memory = new DocumentMemory();
  readonly #text: DocumentText;
  readonly #texts: XmlText;
  readonly #names: XmlNames;
  readonly #namespaces = new Namespaces();
  /** Where the names of the elements that are open start and end, as they are written. */
  readonly #open = new Int32Array(2 * (DOCUMENT_LIMITS.depth + 1));
  #depth = 0;
  #elements = 0;
  /** An element without content was opened: its CLOSE comes next. */
  #isClosing = false;
  /** Where the token before this one ended. */
  #from = 0;

  #nameStart = 0;
  #nameEnd = 0;
  #name: string | undefined;
  #places: AttributePlaces | undefined;
  #hasAttributes = false;
  #attributes: readonly Attribute[] | undefined;

  #textStart = 0;
  #textEnd = 0;
  #textKinds = 0;
  #textAs: Reading = 'text';
  #textValue: string | undefined;
  /** No text was read since the last tag. */
  #isFirstText = true;

  /** Throws a `ProtocolError` if the document passes the limit of octets, or is no UTF-8. */
  constructor(bytes: Uint8Array) {
    if (bytes.length > DOCUMENT_LIMITS.bytes) {
      const byte = DOCUMENT_LIMITS.bytes;
      throw new ProtocolError('XML_BYTES', `document is longer than ${byte} octets`, { byte });
    }
    this.#bytes = bytes;
    this.#source = new XmlSource(bytes, requireUtf8(bytes));
    this.#text = new DocumentText(bytes);
    this.#texts = new XmlText(bytes, this.#text, (characters, isAscii) => {
      this.take(textBytes(characters, isAscii, this.#isFirstText));
    });
    this.#names = new XmlNames(bytes, this.#text);
    skipDeclaration(this.#source);
  }

  next(): Token {
    const source = this.#source;
    this.#from = source.at;
    if (this.#isClosing) return this.#leave();
    for (;;) {
      if (source.isAtEnd) return this.#end();
      if (this.#bytes[source.at] !== LESS) {
        if (this.#characters()) return TEXT;
        continue;
      }
      const next = this.#bytes[source.at + 1];
      if (next === SLASH) return this.#endTag();
      if (next === EXCLAMATION) {
        if (this.#markup()) return TEXT;
      } else if (next === QUESTION) {
        source.at += 2;
        source.skipInstruction();
      } else {
        return this.#startTag();
      }
    }
  }

  #end(): Token {
    const source = this.#source;
    if (this.#depth > 0) throw source.unended('an element');
    if (this.#elements === 0) throw source.unended('a document');
    return END;
  }

  /** To the next `<`, or the end of the document. */
  #characters(): boolean {
    const source = this.#source;
    const start = source.at;
    if (this.#depth === 0) {
      source.skipSpace();
      if (source.isAtEnd || this.#bytes[source.at] === LESS) return false;
      throw source.refuse('text outside the root element');
    }
    const kinds = source.skipText();
    this.#noteText(start, source.at, kinds, 'text');
    return true;
  }

  #noteText(start: number, end: number, kinds: number, as: Reading): void {
    this.#textStart = start;
    this.#textEnd = end;
    this.#textKinds = kinds;
    this.#textAs = as;
    this.#textValue = undefined;
  }

  #startTag(): Token {
    const source = this.#source;
    const start = source.at + 1;
    source.at = start;
    const colon = source.skipQualifiedName();
    const end = source.at;
    this.#enter(start, end);
    this.#nameStart = colon < 0 ? start : colon + 1;
    this.#nameEnd = end;
    this.#name = undefined;
    this.#attributes = undefined;
    this.#hasAttributes = false;
    let octet = this.#bytes[end];
    if (octet !== GREATER && octet !== SLASH) {
      this.#readAttributes();
      octet = this.#bytes[source.at];
    }
    this.namespace =
      colon < 0 ? (this.#namespaces.resolve('') ?? '') : this.#namespaceOf(start, colon, false);
    if (octet === SLASH) source.at += 1;
    if (!source.take('>')) throw source.refuse('a malformed tag');
    this.#isClosing = octet === SLASH;
    this.#isFirstText = true;
    return OPEN;
  }

  /** Counts the element in. */
  #enter(start: number, end: number): void {
    if (this.#elements > 0 && this.#depth === 0) {
      throw this.#source.refuse('a second root element');
    }
    this.#open[2 * this.#depth] = start;
    this.#open[2 * this.#depth + 1] = end;
    this.#depth += 1;
    this.#elements += 1;
    if (this.#depth > DOCUMENT_LIMITS.depth) {
      throw this.#source.refuse('too many nested elements', 'XML_DEPTH');
    }
    if (this.#elements > DOCUMENT_LIMITS.elements) {
      throw this.#source.refuse('too many elements', 'XML_ELEMENTS');
    }
  }

  #readAttributes(): void {
    const source = this.#source;
    this.#places ??= new AttributePlaces();
    const attributes = this.#places;
    attributes.read(source);
    this.#hasAttributes = attributes.count > 0;
    for (let index = 0; index < attributes.count; index++) {
      const place = attributes.places[index] as AttributePlace;
      if (isDeclaration(this.#bytes, place)) this.#declare(place);
    }
    attributes.requireUnique(source, ({ name, local }) => this.#namespaceOf(name, local - 1, true));
  }

  #declare(place: AttributePlace): void {
    const isDefault = place.local === place.name;
    const prefix = isDefault ? '' : this.#nameOf(place.local, place.nameEnd);
    const isPlain = (place.kinds & (AMPERSAND | BEYOND_ASCII)) === 0;
    const namespace =
      (isPlain ? this.#names.short(place.value, place.valueEnd) : undefined) ??
      this.#texts.read(place.value, place.valueEnd, place.kinds, 'attribute');
    if (this.#namespaces.count >= DOCUMENT_LIMITS.namespaces) {
      throw this.#source.refuse('too many namespace declarations', 'XML_NAMESPACES');
    }
    if (!this.#namespaces.declare(prefix, namespace, this.#depth)) {
      throw this.#source.refuse('a namespace declaration that may not be made');
    }
  }

  /** Of a prefix. Namespaces in XML 1.0 §3: xmlns is no prefix of elements. */
  #namespaceOf(start: number, end: number, isAttribute: boolean): string {
    const prefix = this.#nameOf(start, end);
    if (prefix === 'xmlns') {
      if (isAttribute) return prefix;
      throw this.#source.refuse('an element with the prefix xmlns');
    }
    const namespace = this.#namespaces.resolve(prefix);
    if (namespace === undefined) throw this.#source.refuse('a prefix that is not declared');
    return namespace;
  }

  #nameOf(start: number, end: number): string {
    const short = this.#names.short(start, end);
    if (short !== undefined) return short;
    this.take(2 * (end - start) + STRING_BYTES);
    return this.#text.utf8(start, end);
  }

  #leave(): Token {
    this.#isClosing = false;
    this.#namespaces.leave(this.#depth);
    this.#depth -= 1;
    this.#isFirstText = true;
    return CLOSE;
  }

  #endTag(): Token {
    const source = this.#source;
    source.at += 2;
    if (this.#depth === 0) throw source.refuse('an end tag without its start');
    const start = this.#open[2 * this.#depth - 2] as number;
    const end = this.#open[2 * this.#depth - 1] as number;
    if (!source.takeAgain(start, end))
      throw source.refuse('an end tag that is not that of its element');
    if (this.#bytes[source.at] !== GREATER) source.skipSpace();
    if (!source.take('>')) throw source.refuse('an end tag that is not that of its element');
    return this.#leave();
  }

  /** A comment, a CDATA section or the DOCTYPE; true if it is text. */
  #markup(): boolean {
    const source = this.#source;
    if (source.take('<!--')) {
      source.skipComment();
    } else if (source.take('<![CDATA[')) {
      if (this.#depth === 0) throw source.refuse('CDATA outside the root element');
      const start = source.at;
      const kinds = source.through(']]>', 'a CDATA section');
      this.#noteText(start, source.at - 3, kinds, 'CDATA');
      return true;
    } else if (source.take('<!DOCTYPE')) {
      this.#doctype();
    } else {
      throw source.refuse('<! that starts nothing');
    }
    return false;
  }

  #doctype(): void {
    const source = this.#source;
    const { remarks } = this;
    if (this.#elements > 0 || remarks.length > 0) throw source.refuse('a DOCTYPE out of place');
    skipDoctype(source);
    remarks.push({ code: 'XML_DOCTYPE', text: 'a DOCTYPE, not fetched', line: source.line });
  }

  get name(): string {
    this.#name ??= this.#nameOf(this.#nameStart, this.#nameEnd);
    return this.#name;
  }

  get attributes(): readonly Attribute[] {
    this.#attributes ??= this.#hasAttributes ? this.#listAttributes() : NO_ATTRIBUTES;
    return this.#attributes;
  }

  /** Those of a namespace (declarations, xml:lang) mean nothing in our documents. */
  #listAttributes(): readonly Attribute[] {
    const attributes: Attribute[] = [];
    const { places = [], count = 0 } = this.#places ?? {};
    for (const place of places.slice(0, count)) {
      if (place.local > place.name || isDeclaration(this.#bytes, place)) continue;
      this.take(ATTRIBUTE_BYTES);
      const name = this.#nameOf(place.name, place.nameEnd);
      const value = this.#texts.read(place.value, place.valueEnd, place.kinds, 'attribute');
      attributes.push({ name, value });
    }
    return attributes;
  }

  get isBlank(): boolean {
    if ((this.#textKinds & AMPERSAND) !== 0 && this.#textAs === 'text') {
      return this.text.trim() === '';
    }
    let at = this.#textStart;
    while (at < this.#textEnd && isSpace(this.#bytes[at])) at += 1;
    return at === this.#textEnd;
  }

  get text(): string {
    this.#textValue ??= this.#texts.read(
      this.#textStart,
      this.#textEnd,
      this.#textKinds,
      this.#textAs,
    );
    this.#isFirstText = false;
    return this.#textValue;
  }

  get octets(): Uint8Array {
    return NO_OCTETS;
  }

  get where(): Where {
    return { line: this.#source.line };
  }

  take(bytes: number): void {
    this.#memory.take(bytes, this);
  }

  /** Covers all from the tag or text before: comments and CDATA marks are overwritten too, and it stays well-formed. */
  mask(copy: Uint8Array, as: Fill = 'asterisks'): void {
    fill(copy, this.#from, this.#source.at, as);
  }
}

/** An attribute in a list of such, beside its value. */
const ATTRIBUTE_BYTES = 64;

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const EXCLAMATION = 0x21;
const QUESTION = 0x3f;
