/**
 * Octets of text and attribute values to the characters that they stand for: line ends as one, references read.
 *
 * XML 1.0 §2.11, §3.3.3, §4.1. What is read has been checked by `XmlSource`. Used by `XmlCursor`.
 */
import { charactersOf, type DocumentText, GatheredText } from '../document.ts';
import { AMPERSAND, BEYOND_ASCII, CARRIAGE_RETURN, isSpace, LINE_SPACE } from './characters.ts';
import { endOfReference, referred } from './references.ts';

/** How octets become characters. */
export type Reading = 'text' | 'CDATA' | 'attribute';

export class XmlText {
  readonly #bytes: Uint8Array;
  readonly #text: DocumentText;
  /** Told of each piece before it is made: how many characters at the most, and whether all are ASCII. */
  readonly #take: (characters: number, isAscii: boolean) => void;

  constructor(
    bytes: Uint8Array,
    text: DocumentText,
    take: (characters: number, isAscii: boolean) => void,
  ) {
    this.#bytes = bytes;
    this.#text = text;
    this.#take = take;
  }

  /** The text of the octets from `start` to `end`, which are of these kinds. */
  read(start: number, end: number, kinds: number, as: Reading): string {
    const special =
      (as === 'CDATA' ? 0 : AMPERSAND) | CARRIAGE_RETURN | (as === 'attribute' ? LINE_SPACE : 0);
    if ((kinds & special) === 0) {
      if ((kinds & BEYOND_ASCII) === 0) {
        this.#take(end - start, true);
        return this.#text.latin1(start, end);
      }
      if (end - start <= PIECE_BYTES) {
        this.#take(charactersOf(this.#bytes.subarray(start, end)), false);
        return this.#text.utf8(start, end);
      }
    }
    return this.#readPieces(start, end, as);
  }

  /** Piece by piece, so that no second copy of a large text is made. */
  #readPieces(start: number, end: number, as: Reading): string {
    const bytes = this.#bytes;
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - start));
    const gathered = new GatheredText();
    let length = 0;
    let mixed = 0;
    const flush = (): void => {
      const isAscii = mixed < 0x80;
      this.#take(isAscii ? length : charactersOf(piece.subarray(0, length)), isAscii);
      gathered.add(piece.toString(isAscii ? 'latin1' : 'utf8', 0, length));
      length = 0;
      mixed = 0;
    };
    for (let at = start; at < end; ) {
      const octet = bytes[at] as number;
      const isContinuation = (octet & 0xc0) === 0x80;
      if (length > piece.length - CHARACTER_BYTES && length >= CHARACTER_BYTES && !isContinuation) {
        flush();
      }
      if (octet === 0x26 && as !== 'CDATA') {
        const next = endOfReference(bytes, at);
        const written = writeUtf8(piece, length, referred(bytes, at, next));
        mixed |= written > 1 ? 0x80 : 0;
        length += written;
        at = next;
        continue;
      }
      mixed |= octet;
      // XML 1.0 §2.11: CR LF is one line feed, as is a CR alone.
      at += octet === 0x0d && bytes[at + 1] === 0x0a && at + 1 < end ? 2 : 1;
      piece[length] = replaced(octet, as);
      length += 1;
    }
    if (length > 0) flush();
    return gathered.text;
  }
}

/** Octets that are decoded at once. */
const PIECE_BYTES = 4096;

/** Octets of a character. */
const CHARACTER_BYTES = 4;

/** XML 1.0 §3.3.3: each white space of a value becomes a space, but not one that was referred to. */
function replaced(octet: number, as: Reading): number {
  if (as === 'attribute' && isSpace(octet)) return 0x20;
  return octet === 0x0d ? 0x0a : octet;
}

/** RFC 3629 §3. Returns how many octets were written. */
function writeUtf8(piece: Buffer, at: number, code: number): number {
  if (code < 0x80) {
    piece[at] = code;
    return 1;
  }
  const length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  let rest = code;
  for (let index = length - 1; index > 0; index--) {
    piece[at + index] = 0x80 | (rest & 0x3f);
    rest >>= 6;
  }
  piece[at] = ((0xf00 >> length) & 0xff) | rest;
  return length;
}
