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
  OPAQUE,
  OPEN,
  type Remark,
  TEXT,
  type Token,
} from '../cursor.ts';
import { ProtocolError, type Where } from '../error.ts';
import { AttributeSpace } from './attribute-space.ts';
import { characterOf, decodeCharset } from './charset.ts';
import { isElementName } from './element-name.ts';
import { type Charset, decodeHeader, decodeMbUint32, truncated } from './header.ts';
import type { Page } from './pages/page.ts';
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
  /**
   * Each octet as one character: cutting a short ASCII text out of it is cheaper than decoding
   * octets.
   */
  readonly #latin1: string;
  readonly #pages: readonly Page[];
  /** Absent where the document type has no attributes. */
  readonly #attributeSpace: AttributeSpace | undefined;
  readonly #charset: Charset;
  readonly #tableStart: number;
  readonly #tableEnd: number;

  #position: number;
  #tokenStart = 0;
  #page: Page;
  #depth = 0;
  #elements = 0;
  /** An element without content was opened: its CLOSE comes next. */
  #isClosing = false;
  #text: string | undefined;
  #textStart = 0;
  #textEnd = 0;
  /**
   * Octets taken out of the string table: a document must not unfold to more than a document may
   * hold.
   */
  #unfolded = 0;

  constructor(bytes: Uint8Array) {
    const header = decodeHeader(bytes);
    this.#bytes = bytes;
    this.#latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    this.#pages = header.type.pages;
    const { attributePages } = header.type;
    this.#attributeSpace = attributePages && new AttributeSpace(bytes, header, attributePages);
    this.#charset = header.charset;
    this.#tableStart = header.tableStart;
    this.#tableEnd = header.tableEnd;
    this.#position = header.tableEnd;
    this.#page = this.#pageOf(0);
  }

  get text(): string {
    this.#text ??= this.#decode(this.#textStart, this.#textEnd);
    return this.#text;
  }

  get octets(): Uint8Array {
    return this.#bytes.subarray(this.#textStart, this.#textEnd);
  }

  get where(): Where {
    return { byte: this.#tokenStart };
  }

  next(): Token {
    if (this.#isClosing) {
      this.#isClosing = false;
      this.#depth -= 1;
      return CLOSE;
    }
    for (;;) {
      if (this.#depth === 0 && this.#elements > 0) return this.#epilogue();
      const token = this.#octet();
      if (token === SWITCH_PAGE) {
        // [WBXML 5.8.1-1]
        this.#page = this.#pageOf(this.#octet());
      } else if (token === END_OF_ELEMENT) {
        if (this.#depth === 0) throw this.#refuse('WBXML_TOKEN', 'END without an element');
        this.#depth -= 1;
        return CLOSE;
      } else if ((token & TAG_IDENTITY) > LITERAL) {
        return this.#element(token);
      } else {
        const content = this.#global(token);
        if (content !== undefined) return content;
      }
    }
  }

  mask(copy: Uint8Array): void {
    // An ENTITY stays one: its leading octets keep their continuation bit, its last becomes an asterisk.
    const isEntity = this.#bytes[this.#tokenStart] === ENTITY;
    if (isEntity) copy.fill(0x80, this.#textStart, this.#textEnd - 1);
    copy.fill(0x2a, isEntity ? this.#textEnd - 1 : this.#textStart, this.#textEnd);
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
    const start = this.#position;
    const end = this.#stringEnd(start, this.#bytes.length);
    if (end === this.#bytes.length) throw truncated(this.#bytes);
    this.#position = end + 1;
    return TEXT;
  }

  /**
   * Notes the text from `start` to its NUL, and returns where that is; `limit` if none comes before
   * it.
   */
  #stringEnd(start: number, limit: number): number {
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
    this.#text = mixed < 0x80 ? this.#latin1.slice(start, end) : undefined;
    return end;
  }

  #tableString(): Token {
    this.#unfold();
    return TEXT;
  }

  /** Notes the text in the string table that the index which follows points to. */
  #unfold(): void {
    const index = this.#tableIndex();
    this.#unfolded += this.#stringEnd(index, this.#tableEnd) - index;
    if (this.#unfolded > DOCUMENT_LIMITS.bytes) {
      throw this.#refuse('WBXML_STRING_TABLE', 'the string table is repeated without end');
    }
  }

  /** [WBXML 5.8.4-3] */
  #opaque(): Token {
    const length = this.#integer();
    if (length > DOCUMENT_LIMITS.opaqueBytes) {
      throw this.#refuse('WBXML_OPAQUE', `OPAQUE longer than ${DOCUMENT_LIMITS.opaqueBytes}`);
    }
    this.#textStart = this.#position;
    this.#textEnd = this.#position + length;
    if (this.#textEnd > this.#bytes.length) throw truncated(this.#bytes);
    this.#position = this.#textEnd;
    this.#text = undefined;
    return OPAQUE;
  }

  /** [WBXML 5.8.4-2] */
  #entity(): Token {
    this.#textStart = this.#position;
    const code = this.#integer();
    this.#textEnd = this.#position;
    this.#text = characterOf(code, this.#tokenStart);
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
    return OPEN;
  }

  #attributeList(): void {
    if (this.#attributeSpace === undefined) {
      this.#skipAttributes();
      return;
    }
    const { attributes, end } = this.#attributeSpace.read(this.#position);
    this.attributes = attributes;
    this.#position = end;
  }

  /**
   * Steps over an attribute list or a PI, to its END. The attribute space has a page of its own.
   */
  #skipAttributes(): void {
    if (this.#attributeSpace !== undefined) {
      this.#position = this.#attributeSpace.read(this.#position).end;
      return;
    }
    const start = this.#tokenStart;
    for (;;) {
      const token = this.#octet();
      if (token === END_OF_ELEMENT) break;
      if (token === SWITCH_PAGE) this.#octet();
      // Nokia phones send LITERAL 0 for "xmlns" with an empty string table: the index is not looked up.
      else if (token === LITERAL || token === ENTITY || token === STR_T) this.#integer();
      else if (token === STR_I) this.#skipString();
      else if (token === OPAQUE_DATA) this.#skipOctets(this.#integer());
      else if (isExtension(token)) this.#skipExtension(token);
    }
    this.#tokenStart = start;
  }

  /** [WBXML 5.8.4-5] Extensions mean nothing in SyncML; stepped over with a remark. */
  #skipExtension(token: number): void {
    if (token >= EXT_I_0 && token <= EXT_I_2) this.#skipString();
    else if (token >= EXT_T_0 && token <= EXT_T_2) this.#integer();
    else if (!isExtension(token)) throw this.#refuse('WBXML_TOKEN', `no token ${hex(token)}`);
    if (this.remarks.length > 0) return;
    const byte = this.#tokenStart;
    this.remarks.push({ code: 'WBXML_EXTENSION', text: 'an extension token, left out', byte });
  }

  /** [WBXML 5.3-1] Only PIs may follow the root element. */
  #epilogue(): Token {
    while (this.#position < this.#bytes.length) {
      if (this.#octet() !== PI) {
        throw this.#refuse('WBXML_TRAILING', 'octets after the root element');
      }
      this.#skipAttributes();
    }
    this.#tokenStart = this.#position;
    return END;
  }

  #pageOf(number: number): Page {
    const page = this.#pages[number];
    if (page === undefined) throw this.#refuse('WBXML_PAGE', `no code page ${number}`);
    return page;
  }

  #octet(): number {
    const octet = this.#bytes[this.#position];
    if (octet === undefined) throw truncated(this.#bytes);
    this.#tokenStart = this.#position;
    this.#position += 1;
    return octet;
  }

  #integer(): number {
    const { value, end } = decodeMbUint32(this.#bytes, this.#position);
    this.#position = end;
    return value;
  }

  #tableIndex(): number {
    // [WBXML 5.7-1]
    const index = this.#tableStart + this.#integer();
    if (index < this.#tableEnd) return index;
    throw this.#refuse('WBXML_STRING_TABLE', 'index outside the string table');
  }

  #skipString(): void {
    const end = this.#bytes.indexOf(0, this.#position);
    if (end < 0) throw truncated(this.#bytes);
    this.#position = end + 1;
  }

  #skipOctets(length: number): void {
    this.#position += length;
    if (this.#position > this.#bytes.length) throw truncated(this.#bytes);
  }

  #decode(start: number, end: number): string {
    return decodeCharset(this.#bytes.subarray(start, end), this.#charset, start);
  }

  #refuse(code: string, message: string): ProtocolError {
    return new ProtocolError(code, message, { byte: this.#tokenStart });
  }
}

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
