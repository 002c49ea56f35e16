/**
 * XML out: elements, text and namespaces, each character escaped so that any parser reads back what was given.
 *
 * XML 1.0 §2.2 (characters), §2.4 (escapes, `]]>`), Namespaces in XML §6.2 (default namespace). Used by `encodeSyncML`
 * and by `formatSyncML`, which indents.
 */

import { encodeBase64, encodeUtf8 } from '../bytes.ts';
import type { Attribute, Writer } from '../cursor.ts';
import { displayText, escapeAttribute, escapeText } from './escape.ts';

export interface XmlWriterOptions {
  /** Indent for people, and show characters that XML cannot carry as pictures; not for the wire. */
  readonly display?: boolean;
}

const NO_ATTRIBUTES: readonly Attribute[] = [];

export class XmlWriter implements Writer {
  #xml = '';
  readonly #names: string[] = [];
  readonly #namespaces: string[] = [''];
  readonly #display: boolean;
  #isAfterText = false;

  constructor(options: XmlWriterOptions = {}) {
    this.#display = options.display ?? false;
  }

  open(name: string, namespace: string, attributes = NO_ATTRIBUTES): void {
    this.#indent();
    this.#xml += this.#tag(name, namespace);
    if (attributes.length > 0) this.#attributes(attributes);
    this.#xml += '>';
    this.#names.push(name);
    this.#namespaces.push(namespace);
  }

  close(): void {
    const name = this.#names.pop() ?? '';
    this.#namespaces.pop();
    if (!this.#isAfterText) this.#indent();
    this.#xml += `</${name}>`;
    this.#isAfterText = false;
  }

  empty(name: string, namespace: string, attributes = NO_ATTRIBUTES): void {
    this.#indent();
    this.#xml += this.#tag(name, namespace);
    if (attributes.length > 0) this.#attributes(attributes);
    this.#xml += '/>';
  }

  leaf(name: string, namespace: string, text: string): void {
    if (text === '') {
      this.empty(name, namespace);
      return;
    }
    this.#indent();
    this.#xml += this.#tag(name, namespace);
    this.#xml += `>${this.#escape(text)}</${name}>`;
  }

  text(text: string): void {
    this.#xml += this.#escape(text);
    this.#isAfterText = true;
  }

  octets(octets: Uint8Array): void {
    this.#xml += encodeBase64(octets);
    this.#isAfterText = true;
  }

  finish(): Uint8Array {
    return encodeUtf8(this.#xml);
  }

  /** What was written, as text. */
  get xml(): string {
    return this.#xml;
  }

  #tag(name: string, namespace: string): string {
    const outer = this.#namespaces[this.#namespaces.length - 1];
    // [REPPRO 5-3]
    if (namespace === outer) return `<${name}`;
    return `<${name} xmlns="${escapeAttribute(namespace)}"`;
  }

  #attributes(attributes: readonly Attribute[]): void {
    for (const { name, value } of attributes) {
      const shown = this.#display ? displayText(value) : value;
      this.#xml += ` ${name}="${escapeAttribute(shown)}"`;
    }
  }

  #escape(text: string): string {
    return escapeText(this.#display ? displayText(text) : text);
  }

  #indent(): void {
    if (!this.#display || this.#xml === '') return;
    this.#xml += `\n${'  '.repeat(this.#names.length)}`;
  }
}
