import { expect, test } from 'vitest';
import { encodeUtf8 } from '../bytes.ts';
import { CLOSE, DOCUMENT_LIMITS, END, OPEN, TEXT } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { XmlCursor } from './cursor.ts';

/** The tokens of a document in short: `a{`, text in quotes, `}`. */
function tokens(xml: string | Uint8Array): string {
  const cursor = new XmlCursor(typeof xml === 'string' ? encodeUtf8(xml) : xml);
  const words: string[] = [];
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === OPEN) words.push(`${cursor.name}{`);
    else if (token === TEXT) words.push(JSON.stringify(cursor.text));
    else if (token === CLOSE) words.push('}');
  }
  return words.join(' ');
}

function refusal(xml: string | Uint8Array): ProtocolError {
  try {
    tokens(xml);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

test('elements, text, CDATA, references and comments become tokens in order', () => {
  expect(tokens('<a><b/>x&lt;&#65;<![CDATA[<&]]><!-- no --><c>y</c></a>')).toBe(
    'a{ b{ } "x<A" "<&" c{ "y" } }',
  );
});

test('names are local names, with their namespace beside them', () => {
  const cursor = new XmlCursor(encodeUtf8('<p:a xmlns:p="u"><b xmlns="v"/></p:a>'));
  cursor.next();
  expect([cursor.name, cursor.namespace]).toEqual(['a', 'u']);
  cursor.next();
  expect([cursor.name, cursor.namespace]).toEqual(['b', 'v']);
});

test('attributes in no namespace are kept, declarations and xml:lang are not', () => {
  const cursor = new XmlCursor(encodeUtf8('<a xmlns="u" xml:lang="en" b="1" c="&lt;"/>'));
  cursor.next();
  expect(cursor.attributes).toEqual([
    { name: 'b', value: '1' },
    { name: 'c', value: '<' },
  ]);
});

test.each([
  ['mismatched tag', '<a><b></a></b>'],
  ['unclosed element', '<a><b></b>'],
  ['undefined entity', '<a>&nope;</a>'],
  ['duplicate attribute', '<a b="1" b="2"/>'],
  ['unbound prefix', '<p:a/>'],
  ['two roots', '<a/><b/>'],
  ['text after the root', '<a/>text'],
  ['NUL', '<a>\0</a>'],
  ['control character', '<a>\x01</a>'],
  ['reference to NUL', '<a>&#0;</a>'],
  ['bare ampersand', '<a>x & y</a>'],
  ['< in an attribute', '<a b="<"/>'],
  [']]> in text', '<a>]]></a>'],
])('malformed: %s is XML_SYNTAX with its line', (_name, xml) => {
  const { code, at } = refusal(xml.replace('<', '\n<'));
  expect(code).toBe('XML_SYNTAX');
  expect(at.line).toBe(2);
});

test.each([
  ['an end tag alone', '<a/></a>'],
  ['an end tag that only starts like its start', '<a></ab>'],
  ['an end tag with an attribute', '<a></a b="1">'],
  ['a tag without end', '<a'],
  ['a tag without name', '<>'],
  ['a name that starts with a digit', '<1/>'],
  ['a slash without >', '<a/ >'],
  ['attributes without space between them', '<a b="1"c="2"/>'],
  ['an attribute without value', '<a b/>'],
  ['an attribute without quotes', '<a b=1/>'],
  ['a value without end', '<a b="1/>'],
  ['a reference to nothing in a value', '<a b="&c;"/>'],
  ['one attribute by two prefixes', '<a xmlns:b="u" xmlns:c="u" b:d="1" c:d="2"/>'],
  ['an unbound prefix of an attribute', '<a b:c="1"/>'],
  ['a prefix out of its scope', '<a><b xmlns:c="u"/><c:d/></a>'],
  ['the prefix xmlns of an element', '<xmlns:a/>'],
  ['a declaration of xmlns', '<a xmlns:xmlns="u"/>'],
  ['another namespace for xml', '<a xmlns:xml="u"/>'],
  ['another prefix for that of xml', '<a xmlns:b="http://www.w3.org/XML/1998/namespace"/>'],
  ['that of xml as default', '<a xmlns="http://www.w3.org/XML/1998/namespace"/>'],
  ['a prefix declared as nothing', '<a xmlns:b=""/>'],
  ['two colons', '<a xmlns:b="u"><b:c:d/></a>'],
  ['no local name', '<a xmlns:b="u"><b:/></a>'],
  ['a local name that starts with a digit', '<a xmlns:b="u"><b:1/></a>'],
  ['an entity without ;', '<a>&lt</a>'],
  ['a reference beyond Unicode', '<a>&#x110000;</a>'],
  ['a reference to half a character', '<a>&#xd800;</a>'],
  ['a reference with X', '<a>&#X41;</a>'],
  ['a comment without end', '<a><!-- </a>'],
  ['-- in a comment', '<a><!-- -- --></a>'],
  ['a comment that ends in --->', '<a><!-- ---></a>'],
  ['CDATA without end', '<a><![CDATA[</a>'],
  ['CDATA outside the root', '<a/><![CDATA[]]>'],
  ['<! of nothing', '<a><!b></a>'],
  ['a PI without target', '<a><? b?></a>'],
  ['a PI without end', '<a><?b </a>'],
  ['a PI with ? in its target', '<a><?b?c?></a>'],
  ['a declaration that is not first', '<a><?xml version="1.0"?></a>'],
  ['a DOCTYPE after the root', '<a/><!DOCTYPE a>'],
  ['two DOCTYPEs', '<!DOCTYPE a><!DOCTYPE a><a/>'],
  ['a DOCTYPE without end', '<!DOCTYPE a'],
  ['a DOCTYPE with a subset without end', '<!DOCTYPE a ['],
  ['a DOCTYPE without name', '<!DOCTYPE ><a/>'],
  ['a public identifier alone', '<!DOCTYPE a PUBLIC "b"><a/>'],
  ['U+FFFE', '<a>\ufffe</a>'],
  ['no element', '<!-- a -->'],
])('not well-formed: %s is XML_SYNTAX with its line', (_name, xml) => {
  const { code, at } = refusal(xml.replace('<', '\n<'));
  expect(code).toBe('XML_SYNTAX');
  expect(at).toEqual({ line: 2 });
});

test.each([
  '<?xml version="2.0"?><a/>',
  '<?xml encoding="UTF-8"?><a/>',
  '<?xml version="1.0" standalone="true"?><a/>',
  '<?xml version=\'1.0"?><a/>',
])('a declaration like %j is XML_SYNTAX', (xml) => {
  expect(refusal(xml).code).toBe('XML_SYNTAX');
});

test.each([
  ['<a b = "1"\n\tc=\'2\' ></a >', 'a{ }'],
  ['<a><b /></a>', 'a{ b{ } }'],
  ['<a>\r\nx\ry\n</a>', 'a{ "\\nx\\ny\\n" }'],
  ['<a>&#13;&#xD;</a>', 'a{ "\\r\\r" }'],
  ['<a><![CDATA[\r\n]]]]><![CDATA[>]]></a>', 'a{ "\\n]]" ">" }'],
  ['<a>&quot;&apos;&gt;&lt;&amp;</a>', `a{ ${JSON.stringify(`"'><&`)} }`],
  ['<a>x<!-- - -->y<?b c?>z<?d?></a>', 'a{ "x" "y" "z" }'],
  ['<é.1-x>漢😀</é.1-x>', 'é.1-x{ "漢😀" }'],
  ["<?xml version='1.1' encoding='utf8' standalone='yes' ?><!-- b --><a/>\n<?c?>", 'a{ }'],
  ['<a xmlns:b="u"><b:c xmlns:b="v"/><b:c></b:c></a>', 'a{ c{ } c{ } }'],
])('well-formed: %j', (xml, expected) => {
  expect(tokens(xml)).toBe(expected);
});

test('white space in an attribute is spaces, but not what was referred to', () => {
  const cursor = new XmlCursor(encodeUtf8('<a b="\r\n1\t2\n&#9;&#10;"/>'));
  cursor.next();
  expect(cursor.attributes).toEqual([{ name: 'b', value: ' 1 2 \t\n' }]);
});

test('a prefix means what the nearest declaration says', () => {
  const xml = '<b:a xmlns:b="u"><b:c xmlns:b="v"/><b:c/><d xmlns="w"><e xmlns=""/></d></b:a>';
  const cursor = new XmlCursor(encodeUtf8(xml));
  const namespaces: string[] = [];
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === OPEN) namespaces.push(cursor.namespace);
  }
  expect(namespaces).toEqual(['u', 'v', 'u', 'w', '']);
});

test('each token knows its line, whichever ends of line the document has', () => {
  const cursor = new XmlCursor(encodeUtf8('<a>\n<b/>\r\n<c\n/>\r</a>'));
  const lines: (number | undefined)[] = [];
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === OPEN) lines.push(cursor.where.line);
  }
  expect(lines).toEqual([1, 2, 4]);
  expect(cursor.where).toEqual({ line: 5 });
});

