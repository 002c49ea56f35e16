/**
 * Any octets to the XML cursor: it comes to its end, or throws one ProtocolError that says where; and it agrees with
 * saxes on what is XML and what stands in it.
 */
import { encodeUtf8 } from '@ueprov/protocols';
import { XmlCursor } from '@ueprov/protocols/xml';
import { seedMessages } from './messages.ts';
import type { FuzzTarget } from './target.ts';
import { walk } from './walk.ts';
import { compareWithSaxes } from './xml-oracle.ts';

const DOCUMENTS = [
  `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE a PUBLIC "-//a//b" 'c' [<!-- d --><?e f?>]><a/>`,
  `<a:b xmlns:a="u" xmlns="v" c="1" a:d='2'><![CDATA[<&]]>&#65;&#x42;&amp;<!-- - --><e/></a:b>`,
  '\uFEFF<é>\r\n\t😀</é>\n<!-- after --><?pi?>',
];

export const target: FuzzTarget = {
  name: 'xml',
  seeds: [...DOCUMENTS.map(encodeUtf8), ...seedMessages('xml')],
  run: compareWithSaxes,
  decode: (bytes) => walk(() => new XmlCursor(bytes), bytes),
};
