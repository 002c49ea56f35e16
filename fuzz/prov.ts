/**
 * Any octets to the decoder of WAP provisioning: a document or one ProtocolError that says where;
 * and what is a document stays the same through both spellings.
 */
import assert from 'node:assert';
import { decodeHex, ProtocolError } from '@ueprov/protocols';
import {
  decodeProv,
  encodeProv,
  formatProv,
  type ProvDocument,
} from '@ueprov/protocols/dm/bootstrap';
import type { FuzzTarget } from './target.ts';

/** Both pages, a flag, an empty value, a name of its own, characters beyond ASCII. */
const DOCUMENT: ProvDocument = {
  version: '1.1',
  characteristics: [
    {
      type: 'PXLOGICAL',
      parms: [{ name: 'MASTER' }, { name: 'NAME', value: '' }, { name: 'OWN', value: 'é' }],
      characteristics: [
        { type: 'PORT', parms: [{ name: 'PORTNBR', value: '9203' }], characteristics: [] },
      ],
    },
    {
      type: 'APPLICATION',
      parms: [{ name: 'APPID', value: 'w7' }],
      characteristics: [
        { type: 'APPAUTH', parms: [{ name: 'AAUTHLEVEL', value: 'APPSRV' }], characteristics: [] },
      ],
    },
  ],
};

/**
 * Every kind of piece in a value, LITERAL as a name, PI, the tokens of AAUTHTYPE in both versions.
 */
const WBXML = [
  '030b6a027800430504000001c54601c655018707069a0378000281 63c302c3a983000100010001',
  '030b6a00c546 01c600015701873306818280818301873306919290919301 0101',
  '030b6a0369640045c6040003780055018707c0407800800506008601010101',
];

export const target: FuzzTarget = {
  name: 'prov',
  seeds: [
    encodeProv(DOCUMENT, 'xml'),
    encodeProv(DOCUMENT, 'wbxml'),
    ...WBXML.map((hex) => decodeHex(hex.replaceAll(' ', ''))),
  ],
  decode: decoded,
  run(bytes) {
    const document = decoded(bytes);
    if (document === undefined) return;
    assert(formatProv(document).length > 0);
    const { notes: _, ...plain } = document;
    for (const encoding of ['xml', 'wbxml'] as const) {
      const again = through(plain, encoding);
      if (again !== undefined) assert.deepEqual(again, plain);
    }
  },
};

function decoded(bytes: Uint8Array): ProvDocument | undefined {
  try {
    return decodeProv(bytes);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { byte, line } = error.at;
    assert(byte !== undefined || line !== undefined, `${error.code}: no place`);
    return undefined;
  }
}

/** Undefined for a text that XML cannot carry. */
function through(document: ProvDocument, encoding: 'xml' | 'wbxml'): ProvDocument | undefined {
  try {
    return decodeProv(encodeProv(document, encoding));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    assert.equal(error.code, 'XML_CHARACTER');
    return undefined;
  }
}
