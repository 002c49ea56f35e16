/**
 * Octets that were spelled as hex or base64 text, as people copy them from logs. RFC 4648 §4, §8.
 *
 * Faults are placed in the octets, not in the text. Used by message-source.ts and pkg0.ts.
 */
import { decodeBase64, decodeHex, ProtocolError } from '@ueprov/protocols';

/**
 * What the input stands for: the octets that it spells, or itself. Base64 looks like many a word: it counts only
 * where `isContent` knows what it spells.
 */
export function unspelled(
  input: Uint8Array,
  isContent: (octets: Uint8Array) => boolean,
): Uint8Array {
  const text = Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('latin1');
  const packed = text.replace(/\s+/g, '');
  if (HEX.test(packed)) {
    const digits = packed.replaceAll(':', '');
    return wholeOctets(decodeHex(digits.slice(0, digits.length & ~1)), digits, 2);
  }
  if (!BASE64.test(packed)) return input;
  const symbols = packed.replace(/=+$/, '');
  // One symbol of four alone holds no octet.
  const usable = symbols.length % 4 === 1 ? symbols.slice(0, -1) : symbols;
  const octets = decodeBase64(usable);
  return isContent(octets) ? wholeOctets(octets, symbols, 4) : input;
}

const HEX = /^[0-9A-Fa-f][0-9A-Fa-f:]*$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Throws `BYTES_HALF` if the text ends inside an octet. */
function wholeOctets(octets: Uint8Array, symbols: string, group: 2 | 4): Uint8Array {
  if (symbols.length % group !== 1) return octets;
  const byte = octets.length;
  throw new ProtocolError('BYTES_HALF', 'the text ends inside an octet', { byte });
}
