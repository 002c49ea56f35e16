import { expect, test } from 'vitest';
import { decodeHex, encodeBase64, encodeUtf8 } from '../bytes.ts';
import { DMDDF_NAMESPACE } from '../cursor.ts';
import { DMDDF_1_2, WbxmlWriter } from '../wbxml/index.ts';
import { decodeSyncML } from './decode.ts';
import { encodeSyncML } from './encode.ts';
import { maskMessage, maskSecrets } from './mask.ts';
import type { Data, Item, Meta, SyncML } from './message.ts';

const SECRET = 's3cr&t-<päss>';
const NONCE = encodeUtf8('the next nonce..');
const DIGEST = encodeUtf8('sixteen octets!!');

function message(items: readonly Item[]): SyncML {
  const Cred = { Meta: { Format: 'b64', Type: 'syncml:auth-md5' }, Data: encodeBase64(DIGEST) };
  const refs = { CmdID: '1', MsgRef: '1', CmdRef: '0', TargetRef: [], SourceRef: [], Items: [] };
  return {
    SyncHdr: {
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: '1',
      MsgID: '1',
      Target: { LocURI: 'http://dm.example/' },
      Source: { LocURI: 'urn:x:1', LocName: 'user' },
      Cred,
    },
    SyncBody: {
      commands: [
        {
          kind: 'Status',
          ...refs,
          Cmd: 'SyncHdr',
          Data: '212',
          Chal: { Meta: { NextNonce: NONCE } },
        },
        { kind: 'Atomic', CmdID: '2', commands: [{ kind: 'Replace', CmdID: '3', Items: items }] },
        { kind: 'Results', CmdID: '4', Items: items.map(asSource) },
      ],
      Final: true,
    },
  };
}

function asSource({ Target, ...rest }: Item): Item {
  return Target === undefined ? rest : { ...rest, Source: Target };
}

function item(uri: string, data: Data, meta: Meta = {}): Item {
  return { Target: { LocURI: uri }, Meta: meta, Data: data };
}

/** A TNDS in WBXML that holds an AAuthSecret. */
function nestedTnds(): Uint8Array {
  const writer = new WbxmlWriter(DMDDF_1_2);
  writer.open('MgmtTree', DMDDF_NAMESPACE);
  writer.open('Node', DMDDF_NAMESPACE);
  writer.leaf('NodeName', DMDDF_NAMESPACE, 'AAuthSecret');
  writer.leaf('Value', DMDDF_NAMESPACE, SECRET);
  writer.close();
  writer.close();
  return writer.finish();
}

const TNDS = `<MgmtTree><Node><NodeName>AAuthSecret</NodeName><Value>${SECRET}</Value></Node></MgmtTree>`;

/** Every form in which the secrets of `message` could be read off `text`. */
const FORMS = [
  SECRET,
  SECRET.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;'),
  encodeBase64(encodeUtf8(SECRET)),
  Buffer.from(SECRET).toString('latin1'),
  encodeBase64(NONCE),
  'the next nonce',
  encodeBase64(DIGEST),
  'sixteen octets',
];

const SECRET_ITEMS: readonly Item[] = [
  item('./DMAcc/x/AppAuth/y/AAuthSecret', SECRET),
  item('./DMAcc/x/AppAuth/y/AAuthData', encodeBase64(encodeUtf8(SECRET)), { Format: 'b64' }),
  item('./DMAcc/x/AppAuth/y/AAuthData', encodeUtf8(SECRET), { Format: 'bin' }),
  item('./a/Credentials?prop=Value', SECRET),
  item('./a/STUNRelayCreds/', SECRET),
  item('./a/aauthsecre%74', SECRET),
  item('./DMAcc/x', TNDS, { Format: 'xml' }),
  item('./DMAcc/x', nestedTnds(), { Format: 'bin' }),
  item('./DMAcc/x', encodeBase64(nestedTnds()), { Format: 'b64' }),
];

test.each(['xml', 'wbxml'] as const)('no secret survives in %s [AC-53]', (encoding) => {
  for (const each of SECRET_ITEMS) {
    const bytes = encodeSyncML(message([each, item('./a/b', 'kept')]), encoding);
    const masked = maskSecrets(bytes);
    expect(masked).toHaveLength(bytes.length);
    const text = Buffer.from(masked).toString('utf8') + Buffer.from(masked).toString('latin1');
    for (const form of FORMS) expect(text).not.toContain(form);
    expect(text).toContain('kept');
    expect(text).toContain('urn:x:1');
    expect(text).toContain('./a/b');
  }
});

