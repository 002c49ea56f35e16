/**
 * The cursor over a WBXML document: walks the octets as it is asked, keeps nothing but its place.
 *
 * WBXML 1.3 §5.4 to §5.8. A length that the document claims bounds a view of the input, never an
 * allocation. Attributes are stepped over where the document type has none (no SyncML document has
 * any but the namespace). Used by `decodeSyncML`, TNDS, DDF and PROV.
 */
import {
  type Attribute,
  CLOSE,
  type Cursor,
  DOCUMENT_LIMITS,
  END,
  type Fill,
  OPAQUE,
  OPEN,
  type Remark,
  TEXT,
  type Token,
} from '../cursor.ts';
import { DocumentMemory, DocumentText, fill, textBytes } from '../document.ts';
import type { ProtocolError, Where } from '../error.ts';
import { AttributeSpace } from './attribute-space.ts';
import { characterOf } from './charset.ts';
import { isElementName } from './element-name.ts';
import { decodeHeader, truncated } from './header.ts';
import type { Page } from './pages/page.ts';
import { WbxmlSource } from './source.ts';
import { WbxmlText } from './text.ts';
import {
  END_OF_ELEMENT,
  ENTITY,
  EXT_I_0,
  EXT_I_2,
  EXT_T_0,
  EXT_T_2,
  HAS_ATTRIBUTES,
  HAS_CONTENT,
  LITERAL,
  OPAQUE_DATA,
  PI,
  STR_I,
  STR_T,
  SWITCH_PAGE,
  TAG_IDENTITY,
} from './tokens.ts';

const NO_ATTRIBUTES: readonly Attribute[] = [];

export class WbxmlCursor implements Cursor {
  name = '';
  namespace = '';
  attributes: readonly Attribute[] = NO_ATTRIBUTES;
  readonly remarks: Remark[] = [];

  readonly #bytes: Uint8Array;
  readonly #source: WbxmlSource;
  readonly #memory = new DocumentMemory();
  readonly #document: DocumentText;
  readonly #texts: WbxmlText;
  readonly #pages: readonly Page[];
  /** Absent where the document type has no attributes. */
  readonly #attributeSpace: AttributeSpace | undefined;

  #page: Page;
  #depth = 0;
  #elements = 0;
  /** An element without content was opened: its CLOSE comes next. */
  #isClosing = false;
  #text: string | undefined;
  #textStart = 0;
  #textEnd = 0;
  /** The text is known to be ASCII. */
  #isAscii = false;
  /** No text was read since the last tag. */
  #isFirstText = true;
  /**
   * Octets taken out of the string table: a document must not unfold to more than a document may
   * hold.
   */
  #unfolded = 0;

