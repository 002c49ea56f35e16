/** The abuse cases AC-01 to AC-06, as far as one message goes: what the codec alone has to withstand. */
import { expect, test } from 'vitest';
import { concatBytes, decodeHex, encodeUtf8 } from '../bytes.ts';
import { METINF_NAMESPACE, SYNCML_NAMESPACE } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { WbxmlWriter } from '../wbxml/index.ts';
import { decodeSyncML } from './decode.ts';
import { encodeSyncML } from './encode.ts';
import { LIMITS } from './limits.ts';
import { maskSecrets } from './mask.ts';
import type { Item, SyncML } from './message.ts';

const HEADER =
  '<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID>' +
  '<Target><LocURI>http://dm.example/</LocURI></Target><Source><LocURI>urn:x:1</LocURI></Source></SyncHdr>';

function xml(body: string, prolog = ''): Uint8Array {
  return encodeUtf8(
    `${prolog}<SyncML xmlns="SYNCML:SYNCML1.2">${HEADER}<SyncBody>${body}</SyncBody></SyncML>`,
  );
}

function withData(content: string, meta = ''): Uint8Array {
  const item = `<Item><Target><LocURI>./a</LocURI></Target>${meta}<Data>${content}</Data></Item>`;
  return xml(`<Replace><CmdID>1</CmdID>${item}</Replace>`);
}

function dataOf(bytes: Uint8Array): Item['Data'] {
  const [command] = decodeSyncML(bytes).SyncBody.commands;
  if (command?.kind !== 'Replace') throw new Error('no Replace');
  return command.Items[0]?.Data;
}

