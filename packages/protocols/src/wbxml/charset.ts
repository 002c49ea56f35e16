/** Octets of WBXML text by the charset of the header; what does not belong is an error with its offset. */
import { decodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import type { Charset } from './header.ts';

export function decodeCharset(octets: Uint8Array, charset: Charset, offset: number): string {
  if (charset === 'utf-8') return decodeUtf8(octets, offset);
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
  if (charset === 'us-ascii') {
    const bad = octets.findIndex((octet) => octet > 0x7f);
    if (bad >= 0) {
      throw new ProtocolError('WBXML_CHARACTER', 'text is not US-ASCII', { byte: offset + bad });
    }
  }
  return text;
}

/** WBXML 1.3 §5.8.4.2: the character of an ENTITY token, a UCS-4 code. */
export function characterOf(code: number, byte: number): string {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw new ProtocolError('WBXML_CHARACTER', 'ENTITY names no character', { byte });
  }
  return String.fromCodePoint(code);
}
