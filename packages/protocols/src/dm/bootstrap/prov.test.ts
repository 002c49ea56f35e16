import { expect, test } from 'vitest';
import { decodeHex, encodeHex, encodeUtf8 } from '../../bytes.ts';
import { ProtocolError } from '../../error.ts';
import type { ProvDocument } from './prov.ts';
import { decodeProv, NOTES_MAX } from './prov-decode.ts';
import { encodeProv, formatProv } from './prov-encode.ts';

/** The account of a DM server, in the bytes that libwbxml writes for it. */
const W7: ProvDocument = {
  version: '1.0',
  characteristics: [
    {
      type: 'APPLICATION',
      parms: [
        { name: 'APPID', value: 'w7' },
        { name: 'PROVIDER-ID', value: 'srv1' },
      ],
      characteristics: [
        { type: 'APPAUTH', parms: [{ name: 'AAUTHLEVEL', value: 'APPSRV' }], characteristics: [] },
      ],
    },
  ],
};
const W7_HEX =
  '030b6a00 c54601 c6 0001 5501 8736 0000 06 03773700 01 87 0001 38 0000 06 037372763100 01' +
  ' c6 0001 5701 8730 0000 06 0001 8d 01 01 01 01';

function hex(text: string): Uint8Array {
  return decodeHex(text.replaceAll(' ', ''));
}

/** A document of one characteristic NAPDEF with these octets in it. */
function napdef(content: string): ProvDocument['characteristics'][number] | undefined {
  return decodeProv(hex(`030b6a00 45 c65501 ${content} 01 01`)).characteristics[0];
}

