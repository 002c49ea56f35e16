/**
 * XML 1.0 with namespaces, from octets to a tape of tokens, within limits. The only module that imports saxes.
 *
 * Entities other than the five predefined ones do not exist here: a DOCTYPE that declares is refused, none is fetched.
 * Used by `XmlCursor`.
 */
import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { type Attribute, CLOSE, DOCUMENT_LIMITS, OPEN, type Remark, TEXT } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { decodeXmlText, isReadableEncoding } from './charset.ts';
import { isDeclaringDoctype } from './doctype.ts';
import type { XmlTape } from './tape.ts';

type Saxes = SaxesParser<{ xmlns: true; position: false }>;

/** Throws a `ProtocolError` with the line for whatever is not well-formed, or passes a limit. */
export function parseXml(bytes: Uint8Array): XmlTape {
  if (bytes.length > DOCUMENT_LIMITS.bytes) {
    const byte = DOCUMENT_LIMITS.bytes;
    throw new ProtocolError('XML_BYTES', `document is longer than ${byte} octets`, { byte });
  }
  const { source, markBytes } = decodeXmlText(bytes);
  const tape: XmlTape = {
    tokens: [],
    values: [],
    namespaces: [],
    ends: [],
    lines: [],
    attributes: new Map(),
    remarks: [],
    source,
    markBytes,
  };
  // XML 1.1 would let control characters in by reference: every document is read as 1.0.
  const parser: Saxes = new SaxesParser({
    xmlns: true,
    position: false,
    defaultXMLVersion: '1.0',
    forceXMLVersion: true,
  });
  const counts = { depth: 0, elements: 0, attributes: 0 };
  recordProlog(parser, tape.remarks);
  recordElements(parser, tape, counts);
  recordText(parser, tape, counts);
  parser.write(source).close();
  return tape;
}

function refuse(parser: Saxes, code: string, message: string): never {
  throw new ProtocolError(code, message, { line: parser.line });
}

function recordProlog(parser: Saxes, remarks: Remark[]): void {
  parser.on('error', (error) => refuse(parser, 'XML_SYNTAX', error.message));
  parser.on('xmldecl', ({ encoding }) => {
    if (encoding === undefined || isReadableEncoding(encoding)) return;
    refuse(parser, 'XML_ENCODING', 'declares an encoding other than UTF-8');
  });
  parser.on('doctype', (doctype) => {
    if (isDeclaringDoctype(doctype)) {
      refuse(parser, 'XML_DTD_REFUSED', 'the DOCTYPE declares something');
    }
    remarks.push({ code: 'XML_DOCTYPE', text: 'a DOCTYPE, not fetched', line: parser.line });
  });
}

/** What the limits bound; `attributes` are those of the tag being read. */
interface Counts {
  depth: number;
  elements: number;
  attributes: number;
}

function recordElements(parser: Saxes, tape: XmlTape, counts: Counts): void {
  const { tokens, values, namespaces, ends, lines } = tape;
  parser.on('opentagstart', () => {
    counts.attributes = 0;
    counts.depth += 1;
    counts.elements += 1;
    if (counts.depth > DOCUMENT_LIMITS.depth)
      refuse(parser, 'XML_DEPTH', 'too many nested elements');
    if (counts.elements > DOCUMENT_LIMITS.elements)
      refuse(parser, 'XML_ELEMENTS', 'too many elements');
  });
  parser.on('attribute', () => {
    counts.attributes += 1;
    if (counts.attributes <= DOCUMENT_LIMITS.attributes) return;
    refuse(parser, 'XML_ATTRIBUTES', 'too many attributes in one element');
  });
  parser.on('opentag', (tag) => {
    if (counts.attributes > 0) keepAttributes(tape, tag);
    tokens.push(OPEN);
    values.push(tag.local);
    namespaces.push(tag.uri);
    ends.push(parser.position);
    lines.push(parser.line);
  });
  parser.on('closetag', () => {
    counts.depth -= 1;
    tokens.push(CLOSE);
    values.push('');
    namespaces.push('');
    ends.push(parser.position);
    lines.push(parser.line);
  });
}

/** Attributes of a namespace (declarations, xml:lang) mean nothing in our documents. */
function keepAttributes(tape: XmlTape, tag: SaxesTagNS): void {
  const kept: Attribute[] = [];
  for (const attribute of Object.values<SaxesAttributeNS>(tag.attributes)) {
    if (attribute.uri === '' && attribute.name !== 'xmlns') {
      kept.push({ name: attribute.local, value: attribute.value });
    }
  }
  if (kept.length > 0) tape.attributes.set(tape.tokens.length, kept);
}

function recordText(parser: Saxes, tape: XmlTape, counts: Counts): void {
  const { tokens, values, namespaces, ends, lines } = tape;
  const record = (text: string, end: number): void => {
    // Outside the root there is white space only, else saxes has refused it.
    if (counts.depth === 0) return;
    tokens.push(TEXT);
    values.push(text);
    namespaces.push('');
    ends.push(end);
    lines.push(parser.line);
  };
  // The parser has read the `<` that ends a text.
  parser.on('text', (text) => record(text, parser.position - 1));
  parser.on('cdata', (text) => record(text, parser.position));
}
