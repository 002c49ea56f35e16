/**
 * WBXML out: version 1.3, UTF-8, STR_I for text, OPAQUE for octets. WBXML 1.3 §5.
 *
 * No string table, but for the name of an element that its code page does not know (LITERAL). Used
 * by `encodeSyncML`.
 */

import { encodeUtf8 } from '../bytes.ts';
import type { Attribute, Writer } from '../cursor.ts';
import { type AttributeOctets, writeAttributes } from './attribute-list.ts';
import { type DocumentType, SYNCML_1_2 } from './document-types.ts';
import type { Page } from './pages/page.ts';
import {
  END_OF_ELEMENT,
  HAS_ATTRIBUTES,
  HAS_CONTENT,
  LITERAL,
  OPAQUE_DATA,
  STR_I,
  SWITCH_PAGE,
} from './tokens.ts';

const VERSION_1_3 = 0x03;
const UTF_8 = 0x6a;
const FIRST_BYTES = 1024;
/** A text up to this many characters is copied octet by octet, a longer one by the runtime. */
const SHORT_TEXT = 48;

const NO_ATTRIBUTES: readonly Attribute[] = [];

export class WbxmlWriter implements Writer {
  readonly #type: DocumentType;
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;
  #page: Page | undefined;
  #attributePage = 0;
  readonly #literals: string[] = [];
  #literalBytes = 0;

  constructor(type: DocumentType = SYNCML_1_2) {
    this.#type = type;
    // A type whose page stands twice is written by its later number, which has to be switched to.
    const [first] = type.pages;
    this.#page = first !== undefined && type.pages.lastIndexOf(first) === 0 ? first : undefined;
  }

  open(name: string, namespace: string, attributes = NO_ATTRIBUTES): void {
    this.#tag(name, namespace, HAS_CONTENT, attributes);
  }

  close(): void {
    this.#octet(END_OF_ELEMENT);
  }

  empty(name: string, namespace: string, attributes = NO_ATTRIBUTES): void {
    this.#tag(name, namespace, 0, attributes);
  }

  leaf(name: string, namespace: string, text: string): void {
    if (text === '') {
      this.#tag(name, namespace, 0);
      return;
    }
    this.#tag(name, namespace, HAS_CONTENT);
    this.text(text);
    this.#octet(END_OF_ELEMENT);
  }

  text(text: string): void {
    // [WBXML 5.8.4-7] STR_I ends at the first NUL: a text that holds one goes as OPAQUE.
    if (text.length > SHORT_TEXT ? text.includes('\0') : !this.#shortText(text)) {
      this.octets(encodeUtf8(text));
    } else if (text.length > SHORT_TEXT) {
      this.#longText(text);
    }
  }

  octets(octets: Uint8Array): void {
    this.#octet(OPAQUE_DATA);
    this.#integer(octets.length);
    this.#reserve(octets.length);
    this.#bytes.set(octets, this.#length);
    this.#length += octets.length;
  }

  finish(): Uint8Array {
    const body = this.#bytes.subarray(0, this.#length);
    const names = this.#type.number === undefined ? [this.#type.name] : [];
    const table = encodeUtf8([...names, ...this.#literals].map((name) => `${name}\0`).join(''));
    const publicId = this.#type.number === undefined ? [0, 0] : mbUint32(this.#type.number);
    const front = [VERSION_1_3, ...publicId, UTF_8, ...mbUint32(table.length)];
    const document = new Uint8Array(front.length + table.length + body.length);
    document.set(front);
    document.set(table, front.length);
    document.set(body, front.length + table.length);
    return document;
  }

  #tag(name: string, namespace: string, content: number, attributes = NO_ATTRIBUTES): void {
    // [WBXML 5.8.1-2]
    if (this.#page?.namespace !== namespace) this.#switchTo(namespace);
    const token = this.#page?.tokens.get(name);
    const bits = attributes.length > 0 ? content | HAS_ATTRIBUTES : content;
    this.#octet((token ?? LITERAL) | bits);
    if (token === undefined) this.#integer(this.#literalIndex(name));
    if (attributes.length > 0) this.#attributes(attributes);
  }

  #attributes(attributes: readonly Attribute[]): void {
    const out: AttributeOctets = {
      token: (token, page) => {
        if (page !== this.#attributePage) {
          this.#octet(SWITCH_PAGE);
          this.#octet(page);
          this.#attributePage = page;
        }
        this.#octet(token);
      },
      literal: (name) => {
        this.#octet(LITERAL);
        this.#integer(this.#literalIndex(name));
      },
      string: (text) => this.#longText(text),
      octets: (octets) => this.octets(octets),
    };
    writeAttributes(attributes, this.#type.attributePages ?? [], out);
    this.#octet(END_OF_ELEMENT);
  }

  #switchTo(namespace: string): void {
    const { pages } = this.#type;
    const number = pages.findLastIndex((page) => page.namespace === namespace);
    // A name of no page's namespace is written as LITERAL in the page that is current.
    if (number < 0) return;
    this.#octet(SWITCH_PAGE);
    this.#octet(number);
    this.#page = pages[number];
  }

  #literalIndex(name: string): number {
    // Behind the public identifier, if that stands in the table.
    const first = this.#type.number === undefined ? this.#type.name.length + 1 : 0;
    const known = this.#literals.indexOf(name);
    if (known >= 0) {
      return this.#literals
        .slice(0, known)
        .reduce((sum, literal) => sum + Buffer.byteLength(literal) + 1, first);
    }
    const index = first + this.#literalBytes;
    this.#literals.push(name);
    this.#literalBytes += Buffer.byteLength(name) + 1;
    return index;
  }

  /** Writes a short text; writes nothing and is false if it holds a NUL. */
  #shortText(text: string): boolean {
    const start = this.#length;
    this.#reserve(text.length * 3 + 2);
    const bytes = this.#bytes;
    let at = start;
    bytes[at++] = STR_I;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === 0) return false;
      if (code > 0x7f) {
        if (text.includes('\0', index)) return false;
        at += bytes.write(text.slice(index), at, 'utf8');
        break;
      }
      bytes[at++] = code;
    }
    bytes[at++] = 0;
    this.#length = at;
    return true;
  }

  #longText(text: string): void {
    this.#reserve(text.length * 3 + 2);
    this.#bytes[this.#length++] = STR_I;
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
    this.#bytes[this.#length++] = 0;
  }

  #octet(octet: number): void {
    if (this.#length === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#length++] = octet;
  }

  #integer(value: number): void {
    for (const octet of mbUint32(value)) this.#octet(octet);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** [WBXML 5.1-2] */
function mbUint32(value: number): number[] {
  const octets = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift((rest & 0x7f) | 0x80);
  }
  return octets;
}
