/** Octets of a WBXML document as text in its charset, counted before they are. Used by `WbxmlCursor`, `AttributeSpace`. */
import { isAscii } from 'node:buffer';
import { charactersOf, type DocumentText, GatheredText, textBytes } from '../document.ts';
import { decodeCharset } from './charset.ts';
import type { Charset } from './header.ts';

export class WbxmlText {
  readonly #bytes: Uint8Array;
  readonly #text: DocumentText;
  readonly #charset: Charset;
  readonly #take: (bytes: number) => void;

  constructor(
    bytes: Uint8Array,
    text: DocumentText,
    charset: Charset,
    take: (bytes: number) => void,
  ) {
    this.#bytes = bytes;
    this.#text = text;
    this.#charset = charset;
    this.#take = take;
  }

  /** `isFirst`: what is read is no piece that is joined to others. */
  read(start: number, end: number, isFirst: boolean): string {
    if (this.#isAscii(start, end)) {
      this.#take(textBytes(end - start, true, isFirst));
      return this.#text.latin1(start, end);
    }
    if (end - start <= PIECE_BYTES) return this.#decode(start, end, isFirst);
    return this.#readPieces(start, end);
  }

  #isAscii(start: number, end: number): boolean {
    if (end - start > LOOP_BYTES_MAX) return isAscii(this.#bytes.subarray(start, end));
    let mixed = 0;
    for (let at = start; at < end; at++) mixed |= this.#bytes[at] as number;
    return mixed < 0x80;
  }

  /** The same of one character, which stands in no octets. */
  character(character: string, isFirst: boolean): string {
    this.#take(textBytes(character.length, false, isFirst));
    return character;
  }

  /** Piece by piece, so that no second copy of a large text is made. */
  #readPieces(start: number, end: number): string {
    const gathered = new GatheredText();
    for (let at = start; at < end; ) {
      let next = Math.min(end, at + PIECE_BYTES);
      // A character is not cut; four octets back one has to start, if they are UTF-8.
      for (let back = 0; back < 3 && next < end && isContinuation(this.#bytes[next]); back++)
        next -= 1;
      gathered.add(this.#decode(at, next, true));
      at = next;
    }
    return gathered.text;
  }

  #decode(start: number, end: number, isFirst: boolean): string {
    const octets = this.#bytes.subarray(start, end);
    const isUtf8 = this.#charset === 'utf-8';
    // Other charsets have one octet for each character, as their text has.
    this.#take(textBytes(isUtf8 ? charactersOf(octets) : octets.length, !isUtf8, isFirst));
    return decodeCharset(octets, this.#charset, start);
  }
}

const PIECE_BYTES = 4096;
/** More octets are quicker looked at by the runtime. */
const LOOP_BYTES_MAX = 64;

function isContinuation(octet: number | undefined): boolean {
  return octet !== undefined && (octet & 0xc0) === 0x80;
}
