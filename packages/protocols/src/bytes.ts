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
    const byte = offset + firstInvalidUtf8(bytes);
    throw new ProtocolError('BYTES_NOT_UTF8', 'text is not valid UTF-8', { byte });
  }
}

function firstInvalidUtf8(bytes: Uint8Array): number {
  // The decoder does not say where it stopped: the chunk is found first, then the octet in it.
  const chunk = 4096;
  const start = firstRefused(bytes, 0, chunk);
  return firstRefused(bytes, start, 1);
}

/** Where the first piece of `size` octets from `start` on begins that cannot follow what is before it. */
function firstRefused(bytes: Uint8Array, start: number, size: number): number {
  const stream = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  stream.decode(bytes.subarray(0, start), { stream: true });
  for (let index = start; index < bytes.length; index += size) {
    try {
      stream.decode(bytes.subarray(index, index + size), { stream: true });
    } catch {
      return index;
    }
  }
  return bytes.length;
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
