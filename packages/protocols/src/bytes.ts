/** Octets to text and back, without silent repair: what is not valid is a ProtocolError with its offset. */
import { ProtocolError } from './error.ts';

const ENCODER = new TextEncoder();
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** Text of UTF-8 octets. Throws `BYTES_NOT_UTF8` at the first octet that does not belong. */
export function decodeUtf8(bytes: Uint8Array, offset = 0): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    throw notUtf8(bytes, offset);
  }
}

/** What to throw for octets that are not valid UTF-8. */
export function notUtf8(bytes: Uint8Array, offset = 0): ProtocolError {
  const byte = offset + firstInvalidUtf8(bytes);
  return new ProtocolError('BYTES_NOT_UTF8', 'text is not valid UTF-8', { byte });
}

/** RFC 3629 §4: index of the first octet that cannot stand where it does. The runtime's decoder does not say it. */
function firstInvalidUtf8(bytes: Uint8Array): number {
  for (let start = 0; start < bytes.length; ) {
    const lead = bytes[start] as number;
    const length = lengthByLead(lead);
    if (length === 0) return start;
    for (let index = start + 1; index < start + length; index++) {
      const octet = bytes[index];
      if (octet === undefined || (octet & 0xc0) !== 0x80) return index;
      if (index === start + 1 && !isSecond(lead, octet)) return index;
    }
    start += length;
  }
  return bytes.length;
}

function lengthByLead(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** The second octet is bounded further: no overlong form, no surrogate, nothing beyond U+10FFFF. */
function isSecond(lead: number, octet: number): boolean {
  if (lead === 0xe0) return octet >= 0xa0;
  if (lead === 0xed) return octet <= 0x9f;
  if (lead === 0xf0) return octet >= 0x90;
  return lead !== 0xf4 || octet <= 0x8f;
}

export function encodeHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex');
}

/** Octets of an even number of hex digits, in either case. Throws `BYTES_NOT_HEX`. */
export function decodeHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) {
    throw new ProtocolError('BYTES_NOT_HEX', 'not an even number of hex digits');
  }
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** RFC 4648 section 4, with padding, without line breaks. */
export function encodeBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64');
}

/** Octets of base64 text; white space and missing padding are forgiven. Throws `BYTES_NOT_BASE64`. */
export function decodeBase64(text: string): Uint8Array {
  const packed = text.replace(/[\t\n\r ]+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(packed) || packed.replace(/=+$/, '').length % 4 === 1) {
    throw new ProtocolError('BYTES_NOT_BASE64', 'not base64 text');
  }
  return new Uint8Array(Buffer.from(packed, 'base64'));
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function isEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && asBuffer(a).equals(asBuffer(b));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
