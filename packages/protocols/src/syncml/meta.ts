/**
 * Meta and its MetInf children. SyncML MetaInfo 1.2.2; RepPro 1.2.2 §7.
 *
 * Read with or without the MetInf wrapper and the namespace; Type and Format are un-swapped where a peer copied the
 * sample of the PacketCable Appendix I. Used by the decoders and the encoder; `effectiveMeta` by whoever runs commands.
 */
import { decodeBase64, encodeBase64 } from '../bytes.ts';
import { CLOSE, METINF_NAMESPACE, OPAQUE, OPEN, skipElement, type Writer } from '../cursor.ts';
import { GatheredText } from '../document.ts';
import { META } from './content-model.ts';
import type { Meta } from './message.ts';
import type { Reading } from './reading.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type MutableMeta = Mutable<Omit<Meta, 'EMI'>> & { EMI?: string[] };

/** [REPPRO 6.4-1] Reads the open Meta to its end. */
export function decodeMeta(reading: Reading): Meta {
  const meta: MutableMeta = {};
  reading.cursor.take(META_BYTES);
  decodeMetInf(reading, meta);
  if (meta.Type !== undefined && FORMATS.has(meta.Type.toLowerCase())) return unswap(reading, meta);
  if (meta.Format !== undefined && !FORMATS.has(meta.Format)) lowerFormat(reading, meta);
  return meta;
}

function decodeMetInf(reading: Reading, meta: MutableMeta): void {
  let seen = 0;
  for (let name = reading.child('Meta'); name !== undefined; name = reading.child('Meta')) {
    // [REPPRO 6.3.3-2]
    if (name === 'MetInf') {
      decodeMetInf(reading, meta);
      continue;
    }
    seen = reading.arrive(META, name, seen);
    decodeMetaChild(reading, meta, name);
  }
}

function decodeMetaChild(reading: Reading, meta: MutableMeta, name: string): void {
  switch (name) {
    case 'Format':
    case 'Type':
    case 'Mark':
    case 'Version':
      meta[name] = reading.word();
      break;
    case 'Size':
    case 'MaxMsgSize':
    case 'MaxObjSize':
      meta[name] = decodeSize(reading, name);
      break;
    case 'NextNonce':
      meta.NextNonce = decodeNonce(reading);
      break;
    case 'EMI':
      meta.EMI ??= [];
      meta.EMI.push(reading.word());
      reading.cursor.take(EMI_BYTES);
      break;
    default:
      reading.drop('Meta');
  }
}

/** MetaInfo: a decimal count of octets. */
function decodeSize(reading: Reading, name: string): number {
  const word = reading.word();
  if (!/^\d{1,15}$/.test(word)) {
    throw reading.error('SYNCML_NUMBER', `${name} is no decimal number`, name);
  }
  return Number(word);
}

/** [REPPRO 6.4-4] Base64 of opaque octets; WBXML peers also send the octets themselves as OPAQUE. */
function decodeNonce(reading: Reading): Uint8Array {
  const { cursor } = reading;
  const text = new GatheredText();
  let octets: Uint8Array | undefined;
  for (let token = cursor.next(); token !== CLOSE; token = cursor.next()) {
    if (token === OPEN) skipElement(cursor);
    else if (token === OPAQUE) octets = cursor.octets;
    else text.add(cursor.text);
  }
  cursor.take(NONCE_BYTES + (octets?.length ?? 0));
  if (octets !== undefined && text.text === '') return octets.slice();
  // Without white space, and the octets twice.
  cursor.take(4 * text.text.length);
  try {
    return decodeBase64(text.text);
  } catch {
    throw reading.error('SYNCML_NONCE', 'NextNonce is no base64 text', 'NextNonce');
  }
}

/** What a Meta, an EMI in its list and an array of octets take on the heap. */
const META_BYTES = 160;
const EMI_BYTES = 16;
const NONCE_BYTES = 256;

/** Appendix I step 4 has `chr` as Type and `text/plain` as Format. */
function unswap(reading: Reading, meta: Meta): Meta {
  const { Type, Format, ...rest } = meta;
  if (Type === undefined || (Format !== undefined && FORMATS.has(Format.toLowerCase())))
    return meta;
  reading.note('SYNCML_SWAPPED_META', 'Type and Format stood in each other, put right');
  const right = { ...rest, Format: Type.toLowerCase() };
  return Format === undefined ? right : { ...right, Type: Format };
}

/** The specification prints the Format of its events as `Chr`. */
function lowerFormat(reading: Reading, meta: MutableMeta): void {
  const lower = meta.Format?.toLowerCase();
  if (lower === undefined || !FORMATS.has(lower)) return;
  reading.note('SYNCML_FORMAT_CASE', `Format ${meta.Format} read as ${lower}`);
  meta.Format = lower;
}

/** OMA-DMTND 1.2 §7.7.3. */
export const FORMATS: ReadonlySet<string> = new Set([
  'b64',
  'bin',
  'bool',
  'chr',
  'int',
  'node',
  'null',
  'xml',
  'date',
  'time',
  'float',
]);

/** [REPPRO 6.3.3-1] The Meta that holds for an Item: each of its own elements, else the one of its command (or of the container). */
export function effectiveMeta(...outerToInner: readonly (Meta | undefined)[]): Meta {
  return Object.assign({}, ...outerToInner);
}

/** [REPPRO 6.4-1] Writes a Meta in DTD order. `Format` stands for its own where the encoding needs another. */
export function encodeMeta(writer: Writer, outer: string, meta: Meta, Format = meta.Format): void {
  const leaf = (name: string, value: string | number | undefined): void => {
    if (value !== undefined) writer.leaf(name, METINF_NAMESPACE, String(value));
  };
  writer.open('Meta', outer);
  leaf('Format', Format);
  leaf('Type', meta.Type);
  leaf('Mark', meta.Mark);
  leaf('Size', meta.Size);
  leaf('Version', meta.Version);
  if (meta.NextNonce !== undefined) leaf('NextNonce', encodeBase64(meta.NextNonce));
  leaf('MaxMsgSize', meta.MaxMsgSize);
  leaf('MaxObjSize', meta.MaxObjSize);
  for (const emi of meta.EMI ?? []) leaf('EMI', emi);
  writer.close();
}