test('an entity named like a property of every object does not exist', () => {
  expect(refusal('<a>&constructor;</a>').code).toBe('XML_SYNTAX');
  expect(refusal('<a>&__proto__;</a>').code).toBe('XML_SYNTAX');
});

test('a document that calls itself XML 1.1 may not refer to control characters either', () => {
  expect(refusal('<?xml version="1.1"?><a>&#1;</a>').code).toBe('XML_SYNTAX');
});

test('a DOCTYPE without declarations is remarked and not fetched', () => {
  const harmless = [
    '<!DOCTYPE a PUBLIC "-//SYNCML//DTD SyncML 1.2//EN" "http://192.0.2.1/a.dtd">',
    "<!DOCTYPE a SYSTEM '[' >",
    '<!DOCTYPE a [ <!-- it\'s <!ENTITY no> --> <?oma-syncml-dm-ver "1.2"?> ]>',
  ];
  for (const doctype of harmless) {
    const cursor = new XmlCursor(encodeUtf8(`${doctype}<a/>`));
    cursor.next();
    expect(cursor.remarks.map(({ code }) => code)).toEqual(['XML_DOCTYPE']);
  }
});

test.each([
  '<!ENTITY b "c">',
  '<!ENTITY % b SYSTEM "file:///etc/passwd">',
  '<!ELEMENT a ANY>',
  '<!ATTLIST a b CDATA "c">',
  '<!NOTATION b SYSTEM "c">',
  '%b;',
  '<!-- --> <!ENTITY b "c"> <!-- -->',
  '<![INCLUDE[<!ENTITY b "c">]]>',
])('a DOCTYPE with %s is XML_DTD_REFUSED [AC-01]', (subset) => {
  expect(refusal(`<!DOCTYPE a [${subset}]><a/>`).code).toBe('XML_DTD_REFUSED');
  expect(refusal(`<!DOCTYPE a SYSTEM "x" [${subset}]><a/>`).code).toBe('XML_DTD_REFUSED');
});