function refusal(bytes: Uint8Array): ProtocolError {
  try {
    decodeProv(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

test('the account of a server in WBXML, over both pages [WBXML 5.8.3-1]', () => {
  expect(encodeHex(encodeProv(W7, 'wbxml'))).toBe(W7_HEX.replaceAll(' ', ''));
  expect(decodeProv(hex(W7_HEX))).toEqual(W7);
});

test('XML says the same', () => {
  expect(decodeProv(encodeProv(W7, 'xml'))).toEqual(W7);
  expect(formatProv(W7)).toBe(`<wap-provisioningdoc version="1.0">
  <characteristic type="APPLICATION">
    <parm name="APPID" value="w7"/>
    <parm name="PROVIDER-ID" value="srv1"/>
    <characteristic type="APPAUTH">
      <parm name="AAUTHLEVEL" value="APPSRV"/>
    </characteristic>
  </characteristic>
</wap-provisioningdoc>`);
});

test('an encoder may stay on page 1, where value has a token too', () => {
  const bytes = hex('030b6a00 c54601 c6 0001 5501 8736 06 03773700 01 01 01');
  const [application] = decodeProv(bytes).characteristics;
  expect(application?.parms).toEqual([{ name: 'APPID', value: 'w7' }]);
});

test('the second tag page has the same elements', () => {
  const bytes = hex('030b6a00 c54601 0001 c6 0001 5501 8736 06 03773700 01 01 01');
  expect(decodeProv(bytes).characteristics[0]?.type).toBe('APPLICATION');
});

test('a flag has no value, and an empty value is one', () => {
  const document: ProvDocument = {
    characteristics: [
      {
        type: 'PXLOGICAL',
        parms: [{ name: 'MASTER' }, { name: 'NAME', value: '' }],
        characteristics: [],
      },
    ],
  };
  for (const encoding of ['xml', 'wbxml'] as const) {
    expect(decodeProv(encodeProv(document, encoding))).toEqual(document);
  }
});

test('a value is made of pieces: token, string, entity, octets, string of the table', () => {
  // A table of "x", which is referred to by STR_T.
  const bytes = hex('030b6a02 7800 45 c65501 87 07 06 9a 0378 00 02 8163 c3 02c3a9 8300 01 01 01');
  expect(decodeProv(bytes).characteristics[0]?.parms).toEqual([{ name: 'NAME', value: 'PAPxãéx' }]);
});

test('the pieces of AAUTHTYPE are read in the tokens of 1.0 and of 1.1, and not written', () => {
  const parms = (pieces: string) =>
    decodeProv(hex(`030b6a00 45 c6 0001 5701 87 33 06 ${pieces} 01 01 01`)).characteristics[0]
      ?.parms;
  const expected = [{ name: 'AAUTHTYPE', value: 'HTTP-BASIC,HTTP-DIGEST' }];
  expect(parms('81 82 80 81 83')).toEqual(expected);
  expect(parms('91 92 90 91 93')).toEqual(expected);
  const document: ProvDocument = {
    characteristics: [{ type: 'APPAUTH', parms: expected, characteristics: [] }],
  };
  const written = encodeHex(encodeProv(document, 'wbxml'));
  expect(written).toContain(encodeHex(encodeUtf8('HTTP-BASIC,HTTP-DIGEST\0')));
});

test('extensions in a value mean nothing', () => {
  expect(napdef('87 07 06 c0 4078 00 8005 0379 00 01')?.parms).toEqual([
    { name: 'NAME', value: 'y' },
  ]);
});

test('names that no page knows come through the string table', () => {
  const document: ProvDocument = {
    version: '1.1',
    characteristics: [
      { type: 'VENDORCONFIG', parms: [{ name: 'RINGTONES', value: 'é' }], characteristics: [] },
    ],
  };
  expect(decodeProv(encodeProv(document, 'wbxml'))).toEqual(document);
  // LITERAL "id" as the name of an attribute.
  const bytes = hex('030b6a03 696400 45 c6 0400 0378 00 5501 01 01');
  expect(decodeProv(bytes).characteristics[0]?.type).toBe('NAPDEF');
});

test.each([
  ['a truncated list', '030b6a00 c54601 c6', 'WBXML_TRUNCATED'],
  ['no such attribute', '030b6a00 c54d01 01', 'WBXML_TOKEN'],
  ['no such value', '030b6a00 c545 84 01 01', 'WBXML_TOKEN'],
  ['a value before any attribute', '030b6a00 c5 8501 01', 'WBXML_TOKEN'],
  ['an attribute twice', '030b6a00 c5 46 46 01 01', 'WBXML_ATTRIBUTES'],
  ['an attribute page that is none', '030b6a00 c5 0002 01 01', 'WBXML_PAGE'],
  ['a name outside the table', '030b6a00 c5 0400 01 01', 'WBXML_STRING_TABLE'],
  ['a characteristic without type', '030b6a00 45 06 01', 'PROV_TYPE'],
  ['a parm without name', '030b6a00 45 c65501 07 01 01', 'PROV_NAME'],
  ['another root', '030b6a00 06', 'PROV_ROOT'],
  ['a SyncML message', '03a4016a00 2d', 'PROV_ROOT'],
  ['nothing', '', 'XML_SYNTAX'],
])('%s is refused with its place', (_name, octets, code) => {
  const error = refusal(hex(octets));
  expect(error.code).toBe(code);
  expect(error.at.byte ?? error.at.line).toBeDefined();
});

test('every cut of the document is one error with its place', () => {
  const bytes = hex(W7_HEX);
  for (let end = 1; end < bytes.length; end++) {
    expect(refusal(bytes.subarray(0, end)).at.byte).toBeDefined();
  }
});

test('a parm after a characteristic, a foreign element and text are forgiven with a note', () => {
  const xml = `<wap-provisioningdoc>text<foreign/>
    <characteristic type="A"><characteristic type="B"/><parm name="c"/><x/></characteristic>
    <characteristic type="D"><parm name="e"><y/></parm></characteristic></wap-provisioningdoc>`;
  const { characteristics, notes } = decodeProv(encodeUtf8(xml));
  expect(characteristics.map(({ type, parms }) => [type, parms])).toEqual([
    ['A', [{ name: 'c' }]],
    ['D', [{ name: 'e' }]],
  ]);
  expect(notes?.map(({ code }) => code)).toEqual([
    'PROV_STRAY_TEXT',
    'PROV_IGNORED',
    'PROV_ORDER',
    'PROV_IGNORED',
    'PROV_IGNORED',
  ]);
});

test('as many notes as are of use are kept, and no more', () => {
  const notes = (count: number) =>
    decodeProv(encodeUtf8(`<wap-provisioningdoc>${'<x/>'.repeat(count)}</wap-provisioningdoc>`))
      .notes;
  expect(notes(NOTES_MAX)).toHaveLength(NOTES_MAX);
  expect(notes(NOTES_MAX + 1)).toHaveLength(NOTES_MAX);
});
