/**
 * Start tags: name, attributes, namespaces. XML 1.0 §3.1, §3.3.3; Namespaces in XML 1.0 §5, §6.
 *
 * Used by `parseXml`.
 */
import { type Attribute, DOCUMENT_LIMITS } from '../cursor.ts';
import type { Namespaces } from './namespaces.ts';
import { readAttribute } from './references.ts';
import type { XmlSource } from './source.ts';

interface QualifiedAttribute extends Attribute {
  readonly prefix: string;
}

/**
 * From the name of a start tag to its `>` or `/>`, which is left. Declares its namespaces, and returns its attributes
 * that are in none: those of a namespace (declarations, xml:lang) mean nothing in our documents.
 */
export function readAttributes(
  source: XmlSource,
  namespaces: Namespaces,
  depth: number,
): readonly Attribute[] {
  const all = listAttributes(source);
  for (const { prefix, name, value } of all) {
    if (prefix !== 'xmlns' && (prefix !== '' || name !== 'xmlns')) continue;
    if (!namespaces.declare(prefix === '' ? '' : name, value, depth)) {
      throw source.refuse(`a namespace declaration that may not be made`);
    }
  }
  const expanded = new Set<string>();
  for (const { prefix, name } of all) {
    const namespace = prefix === '' ? '' : namespaceOf(prefix, source, namespaces);
    // A blank is in no name: it parts the two.
    const key = `${namespace} ${name}`;
    if (expanded.has(key)) throw source.refuse(`attribute ${name} twice`);
    expanded.add(key);
  }
  return all
    .filter(({ prefix, name }) => prefix === '' && name !== 'xmlns')
    .map(({ name, value }) => ({ name, value }));
}

/** Throws if the prefix was not declared. */
export function namespaceOf(prefix: string, source: XmlSource, namespaces: Namespaces): string {
  const namespace = prefix === 'xmlns' ? 'xmlns' : namespaces.resolve(prefix);
  if (namespace === undefined) throw source.refuse(`prefix ${prefix} is not declared`);
  return namespace;
}

function listAttributes(source: XmlSource): readonly QualifiedAttribute[] {
  const attributes: QualifiedAttribute[] = [];
  while (source.skipSpace()) {
    const next = source.text.charAt(source.at);
    if (next === '>' || next === '/') break;
    if (attributes.length === DOCUMENT_LIMITS.attributes) {
      throw source.refuse('too many attributes in one element', 'XML_ATTRIBUTES');
    }
    attributes.push(readOne(source));
  }
  return attributes;
}

function readOne(source: XmlSource): QualifiedAttribute {
  const start = source.at;
  const colon = source.skipQualifiedName();
  const name = source.text.slice(colon < 0 ? start : colon + 1, source.at);
  const prefix = colon < 0 ? '' : source.text.slice(start, colon);
  source.skipSpace();
  if (!source.take('=')) throw source.refuse(`attribute ${name} without a value`);
  source.skipSpace();
  const quote = source.text.charAt(source.at);
  if (quote !== '"' && quote !== "'") throw source.refuse(`value of ${name} without quotes`);
  source.at += 1;
  const raw = source.through(quote, `the value of ${name}`);
  if (raw.includes('<')) throw source.refuse(`< in the value of ${name}`);
  const value = readAttribute(raw);
  if (value === undefined) throw source.refuse(`a reference to nothing in the value of ${name}`);
  return { prefix, name, value };
}