test('octets that are no UTF-8 are refused with their offset, overlong forms and surrogates too', () => {
  for (const bad of [[0xff], [0xc0, 0xbc], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
    const bytes = Uint8Array.from([...encodeUtf8('<a>é'), ...bad, ...encodeUtf8('</a>')]);
    const { code, at } = refusal(bytes);
    expect(code).toBe('BYTES_NOT_UTF8');
    expect(at.byte).toBeGreaterThanOrEqual(5);
    expect(at.byte).toBeLessThanOrEqual(5 + bad.length);
  }
});

test('UTF-16 and other encodings are refused by name [AC-06]', () => {
  const utf16 = Buffer.from('<a/>', 'utf16le');
  expect(refusal(utf16).code).toBe('XML_ENCODING');
  expect(refusal(Uint8Array.from([0xff, 0xfe, ...utf16])).code).toBe('XML_ENCODING');
  expect(refusal(Uint8Array.from([0xfe, 0xff, 0, 0x3c])).code).toBe('XML_ENCODING');
  expect(refusal('<?xml version="1.0" encoding="ISO-8859-1"?><a/>').code).toBe('XML_ENCODING');
});

test('a byte order mark and the names of UTF-8 and ASCII are taken', () => {
  expect(tokens('\uFEFF<a/>')).toBe('a{ }');
  expect(tokens('<?xml version="1.0" encoding="utf-8"?><a/>')).toBe('a{ }');
  expect(tokens('<?xml version="1.0" encoding="US-ASCII"?><a/>')).toBe('a{ }');
});

function nested(depth: number): string {
  return '<a>'.repeat(depth) + '</a>'.repeat(depth);
}

function attributes(count: number): string {
  return `<a ${Array.from({ length: count }, (_, index) => `b${index}="c"`).join(' ')}/>`;
}

test.each([
  ['XML_DEPTH', (limit: number) => nested(limit), DOCUMENT_LIMITS.depth],
  ['XML_ELEMENTS', (n: number) => `<a>${'<b/>'.repeat(n - 1)}</a>`, DOCUMENT_LIMITS.elements],
  ['XML_ATTRIBUTES', attributes, DOCUMENT_LIMITS.attributes],
  ['XML_BYTES', (n: number) => `<a>${'x'.repeat(n - 7)}</a>`, DOCUMENT_LIMITS.bytes],
])('%s: the limit is taken, one past it is refused [AC-02]', (code, document, limit) => {
  expect(tokens(document(limit))).toMatch(/^a\{/);
  expect(refusal(document(limit + 1)).code).toBe(code);
});

test('a masked text keeps the length and the form of the document', () => {
  const xml = '<é>a<b>se&amp;c<!-- r -->&#101;<![CDATA[t]]></b>😀</é>';
  const bytes = encodeUtf8(xml);
  const cursor = new XmlCursor(bytes);
  const copy = bytes.slice();
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === TEXT) cursor.mask(copy);
  }
  expect(new TextDecoder().decode(copy)).toBe(`<é>*<b>${'*'.repeat(37)}</b>****</é>`);
});

test('masking each of many texts takes time by the length of the document, not by its square', () => {
  const document = (text: string) => `<a>${`${text}<b/>`.repeat(20_000 - 1)}</a>`;
  const bytes = encodeUtf8(document(`漢${'x'.repeat(17)}`));
  const cursor = new XmlCursor(bytes);
  const copy = bytes.slice();
  const start = process.cpuUsage();
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === TEXT) cursor.mask(copy);
  }
  // Counted from the start each time it was ten seconds.
  expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
  expect(new TextDecoder().decode(copy)).toBe(document('*'.repeat(20)));
});
