/**
 * One document, two spellings: what XML and WBXML both implement, so that each message has a single decoder
 * (it walks a `Cursor`) and a single encoder (it writes to a `Writer`), with no tree and no text in between.
 *
 * Used by `xml`, `wbxml`, `syncml` and the TNDS of `dm/tree`.
 */
import { GatheredText, STRING_BYTES } from './document.ts';
import type { Where } from './error.ts';

/** What `Cursor.next` stopped at. */
export const OPEN = 1;
export const TEXT = 2;
/** Octets that came as WBXML OPAQUE; XML never has them. */
export const OPAQUE = 3;
export const CLOSE = 4;
export const END = 5;
export type Token = typeof OPEN | typeof TEXT | typeof OPAQUE | typeof CLOSE | typeof END;

/** What a reader had to forgive, and where. */
export interface Remark {
  readonly code: string;
  readonly text: string;
  readonly byte?: number;
  readonly line?: number;
}

export interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** What masked octets become. */
export type Fill = 'asterisks' | 'base64';

export interface Cursor {
  /** Steps to the next token; every OPEN has its CLOSE, also that of an empty element. */
  next(): Token;
  /** Local name of the element that OPEN entered. */
  readonly name: string;
  /** Namespace of that element, '' if it has none. */
  readonly namespace: string;
  /** Attributes of that element that are in no namespace. */
  readonly attributes: readonly Attribute[];
  /** TEXT or OPAQUE of white space alone. It takes no memory to know. */
  readonly isBlank: boolean;
  /** The characters of TEXT; of OPAQUE, its octets read in the document's charset. */
  readonly text: string;
  /** The octets of OPAQUE, a view of the input. */
  readonly octets: Uint8Array;
  /** Where the last token stands, for errors and remarks. */
  readonly where: Where;
  /** What the reader of this spelling had to forgive so far. */
  readonly remarks: readonly Remark[];
  /**
   * Overwrites the octets of the last TEXT or OPAQUE in `copy`, a copy of the input: by asterisks, or by what is still
   * base64.
   */
  mask(copy: Uint8Array, as?: Fill): void;
  /** Counts octets of memory that a decoder keeps; throws where the document would take more than it may. */
  take(bytes: number): void;
}

export interface Writer {
  open(name: string, namespace: string): void;
  close(): void;
  /** An element without content. */
  empty(name: string, namespace: string): void;
  /** An element with text alone; without content if the text is empty. */
  leaf(name: string, namespace: string, text: string): void;
  text(text: string): void;
  /** Octets: OPAQUE in WBXML, base64 text in XML. */
  octets(octets: Uint8Array): void;
  finish(): Uint8Array;
}

export const SYNCML_NAMESPACE = 'SYNCML:SYNCML1.2';
export const METINF_NAMESPACE = 'syncml:metinf';
export const DMDDF_NAMESPACE = 'syncml:dmddf1.2';

/** The bounds of one document in either spelling; each is checked before anything is allocated for it. */
export const DOCUMENT_LIMITS = {
  /** Octets of the whole document. */
  bytes: 524_288,
  /** Elements inside each other, the root counted. */
  depth: 64,
  /** Elements of the document. */
  elements: 20_000,
  /** XML: attributes of one element, namespace declarations counted. */
  attributes: 32,
  /** XML: namespace declarations that hold at one place. */
  namespaces: 64,
  /**
   * Octets of memory that a decoder may hold beside its input: what it returns and what it needs meanwhile, on the heap
   * and in typed arrays, without garbage. Twice `bytes`. See `document.ts`.
   */
  memory: 1_048_576,
  /** WBXML: octets of the string table. */
  stringTableBytes: 65_536,
  /** WBXML: octets of one OPAQUE. */
  opaqueBytes: 262_144,
} as const;

/** The text of the element that is open, to its end. Elements inside it are left out. */
export function textOf(cursor: Cursor): string {
  let text = '';
  let gathered: GatheredText | undefined;
  for (;;) {
    const token = cursor.next();
    if (token === CLOSE) return gathered?.text ?? text;
    if (token === OPEN) {
      skipElement(cursor);
    } else if (gathered === undefined && text === '') {
      text = cursor.text;
    } else {
      // Seldom: most texts are one piece.
      gathered ??= new GatheredText(text);
      gathered.add(cursor.text);
    }
  }
}

/** A text of the document without white space around it. What is cut holds on to the whole, of which a copy is made. */
export function trimmed(text: string, cursor: Cursor): string {
  if (text.length > SHORT_LENGTH) cursor.take(2 * text.length);
  const cut = text.trim();
  if (cut.length === text.length) return text;
  cursor.take(STRING_BYTES);
  return cut;
}

/** So short a text is not counted again. */
const SHORT_LENGTH = 256;

/** Leaves the element that is open without looking at what is in it. */
export function skipElement(cursor: Cursor): void {
  for (let depth = 1; depth > 0; ) {
    const token = cursor.next();
    if (token === OPEN) depth += 1;
    else if (token === CLOSE) depth -= 1;
  }
}