  constructor(bytes: Uint8Array) {
    const header = decodeHeader(bytes);
    const text = new DocumentText(bytes);
    this.#document = text;
    this.#bytes = bytes;
    this.#source = new WbxmlSource(bytes, header);
    this.#texts = new WbxmlText(bytes, text, header.charset, (octets) => this.take(octets));
    this.#pages = header.type.pages;
    const { attributePages } = header.type;
    this.#attributeSpace =
      attributePages &&
      new AttributeSpace(this.#source, this.#texts, attributePages, (octets) => this.take(octets));
    this.#page = this.#pageOf(0);
  }

  get text(): string {
    if (this.#text !== undefined) return this.#text;
    const start = this.#textStart;
    const end = this.#textEnd;
    if (this.#isAscii) {
      this.#memory.take(textBytes(end - start, true, this.#isFirstText), this);
      this.#text = this.#document.latin1(start, end);
    } else {
      this.#text = this.#texts.read(start, end, this.#isFirstText);
    }
    this.#isFirstText = false;
    return this.#text;
  }

  get isBlank(): boolean {
    if (this.#isEntity) return this.text.trim() === '';
    for (let at = this.#textStart; at < this.#textEnd; at++) {
      if (!BLANKS.includes(this.#bytes[at] as number)) return false;
    }
    return true;
  }

  get #isEntity(): boolean {
    return this.#bytes[this.#source.tokenStart] === ENTITY;
  }

  get octets(): Uint8Array {
    this.take(VIEW_BYTES);
    return this.#bytes.subarray(this.#textStart, this.#textEnd);
  }

  get where(): Where {
    return { byte: this.#source.tokenStart };
  }

  take(bytes: number): void {
    this.#memory.take(bytes, this);
  }

  next(): Token {
    if (this.#isClosing) return this.#leave();
    for (;;) {
      if (this.#depth === 0 && this.#elements > 0) return this.#epilogue();
      const token = this.#source.octet();
      if (token === SWITCH_PAGE) {
        // [WBXML 5.8.1-1]
        this.#page = this.#pageOf(this.#source.octet());
      } else if (token === END_OF_ELEMENT) {
        if (this.#depth === 0) throw this.#refuse('WBXML_TOKEN', 'END without an element');
        return this.#leave();
      } else if ((token & TAG_IDENTITY) > LITERAL) {
        return this.#element(token);
      } else {
        const content = this.#global(token);
        if (content !== undefined) return content;
      }
    }
  }

  mask(copy: Uint8Array, as: Fill = 'asterisks'): void {
    // An ENTITY stays one: its leading octets keep their continuation bit, its last becomes what one octet does.
    const last = this.#isEntity ? this.#textEnd - 1 : this.#textStart;
    copy.fill(0x80, this.#textStart, last);
    fill(copy, last, this.#textEnd, as);
  }

  #leave(): Token {
    this.#isClosing = false;
    this.#isFirstText = true;
    this.#depth -= 1;
    return CLOSE;
  }

  /**
   * A token with identity 0x00 to 0x04 other than SWITCH_PAGE and END; undefined if it carries no
   * content.
   */
  #global(token: number): Token | undefined {
    // [WBXML 5.8.4-1]
    if (token === STR_I) return this.#inlineString();
    // [WBXML 5.8.4-6]
    if (token === PI) {
      this.#skipAttributes();
      return undefined;
    }
    if (isLiteral(token)) return this.#literal(token);
    if (this.#depth === 0) throw this.#refuse('WBXML_TOKEN', 'text outside the root element');
    if (token === OPAQUE_DATA) return this.#opaque();
    if (token === STR_T) return this.#tableString();
    if (token === ENTITY) return this.#entity();
    this.#skipExtension(token);
    return undefined;
  }

  #inlineString(): Token {
    if (this.#depth === 0) throw this.#refuse('WBXML_TOKEN', 'text outside the root element');
    const end = this.#noteString(this.#source.at, this.#bytes.length);
    if (end === this.#bytes.length) throw truncated(this.#bytes);
    this.#source.at = end + 1;
    return TEXT;
  }

  /**
   * Notes the text from `start` to its NUL, and returns where that is; `limit` if none comes before
   * it.
   */
  #noteString(start: number, limit: number): number {
    const bytes = this.#bytes;
    let mixed = 0;
    let end = start;
    for (; end < limit; end++) {
      const octet = bytes[end] as number;
      if (octet === 0) break;
      mixed |= octet;
    }
    this.#textStart = start;
    this.#textEnd = end;
    this.#isAscii = mixed < 0x80;
    this.#text = undefined;
    return end;
  }

  #tableString(): Token {
    this.#unfold();
    return TEXT;
  }

  /** Notes the text in the string table that the index which follows points to. */
  #unfold(): void {
    const index = this.#source.tableIndex();
    this.#unfolded += this.#noteString(index, this.#source.header.tableEnd) - index;
    if (this.#unfolded > DOCUMENT_LIMITS.bytes) {
      throw this.#refuse('WBXML_STRING_TABLE', 'the string table is repeated without end');
    }
  }

  /** [WBXML 5.8.4-3] */
  #opaque(): Token {
    const length = this.#source.integer();
    if (length > DOCUMENT_LIMITS.opaqueBytes) {
      throw this.#refuse('WBXML_OPAQUE', `OPAQUE longer than ${DOCUMENT_LIMITS.opaqueBytes}`);
    }
    this.#textStart = this.#source.at;
    this.#textEnd = this.#source.octetsEnd(length);
    this.#isAscii = false;
    this.#text = undefined;
    return OPAQUE;
  }

  /** [WBXML 5.8.4-2] */
  #entity(): Token {
    const source = this.#source;
    this.#textStart = source.at;
    const code = source.integer();
    this.#textEnd = source.at;
    this.#text = this.#texts.character(characterOf(code, source.tokenStart), this.#isFirstText);
    this.#isFirstText = false;
    return TEXT;
  }

  #element(token: number): Token {
    const name = this.#page.names[token & TAG_IDENTITY];
    if (name === undefined) {
      throw this.#refuse('WBXML_TOKEN', `no element ${hex(token & TAG_IDENTITY)} in this page`);
    }
    return this.#enter(token, name, this.#page.namespace);
  }

  /** [WBXML 5.8.4-4] An element whose name stands in the string table. */
  #literal(token: number): Token {
    this.#unfold();
    const name = this.text;
    if (!isElementName(name)) {
      throw this.#refuse('WBXML_LITERAL', 'LITERAL is no element name');
    }
    return this.#enter(token, name, this.#page.namespace);
  }

  #enter(token: number, name: string, namespace: string): Token {
    this.name = name;
    this.namespace = namespace;
    this.#depth += 1;
    this.#elements += 1;
    if (this.#depth > DOCUMENT_LIMITS.depth) {
      throw this.#refuse('WBXML_DEPTH', 'too many nested elements');
    }
    if (this.#elements > DOCUMENT_LIMITS.elements) {
      throw this.#refuse('WBXML_ELEMENTS', 'too many elements');
    }
    // [WBXML 5.8.2-1]
    if (token & HAS_ATTRIBUTES) this.#attributeList();
    else this.attributes = NO_ATTRIBUTES;
    this.#isClosing = (token & HAS_CONTENT) === 0;
    this.#isFirstText = true;
    return OPEN;
  }

  #attributeList(): void {
    if (this.#attributeSpace === undefined) this.#skipAttributes();
    else this.attributes = this.#attributeSpace.read();
  }

  /**
   * Steps over an attribute list or a PI, to its END. The attribute space has a page of its own.
   */
  #skipAttributes(): void {
    if (this.#attributeSpace !== undefined) {
      this.#attributeSpace.read();
      return;
    }
    const source = this.#source;
    const start = source.tokenStart;
    for (;;) {
      const token = source.octet();
      if (token === END_OF_ELEMENT) break;
      if (token === SWITCH_PAGE) source.octet();
      // Nokia phones send LITERAL 0 for "xmlns" with an empty string table: the index is not looked up.
      else if (token === LITERAL || token === ENTITY || token === STR_T) source.integer();
      else if (token === STR_I) source.stringEnd();
      else if (token === OPAQUE_DATA) source.octetsEnd(source.integer());
      else if (isExtension(token)) this.#skipExtension(token);
    }
    source.tokenStart = start;
  }

  /** [WBXML 5.8.4-5] Extensions mean nothing in SyncML; stepped over with a remark. */
  #skipExtension(token: number): void {
    if (token >= EXT_I_0 && token <= EXT_I_2) this.#source.stringEnd();
    else if (token >= EXT_T_0 && token <= EXT_T_2) this.#source.integer();
    else if (!isExtension(token)) throw this.#refuse('WBXML_TOKEN', `no token ${hex(token)}`);
    if (this.remarks.length > 0) return;
    const byte = this.#source.tokenStart;
    this.remarks.push({ code: 'WBXML_EXTENSION', text: 'an extension token, left out', byte });
  }

  /** [WBXML 5.3-1] Only PIs may follow the root element. */
  #epilogue(): Token {
    while (this.#source.at < this.#bytes.length) {
      if (this.#source.octet() !== PI) {
        throw this.#refuse('WBXML_TRAILING', 'octets after the root element');
      }
      this.#skipAttributes();
    }
    this.#source.tokenStart = this.#source.at;
    return END;
  }

  #pageOf(number: number): Page {
    const page = this.#pages[number];
    if (page === undefined) throw this.#refuse('WBXML_PAGE', `no code page ${number}`);
    return page;
  }

  #refuse(code: string, message: string): ProtocolError {
    return this.#source.refuse(code, message);
  }
}

/** A view of the input. */
const VIEW_BYTES = 128;

const BLANKS: readonly number[] = [0x09, 0x0a, 0x0d, 0x20];

function isLiteral(token: number): boolean {
  return (token & TAG_IDENTITY) === LITERAL;
}

function isExtension(token: number): boolean {
  const family = token & 0xc0;
  return family !== 0 && (token & TAG_IDENTITY) <= 2;
}

function hex(token: number): string {
  return `0x${token.toString(16).padStart(2, '0')}`;
}
