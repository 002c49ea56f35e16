/**
 * The octets of an XML document are UTF-8 and nothing else. XML 1.0 §4.3.3.
 *
 * UTF-16 and a declared encoding other than UTF-8 or US-ASCII are refused by name (`XML_ENCODING`), octets that are no
 * UTF-8 with their offset. Used by `XmlCursor`.
 */
import { isUtf8 } from 'node:buffer';
import { notUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';

/** Throws if the octets are no UTF-8; returns where the text starts, past a byte order mark. */
export function requireUtf8(bytes: Uint8Array): number {
  const [first, second, third] = bytes;
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) {
    throw new ProtocolError('XML_ENCODING', 'UTF-16 is not read, only UTF-8', { byte: 0 });
  }
  if (first !== undefined && second !== undefined && (first === 0) !== (second === 0)) {
    throw new ProtocolError('XML_ENCODING', 'looks like UTF-16, only UTF-8 is read', { byte: 0 });
  }
  if (!isUtf8(bytes)) throw notUtf8(bytes);
  return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
}

/** The encoding that an XML declaration names, in any case. */
export function isReadableEncoding(encoding: string): boolean {
  return /^(?:utf-?8|us-ascii|ascii)$/i.test(encoding);
}
