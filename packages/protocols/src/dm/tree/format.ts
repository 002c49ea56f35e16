/**
 * The Format property: the eleven formats, and what a value of each looks like. OMA-DMTND 7.7.2,
 * MetInf 1.2.
 */
import { encodeUtf8 } from '../../bytes.ts';
import { END } from '../../cursor.ts';
import { ProtocolError } from '../../error.ts';
import { XmlCursor } from '../../xml/index.ts';

export const FORMATS = [
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
] as const;

export type Format = (typeof FORMATS)[number];

export function isFormat(text: string): text is Format {
  return (FORMATS as readonly string[]).includes(text);
}

const DATE =
  /^\d{4}(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/;
const TIME =
  /^(?:[01]\d|2[0-4])(?::?[0-5]\d:?[0-5]\d)(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/;
const FLOAT = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?|-?INF|NaN)$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const INT_MIN = -2147483648;
const INT_MAX = 2147483647;

/**
 * [TND 7.7.2-1] Whether a text is a value of a leaf with this Format. `bin` is octets and never text; `node` has
 * no value.
 */
export function isWellFormed(format: Format, text: string): boolean {
  switch (format) {
    case 'chr':
      return true;
    case 'xml':
      return text === '' || isXmlDocument(text);
    case 'int':
      return /^[+-]?\d{1,10}$/.test(text) && Number(text) >= INT_MIN && Number(text) <= INT_MAX;
    case 'bool':
      return text === 'true' || text === 'false';
    case 'b64':
      return BASE64.test(text.replace(/[\t\n\r ]+/g, ''));
    case 'date':
      return DATE.test(text);
    case 'time':
      return TIME.test(text);
    case 'float':
      return FLOAT.test(text);
    case 'null':
      return text === '';
    case 'bin':
    case 'node':
      return false;
  }
}

function isXmlDocument(text: string): boolean {
  try {
    const cursor = new XmlCursor(encodeUtf8(text));
    while (cursor.next() !== END);
    return true;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
