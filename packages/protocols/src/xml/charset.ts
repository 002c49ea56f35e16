/**
 * Octets of an XML document to text: UTF-8 and nothing else. XML 1.0 §4.3.3.
 *
 * UTF-16 and a declared encoding other than UTF-8 or US-ASCII are refused by name (`XML_ENCODING`), octets that are no
 * UTF-8 with their offset. Used by `parseXml`.
 */
import { decodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';

export interface XmlText {
  readonly source: string;
  /** Octets of the byte order mark: 0 or 3. */
  readonly markBytes: number;
}

export function decodeXmlText(bytes: Uint8Array): XmlText {
  const [first, second, third] = bytes;
  if ((first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe)) {
    throw new ProtocolError('XML_ENCODING', 'UTF-16 is not read, only UTF-8', { byte: 0 });
  }
  if (first !== undefined && second !== undefined && (first === 0) !== (second === 0)) {
    throw new ProtocolError('XML_ENCODING', 'looks like UTF-16, only UTF-8 is read', { byte: 0 });
  }
  const markBytes = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  const body = markBytes === 0 ? bytes : bytes.subarray(markBytes);
  return { source: decodeUtf8(body, markBytes), markBytes };
}

/** The encoding that an XML declaration names, in any case. */
export function isReadableEncoding(encoding: string): boolean {
  return /^(?:utf-?8|us-ascii|ascii)$/i.test(encoding);
}
