/**
 * [REPPRO 5-4] What may stand before the root: XML declaration and DOCTYPE. XML 1.0 §2.8.
 *
 * A DOCTYPE without an internal subset, or with one of comments and PIs only, is harmless and never fetched (SyncML and
 * DDF documents carry such); any declaration or parameter entity is refused. Used by `parseXml`.
 */
import { isReadableEncoding } from './charset.ts';
import type { XmlSource } from './source.ts';

/** Past the XML declaration, if there is one. Any version 1.x is read as 1.0. */
export function skipDeclaration(source: XmlSource): void {
  if (!/^<\?xml[ \t\r\n]/.test(source.text)) return;
  const [declaration, quoted] = DECLARATION.exec(source.text) ?? [];
  if (declaration === undefined) throw source.refuse('a malformed XML declaration');
  if (quoted !== undefined && !isReadableEncoding(quoted.slice(1, -1))) {
    throw source.refuse('declares an encoding other than UTF-8', 'XML_ENCODING');
  }
  source.at = declaration.length;
}

/** Past the DOCTYPE, whose `<!DOCTYPE` was taken. */
export function skipDoctype(source: XmlSource): void {
  DOCTYPE.lastIndex = source.at;
  if (!DOCTYPE.test(source.text)) throw source.refuse('a malformed DOCTYPE');
  source.at = DOCTYPE.lastIndex;
  if (source.take('[')) skipSubset(source);
  source.skipSpace();
  if (!source.take('>')) throw source.refuse('a malformed DOCTYPE');
}

function skipSubset(source: XmlSource): void {
  for (;;) {
    source.skipSpace();
    if (source.take(']')) return;
    if (source.take('<!--')) source.skipComment();
    else if (source.take('<?')) source.skipInstruction();
    else if (source.at === source.text.length) throw source.unended('a DOCTYPE');
    else throw source.refuse('the DOCTYPE declares something', 'XML_DTD_REFUSED');
  }
}

const S = '[ \\t\\r\\n]';

/** XML 1.0 §2.8, §4.3.3, §2.9. The encoding is captured with its quotes. */
const DECLARATION = new RegExp(
  `^<\\?xml${S}+version${S}*=${S}*(?:"1\\.[0-9]+"|'1\\.[0-9]+')` +
    `(?:${S}+encoding${S}*=${S}*("[A-Za-z][\\w.-]*"|'[A-Za-z][\\w.-]*'))?` +
    `(?:${S}+standalone${S}*=${S}*(?:"(?:yes|no)"|'(?:yes|no)'))?${S}*\\?>`,
);

/** The front of a DOCTYPE, to its subset or end: name, then perhaps an external identifier (§4.2.2). */
const LITERAL = `(?:"[^"]*"|'[^']*')`;
const DOCTYPE = new RegExp(
  `${S}+[^\\s<>"'\\[]+(?:${S}+(?:SYSTEM${S}+${LITERAL}|PUBLIC${S}+${LITERAL}${S}+${LITERAL}))?${S}*`,
  'y',
);
