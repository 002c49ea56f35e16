/**
 * Mark-up that stands inside Data as elements, kept as XML text: what an escaped one or a CDATA section would give.
 *
 * [REPPRO 6.3.1-1] RepPro 1.2.2 wants it escaped; the example of OMA-DMTNDS 1.2 has it inline. Used by `decodeData`.
 */
import { CLOSE, type Cursor, OPEN } from '../cursor.ts';
import { GatheredText } from '../document.ts';
import { escapeAttribute, escapeText } from '../xml/index.ts';

/** From the first child element of Data, which was just opened, to the end of Data. */
export function decodeInline(cursor: Cursor, textBefore: string): string {
  return new Inline(cursor).read(textBefore);
}

class Inline {
  readonly #cursor: Cursor;
  readonly #names: string[] = [];
  readonly #namespaces: string[] = [''];
  readonly #xml = new GatheredText();

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  read(textBefore: string): string {
    const cursor = this.#cursor;
    this.#addEscaped(textBefore, escapeText);
    this.#openTag();
    // A tag is ended when it is known whether anything stands in the element.
    let isTagOpen = true;
    for (;;) {
      const token = cursor.next();
      if (token === CLOSE) {
        const name = this.#names.pop();
        if (name === undefined) return this.#xml.text.trim();
        this.#namespaces.pop();
        this.#add(isTagOpen ? '/>' : `</${name}>`);
        isTagOpen = false;
        continue;
      }
      if (isTagOpen) this.#add('>');
      isTagOpen = token === OPEN;
      if (isTagOpen) this.#openTag();
      else this.#addEscaped(cursor.text, escapeText);
    }
  }

  #openTag(): void {
    const { name, namespace, attributes } = this.#cursor;
    this.#add('<');
    this.#add(name);
    if (namespace !== this.#namespaces.at(-1)) this.#addAttribute('xmlns', namespace);
    for (const each of attributes) this.#addAttribute(each.name, each.value);
    this.#names.push(name);
    this.#namespaces.push(namespace);
  }

  #addAttribute(name: string, value: string): void {
    this.#add(` ${name}="`);
    this.#addEscaped(value, escapeAttribute);
    this.#add('"');
  }

  /** Characters that become references must not make it grow without end, nor the replacing of them. */
  #addEscaped(text: string, escaped: (text: string) => string): void {
    let count = 0;
    for (let at = 0; at < text.length; at++) count += ESCAPED.includes(text[at] ?? '') ? 1 : 0;
    this.#cursor.take(ESCAPE_BYTES * count);
    this.#add(escaped(text));
  }

  /**
   * Counted twice: in the pieces, and in the text that is made of them. A namespace that is declared again for each of
   * many elements must not make it grow without end either.
   */
  #add(piece: string): void {
    this.#cursor.take((BEYOND_ASCII.test(piece) ? 4 : 2) * piece.length);
    this.#xml.add(piece);
  }
}

const ESCAPED = '&<>"\r\n\t';
/** What the replacing of one character takes meanwhile. */
const ESCAPE_BYTES = 32;
const BEYOND_ASCII = /[\u0080-\uffff]/;
