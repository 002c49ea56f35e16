/**
 * One run of the decoder: the cursor, the notes and the counts, and what is the same in every element.
 *
 * Used by the decoders of this folder only.
 */
import { isAscii } from 'node:buffer';
import { decodeUtf8 } from '../bytes.ts';
import { CLOSE, type Cursor, OPEN, skipElement, textOf, trimmed } from '../cursor.ts';
import { charactersOf, textBytes } from '../document.ts';
import { ProtocolError } from '../error.ts';
import type { ContentModel } from './content-model.ts';
import { LIMITS } from './limits.ts';
import type { Note } from './message.ts';

export class Reading {
  readonly cursor: Cursor;
  readonly #input: Uint8Array;
  readonly notes: Note[] = [];
  /** OPAQUE Data met so far, which wait for the Format that tells how to read them. */
  opaques = 0;
  #commands = 0;
  #items = 0;

  constructor(cursor: Cursor, input: Uint8Array) {
    this.cursor = cursor;
    this.#input = input;
  }

  /** Enters the next element inside the one that is open; undefined leaves it. Text in between is noted. */
  child(parent: string): string | undefined {
    const { cursor } = this;
    for (;;) {
      const token = cursor.next();
      if (token === OPEN) return cursor.name;
      if (token === CLOSE) return undefined;
      if (cursor.isBlank) continue;
      this.note('SYNCML_STRAY_TEXT', `text between the elements of ${parent}, left out`);
    }
  }

  /**
   * Checks that `name` may come now, and adds its place to `seen`. An order that the DTD does not have is noted
   * (the standards' own examples break it), a second one of what comes once is an error.
   */
  arrive(model: ContentModel, name: string, seen: number): number {
    const place = model.places.get(name);
    if (place === undefined) return seen;
    const bit = 1 << place;
    if (seen >= bit) this.#checkOrder(model, name, seen, bit);
    return seen | bit;
  }

  #checkOrder(model: ContentModel, name: string, seen: number, bit: number): void {
    if ((seen & bit) !== 0 && (model.many & bit) === 0) {
      throw this.error('SYNCML_DUPLICATE', `${model.element} holds more than one ${name}`, name);
    }
    if (model.isOrdered && seen >= bit << 1) {
      this.note('SYNCML_ORDER', `${name} late in ${model.element}`);
    }
  }

  /** Throws if a place that must come did not. */
  require(model: ContentModel, element: string, seen: number): void {
    const missing = model.required & ~seen;
    if (missing === 0) return;
    for (const [name, place] of model.places) {
      if ((missing & (1 << place)) === 0) continue;
      throw this.error('SYNCML_MISSING', `${element} without ${name}`, name);
    }
  }

  /** The text of the open element without white space around it, which pretty-printed XML has. */
  word(): string {
    return trimmed(textOf(this.cursor), this.cursor);
  }

  /** The octets of an OPAQUE, a view of the input, as text. */
  textOf(octets: Uint8Array): string {
    this.takeText(octets);
    return decodeUtf8(octets, octets.byteOffset - this.#input.byteOffset);
  }

  /** Counts what octets take as text. */
  takeText(octets: Uint8Array): void {
    this.cursor.take(textBytes(charactersOf(octets), isAscii(octets), true));
  }

  /** Leaves an element that DM does not use here: the one place where elements are dropped. */
  drop(parent: string): void {
    this.note('SYNCML_IGNORED', `${this.cursor.name} in ${parent}, left out`);
    skipElement(this.cursor);
  }

  note(code: string, text: string): void {
    if (this.notes.length < LIMITS.notes) this.notes.push({ code, text, ...this.cursor.where });
  }

  countCommand(): void {
    this.#commands += 1;
    if (this.#commands > LIMITS.commands) {
      throw this.error('SYNCML_COMMANDS', `more than ${LIMITS.commands} commands`);
    }
    this.cursor.take(COMMAND_BYTES);
  }

  countItem(): void {
    this.#items += 1;
    if (this.#items > LIMITS.items) {
      throw this.error('SYNCML_ITEMS', `more than ${LIMITS.items} Items`);
    }
    this.cursor.take(ITEM_BYTES);
  }

  error(code: string, message: string, path?: string): ProtocolError {
    const where = this.cursor.where;
    return new ProtocolError(code, message, path === undefined ? where : { ...where, path });
  }
}

/** What a command and an Item take on the heap, beside what is in them; each is in a list. */
const COMMAND_BYTES = 320;
const ITEM_BYTES = 128;
