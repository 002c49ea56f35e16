import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLOSE, END, OPEN, textOf } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { XmlCursor } from './cursor.ts';
import { XmlWriter } from './write.ts';

function written(write: (writer: XmlWriter) => void): string {
  const writer = new XmlWriter();
  write(writer);
  return new TextDecoder().decode(writer.finish());
}

test('a namespace is declared where it differs from the one around it [REPPRO 5-3]', () => {
  const xml = written((writer) => {
    writer.open('a', 'u');
    writer.leaf('b', 'u', '1');
    writer.leaf('c', 'v', '2');
    writer.empty('d', 'v');
    writer.close();
  });
  expect(xml).toBe('<a xmlns="u"><b>1</b><c xmlns="v">2</c><d xmlns="v"/></a>');
});

test('any text of XML characters is read back as it was, ]]> and carriage returns too', () => {
  const text = fc
    .array(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(']]>', '\r\n', '\r', '&#', '<!')),
    )
    .map((pieces) => pieces.join(''))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML has not
    .map((each) => each.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, ''));
  fc.assert(
    fc.property(text, (each) => {
      const writer = new XmlWriter();
      writer.leaf('a', each, each);
      const cursor = new XmlCursor(writer.finish());
      expect(cursor.next()).toBe(OPEN);
      expect(cursor.namespace).toBe(each.trim() === each ? each : cursor.namespace);
      expect(textOf(cursor)).toBe(each);
      expect(cursor.next()).toBe(END);
    }),
  );
});

test('text that XML cannot carry is refused, not written', () => {
  for (const text of ['\0', '\x1b[31m', '\ud800', 'a\udc00b', '\uffff']) {
    expect(() => written((writer) => writer.leaf('a', '', text))).toThrow(ProtocolError);
  }
});

test('octets go as base64', () => {
  const xml = written((writer) => {
    writer.open('a', '');
    writer.octets(Uint8Array.of(0, 255, 16));
    writer.close();
  });
  expect(xml).toBe('<a>AP8Q</a>');
});

test('for display it is indented, and shows control characters as pictures', () => {
  const writer = new XmlWriter({ display: true });
  writer.open('a', 'u');
  writer.open('b', 'u');
  writer.leaf('c', 'u', 'x\x1b');
  writer.close();
  writer.empty('d', 'u');
  writer.close();
  expect(writer.xml).toBe('<a xmlns="u">\n  <b>\n    <c>x\u241b</c>\n  </b>\n  <d/>\n</a>');
  const cursor = new XmlCursor(writer.finish());
  let closes = 0;
  for (let token = cursor.next(); token !== END; token = cursor.next()) {
    if (token === CLOSE) closes += 1;
  }
  expect(closes).toBe(4);
});
