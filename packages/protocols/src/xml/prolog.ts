/**
 * [REPPRO 5-4] What may stand before the root: XML declaration and DOCTYPE. XML 1.0 §2.8.
 *
 * A DOCTYPE without an internal subset, or with one of comments and PIs only, is harmless and never fetched (SyncML and
 * DDF documents carry such); any declaration or parameter entity is refused. Used by `XmlCursor`.
 */
import { isSpace } from './characters.ts';
import { isReadableEncoding } from './charset.ts';
import { isWordAt } from './references.ts';
import type { XmlSource } from './source.ts';

/** Past the XML declaration, if there is one. Any version 1.x is read as 1.0. */
export function skipDeclaration(source: XmlSource): void {
  const { bytes, at } = source;
  if (!isWordAt(bytes, at, '<?xml') || !isSpace(bytes[at + 5])) return;
  source.through('?>', 'an XML declaration');
  const written = Buffer.from(bytes.subarray(at, source.at)).toString('latin1');
  const [declaration, quoted] = DECLARATION.exec(written) ?? [];
  if (declaration === undefined) throw source.refuse('a malformed XML declaration');
  if (quoted !== undefined && !isReadableEncoding(quoted.slice(1, -1))) {
    throw source.refuse('declares an encoding other than UTF-8', 'XML_ENCODING');
  }
}

/** Past the DOCTYPE, whose `<!DOCTYPE` was taken. */
export function skipDoctype(source: XmlSource): void {
  skipIdentifiers(source);
  if (source.take('[')) skipSubset(source);
  source.skipSpace();
  if (!source.take('>')) throw source.refuse('a malformed DOCTYPE');
}

/** Name, then perhaps an external identifier. XML 1.0 §2.8, §4.2.2. */
function skipIdentifiers(source: XmlSource): void {
  requireSpace(source);
  source.skipName();
  // A name with prefixes, as in XML 1.0 without namespaces.
  while (source.take(':')) source.skipName();
  if (!source.skipSpace()) return;
  if (source.take('PUBLIC')) {
    skipLiteral(source);
    skipLiteral(source);
  } else if (source.take('SYSTEM')) {
    skipLiteral(source);
  }
  source.skipSpace();
}

function skipLiteral(source: XmlSource): void {
  requireSpace(source);
  if (source.take('"')) source.through('"', 'a literal');
  else if (source.take("'")) source.through("'", 'a literal');
  else throw source.refuse('a malformed DOCTYPE');
}

function requireSpace(source: XmlSource): void {
  if (!source.skipSpace()) throw source.refuse('a malformed DOCTYPE');
}

function skipSubset(source: XmlSource): void {
  for (;;) {
    source.skipSpace();
    if (source.take(']')) return;
    if (source.take('<!--')) source.skipComment();
    else if (source.take('<?')) source.skipInstruction();
    else if (source.isAtEnd) throw source.unended('a DOCTYPE');
    else throw source.refuse('the DOCTYPE declares something', 'XML_DTD_REFUSED');
  }
}

const S = '[ \\t\\r\\n]';

/** XML 1.0 §2.8, §4.3.3, §2.9. The encoding is captured with its quotes. */
const DECLARATION = new RegExp(
  `^<\\?xml${S}+version${S}*=${S}*(?:"1\\.[0-9]+"|'1\\.[0-9]+')` +
    `(?:${S}+encoding${S}*=${S}*("[A-Za-z][\\w.-]*"|'[A-Za-z][\\w.-]*'))?` +
    `(?:${S}+standalone${S}*=${S}*(?:"(?:yes|no)"|'(?:yes|no)'))?${S}*\\?>$`,
);
