/**
 * What one document may cost, and its octets as text within that. Used by the cursors of `xml` and `wbxml`, and by the
 * decoders over them.
 */
import { DOCUMENT_LIMITS, type Fill } from './cursor.ts';
import { ProtocolError, type Where } from './error.ts';

/**
 * Counts what is kept in memory of one document, before it is allocated: DOCUMENT_LIMITS.memory holds by counting, so
 * nothing is given back. An object counts by the constants beside its decoder, a text as it stands in the heap.
 */
export class DocumentMemory {
  #taken = DOCUMENT_BASE_BYTES;

  /** Throws if the document would take more than it may; `cursor` says where. */
  take(bytes: number, cursor: { readonly where: Where }): void {
    this.#taken += bytes;
    if (this.#taken <= DOCUMENT_LIMITS.memory) return;
    const message = `takes more than ${DOCUMENT_LIMITS.memory} octets of memory`;
    throw new ProtocolError('DOCUMENT_MEMORY', message, cursor.where);
  }
}

/** Once for each document: the cursor, the text of a small document, what grows by doubling, garbage of one step. */
export const DOCUMENT_BASE_BYTES = 196_608;

/** The head of a string in the heap. */
export const STRING_BYTES = 24;

/** Of a piece of text that is joined with others. */
const PIECE_BYTES = 4;

/**
 * The octets of a document as text. A small document is made text at once and cut, which is cheaper than decoding each
 * text of it. Of a large one only a part is held so, to cut short texts out of: what is kept must not hold the whole.
 */
export class DocumentText {
  readonly #octets: Buffer;
  readonly #isSmall: boolean;
  /** The octets from `#start` on, each as one character. */
  #part = '';
  #start = 0;

  constructor(bytes: Uint8Array) {
    this.#octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#isSmall = bytes.length <= SMALL_BYTES_MAX;
    if (this.#isSmall) this.#part = this.#octets.toString('latin1');
  }

  /** Octets that are ISO 8859-1, ASCII among them. */
  latin1(start: number, end: number): string {
    if (!this.#isSmall) {
      if (end - start > COPIED_LENGTH_MAX) return this.#octets.toString('latin1', start, end);
      if (start < this.#start || end > this.#start + this.#part.length) this.#move(start);
    }
    return this.#part.slice(start - this.#start, end - this.#start);
  }

  #move(start: number): void {
    this.#part = this.#octets.toString('latin1', start, start + PART_BYTES);
    this.#start = start;
  }

  /** Octets that are known to be valid UTF-8. */
  utf8(start: number, end: number): string {
    return this.#octets.toString('utf8', start, end);
  }
}

const SMALL_BYTES_MAX = 65_536;
const PART_BYTES = 4096;
/** So short a text is copied when it is cut, and does not hold what it was cut out of. */
const COPIED_LENGTH_MAX = 12;

/** Text that comes in pieces: many small ones must not stay in memory as pieces, nor large ones twice. */
export class GatheredText {
  #text: string;
  /** Absent while one piece is all there is. */
  #small: string[] | undefined;

  constructor(text = '') {
    this.#text = text;
  }

  add(piece: string): void {
    if (this.#text === '' && this.#small === undefined) {
      this.#text = piece;
    } else if (piece.length < SMALL_LENGTH) {
      this.#small ??= [];
      if (this.#small.push(piece) === SMALL_MAX) this.#join();
    } else {
      this.#join();
      this.#text += piece;
    }
  }

  get text(): string {
    this.#join();
    return this.#text;
  }

  #join(): void {
    if (this.#small === undefined) return;
    this.#text += this.#small.join('');
    this.#small = undefined;
  }
}

/** Shorter pieces are copied into one text, so many at a time. */
const SMALL_LENGTH = 256;
const SMALL_MAX = 64;

/** What a text takes: the first one after a tag becomes a string, others are joined to it. */
export function textBytes(characters: number, isAscii: boolean, isFirst: boolean): number {
  return (isAscii ? characters : 2 * characters) + (isFirst ? STRING_BYTES : PIECE_BYTES);
}

/** The length that the text of UTF-8 octets has. */
export function charactersOf(octets: Uint8Array): number {
  let count = 0;
  for (const octet of octets) {
    if ((octet & 0xc0) !== 0x80) count += octet < 0xf0 ? 1 : 2;
  }
  return count;
}

/** Overwrites octets: what becomes base64 stands for asterisks, with blanks where a group of four is not full. */
export function fill(octets: Uint8Array, start: number, end: number, as: Fill): void {
  const full = as === 'base64' ? end - ((end - start) % 4) : end;
  if (as === 'base64') for (let at = start; at < full; at++) octets[at] = kioq(at - start);
  else octets.fill(0x2a, start, full);
  octets.fill(0x20, full, end);
}

/** Base64 of three asterisks. */
function kioq(index: number): number {
  return 'Kioq'.charCodeAt(index % 4);
}
