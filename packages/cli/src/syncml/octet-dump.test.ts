import { decodeHex, encodeUtf8 } from '@ueprov/protocols';
import { decodeSyncML, encodeSyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { dumpOctets } from './octet-dump.ts';
import { NO_PAINT } from './paint.ts';
import { VECTOR, VECTOR_HEX, XML } from './testing/inputs.ts';

const linesOf = (bytes: Uint8Array) => dumpOctets(bytes, NO_PAINT).text.split('\n').slice(0, -1);
const octetsOf = (lines: readonly string[]) =>
  lines.map((line) => line.slice(8, 32).replaceAll(' ', '')).join('');

test('the front of a document, elements, texts and page switches by name', () => {
  const lines = linesOf(VECTOR);
  expect(lines.slice(0, 10)).toEqual([
    '     0  02                       WBXML 1.2',
    '     1  a4 01                    public identifier 0x1201',
    '     3  6a                       charset 106',
    '     4  00                       string table of 0 octets',
    '     5  6d                       <SyncML>',
    '     6  6c                         <SyncHdr>',
    '     7  71                           <VerDTD>',
    '     8  03 31 2e 32 00                 STR_I "1.2"',
    '    13  01                           END',
    '    14  72                           <VerProto>',
  ]);
  expect(lines).toContain('    63  00 01                          SWITCH_PAGE 1');
  expect(lines).toContain('    93  12                           <Final/>');
  expect(lines.at(-1)).toBe('    95  01                       END');
});

test.each([
  ['the vector', VECTOR],
  ['a message with everything', encodeSyncML(decodeSyncML(encodeUtf8(XML)), 'wbxml')],
])('every octet of %s stands in the dump once', (_what, bytes) => {
  expect(octetsOf(linesOf(bytes))).toBe(Buffer.from(bytes).toString('hex'));
});

test('string table, OPAQUE, STR_T, ENTITY, LITERAL, extension and PI', () => {
  // Public identifier in the table; then a SyncML whose Data-like children hold each token.
  const table = Buffer.from('-//SYNCML//DTD SyncML 1.2//EN\0own\0').toString('hex');
  const bytes = decodeHex(
    `03 00 00 6a 22 ${table} 6d 4f c3 03 010203 01 4f 83 1e 01 4f 02 41 01 44 1e 01 80 05 01`.replaceAll(
      ' ',
      '',
    ),
  );
  const lines = linesOf(bytes);
  expect(octetsOf(lines)).toBe(Buffer.from(bytes).toString('hex'));
  const words = lines.map((line) => line.slice(32).trim()).filter((line) => line !== '');
  expect(words).toEqual([
    'WBXML 1.3',
    'public identifier at 0 of the string table',
    'charset 106',
    'string table of 34 octets',
    '"-//SYNCML//DTD SyncML 1.2//EN."',
    '"own."',
    '<SyncML>',
    '<Data>',
    'OPAQUE 3 octets "..."',
    'END',
    '<Data>',
    'STR_T "own"',
    'END',
    '<Data>',
    'ENTITY "A"',
    'END',
    '<own>',
    'END',
    'stepped over',
    'END',
  ]);
});

test('a document with a fault is shown up to it', () => {
  const { text, fault } = dumpOctets(VECTOR.subarray(0, 40), NO_PAINT);
  expect(fault).toMatchObject({ code: 'WBXML_TRUNCATED', at: { byte: 40 } });
  expect(VECTOR_HEX.startsWith(octetsOf(text.split('\n').slice(0, -1)))).toBe(true);
  expect(text.split('\n').at(-2)).toBe('    36  57                             <LocURI>');
});

test('XML is shown as octets and characters', () => {
  expect(linesOf(encodeUtf8('<SyncML>\n<ü/></SyncML>')).slice(0, 2)).toEqual([
    '     0  3c 53 79 6e 63 4d 4c 3e 0a 3c c3 bc 2f 3e 3c 2f  <SyncML>.<../></',
    '    16  53 79 6e 63 4d 4c 3e                             SyncML>',
  ]);
});
