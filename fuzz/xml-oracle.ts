/**
 * saxes as the oracle of our XML parser: what one of the two refuses, the other does too, and both see the same
 * elements and texts. Used by the target `xml`.
 */
import assert from 'node:assert';
import { CLOSE, END, OPEN, ProtocolError, TEXT } from '@ueprov/protocols';
import { XmlCursor } from '@ueprov/protocols/xml';
import { SaxesParser } from 'saxes';

/** Throws if the two do not agree on `bytes`. */
export function compareWithSaxes(bytes: Uint8Array): void {
  // saxes does not look at the name, the identifiers and the subset of a DOCTYPE, and ends a PI in it too early.
  const text = Buffer.from(bytes).toString('utf8');
  if (text.includes('<!DOCTYPE') || BLANK_IN_NAMESPACE.test(text)) return;
  const ours = attempt(() => ourTokens(bytes));
  // Limits, charsets and declarations are refused by us alone.
  if (ours instanceof ProtocolError && ours.code !== 'XML_SYNTAX') return;
  const theirs = attempt(() => saxesTokens(bytes));
  if (ours instanceof ProtocolError || theirs instanceof Error) {
    if (ours instanceof ProtocolError && STRICTER.includes(ours.message)) return;
    assert(ours instanceof ProtocolError, `saxes refuses: ${theirs}`);
    assert(theirs instanceof Error, `only we refuse: ${ours}`);
    return;
  }
  assert.deepEqual(ours, theirs);
}

/** saxes takes white space off the ends of a namespace: to it a blank is no namespace. */
const BLANK_IN_NAMESPACE = /xmlns[^=<]*=\s*(?:"[^"]*[\s&][^"]*"|'[^']*[\s&][^']*')/;

/** What saxes lets pass, and the standard does not. */
const STRICTER: readonly string[] = [
  // Namespaces in XML 1.0 §4: a local name starts like any name, and `a:1` does not.
  'no local name after a prefix',
  // XML 1.0 §2.6: it lets `<?a?b?>` pass.
  'no space after the target of a PI',
];

function attempt(run: () => string[]): string[] | Error {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && !(error instanceof assert.AssertionError)) return error;
    throw error;
  }
}

function ourTokens(bytes: Uint8Array): string[] {
  const cursor = new XmlCursor(bytes);
  const tokens: string[] = [];
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === OPEN) {
      const attributes = cursor.attributes.map(({ name, value }) => ` ${name}=${value}`).sort();
      tokens.push(`<${cursor.name} ${cursor.namespace}${attributes.join('')}`);
    } else if (token === TEXT) {
      tokens.push(`"${cursor.text}`);
    } else if (token === CLOSE) {
      tokens.push('>');
    }
  }
  return tokens;
}

function saxesTokens(bytes: Uint8Array): string[] {
  const tokens: string[] = [];
  let depth = 0;
  const parser = new SaxesParser({ xmlns: true, defaultXMLVersion: '1.0', forceXMLVersion: true });
  parser.on('opentag', ({ local, uri, attributes }) => {
    depth += 1;
    const kept = Object.values(attributes).filter(
      ({ uri, name }) => uri === '' && name !== 'xmlns',
    );
    const written = kept.map((each) => ` ${each.local}=${each.value}`).sort();
    tokens.push(`<${local} ${uri}${written.join('')}`);
  });
  parser.on('closetag', () => {
    depth -= 1;
    tokens.push('>');
  });
  const text = (characters: string): void => {
    if (depth > 0) tokens.push(`"${characters}`);
  };
  parser.on('text', text);
  parser.on('cdata', text);
  parser.write(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)).close();
  return tokens;
}
