import { expect, test } from 'vitest';
import { concatBytes, decodeHex, encodeUtf8 } from '../bytes.ts';
import { CLOSE, DOCUMENT_LIMITS, END, OPAQUE, OPEN, TEXT } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { WbxmlCursor } from './cursor.ts';

/** Octets of hex digits and quoted ASCII: `03 'a' 00`. */
function octets(notation: string): Uint8Array {
  return concatBytes(
    ...notation
      .split(/('[^']*')/)
      .map((part) =>
        part.startsWith("'") ? encodeUtf8(part.slice(1, -1)) : decodeHex(part.replace(/\s/g, '')),
      ),
  );
}

/** The tokens of a document in short: `Data{`, text in quotes, octets in hex, `}`. */
function tokens(bytes: Uint8Array): string {
  const cursor = new WbxmlCursor(bytes);
  const words: string[] = [];
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === OPEN) words.push(`${cursor.name}{`);
    else if (token === TEXT) words.push(JSON.stringify(cursor.text));
    else if (token === OPAQUE) words.push(Buffer.from(cursor.octets).toString('hex'));
    else if (token === CLOSE) words.push('}');
  }
  return words.join(' ');
}

function refusal(bytes: Uint8Array): string {
  try {
    tokens(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return `${error.code} ${error.at.byte}`;
    throw error;
  }
  throw new Error('was accepted');
}

const SYNCML = '03 A401 6A 00';

test.each([
  ['STR_I', "4F 03 'ab' 00 01", 'Data{ "ab" }'],
  ['STR_I, not ASCII', '4F 03 C3A9 00 01', 'Data{ "é" }'],
  ['empty, without content', '0F', 'Data{ }'],
  ['empty, with content', '4F 01', 'Data{ }'],
  ['empty STR_I', '4F 03 00 01', 'Data{ "" }'],
  ['OPAQUE', '4F C3 03 000102 01', 'Data{ 000102 }'],
  ['empty OPAQUE', '4F C3 00 01', 'Data{  }'],
  ['ENTITY', '4F 02 8120 02 879E40 01', 'Data{ "\u00a0" "\u{1cf40}" }'],
  ['several pieces', "4F 03 'a' 00 C3 01 'b' 02 63 01", 'Data{ "a" 62 "c" }'],
  ['SWITCH_PAGE, kept after END', "5A 00 01 4C 03 '5' 00 01 01", 'Meta{ MaxMsgSize{ "5" } }'],
  ['SWITCH_PAGE twice', '00 01 00 00 0F', 'Data{ }'],
  [
    'attributes are stepped over',
    "CF 04 00 03 'x' 00 85 C3 01 01 02 20 00 01 83 00 80 05 40 'y' 00 C0 01 01",
    'Data{ }',
  ],
  ['PI before, inside and after', "43 05 03 'x' 00 01 4F 43 05 01 01 43 05 01", 'Data{ }'],
  ['extensions are left out', "4F 40 'a' 00 80 00 C0 03 'b' 00 01", 'Data{ "b" }'],
])(
  '%s [WBXML 5.8.1-1] [WBXML 5.8.2-1] [WBXML 5.8.4-1] [WBXML 5.8.4-2] [WBXML 5.8.4-3] [WBXML 5.8.4-5] [WBXML 5.8.4-6]',
  (_name, body, expected) => {
    expect(tokens(octets(`${SYNCML} ${body}`))).toBe(expected);
  },
);

test('an extension that is left out is remarked', () => {
  const cursor = new WbxmlCursor(octets(`${SYNCML} 4F C0 01`));
  while (cursor.next() !== END);
  expect(cursor.remarks.map(({ code }) => code)).toEqual(['WBXML_EXTENSION']);
});

test.each([
  ['LITERAL', '04 00', 'Foo{ }'],
  ['LITERAL_C', "44 00 03 'x' 00 01", 'Foo{ "x" }'],
  ['LITERAL_A', '84 00 05 01', 'Foo{ }'],
  ['LITERAL_AC', "C4 00 05 01 03 'x' 00 01", 'Foo{ "x" }'],
  ['STR_T', '4F 83 04 01', 'Data{ "bar" }'],
  ['STR_T into a string', '4F 83 05 01', 'Data{ "ar" }'],
])('the string table serves %s [WBXML 5.8.4-4]', (_name, body, expected) => {
  expect(tokens(octets(`03 A401 6A 08 'Foo' 00 'bar' 00 ${body}`))).toBe(expected);
});

test('a string table without its last NUL is bounded by its length [WBXML 5.7-1]', () => {
  expect(tokens(octets("03 A401 6A 03 'bar' 4F 83 00 01"))).toBe('Data{ "bar" }');
});

test.each(['01', '02', '03'])('version octet %s is read [WBXML 5.4-1] [REPPRO 5-2]', (version) => {
  expect(tokens(octets(`${version} A401 6A 00 0F`))).toBe('Data{ }');
});

test.each([
  ['SyncML 1.2', 'A401', 'SYNCML:SYNCML1.2'],
  ['SyncML 1.1', '9F53', 'SYNCML:SYNCML1.1'],
  ['SyncML 1.0', '9F51', 'SYNCML:SYNCML1.0'],
  ['unknown', '01', 'SYNCML:SYNCML1.2'],
])('numeric public identifier of %s [WBXML 5.5-1] [WBXML 5.5-2]', (_name, id, namespace) => {
  const cursor = new WbxmlCursor(octets(`03 ${id} 6A 00 0F`));
  cursor.next();
  expect(cursor.namespace).toBe(namespace);
});

test('a textual public identifier is found with and without its NUL [WBXML 5.5-1]', () => {
  const name = "'-//SYNCML//DTD SyncML 1.1//EN'";
  for (const table of [`1D ${name}`, `1E ${name} 00`]) {
    const cursor = new WbxmlCursor(octets(`03 00 00 6A ${table} 0F`));
    cursor.next();
    expect(cursor.namespace).toBe('SYNCML:SYNCML1.1');
  }
});

test('a DDF document has its tags on page 2 or on page 0', () => {
  const header = "03 00 00 6A 1B '-//OMA//DTD-DM-DDF 1.2//EN' 00";
  expect(tokens(octets(`${header} 00 02 60 25 01`))).toBe('MgmtTree{ node{ } }');
  expect(tokens(octets(`${header} 60 25 01`))).toBe('MgmtTree{ node{ } }');
});

test('charsets: UTF-8, unknown as UTF-8, ISO-8859-1, US-ASCII [WBXML 5.6-1]', () => {
  expect(tokens(octets('03 A401 00 00 4F 03 C3A9 00 01'))).toBe('Data{ "é" }');
  expect(tokens(octets('03 A401 04 00 4F 03 E9 00 01'))).toBe('Data{ "é" }');
  expect(tokens(octets("03 A401 03 00 4F 03 'e' 00 01"))).toBe('Data{ "e" }');
  expect(refusal(octets("03 A401 03 00 4F 03 'a' E9 00 01"))).toBe('WBXML_CHARACTER 8');
});

test('the root namespace as an attribute with an index into nothing is taken (phones send it)', () => {
  const root = "ED 04 00 03 'SYNCML:SYNCML1.2' 00 01 01";
  expect(tokens(octets(`${SYNCML} ${root}`))).toBe('SyncML{ }');
});

test.each([
  ['nothing at all', '', 'WBXML_TRUNCATED 0'],
  ['WBXML 1.0', '00 A401 00 0F', 'WBXML_VERSION 0'],
  ['a higher minor version', '04 A401 6A 00 0F', 'WBXML_VERSION 0'],
  ['a charset that is not read', '03 A401 8768 00 0F', 'WBXML_CHARSET 3'],
  ['an integer of six octets', '03 808080808001 6A 00 0F', 'WBXML_INTEGER 1'],
  ['an integer over 32 bits', '03 A401 6A 9080808000 0F', 'WBXML_INTEGER 4'],
  ['a string table longer than the document', '03 A401 6A 05 0F', 'WBXML_TRUNCATED 6'],
  ['a public identifier outside the table', '03 00 09 6A 01 00 0F', 'WBXML_STRING_TABLE 2'],
  ['STR_T outside the table', '03 A401 6A 01 00 4F 83 01 01', 'WBXML_STRING_TABLE 7'],
  ['LITERAL outside the table', '03 A401 6A 00 04 00', 'WBXML_STRING_TABLE 5'],
  ['LITERAL that is no name', "03 A401 6A 03 'a b' 04 00", 'WBXML_LITERAL 8'],
  ['LITERAL that is empty', '03 A401 6A 01 00 04 00', 'WBXML_LITERAL 6'],
  ['OPAQUE longer than the document', `${SYNCML} 4F C3 05 01`, 'WBXML_TRUNCATED 9'],
  ['OPAQUE of four gigabytes', `${SYNCML} 4F C3 8FFFFFFF7F 01`, 'WBXML_OPAQUE 6'],
  ['STR_I without NUL', `${SYNCML} 4F 03 'ab'`, 'WBXML_TRUNCATED 9'],
  ['a page that does not exist', `${SYNCML} 00 09 0F`, 'WBXML_PAGE 6'],
  ['a token that is not assigned', `${SYNCML} 3D`, 'WBXML_TOKEN 5'],
  ['the reserved token 0x30', `${SYNCML} 30`, 'WBXML_TOKEN 5'],
  ['END without an element', `${SYNCML} 01`, 'WBXML_TOKEN 5'],
  ['text without an element', `${SYNCML} 03 'a' 00`, 'WBXML_TOKEN 5'],
  ['OPAQUE without an element', `${SYNCML} C3 00`, 'WBXML_TOKEN 5'],
  ['octets after the root', `${SYNCML} 0F 0F`, 'WBXML_TRAILING 6'],
  ['an ENTITY beyond Unicode', `${SYNCML} 4F 02 C48000 01`, 'WBXML_CHARACTER 6'],
  ['an ENTITY that is half a character', `${SYNCML} 4F 02 83B000 01`, 'WBXML_CHARACTER 6'],
  ['text that is no UTF-8', `${SYNCML} 4F 03 'ab' C3 28 00 01`, 'BYTES_NOT_UTF8 10'],
  ['an unfinished attribute list', `${SYNCML} CF 05`, 'WBXML_TRUNCATED 7'],
  ['an endless switching of pages', `${SYNCML} ${'0000'.repeat(500)}`, 'WBXML_TRUNCATED 1005'],
])('refused: %s [AC-03] [WBXML 5.1-1] [WBXML 5.3-1] [WBXML 5.7-1]', (_name, notation, expected) => {
  expect(refusal(octets(notation))).toBe(expected);
});

const HEADER = octets(SYNCML);

function nested(depth: number): Uint8Array {
  return concatBytes(HEADER, new Uint8Array(depth).fill(0x4f), new Uint8Array(depth).fill(0x01));
}

function flat(elements: number): Uint8Array {
  const children = new Uint8Array(elements - 1).fill(0x0f);
  return concatBytes(HEADER, Uint8Array.of(0x4f), children, Uint8Array.of(0x01));
}

function ofBytes(length: number): Uint8Array {
  const text = new Uint8Array(length - HEADER.length - 4).fill(0x61);
  return concatBytes(HEADER, Uint8Array.of(0x4f, 0x03), text, Uint8Array.of(0x00, 0x01));
}

function mb(value: number): Uint8Array {
  return Uint8Array.of(0x80 | (value >> 14), 0x80 | ((value >> 7) & 0x7f), value & 0x7f);
}

function withTable(length: number): Uint8Array {
  return concatBytes(octets('03 A401 6A'), mb(length), new Uint8Array(length), octets('0F'));
}

function withOpaque(length: number): Uint8Array {
  return concatBytes(HEADER, octets('4F C3'), mb(length), new Uint8Array(length), octets('01'));
}

test.each([
  ['WBXML_DEPTH', nested, DOCUMENT_LIMITS.depth],
  ['WBXML_ELEMENTS', flat, DOCUMENT_LIMITS.elements],
  ['WBXML_BYTES', ofBytes, DOCUMENT_LIMITS.bytes],
  ['WBXML_STRING_TABLE', withTable, DOCUMENT_LIMITS.stringTableBytes],
  ['WBXML_OPAQUE', withOpaque, DOCUMENT_LIMITS.opaqueBytes],
])('%s: the limit is taken, one past it is refused', (code, document, limit) => {
  expect(tokens(document(limit))).toMatch(/^Data\{/);
  expect(refusal(document(limit + 1))).toMatch(new RegExp(`^${code} `));
});

test('masking keeps the document, also in the string table and in an ENTITY', () => {
  const bytes = octets("03 A401 6A 04 'tab' 00 4F 03 'abc' 00 C3 02 0203 83 00 02 8120 01");
  const cursor = new WbxmlCursor(bytes);
  const copy = bytes.slice();
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === TEXT || token === OPAQUE) cursor.mask(copy);
  }
  expect(tokens(copy)).toBe('Data{ "***" 2a2a "***" "*" }');
  expect(copy.length).toBe(bytes.length);
});
