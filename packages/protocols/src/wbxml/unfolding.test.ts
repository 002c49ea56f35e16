/**
 * What a string table unfolds to: references to it cost two octets each, whatever they stand for.
 */
import { expect, test } from 'vitest';
import { decodeHex } from '../bytes.ts';
import { DOCUMENT_LIMITS, END, TEXT } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { WbxmlCursor } from './cursor.ts';

const TEXT_BYTES = 1024;

function charactersOf(bytes: Uint8Array): number {
  const cursor = new WbxmlCursor(bytes);
  let characters = 0;
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === TEXT) characters += cursor.text.length;
  }
  return characters;
}

/** VerDTD with `count` references to the table, each of one token and index 0. */
function repeated(token: number, count: number): Uint8Array {
  const table = Uint8Array.from({ length: TEXT_BYTES + 1 }, (_, at) =>
    at < TEXT_BYTES ? 0x61 : 0,
  );
  const references = Uint8Array.from({ length: count * 2 }, (_, at) => (at % 2 ? 0 : token));
  const front = decodeHex('03a4016a880171');
  return Buffer.concat([
    front.subarray(0, 6),
    table,
    front.subarray(6),
    references,
    Uint8Array.of(1),
  ]);
}

function refusal(bytes: Uint8Array): string {
  try {
    charactersOf(bytes);
  } catch (error) {
    if (error instanceof ProtocolError && error.at.byte !== undefined) return error.code;
    throw error;
  }
  throw new Error('was accepted');
}

const MOST = DOCUMENT_LIMITS.bytes / TEXT_BYTES;

test('a table unfolds to as much as a document may hold, and no further [AC-02]', () => {
  expect(charactersOf(repeated(0x83, MOST))).toBe(DOCUMENT_LIMITS.bytes);
  expect(refusal(repeated(0x83, MOST + 1))).toBe('WBXML_STRING_TABLE');
});

test('names of elements out of the table count as well [AC-02]', () => {
  expect(charactersOf(repeated(0x04, MOST))).toBe(0);
  expect(refusal(repeated(0x04, MOST + 1))).toBe('WBXML_STRING_TABLE');
});
