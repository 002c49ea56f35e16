/** When two values of a management node are the same: compared by the node's Format, not by spelling. */
import { decodeBase64, isEqualBytes, ProtocolError } from '@ueprov/protocols';

export type Value = string | Uint8Array;

/** TND 7.6: int, float and bool by what they denote, bin and b64 by octets, the rest to the letter. */
export function isSameValue(Format: string, a: Value, b: Value): boolean {
  if (typeof a === 'string' && a === b) return true;
  switch (Format) {
    case 'int':
    case 'float':
      return isSameNumber(textOf(a), textOf(b));
    case 'bool':
      return textOf(a).trim() === textOf(b).trim();
    case 'bin':
    case 'b64':
      return isSameOctets(a, b);
    case 'xml':
      return textOf(a).trim() === textOf(b).trim();
    default:
      return textOf(a) === textOf(b);
  }
}

/** The value as text; octets as base64, which is how a bin value is shown and stored. */
export function textOf(value: Value): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('base64');
}

function isSameNumber(a: string, b: string): boolean {
  const [left, right] = [a.trim(), b.trim()];
  return left !== '' && right !== '' && Number(left) === Number(right);
}

function isSameOctets(a: Value, b: Value): boolean {
  try {
    return isEqualBytes(octetsOf(a), octetsOf(b));
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function octetsOf(value: Value): Uint8Array {
  return typeof value === 'string' ? decodeBase64(value) : value;
}
