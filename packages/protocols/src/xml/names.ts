/** The names and namespaces of a document: each is made text once, though it comes often. Used by `XmlCursor`. */
import type { DocumentText } from '../document.ts';

export class XmlNames {
  readonly #bytes: Uint8Array;
  readonly #text: DocumentText;
  readonly #kept: (string | undefined)[] = new Array(KEPT_MAX);

  constructor(bytes: Uint8Array, text: DocumentText) {
    this.#bytes = bytes;
    this.#text = text;
  }

  /** The octets from `start` to `end` as text, if it is one of those kept: ASCII, and not long. */
  short(start: number, end: number): string | undefined {
    const length = end - start;
    if (length > LENGTH_MAX) return undefined;
    const bytes = this.#bytes;
    let mixed = length;
    let hash = length;
    for (let at = start; at < end; at++) {
      const octet = bytes[at] as number;
      mixed |= octet;
      hash = (hash * 31 + octet) & 0xffff;
    }
    if (mixed >= 0x80) return undefined;
    const slot = hash % KEPT_MAX;
    const kept = this.#kept[slot];
    if (kept !== undefined && isAt(bytes, start, end, kept)) return kept;
    const name = this.#text.latin1(start, end);
    this.#kept[slot] = name;
    return name;
  }
}

function isAt(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (word.length !== end - start) return false;
  for (let index = 0; index < word.length; index++) {
    if (bytes[start + index] !== word.charCodeAt(index)) return false;
  }
  return true;
}

const LENGTH_MAX = 64;
const KEPT_MAX = 67;
