import { expect, test } from 'vitest';
import { decodeHex, encodeHex } from '../bytes.ts';
import { DMDDF_NAMESPACE, METINF_NAMESPACE, OPEN, SYNCML_NAMESPACE, textOf } from '../cursor.ts';
import { WbxmlCursor } from './cursor.ts';
import { DMDDF_1_2 } from './document-types.ts';
import { WbxmlWriter } from './write.ts';

function written(write: (writer: WbxmlWriter) => void, writer = new WbxmlWriter()): string {
  write(writer);
  return encodeHex(writer.finish());
}

test('the front is version 1.3, SyncML 1.2 by number, UTF-8, no string table', () => {
  expect(written((writer) => writer.empty('SyncML', SYNCML_NAMESPACE))).toBe('03a4016a002d');
});

test('pages are switched where the namespace changes, and only there [WBXML 5.8.1-2]', () => {
  const hex = written((writer) => {
    writer.open('Meta', SYNCML_NAMESPACE);
    writer.leaf('Format', METINF_NAMESPACE, 'b64');
    writer.leaf('Size', METINF_NAMESPACE, '1');
    writer.close();
    writer.empty('Data', SYNCML_NAMESPACE);
  });
  expect(hex).toBe('03a4016a005a00014703623634000152033100010100000f');
});

test('octets are OPAQUE with a length of as many groups as it needs [WBXML 5.1-2]', () => {
  const hex = written((writer) => {
    writer.open('Data', SYNCML_NAMESPACE);
    writer.octets(new Uint8Array(200));
    writer.close();
  });
  expect(hex).toBe(`03a4016a004fc38148${'00'.repeat(200)}01`);
});

test('text of every length is read back, ASCII or not, and with NUL it is OPAQUE [WBXML 5.8.4-7]', () => {
  for (const unit of ['a', 'é', '😀', 'a\u0301']) {
    for (const length of [1, 15, 16, 17, 47, 48, 49, 1000, 5000]) {
      const text = unit.repeat(length);
      const writer = new WbxmlWriter();
      writer.leaf('Data', SYNCML_NAMESPACE, text);
      const cursor = new WbxmlCursor(writer.finish());
      expect(cursor.next()).toBe(OPEN);
      expect(textOf(cursor)).toBe(text);
    }
  }
  for (const text of ['a\0b', 'é\0', `${'x'.repeat(100)}\0`]) {
    const writer = new WbxmlWriter();
    writer.leaf('Data', SYNCML_NAMESPACE, text);
    const bytes = writer.finish();
    expect(bytes[6]).toBe(0xc3);
    const cursor = new WbxmlCursor(bytes);
    cursor.next();
    expect(textOf(cursor)).toBe(text);
  }
});

test('an element that the page does not know is a LITERAL, each name once in the table', () => {
  const writer = new WbxmlWriter();
  writer.open('Foo', SYNCML_NAMESPACE);
  writer.leaf('Bar', SYNCML_NAMESPACE, 'x');
  writer.empty('Foo', SYNCML_NAMESPACE);
  writer.close();
  const bytes = writer.finish();
  expect(encodeHex(bytes)).toBe('03a4016a08466f6f00426172004400440403780001040001');
  const cursor = new WbxmlCursor(bytes);
  cursor.next();
  expect(cursor.name).toBe('Foo');
  cursor.next();
  expect(cursor.name).toBe('Bar');
});

test('a DDF document names itself by text and switches to page 2', () => {
  const hex = written(
    (writer) => writer.empty('MgmtTree', DMDDF_NAMESPACE),
    new WbxmlWriter(DMDDF_1_2),
  );
  const name = Buffer.from('-//OMA//DTD-DM-DDF 1.2//EN').toString('hex');
  expect(hex).toBe(`0300006a1b${name}00000220`);
  const cursor = new WbxmlCursor(decodeHex(hex));
  cursor.next();
  expect([cursor.name, cursor.namespace]).toEqual(['MgmtTree', DMDDF_NAMESPACE]);
});
