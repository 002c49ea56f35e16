/** Data in all its forms, on the way in and on the way out. */
import { expect, test } from 'vitest';
import { decodeHex, encodeUtf8 } from '../bytes.ts';
import { METINF_NAMESPACE, SYNCML_NAMESPACE } from '../cursor.ts';
import { ProtocolError } from '../error.ts';
import { WbxmlWriter } from '../wbxml/index.ts';
import { decodeSyncML } from './decode.ts';
import { encodeSyncML } from './encode.ts';
import type { Command, SyncML } from './message.ts';

const HEADER =
  '<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID>' +
  '<Target><LocURI>http://dm.example/</LocURI></Target><Source><LocURI>urn:x:1</LocURI></Source></SyncHdr>';

function xml(body: string): Uint8Array {
  return encodeUtf8(
    `<SyncML xmlns="SYNCML:SYNCML1.2">${HEADER}<SyncBody>${body}</SyncBody></SyncML>`,
  );
}

function command(body: string): Command {
  const [first] = decodeSyncML(xml(body)).SyncBody.commands;
  if (first === undefined) throw new Error('no command');
  return first;
}

test.each([
  ['text', 'a &lt; b', 'a < b'],
  ['white space, kept', ' a\n', ' a\n'],
  ['CDATA', '<![CDATA[<a>&</a>]]>', '<a>&</a>'],
  ['escaped mark-up', '&lt;MgmtTree/&gt;', '<MgmtTree/>'],
  [
    'inline elements, as XML text',
    '\n<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2 &amp;</VerDTD><Node a="&quot;"/></MgmtTree>\n',
    '<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2 &amp;</VerDTD><Node a="&quot;"/></MgmtTree>',
  ],
  ['text and elements', 'a &lt; <b>c</b> d', 'a &lt; <b xmlns="SYNCML:SYNCML1.2">c</b> d'],
  ['nothing', '', ''],
])('Data holds %s [REPPRO 6.3.1-1]', (_name, content, expected) => {
  const body = `<Add><CmdID>1</CmdID><Item><Data>${content}</Data></Item></Add>`;
  expect(command(body)).toMatchObject({ Items: [{ Data: expected }] });
});

test('empty Data and absent Data differ, in both spellings [REPPRO 6.3.1-2]', () => {
  const body =
    '<Add><CmdID>1</CmdID><Item><Data/></Item><Item><Data></Data></Item><Item></Item></Add>';
  const message = decodeSyncML(xml(body));
  expect(message.SyncBody.commands).toEqual([
    { kind: 'Add', CmdID: '1', Items: [{ Data: '' }, { Data: '' }, {}] },
  ]);
  expect(decodeSyncML(encodeSyncML(message, 'wbxml'))).toEqual(message);
  expect(decodeSyncML(encodeSyncML(message, 'xml'))).toEqual(message);
});

/** A WBXML message with one Add, whose Item has this Format and this OPAQUE. */
function opaque(
  Format: string | undefined,
  octets: Uint8Array,
  where: 'item' | 'command' | 'late',
) {
  const writer = new WbxmlWriter();
  const meta = () => {
    if (Format === undefined) return;
    writer.open('Meta', SYNCML_NAMESPACE);
    writer.leaf('Format', METINF_NAMESPACE, Format);
    writer.close();
  };
  writer.open('SyncML', SYNCML_NAMESPACE);
  writer.open('SyncHdr', SYNCML_NAMESPACE);
  for (const name of ['VerDTD', 'VerProto', 'SessionID', 'MsgID']) {
    writer.leaf(name, SYNCML_NAMESPACE, '1');
  }
  for (const name of ['Target', 'Source']) {
    writer.open(name, SYNCML_NAMESPACE);
    writer.leaf('LocURI', SYNCML_NAMESPACE, 'x');
    writer.close();
  }
  writer.close();
  writer.open('SyncBody', SYNCML_NAMESPACE);
  writer.open('Add', SYNCML_NAMESPACE);
  writer.leaf('CmdID', SYNCML_NAMESPACE, '1');
  if (where === 'command') meta();
  writer.open('Item', SYNCML_NAMESPACE);
  if (where === 'item') meta();
  writer.open('Data', SYNCML_NAMESPACE);
  writer.octets(octets);
  writer.close();
  writer.close();
  if (where === 'late') meta();
  for (let open = 3; open > 0; open--) writer.close();
  const [add] = decodeSyncML(writer.finish()).SyncBody.commands;
  return add?.kind === 'Add' ? add.Items[0]?.Data : undefined;
}

