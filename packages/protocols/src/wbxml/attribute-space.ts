/**
 * The attribute lists of a document whose type has attribute code pages. WBXML 1.3 §5.8.3.
 *
 * The space has a page of its own, which stays from one element to the next. Used by `WbxmlCursor`.
 */
import { type Attribute, DOCUMENT_LIMITS } from '../cursor.ts';
import { GatheredText, STRING_BYTES } from '../document.ts';
import type { ProtocolError } from '../error.ts';
import { characterOf } from './charset.ts';
import type { AttributePage } from './pages/attribute-page.ts';
import type { WbxmlSource } from './source.ts';
import type { WbxmlText } from './text.ts';
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
  readonly value: GatheredText;
}

export class AttributeSpace {
  readonly #source: WbxmlSource;
  readonly #texts: WbxmlText;
  readonly #pages: readonly AttributePage[];
  readonly #take: (bytes: number) => void;
  #page: AttributePage;
  /**
   * Characters of all values so far: a table that is referred to again and again must not unfold
   * without end.
   */
  #characters = 0;

  constructor(
    source: WbxmlSource,
    texts: WbxmlText,
    pages: readonly AttributePage[],
    take: (bytes: number) => void,
  ) {
    this.#source = source;
    this.#texts = texts;
    this.#pages = pages;
    this.#take = take;
    this.#page = this.#pageOf(0);
  }

  /** [WBXML 5.8.3-1] Reads the list that comes next, and its END. */
  read(): readonly Attribute[] {
    const source = this.#source;
    const attributes: Draft[] = [];
    for (;;) {
      const token = source.octet();
      if (token === END_OF_ELEMENT) break;
      if (token === SWITCH_PAGE) this.#page = this.#pageOf(source.octet());
      else if (isStart(token)) this.#start(token, attributes);
      else this.#append(this.#piece(token), attributes.at(-1));
    }
    return attributes.map(({ name, value }) => ({ name, value: value.text }));
  }

  #start(token: number, attributes: Draft[]): void {
    const known = this.#page.starts.get(token);
    if (known === undefined && token !== LITERAL) {
      throw this.#refuse('WBXML_TOKEN', 'no attribute with this token in this page');
    }
    const name = known?.name ?? this.#tableString(true);
    if (attributes.length >= DOCUMENT_LIMITS.attributes) {
      throw this.#refuse('WBXML_ATTRIBUTES', 'too many attributes in one element');
    }
    if (attributes.some((each) => each.name === name)) {
      throw this.#refuse('WBXML_ATTRIBUTES', 'an attribute comes twice');
    }
    this.#take(ATTRIBUTE_BYTES);
    const draft: Draft = { name, value: new GatheredText() };
    attributes.push(draft);
    this.#append(known?.value ?? '', draft);
  }

  #append(piece: string, attribute: Draft | undefined): void {
    if (attribute === undefined) throw this.#refuse('WBXML_TOKEN', 'a value without an attribute');
    this.#characters += piece.length;
    if (this.#characters > DOCUMENT_LIMITS.bytes) {
      throw this.#refuse('WBXML_ATTRIBUTES', 'attributes longer than a document may be');
    }
    attribute.value.add(piece);
  }

  /** One piece of a value; an extension means nothing and is an empty one. */
  #piece(token: number): string {
    const { header } = this.#source;
    if (token === STR_I) return this.#inlineString();
    if (token === ENTITY) return this.#entity();
    if (token === OPAQUE_DATA) return this.#opaque();
    // ProvCont 1.0 gave 0x83 a meaning of its own; STR_T it can be only where there is a table.
    if (token === STR_T && header.tableEnd > header.tableStart) {
      return this.#tableString(false);
    }
    const word = this.#page.values.get(token);
    if (word !== undefined) return this.#texts.character(word, false);
    if (token >= EXT_I_0 && token <= EXT_I_2) this.#source.stringEnd();
    else if (token >= EXT_T_0 && token <= EXT_T_2) this.#source.integer();
    else if (token < EXT_0 || token > EXT_2) {
      throw this.#refuse('WBXML_TOKEN', 'no value with this token in this page');
    }
    return '';
  }

  #entity(): string {
    const code = this.#source.integer();
    return this.#texts.character(characterOf(code, this.#source.tokenStart), false);
  }

  #inlineString(): string {
    const start = this.#source.at;
    return this.#texts.read(start, this.#source.stringEnd(), false);
  }

  #opaque(): string {
    const length = this.#source.integer();
    const start = this.#source.at;
    return this.#texts.read(start, this.#source.octetsEnd(length), false);
  }

  #tableString(isFirst: boolean): string {
    const start = this.#source.tableIndex();
    return this.#texts.read(start, this.#source.tableStringEnd(start), isFirst);
  }

  #pageOf(number: number): AttributePage {
    const page = this.#pages[number];
    if (page === undefined) throw this.#refuse('WBXML_PAGE', `no attribute page ${number}`);
    return page;
  }

  #refuse(code: string, message: string): ProtocolError {
    return this.#source.refuse(code, message);
  }
}

/** One in a list of such, with the head of its value. */
const ATTRIBUTE_BYTES = 64 + STRING_BYTES;

/** Attribute starts are below 0x80, but for the global tokens there. */
function isStart(token: number): boolean {
  if (token === LITERAL) return true;
  return token < 0x80 && token > LITERAL && (token < EXT_I_0 || token > EXT_I_2);
}
