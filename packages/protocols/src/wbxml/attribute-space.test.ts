import { expect, test } from 'vitest';
import { decodeHex } from '../bytes.ts';
import { type Attribute, DOCUMENT_LIMITS, END } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { WbxmlCursor } from './cursor.ts';
import { PROV_1_0 } from './document-types.ts';
import { WbxmlWriter } from './write.ts';

/** The attributes of all elements of a document. */
function attributesOf(bytes: Uint8Array): (readonly Attribute[])[] {
  const cursor = new WbxmlCursor(bytes);
  const all: (readonly Attribute[])[] = [];
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === 1) all.push(cursor.attributes);
  }
  return all;
}

function refusal(bytes: Uint8Array): string {
  try {
    attributesOf(bytes);
  } catch (error) {
    if (error instanceof ProtocolError && error.at.byte !== undefined) return error.code;
    throw error;
  }
  throw new Error('was accepted');
}

function hex(text: string): Uint8Array {
  return decodeHex(text.replaceAll(' ', ''));
}

test('attributes belong to one element, and the page stays for the next', () => {
  const bytes = hex('030b6a00 c5 46 01 c6 0001 55 01 01 06 86 56 01 01');
  expect(attributesOf(bytes)).toEqual([
    [{ name: 'version', value: '1.0' }],
    [{ name: 'type', value: 'APPLICATION' }],
    [],
    [{ name: 'type', value: 'APPADDR' }],
  ]);
});

test('a PI is stepped over, its page kept', () => {
  expect(attributesOf(hex('030b6a00 43 0001 55 01 86 56 01'))).toEqual([
    [{ name: 'type', value: 'APPADDR' }],
  ]);
});

test('what was written is read, in both pages and with names of no page', () => {
  const attributes = [
    { name: 'name', value: 'APPID' },
    { name: 'value', value: 'GSM-GPRS' },
    { name: 'type', value: 'a\0b' },
    { name: 'own', value: 'x' },
    { name: 'empty', value: '' },
  ];
  const writer = new WbxmlWriter(PROV_1_0);
  writer.open('characteristic', '', attributes);
  writer.empty('parm', '', attributes);
  writer.empty('parm', '');
  writer.close();
  expect(attributesOf(writer.finish())).toEqual([attributes, attributes, []]);
});

function named(count: number): Uint8Array {
  const writer = new WbxmlWriter(PROV_1_0);
  const attributes = Array.from({ length: count }, (_, index) => ({
    name: `a${index}`,
    value: '',
  }));
  writer.empty('parm', '', attributes);
  return writer.finish();
}

test('as many attributes as the limit are taken, one more is refused [AC-02]', () => {
  const { attributes } = DOCUMENT_LIMITS;
  expect(attributesOf(named(attributes))[0]).toHaveLength(attributes);
  expect(refusal(named(attributes + 1))).toBe('WBXML_ATTRIBUTES');
});

/** A parm whose value is made of 1024 octets of the string table, again and again. */
function repeated(count: number): Uint8Array {
  const table = Uint8Array.from({ length: 1025 }, (_, index) => (index < 1024 ? 0x61 : 0));
  const references = Uint8Array.from({ length: count * 2 }, (_, index) => (index % 2 ? 0 : 0x83));
  return Buffer.concat([hex('030b6a 8801'), table, hex('8706'), references, hex('01')]);
}

test('values that unfold to more than a document may hold are refused [AC-02]', () => {
  const most = DOCUMENT_LIMITS.bytes / 1024;
  expect(attributesOf(repeated(most))[0]?.[0]?.value).toHaveLength(DOCUMENT_LIMITS.bytes);
  expect(refusal(repeated(most + 1))).toBe('WBXML_ATTRIBUTES');
});