function refusal(bytes: Uint8Array): string {
  try {
    decodeSyncML(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    expect(error.at.byte ?? error.at.line).toBeDefined();
    return error.code;
  }
  throw new Error('was accepted');
}

/** CPU time of the fastest of three, so that a compilation or a busy machine does not count. */
function cpuMs(work: () => unknown): number {
  const runs = [1, 2, 3].map(() => {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

const FILE = 'file:///etc/passwd';

test.each([
  ['an entity', `<!DOCTYPE SyncML [<!ENTITY a "b">]>`],
  ['an external entity', `<!DOCTYPE SyncML [<!ENTITY a SYSTEM "${FILE}">]>`],
  ['a parameter entity', `<!DOCTYPE SyncML [<!ENTITY % a SYSTEM "${FILE}"> %a;]>`],
  ['entities that multiply', `<!DOCTYPE SyncML [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>`],
])('AC-01 a DOCTYPE that declares %s is refused', (_name, doctype) => {
  expect(refusal(xml('<Final/>', doctype))).toBe('XML_DTD_REFUSED');
});

test('AC-01 an entity that only an external DTD could declare is refused, the DTD is not fetched', () => {
  const message = `<!DOCTYPE SyncML SYSTEM "${FILE}">${new TextDecoder().decode(withData('&a;'))}`;
  expect(refusal(encodeUtf8(message))).toBe('XML_SYNTAX');
});

test('AC-01 XInclude and a stylesheet are inert', () => {
  const include = `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${FILE}"/>`;
  expect(dataOf(withData(include))).toBe(
    `<include xmlns="http://www.w3.org/2001/XInclude" href="${FILE}"/>`,
  );
  const styled = xml('<Final/>', `<?xml-stylesheet href="${FILE}"?>`);
  expect(decodeSyncML(styled).SyncBody).toEqual({ commands: [], Final: true });
});

test.each([
  ['ten million references', () => withData('&#65;'.repeat(10_000_000)), 'XML_BYTES'],
  ['sixteen million characters', () => withData('x'.repeat(2 ** 24)), 'XML_BYTES'],
  ['sixteen million blanks', () => encodeUtf8(' '.repeat(2 ** 24)), 'SYNCML_ENCODING'],
  ['a million attributes', () => withData(`<a ${'b="" '.repeat(1_000_000)}/>`), 'XML_BYTES'],
  ['40,000 attributes', () => withData(`<a ${attributes(40_000)}/>`), 'XML_ATTRIBUTES'],
  ['a depth of 100,000', () => withData('<a>'.repeat(100_000)), 'XML_DEPTH'],
  ['100,000 elements', () => xml(`<Odd>${'<a/>'.repeat(100_000)}</Odd>`), 'XML_ELEMENTS'],
  ['a namespace of 100 kB for each of 5,000 elements', () => namespaced(5_000), 'DOCUMENT_MEMORY'],
  ['400,000 escapes in CDATA beside mark-up', () => escaped(400_000), 'DOCUMENT_MEMORY'],
  ['sixteen million octets of WBXML', () => ofWbxml(new Uint8Array(2 ** 24)), 'WBXML_BYTES'],
  ['a depth of 100,000 in WBXML', () => ofWbxml(filled(100_000, 0x6d)), 'WBXML_DEPTH'],
])('AC-02 %s: refused in less than 50 ms', (_name, make, code) => {
  const bytes = make();
  expect(refusal(bytes)).toBe(code);
  expect(cpuMs(() => refusal(bytes))).toBeLessThan(50);
});

test.each([
  ['references', '&#65;'],
  ['CDATA sections', '<![CDATA[a]]>'],
  ['comments', '<!---->a'],
  ['characters beyond the BMP', '😀'],
])(
  'AC-02 as many %s as the limit of octets lets in are read in less than 250 ms',
  (_name, unit) => {
    const room = LIMITS.bytes - withData('').length;
    const bytes = withData(unit.repeat(Math.floor(room / encodeUtf8(unit).length)));
    expect(String(dataOf(bytes)).length).toBeGreaterThan(10_000);
    expect(cpuMs(() => decodeSyncML(bytes))).toBeLessThan(250);
    expect(cpuMs(() => maskSecrets(bytes))).toBeLessThan(500);
  },
);

test.each([
  ['a string table of 4 GB', '03a4016a8fffffff7f0f', 'WBXML_STRING_TABLE'],
  ['a table index out of range', '03a4016a036162006d837f01', 'WBXML_STRING_TABLE'],
  ['100 continuation octets', `03${'80'.repeat(100)}`, 'WBXML_INTEGER'],
  ['an OPAQUE of 4 GB', '03a4016a006dc38fffffff7f01', 'WBXML_OPAQUE'],
  ['an OPAQUE that is cut', '03a4016a006dc3100102', 'WBXML_TRUNCATED'],
  ['an unknown page', '03a4016a0000ff0f', 'WBXML_PAGE'],
  ['an unknown token', '03a4016a003f', 'WBXML_TOKEN'],
  ['a charset that is none', '03a4018fffffff7f000f', 'WBXML_CHARSET'],
  ['UTF-16 as charset', '03a4018777000f', 'WBXML_CHARSET'],
])('AC-03 %s: one error with its byte', (_name, hex, code) => {
  expect(refusal(decodeHex(hex))).toBe(code);
});

test('AC-03 half a megabyte of page switches ends with the document', () => {
  const bytes = ofWbxml(filled(500_000, 0x00));
  expect(refusal(bytes)).toBe('WBXML_TRUNCATED');
  expect(cpuMs(() => refusal(bytes))).toBeLessThan(50);
});

test('AC-03 a document in a document, thirty deep, stays the octets of the outermost Data', () => {
  let nested: Uint8Array = encodeUtf8('core');
  for (let depth = 0; depth < 30; depth++) {
    const Data = nested;
    const Items = [{ Target: { LocURI: './a' }, Meta: { Format: 'bin' }, Data }];
    nested = encodeSyncML(message([{ kind: 'Replace', CmdID: '1', Items }]), 'wbxml');
  }
  expect(dataOf(nested)).toBeInstanceOf(Uint8Array);
  expect(maskSecrets(nested)).toHaveLength(nested.length);
});

test.each(['1', '0', '-1', '99999999999999999999', 'x', ''])(
  'AC-04 the CmdID %j is kept as it came, also twice: to answer it is for the session',
  (id) => {
    const get = `<Get><CmdID>${id}</CmdID></Get>`;
    const { commands } = decodeSyncML(xml(get + get)).SyncBody;
    expect(commands).toEqual([0, 1].map(() => ({ kind: 'Get', CmdID: id, Items: [] })));
  },
);

test('AC-04 too many commands and a missing SyncBody are refused; a missing Final is said', () => {
  const many = (count: number) => xml('<Alert><CmdID/></Alert>'.repeat(count));
  expect(refusal(many(9_000))).toBe('SYNCML_COMMANDS');
  expect(refusal(many(20_000))).toBe('SYNCML_COMMANDS');
  expect(refusal(many(100_000))).toBe('XML_BYTES');
  const wbxml = new WbxmlWriter();
  wbxml.open('SyncML', SYNCML_NAMESPACE);
  wbxml.close();
  expect(refusal(wbxml.finish())).toBe('SYNCML_NO_SYNCHDR');
  expect(refusal(encodeUtf8(`<SyncML>${HEADER}</SyncML>`))).toBe('SYNCML_NO_SYNCBODY');
  expect(decodeSyncML(xml('')).SyncBody.Final).toBe(false);
});

test.each([
  './../../a',
  './/a//b',
  './__proto__/constructor/prototype',
  './a?list=StructData?list=x',
  './%252e%252e/a',
  './\u202egnp.a/\u0430',
  `./${'a/'.repeat(10_000)}`,
  `./${'x'.repeat(65_536)}`,
])('AC-05 the address %.40s comes through as the text that it is', (uri) => {
  const Items = [{ Target: { LocURI: uri } }];
  const whole = message([{ kind: 'Get', CmdID: '1', Items }]);
  for (const encoding of ['xml', 'wbxml'] as const) {
    expect(decodeSyncML(encodeSyncML(whole, encoding))).toEqual(whole);
  }
});

test('AC-05 names of properties of every object pollute nothing', () => {
  for (const name of ['__proto__', 'constructor', 'prototype', 'toString']) {
    const element = `<${name}><polluted>1</polluted></${name}>`;
    const item = `<Item>${element}<Meta>${element}</Meta><Target><LocURI>./a</LocURI>${element}</Target></Item>`;
    const read = decodeSyncML(xml(`<Get><CmdID>1</CmdID>${element}${item}</Get>${element}`));
    expect(JSON.stringify(read.SyncBody.commands[0])).not.toContain('polluted');
    // A command without CmdID that DM does not know could not be answered: it is left out.
    expect(read.SyncBody.commands).toHaveLength(1);
    expect('polluted' in {}).toBe(false);
  }
});

test('AC-05 NUL in an address is kept apart from its end, or refused', () => {
  const bytes = new WbxmlWriter();
  bytes.open('SyncML', SYNCML_NAMESPACE);
  bytes.leaf('SyncHdr', SYNCML_NAMESPACE, 'a\0b');
  bytes.close();
  expect(refusal(bytes.finish())).toBe('SYNCML_MISSING');
  expect(refusal(xml('<Get><CmdID>1</CmdID><Item><Target>./a\0b</Target></Item></Get>'))).toBe(
    'XML_SYNTAX',
  );
});

test('AC-06 CDATA, ]]> in Data and mixed namespaces mean what they say', () => {
  expect(dataOf(withData('<![CDATA[<a>]]]]><![CDATA[>&amp;]]>'))).toBe('<a>]]>&amp;');
  expect(dataOf(withData(']]&gt;'))).toBe(']]>');
  expect(refusal(withData(']]>'))).toBe('XML_SYNTAX');
  const meta = `<m:Meta xmlns:m="urn:x"><f:Format xmlns:f="${METINF_NAMESPACE}">chr</f:Format></m:Meta>`;
  expect(dataOf(withData('a', meta))).toBe('a');
});

test('AC-06 a byte order mark is taken, UTF-16 and overlong UTF-8 are refused', () => {
  const bytes = xml('<Final/>');
  expect(decodeSyncML(concatBytes(decodeHex('efbbbf'), bytes)).SyncBody.Final).toBe(true);
  const utf16 = new Uint8Array(Buffer.from(new TextDecoder().decode(bytes), 'utf16le'));
  expect(refusal(utf16)).toBe('XML_ENCODING');
  expect(refusal(concatBytes(decodeHex('fffe'), utf16))).toBe('XML_ENCODING');
  const [front = '', back = ''] = new TextDecoder().decode(withData('PLACE')).split('PLACE');
  const overlong = concatBytes(encodeUtf8(front), decodeHex('c0bc'), encodeUtf8(back));
  expect(() => decodeSyncML(overlong)).toThrow(
    new ProtocolError('BYTES_NOT_UTF8', 'text is not valid UTF-8', { byte: front.length }),
  );
});

test('AC-06 garbage as base64 stays the text that came; the reader of the value refuses it', () => {
  const meta = '<Meta><Format>b64</Format></Meta>';
  expect(dataOf(withData('?*!', meta))).toBe('?*!');
});

function message(commands: SyncML['SyncBody']['commands']): SyncML {
  const { SyncHdr } = decodeSyncML(xml(''));
  return { SyncHdr, SyncBody: { commands, Final: true } };
}

/** Each element has a prefix, and says its namespace in full when it is taken out of the document. */
function namespaced(count: number): Uint8Array {
  return withData(`<a xmlns:p="${'x'.repeat(100_000)}">${'<p:b/>'.repeat(count)}</a>`);
}

function escaped(count: number): Uint8Array {
  return withData(`<a/><![CDATA[${'&'.repeat(count)}]]>`);
}

function attributes(count: number): string {
  return Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ');
}

function ofWbxml(body: Uint8Array): Uint8Array {
  return concatBytes(decodeHex('03a4016a00'), body);
}

function filled(length: number, octet: number): Uint8Array {
  return new Uint8Array(length).fill(octet);
}