test('the input is not touched', () => {
  const bytes = encodeSyncML(message(SECRET_ITEMS), 'wbxml');
  const before = bytes.slice();
  maskSecrets(bytes);
  expect(bytes).toEqual(before);
});

test.each([
  ['CDATA', `<![CDATA[${SECRET}]]>`],
  ['character references', [...SECRET].map((char) => `&#${char.codePointAt(0)};`).join('')],
  ['a comment in it', 's3cr<!-- x -->&amp;t-&lt;päss>'],
  ['inline elements', '<a xmlns="">s3cr<b>&amp;t-&lt;päss></b></a>'],
])('Data before its Target, spelled as %s, is masked', (_name, content) => {
  const whole = new TextDecoder().decode(encodeSyncML(message([item('./x', 'PLACE')]), 'xml'));
  const secret = `<Data>${content}</Data><Target><LocURI>./a/AAuthSecret</LocURI></Target>`;
  const xml = whole.replace(/<Item><Target>.*?<\/Item>/, `<Item>${secret}</Item>`);
  const masked = new TextDecoder().decode(maskSecrets(encodeUtf8(xml)));
  expect(encodeUtf8(masked)).toHaveLength(encodeUtf8(xml).length);
  expect(masked).not.toMatch(/s3cr|&#|t-|äss/);
});

test('secrets as WBXML peers write them are masked: OPAQUE nonce and digest, string table', () => {
  const bytes = decodeHex(
    [
      '03a4016a0773656372657400', // string table: secret
      '6d6c4e4fc304deadbeef0101', // SyncML, SyncHdr, Cred, Data as OPAQUE
      '5a00015083000101', // Meta, NextNonce as STR_T
      '0101',
    ].join(''),
  );
  const masked = Buffer.from(maskSecrets(bytes)).toString('hex');
  expect(masked).not.toContain('deadbeef');
  expect(masked).toContain('c3042a2a2a2a');
  expect(masked).toContain('074b696f71202000');
});

test('a masked message decodes, and shows no secret', () => {
  const whole = message(SECRET_ITEMS);
  const masked = maskMessage(whole);
  const seen = JSON.stringify(masked, (_key, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
  );
  for (const form of FORMS) expect(seen).not.toContain(form);
  expect(masked.SyncHdr.Cred?.Data).toBe('*'.repeat(24));
  expect(masked.SyncHdr.Source).toEqual(whole.SyncHdr.Source);
  // A NextNonce in text form is base64 of asterisks afterwards.
  for (const encoding of ['xml', 'wbxml'] as const) {
    const [status] = decodeSyncML(maskSecrets(encodeSyncML(whole, encoding))).SyncBody.commands;
    const nonce = status?.kind === 'Status' ? status.Chal?.Meta.NextNonce : undefined;
    expect(new TextDecoder().decode(nonce)).toBe('*'.repeat(18));
  }
  const { SyncHdr } = whole;
  const plain: SyncML = { SyncHdr, SyncBody: { commands: [], Final: true } };
  expect(decodeSyncML(maskSecrets(encodeSyncML(plain, 'wbxml')))).toEqual(maskMessage(plain));
  expect(decodeSyncML(maskSecrets(encodeSyncML(plain, 'xml')))).toEqual(maskMessage(plain));
});

test('the names of secret nodes in a list of children are not secret', () => {
  const list = item('./DMAcc/x/AppAuth/y', 'AAuthName/AAuthSecret/AAuthData', { Format: 'node' });
  const whole = message([list]);
  expect(JSON.stringify(maskMessage(whole))).toContain('AAuthName/AAuthSecret/AAuthData');
  expect(Buffer.from(maskSecrets(encodeSyncML(whole, 'wbxml'))).toString('latin1')).toContain(
    'AAuthName/AAuthSecret/AAuthData',
  );
});

test('octets that are no document are masked whole', () => {
  const bytes = encodeUtf8('<SyncML>user:password');
  expect(new TextDecoder().decode(maskSecrets(bytes))).toBe('*'.repeat(bytes.length));
});