const TEXT = encodeUtf8('abcd é');

test.each(['item', 'command', 'late'] as const)(
  'OPAQUE is octets in Format bin and text in Format chr, wherever Meta stands: %s',
  (where) => {
    expect(opaque('bin', TEXT, where)).toEqual(TEXT);
    expect(opaque('chr', TEXT, where)).toBe('abcd é');
    expect(opaque('xml', TEXT, where)).toBe('abcd é');
    expect(opaque(undefined, TEXT, where)).toBe('abcd é');
  },
);

test('OPAQUE in Format b64 is text if it is base64, else octets (peers send a digest raw)', () => {
  expect(opaque('b64', encodeUtf8('AAEC/w=='), 'item')).toBe('AAEC/w==');
  const digest = decodeHex('9f8a00ff112233445566778899aabbcc');
  expect(opaque('b64', digest, 'item')).toEqual(digest);
});

test('OPAQUE that is a nested WBXML document stays octets in any Format', () => {
  const nested = decodeHex('0300006a00000220');
  expect(opaque('xml', nested, 'item')).toEqual(nested);
  expect(opaque(undefined, nested, 'item')).toEqual(nested);
});

test('white space around OPAQUE is no part of it; with text beside it, it is text', () => {
  const front = '03a4016a006d6c';
  const header = ['71', '72', '65', '5b'].map((tag) => `${tag}03310001`).join('');
  const places = ['6e', '67'].map((tag) => `${tag}570378000101`).join('');
  const before = `${front}${header}${places}016b454b0331000154`;
  const data = (content: string) => {
    const bytes = decodeHex(`${before}4f${content}0101010101`);
    const [add] = decodeSyncML(bytes).SyncBody.commands;
    return add?.kind === 'Add' ? add.Items[0]?.Data : undefined;
  };
  expect(data('03200a00c3020300032000')).toEqual(Uint8Array.of(3, 0));
  expect(data('036100c30162036300')).toBe('abc');
  // The octet is counted from the start of the message, also where the message is a part of a larger buffer.
  const byte = decodeHex(before).length + 4;
  const bytes = decodeHex(`00${before}4fc30361ff62036300 0101010101`.replace(' ', '')).subarray(1);
  expect(() => decodeSyncML(bytes)).toThrow(
    expect.objectContaining({ code: 'BYTES_NOT_UTF8', at: { byte } }),
  );
});

test('OPAQUE that is no text stays octets in a text Format', () => {
  const odd = decodeHex('ff00fe');
  expect(opaque('chr', odd, 'item')).toEqual(odd);
});

test('text that XML cannot carry is refused on the way out, and WBXML carries it', () => {
  const message: SyncML = {
    ...decodeSyncML(xml('')),
    SyncBody: {
      commands: [{ kind: 'Add', CmdID: '1', Items: [{ Data: '\x1b[31m' }] }],
      Final: true,
    },
  };
  expect(() => encodeSyncML(message, 'xml')).toThrow(ProtocolError);
  expect(decodeSyncML(encodeSyncML(message, 'wbxml'))).toEqual(message);
});

test('octets go through XML as base64 in Format b64 [REPPRO 6.4-2]', () => {
  const message: SyncML = {
    ...decodeSyncML(xml('')),
    SyncBody: {
      commands: [
        {
          kind: 'Add',
          CmdID: '1',
          Items: [{ Meta: { Format: 'bin' }, Data: Uint8Array.of(0, 255) }],
        },
      ],
      Final: true,
    },
  };
  expect(decodeSyncML(encodeSyncML(message, 'xml')).SyncBody.commands).toEqual([
    { kind: 'Add', CmdID: '1', Items: [{ Meta: { Format: 'b64' }, Data: 'AP8=' }] },
  ]);
});
