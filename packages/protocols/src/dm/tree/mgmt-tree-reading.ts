/**
 * One run over a MgmtTree document, in XML or WBXML: what TNDS and DDF have in common, for both
 * obey one DTD.
 *
 * OMA-DMTND 9.3 (any XML standard attribute, no prolog needed) and 9.4. Children are taken in any
 * order, with a note where the DTD has another; a second one of what comes once is an error. Used
 * by `decodeTnds` and `decodeDdf`.
 */
import { encodeUtf8 } from '../../bytes.ts';
import {
  CLOSE,
  type Cursor,
  DMDDF_NAMESPACE,
  END,
  OPEN,
  type Remark,
  skipElement,
  textOf,
  trimmed,
} from '../../cursor.ts';
import { ProtocolError, type Where } from '../../error.ts';
import { WbxmlCursor } from '../../wbxml/index.ts';
import { XmlCursor } from '../../xml/index.ts';
import { type Format, isFormat } from './format.ts';

/** More deviations than this are not listed. */
export const NOTES_MAX = 100;

/** The elements that may come more than once in their parent. */
const REPEATED: readonly string[] = ['Node', 'MIME'];

/** OMA-DMTND 9.4.1.2, OMA-DMTNDS 6.3.1.2. */
export const VER_DTD = '1.2';

export class MgmtTreeReading {
  readonly cursor: Cursor;
  readonly notes: Remark[] = [];
  /** First word of the codes. */
  readonly #about: 'TNDS' | 'DDF';

  constructor(data: Uint8Array | string, about: 'TNDS' | 'DDF') {
    this.cursor = openDocument(data, about);
    this.#about = about;
  }

  /** Reads the root element with `read`, and the document to its end. */
  root(read: () => void): void {
    const { cursor } = this;
    cursor.next();
    // [TNDS 6.3.1-1]
    if (cursor.name !== 'MgmtTree') {
      throw this.error('ROOT', `the root element is ${cursor.name}, not MgmtTree`);
    }
    if (cursor.namespace !== DMDDF_NAMESPACE) {
      this.note('NAMESPACE', `namespace ${JSON.stringify(cursor.namespace)} of the root`);
    }
    read();
    while (cursor.next() !== END);
    this.notes.unshift(...cursor.remarks);
  }

  /** Hands each child of the open element that `model` names to `read`. */
  children(
    parent: string,
    model: readonly string[],
    read: (name: string) => void,
    order: 'as in the DTD' | 'any' = 'as in the DTD',
  ): void {
    const seen = new Set<string>();
    let latest = 0;
    for (let name = this.#child(parent); name !== undefined; name = this.#child(parent)) {
      const place = model.indexOf(name);
      if (place < 0) {
        this.drop(parent);
        continue;
      }
      if (seen.has(name) && !REPEATED.includes(name)) {
        throw this.error('DUPLICATE', `${parent} holds more than one ${name}`);
      }
      if (place < latest && order !== 'any') this.note('ORDER', `${name} late in ${parent}`);
      latest = Math.max(latest, place);
      seen.add(name);
      read(name);
    }
  }

  /** Enters the next child of the open element; undefined leaves it. */
  #child(parent: string): string | undefined {
    const { cursor } = this;
    for (;;) {
      const token = cursor.next();
      if (token === OPEN) return cursor.name;
      if (token === CLOSE) return undefined;
      if (!cursor.isBlank) {
        this.note('STRAY_TEXT', `text between the elements of ${parent}, left out`);
      }
    }
  }

  /** The text of the open element without white space around it, which pretty-printed XML has. */
  word(): string {
    return trimmed(textOf(this.cursor), this.cursor);
  }

  /** All text of the open element, white space included. */
  text(): string {
    return textOf(this.cursor);
  }

  /** OMA-DMTND 9.4.1.2: 1.2, and a document that says anything else has another meaning. */
  version(): typeof VER_DTD {
    const where = this.cursor.where;
    const word = this.word();
    if (word === VER_DTD) return VER_DTD;
    throw this.error('VERSION', `VerDTD is ${JSON.stringify(word)}, not ${VER_DTD}`, where);
  }

  /** The one of the elements `names` that stands, without content of use, in the open element. */
  choice<Name extends string>(parent: string, names: readonly Name[]): Name | undefined {
    let chosen: Name | undefined;
    this.children(parent, names, (name) => {
      if (chosen !== undefined) throw this.error('DUPLICATE', `${parent} says more than one thing`);
      chosen = names.find((each) => each === name);
      this.word();
    });
    return chosen;
  }

  /** Format or DFFormat: an element; peers that know MetInf write the word. */
  format(parent: string): Format | undefined {
    const where = this.cursor.where;
    const { cursor } = this;
    let format: Format | undefined;
    for (let token = cursor.next(); token !== CLOSE; token = cursor.next()) {
      const word = token === OPEN ? cursor.name : cursor.text.trim();
      if (word === '') continue;
      if (format !== undefined || !isFormat(word)) {
        throw this.error('FORMAT', `${parent} is no format of a node`, where);
      }
      format = word;
      if (token === OPEN) skipElement(cursor);
      else this.note('FORMAT_TEXT', `${parent} holds the word ${word}, not an element`);
    }
    return format;
  }

  /** Leaves an element that has no place here. */
  drop(parent: string): void {
    this.note('IGNORED', `${this.cursor.name} in ${parent}, left out`);
    skipElement(this.cursor);
  }

  note(code: string, text: string, where: Where = this.cursor.where): void {
    if (this.notes.length >= NOTES_MAX) return;
    const { byte, line } = where;
    const place = { ...(byte !== undefined && { byte }), ...(line !== undefined && { line }) };
    this.notes.push({ code: `${this.#about}_${code}`, text, ...place });
  }

  error(code: string, message: string, where: Where = this.cursor.where): ProtocolError {
    return new ProtocolError(`${this.#about}_${code}`, message, where);
  }
}

/**
 * By the first octet and not by what a Type claims: libwbxml renames it while the document stays
 * XML. Text may have white space before it, where Data was pretty-printed.
 */
function openDocument(data: Uint8Array | string, about: string): Cursor {
  const bytes = typeof data === 'string' ? encodeUtf8(data) : data;
  // [TNDS 5.2-2]
  const [first = 0] = bytes;
  if (first >= 0x01 && first <= 0x03) return new WbxmlCursor(bytes);
  const start = bytes.findIndex((octet) => octet > 0x20);
  const isXml = bytes[start] === 0x3c || bytes[start] === 0xef || first > 0x7f;
  if (isXml) return new XmlCursor(bytes[start] === 0x3c ? bytes.subarray(start) : bytes);
  throw new ProtocolError(`${about}_ENCODING`, 'neither XML nor WBXML', {
    byte: Math.max(start, 0),
  });
}
