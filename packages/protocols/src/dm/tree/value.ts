/**
 * Whether a node takes a value: Format, Type, lexical form, range and size.
 *
 * OMA-DMTND 7.7.2 and 7.7.7, MetInf 1.2. Used by the tree for every Add and Replace.
 */
import { decodeBase64, decodeUtf8, encodeUtf8 } from '../../bytes.ts';
import { type Format, isFormat, isWellFormed } from './format.ts';
import { done, type Outcome, refused } from './outcome.ts';
import type { Shape } from './shape.ts';

export interface LeafValue {
  readonly Format: Format;
  readonly Type: string;
  /** Octets for `bin`, text for all others. */
  readonly Data: string | Uint8Array;
}

/** As it came with a command: Meta may be missing, and a Format is whatever the peer wrote. */
export interface GivenValue {
  readonly Format?: string;
  readonly Type?: string;
  readonly Data?: string | Uint8Array;
}

/** [REPPRO 6.4-1] What holds when Meta says nothing, and no description either. */
export const DEFAULT_FORMAT: Format = 'chr';
export const DEFAULT_TYPE = 'text/plain';

/** The largest value of one node, in octets. */
export const VALUE_SIZE_MAX = 1024 * 1024;

/**
 * [TND 9-4] The value that a leaf of this shape will hold, or 415, 413 or 500. `current` is what it holds
 * now, if it exists.
 */
export function acceptValue(
  shape: Shape,
  given: GivenValue,
  current?: LeafValue,
): Outcome<LeafValue> {
  const format = acceptFormat(shape, given.Format, current);
  if (!format.ok) return format;
  const type = acceptType(shape, given.Type, current);
  if (!type.ok) return type;
  const data = given.Data ?? shape.DefaultValue ?? '';
  const read =
    format.value === 'bin' ? readOctets(data, given.Format) : readText(format.value, data);
  if (!read.ok) return read;
  const Data = read.value;
  if (sizeOf(format.value, Data) > VALUE_SIZE_MAX) return refused(413, 'value too large');
  if (typeof Data === 'string' && !isInRange(shape, Data))
    return refused(500, 'value out of range');
  return done({ Format: format.value, Type: type.value, Data });
}

function acceptFormat(
  shape: Shape,
  given: string | undefined,
  current: LeafValue | undefined,
): Outcome<Format> {
  if (given !== undefined && (!isFormat(given) || given === 'node')) {
    return refused(415, 'not the Format of a leaf');
  }
  if (shape.open) return done((given as Format | undefined) ?? current?.Format ?? DEFAULT_FORMAT);
  // OMA-DMTND 7.7.2: octets travel as b64 in XML, while the node's Format stays bin.
  const isSame = given === shape.Format || (given === 'b64' && shape.Format === 'bin');
  // The description knows the Format when Meta is missing, and MetInf's default chr would only
  // break things.
  if (given === undefined || isSame) return done(shape.Format);
  return refused(415, `Format is ${shape.Format}`);
}

function acceptType(
  shape: Shape,
  given: string | undefined,
  current: LeafValue | undefined,
): Outcome<string> {
  const wanted = shape.open ? undefined : shape.Type;
  if (given === undefined || given === '') return done(wanted ?? current?.Type ?? DEFAULT_TYPE);
  if (wanted !== undefined && essence(given) !== essence(wanted)) {
    return refused(415, `Type is ${wanted}`);
  }
  return done(given);
}

/** A media type without its parameters. */
export function essence(type: string): string {
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}

function readOctets(data: string | Uint8Array, format: string | undefined): Outcome<Uint8Array> {
  // A copy: the caller's buffer may be a window on a message that is about to be reused.
  if (typeof data !== 'string') return done(data.slice());
  if (format !== 'b64') return done(encodeUtf8(data));
  try {
    return done(decodeBase64(data));
  } catch {
    return refused(415, 'not base64');
  }
}

function readText(format: Format, data: string | Uint8Array): Outcome<string> {
  let text: string;
  try {
    text = typeof data === 'string' ? data : decodeUtf8(data);
  } catch {
    return refused(415, 'not UTF-8 text');
  }
  return isWellFormed(format, text) ? done(text) : refused(415, `not of Format ${format}`);
}

function isInRange(shape: Shape, text: string): boolean {
  if (shape.values !== undefined && !shape.values.includes(text)) return false;
  const { words } = shape;
  if (words !== undefined && !wordsOf(text).every((word) => words.includes(word))) return false;
  if (shape.lengthMax !== undefined && encodeUtf8(text).length > shape.lengthMax) return false;
  if (shape.range === undefined) return true;
  const { min, max } = shape.range;
  return /^[+-]?\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
}

/** The words of a list that is set apart by blanks. */
export function wordsOf(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** [TND 7.7.4-1] Octets of the value without its transport encoding. */
export function sizeOf(format: Format, data: string | Uint8Array): number {
  if (typeof data !== 'string') return data.length;
  return format === 'b64' ? decodeBase64(data).length : encodeUtf8(data).length;
}
