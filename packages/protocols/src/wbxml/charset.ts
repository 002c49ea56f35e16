/** Octets of WBXML text by the charset of the header; what does not belong is an error with its offset. */
import { decodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import type { Charset } from './header.ts';

export function decodeCharset(octets: Uint8Array, charset: Charset, offset: number): string {
  if (charset === 'utf-8') return shortUtf8(octets) ?? decodeUtf8(octets, offset);
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
  if (charset === 'us-ascii') {
    const bad = octets.findIndex((octet) => octet > 0x7f);
    if (bad >= 0) {
      throw new ProtocolError('WBXML_CHARACTER', 'text is not US-ASCII', { byte: offset + bad });
    }
  }
  return text;
}

/** Cheaper than a decoder, for a few characters of two and three octets; undefined if it has others. RFC 3629 §4. */
function shortUtf8(octets: Uint8Array): string | undefined {
  if (octets.length > SHORT_BYTES_MAX) return undefined;
  let text = '';
  for (let at = 0; at < octets.length; ) {
    const lead = octets[at] as number;
    const length = LENGTHS[lead >> 4] as number;
    // Overlong forms and surrogates begin with one of these, or with 0xc0 and 0xc1.
    if (length === 0 || lead === 0xe0 || lead === 0xed || (length === 2 && lead < 0xc2))
      return undefined;
    let code = length === 1 ? lead : lead & (0x3f >> (length - 1));
    for (let index = 1; index < length; index++) {
      const octet = octets[at + index] ?? 0;
      if ((octet & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (octet & 0x3f);
    }
    text += String.fromCharCode(code);
    at += length;
  }
  return text;
}

const SHORT_BYTES_MAX = 12;
/** Octets of a character, by the upper half of its first one; 0 where it is none, or has four. */
const LENGTHS = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 3, 0];

/** WBXML 1.3 §5.8.4.2: the character of an ENTITY token, a UCS-4 code. */
export function characterOf(code: number, byte: number): string {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw new ProtocolError('WBXML_CHARACTER', 'ENTITY names no character', { byte });
  }
  return String.fromCodePoint(code);
}
