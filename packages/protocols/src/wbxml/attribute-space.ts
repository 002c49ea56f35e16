/**
 * The attribute lists of a document whose type has attribute code pages. WBXML 1.3 §5.8.3.
 *
 * The space has a page of its own, which stays from one element to the next. Used by `WbxmlCursor`.
 */
import { type Attribute, DOCUMENT_LIMITS } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { characterOf, decodeCharset } from './charset.ts';
import { decodeMbUint32, truncated, type WbxmlHeader } from './header.ts';
import type { AttributePage } from './pages/attribute-page.ts';
import {
  END_OF_ELEMENT,
  ENTITY,
  EXT_0,
  EXT_2,
  EXT_I_0,
  EXT_I_2,
  EXT_T_0,
  EXT_T_2,
  LITERAL,
  OPAQUE_DATA,
  STR_I,
  STR_T,
  SWITCH_PAGE,
} from './tokens.ts';

/** An attribute that is being read. */
interface Draft {
  readonly name: string;
  value: string;
}

export class AttributeSpace {
  readonly #bytes: Uint8Array;
  readonly #header: WbxmlHeader;
  readonly #pages: readonly AttributePage[];
  #page: AttributePage;
  #position = 0;
  #tokenStart = 0;
  /**
   * Characters of all values so far: a table that is referred to again and again must not unfold
   * without end.
   */
  #characters = 0;

  constructor(bytes: Uint8Array, header: WbxmlHeader, pages: readonly AttributePage[]) {
    this.#bytes = bytes;
    this.#header = header;
    this.#pages = pages;
    this.#page = this.#pageOf(0);
  }

  /** [WBXML 5.8.3-1] Reads the list that starts at `position`, and its END. */
  read(position: number): { readonly attributes: readonly Attribute[]; readonly end: number } {
    this.#position = position;
    const attributes: Draft[] = [];
    for (;;) {
      const token = this.#octet();
      if (token === END_OF_ELEMENT) return { attributes, end: this.#position };
      if (token === SWITCH_PAGE) this.#page = this.#pageOf(this.#octet());
      else if (isStart(token)) this.#start(token, attributes);
      else this.#append(this.#piece(token), attributes.at(-1));
    }
  }

  #start(token: number, attributes: Draft[]): void {
    const known = this.#page.starts.get(token);
    if (known === undefined && token !== LITERAL) {
      throw this.#refuse('WBXML_TOKEN', 'no attribute with this token in this page');
    }
    const name = known?.name ?? this.#tableString();
    if (attributes.length >= DOCUMENT_LIMITS.attributes) {
      throw this.#refuse('WBXML_ATTRIBUTES', 'too many attributes in one element');
    }
    if (attributes.some((each) => each.name === name)) {
      throw this.#refuse('WBXML_ATTRIBUTES', 'an attribute comes twice');
    }
    const draft: Draft = { name, value: '' };
    attributes.push(draft);
    this.#append(known?.value ?? '', draft);
  }

  #append(piece: string, attribute: Draft | undefined): void {
    if (attribute === undefined) throw this.#refuse('WBXML_TOKEN', 'a value without an attribute');
    this.#characters += piece.length;
    if (this.#characters > DOCUMENT_LIMITS.bytes) {
      throw this.#refuse('WBXML_ATTRIBUTES', 'attributes longer than a document may be');
    }
    attribute.value += piece;
  }

  /** One piece of a value; an extension means nothing and is an empty one. */
  #piece(token: number): string {
    if (token === STR_I) return this.#inlineString();
    if (token === ENTITY) return characterOf(this.#integer(), this.#tokenStart);
    if (token === OPAQUE_DATA) return this.#opaque();
    // ProvCont 1.0 gave 0x83 a meaning of its own; STR_T it can be only where there is a table.
    if (token === STR_T && this.#header.tableEnd > this.#header.tableStart) {
      return this.#tableString();
    }
    const word = this.#page.values.get(token);
    if (word !== undefined) return word;
    if (token >= EXT_I_0 && token <= EXT_I_2) this.#inlineString();
    else if (token >= EXT_T_0 && token <= EXT_T_2) this.#integer();
    else if (token < EXT_0 || token > EXT_2) {
      throw this.#refuse('WBXML_TOKEN', 'no value with this token in this page');
    }
    return '';
  }

  #inlineString(): string {
    const start = this.#position;
    const end = this.#bytes.indexOf(0, start);
    if (end < 0) throw truncated(this.#bytes);
    this.#position = end + 1;
    return this.#decode(start, end);
  }

  #opaque(): string {
    const length = this.#integer();
    const start = this.#position;
    if (start + length > this.#bytes.length) throw truncated(this.#bytes);
    this.#position = start + length;
    return this.#decode(start, this.#position);
  }

  #tableString(): string {
    const { tableStart, tableEnd } = this.#header;
    const start = tableStart + this.#integer();
    if (start >= tableEnd) {
      throw this.#refuse('WBXML_STRING_TABLE', 'index outside the string table');
    }
    const end = this.#bytes.indexOf(0, start);
    return this.#decode(start, end < 0 || end > tableEnd ? tableEnd : end);
  }

  #pageOf(number: number): AttributePage {
    const page = this.#pages[number];
    if (page === undefined) throw this.#refuse('WBXML_PAGE', `no attribute page ${number}`);
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

  #decode(start: number, end: number): string {
    return decodeCharset(this.#bytes.subarray(start, end), this.#header.charset, start);
  }

  #refuse(code: string, message: string): ProtocolError {
    return new ProtocolError(code, message, { byte: this.#tokenStart });
  }
}

/** Attribute starts are below 0x80, but for the global tokens there. */
function isStart(token: number): boolean {
  if (token === LITERAL) return true;
  return token < 0x80 && token > LITERAL && (token < EXT_I_0 || token > EXT_I_2);
}
