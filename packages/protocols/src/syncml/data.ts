/**
 * Data in all its forms: text, CDATA, escaped or inline mark-up, OPAQUE octets, empty.
 *
 * RepPro 1.2.2 §7.11; OMA-DMTND 1.2 §7.7 (Format). Used by the decoders and the encoder; `octetsOf` by whoever wants
 * the value itself.
 */
import { isUtf8 } from 'node:buffer';
import { decodeBase64, decodeUtf8, encodeUtf8 } from '../bytes.ts';
import { CLOSE, OPAQUE, OPEN } from '../cursor.ts';
import { GatheredText } from '../document.ts';
import { isXmlText } from '../xml/index.ts';
import { decodeInline } from './inline.ts';
import type { Data, Meta } from './message.ts';
import type { Reading } from './reading.ts';

/** [REPPRO 6.3.1-2] Reads the open Data to its end. OPAQUE alone stays octets: `resolveOpaque` decides when the Format is known. */
export function decodeData(reading: Reading): Data {
  const { cursor } = reading;
  let text = new GatheredText();
  let octets: Uint8Array | undefined;
  let isBlank = true;
  for (let token = cursor.next(); token !== CLOSE; token = cursor.next()) {
    if (token === OPEN) return decodeInline(cursor, text.text);
    if (token === OPAQUE && octets === undefined && isBlank) {
      octets = cursor.octets;
    } else if (octets === undefined) {
      isBlank &&= cursor.isBlank;
      text.add(cursor.text);
    } else if (token === OPAQUE || !cursor.isBlank) {
      // Several pieces, other than the white space of a pretty-printer: all of them are text.
      text = new GatheredText();
      text.add(reading.textOf(octets));
      text.add(cursor.text);
      octets = undefined;
      isBlank = false;
    }
  }
  if (octets === undefined) return text.text;
  reading.opaques += 1;
  // It may become text when its Format is known.
  if (isUtf8(octets)) reading.takeText(octets);
  return octets;
}

/**
 * OPAQUE as the Format has it: text in a text Format, octets in `bin`. Format decides and not the token, yet octets that
 * are no text (a nested WBXML document, a raw digest in a `b64` Cred) stay octets whatever the Format claims.
 */
export function resolveOpaque(data: Data, meta: Meta | undefined): Data {
  if (typeof data === 'string' || meta?.Format === 'bin') return data;
  if (isNestedWbxml(data)) return data;
  if (meta?.Format === 'b64' && !isBase64Octets(data)) return data;
  return textOrOctets(data);
}

function textOrOctets(data: Uint8Array): Data {
  if (!isUtf8(data)) return data;
  const text = decodeUtf8(data);
  return isXmlText(text) ? text : data;
}

/** A second WBXML document starts with its version; no text does. */
export function isNestedWbxml(data: Uint8Array): boolean {
  const [first = 0] = data;
  return first >= 1 && first <= 3;
}

function isBase64Octets(data: Uint8Array): boolean {
  return data.every((octet) => BASE64.includes(String.fromCharCode(octet)));
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n';

/** The octets that Data stands for: those of `bin`, those behind base64 text in Format b64, else the text in UTF-8. */
export function octetsOf(data: Data, Format: string | undefined): Uint8Array {
  if (typeof data !== 'string') return data;
  return Format === 'b64' || Format === 'bin' ? decodeBase64(data) : encodeUtf8(data);
}
