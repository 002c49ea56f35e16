import { expect, test } from 'vitest';
import { decodeHex, encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import { decodeSyncML } from './decode.ts';
import { encodeSyncML } from './encode.ts';
import { LIMITS } from './limits.ts';
import type { Command } from './message.ts';

const HEADER =
  '<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID>' +
  '<Target><LocURI>http://dm.example/</LocURI></Target><Source><LocURI>urn:x:1</LocURI></Source></SyncHdr>';

function xml(body: string, header = HEADER): Uint8Array {
  return encodeUtf8(
    `<SyncML xmlns="SYNCML:SYNCML1.2">${header}<SyncBody>${body}</SyncBody></SyncML>`,
  );
}

function command(body: string): Command {
  const [first] = decodeSyncML(xml(body)).SyncBody.commands;
  if (first === undefined) throw new Error('no command');
  return first;
}

function codes(bytes: Uint8Array): string[] {
  return (decodeSyncML(bytes).notes ?? []).map(({ code }) => code);
}

function refusal(bytes: Uint8Array): string {
  try {
    decodeSyncML(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) {
      expect(error.at.byte ?? error.at.line).toBeDefined();
      return error.code;
    }
    throw error;
  }
  throw new Error('was accepted');
}

test('a message in DTD order has no notes [REPPRO 6.2-1]', () => {
  expect(decodeSyncML(xml('<Final/>')).notes).toBeUndefined();
});

test('children out of the order of the DTD are taken with a note', () => {
  const status =
    '<Status><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Cmd>SyncHdr</Cmd><CmdID>6</CmdID><Data>212</Data></Status>';
  expect(command(status)).toMatchObject({ CmdID: '6', MsgRef: '1', Data: '212' });
  expect(codes(xml(status))).toEqual(['SYNCML_ORDER']);
  const item =
    '<Get><CmdID>1</CmdID><Item><Meta><Format>chr</Format></Meta><Target><LocURI>./a</LocURI></Target></Item></Get>';
  expect(command(item)).toMatchObject({ Items: [{ Target: { LocURI: './a' } }] });
  expect(codes(xml(item))).toEqual(['SYNCML_ORDER']);
});

test('a Status for the SyncHdr may lack CmdRef, one with CmdRef 0 may lack Cmd; with a note', () => {
  const noRef =
    '<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><Cmd>SyncHdr</Cmd><Data>200</Data></Status>';
  expect(command(noRef)).toMatchObject({ CmdRef: '0' });
  expect(codes(xml(noRef))).toEqual(['SYNCML_NO_CMDREF']);
  const noCmd =
    '<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>0</CmdRef><Data>200</Data></Status>';
  expect(command(noCmd)).toMatchObject({ Cmd: 'SyncHdr' });
  expect(codes(xml(noCmd))).toEqual(['SYNCML_NO_CMD']);
});

test('Results without MsgRef and CmdRef leave them out, to be read as 1', () => {
  expect(command('<Results><CmdID>1</CmdID></Results>')).toEqual({
    kind: 'Results',
    CmdID: '1',
    Items: [],
  });
});

test('bare text in Target is its LocURI, with a note', () => {
  const get = '<Get><CmdID>1</CmdID><Item><Target> ./a/b\n</Target></Item></Get>';
  expect(command(get)).toMatchObject({ Items: [{ Target: { LocURI: './a/b' } }] });
  expect(codes(xml(get))).toEqual(['SYNCML_BARE_LOCATION']);
});

test.each([
  ['SYNCML:SYNCML1.2', []],
  ['SYNCML:SYNCML1.1', ['SYNCML_NAMESPACE']],
  ['syncml:SYNCML1.2', ['SYNCML_NAMESPACE']],
  ['', ['SYNCML_NAMESPACE']],
])('the root namespace %j is taken, a variant with a note', (namespace, expected) => {
  const bytes = encodeUtf8(
    `<SyncML xmlns="${namespace}">${HEADER}<SyncBody><Final/></SyncBody></SyncML>`,
  );
  expect(codes(bytes)).toEqual(expected);
});

test('names are matched whatever their prefix', () => {
  const bytes = encodeUtf8(
    `<s:SyncML xmlns:s="SYNCML:SYNCML1.2">${HEADER.replace(/<(\/?)/g, '<$1s:')}<s:SyncBody><s:Final/></s:SyncBody></s:SyncML>`,
  );
  expect(decodeSyncML(bytes).SyncHdr.SessionID).toBe('1');
});

test('the MetInf wrapper is flattened, its children trimmed, with any namespace or none [REPPRO 6.3.3-2]', () => {
  const meta =
    '<Meta><MetInf xmlns="syncml:metinf"><Format> chr </Format>\n<Type>\ttext/plain</Type></MetInf></Meta>';
  expect(command(`<Get><CmdID>1</CmdID>${meta}</Get>`).kind).toBe('Get');
  expect(command(`<Get><CmdID>1</CmdID>${meta}</Get>`)).toMatchObject({
    Meta: { Format: 'chr', Type: 'text/plain' },
  });
  expect(codes(xml(`<Get><CmdID>1</CmdID>${meta}</Get>`))).toEqual([]);
});

test('Type and Format that stand in each other, as in Appendix I, are put right with a note', () => {
  const replace =
    '<Replace><CmdID>3</CmdID><Item><Source><LocURI>./DevInfo/Man</LocURI></Source><Meta>' +
    "<Type xmlns='syncml:metinf'>chr</Type><Format xmlns='syncml:metinf'>text/plain</Format></Meta>" +
    '<Data>x</Data></Item></Replace>';
  expect(command(replace)).toMatchObject({
    Items: [{ Meta: { Type: 'text/plain', Format: 'chr' }, Data: 'x' }],
  });
  expect(codes(xml(replace))).toEqual(['SYNCML_SWAPPED_META']);
  expect(new TextDecoder().decode(encodeSyncML(decodeSyncML(xml(replace)), 'xml'))).toContain(
    '>chr</Format><Type xmlns="syncml:metinf">text/plain</Type>',
  );
});

test('Format is read in any case, with a note', () => {
  const alert = '<Alert><CmdID>1</CmdID><Item><Meta><Format>Chr</Format></Meta></Item></Alert>';
  expect(command(alert)).toMatchObject({ Items: [{ Meta: { Format: 'chr' } }] });
  expect(codes(xml(alert))).toEqual(['SYNCML_FORMAT_CASE']);
});

test('a Type that is right beside a Format that is unknown stays as it is', () => {
  const get = '<Get><CmdID>1</CmdID><Meta><Format>odd</Format><Type>text/plain</Type></Meta></Get>';
  expect(command(get)).toMatchObject({ Meta: { Format: 'odd', Type: 'text/plain' } });
});

test('a command that DM does not use is kept by name and CmdID [REPPRO 6.6-5]', () => {
  expect(command('<Put><CmdID>7</CmdID><Item><Data>x</Data></Item></Put>')).toEqual({
    kind: 'Unknown',
    CmdID: '7',
    name: 'Put',
  });
  expect(command('<Frob><Item/><CmdID>8</CmdID></Frob>')).toMatchObject({ CmdID: '8' });
});

test('elements without use in DM are left out with a note, in one message as in the next', () => {
  const body =
    '<Odd/><Get><CmdID>1</CmdID><Lang>en</Lang><Item><SourceParent><LocURI>x</LocURI></SourceParent></Item></Get>';
  expect(codes(xml(body))).toEqual(['SYNCML_IGNORED', 'SYNCML_IGNORED', 'SYNCML_IGNORED']);
  expect(decodeSyncML(xml(body)).SyncBody.commands).toEqual([
    { kind: 'Get', CmdID: '1', Items: [{}] },
  ]);
});

test('text between elements is left out with a note', () => {
  expect(codes(xml('x<Final/>'))).toEqual(['SYNCML_STRAY_TEXT']);
});

test('what decoded notes say is bounded', () => {
  const body = '<Get><CmdID>1</CmdID><Lang/></Get>'.repeat(1);
  const many = `<Get><CmdID>1</CmdID>${'<Odd/>'.repeat(LIMITS.notes + 10)}</Get>`;
  expect(codes(xml(body))).toHaveLength(1);
  expect(codes(xml(many))).toHaveLength(LIMITS.notes);
});

test.each([
  ['neither XML nor WBXML', encodeUtf8('hello'), 'SYNCML_ENCODING'],
  ['nothing', new Uint8Array(0), 'SYNCML_ENCODING'],
  ['another root', encodeUtf8('<a/>'), 'SYNCML_ROOT'],
  ['no SyncHdr', encodeUtf8('<SyncML><SyncBody/></SyncML>'), 'SYNCML_NO_SYNCHDR'],
  ['no SyncBody', encodeUtf8(`<SyncML>${HEADER}</SyncML>`), 'SYNCML_NO_SYNCBODY'],
  ['no VerDTD', xml('', HEADER.replace(/<VerDTD>.*<\/VerDTD>/, '')), 'SYNCML_MISSING'],
  ['no MsgID', xml('', HEADER.replace(/<MsgID>.*<\/MsgID>/, '')), 'SYNCML_MISSING'],
  ['two SessionIDs', xml('', HEADER.replace('<MsgID>', '<SessionID/><MsgID>')), 'SYNCML_DUPLICATE'],
  [
    'an empty Target',
    xml('', HEADER.replace(/<Target>.*<\/Target>/, '<Target/>')),
    'SYNCML_MISSING',
  ],
  [
    'two SyncBodies',
    encodeUtf8(`<SyncML>${HEADER}<SyncBody/><SyncBody/></SyncML>`),
    'SYNCML_DUPLICATE',
  ],
  ['a command without CmdID', xml('<Get/>'), 'SYNCML_MISSING'],
  ['an Atomic without CmdID', xml('<Atomic/>'), 'SYNCML_MISSING'],
  [
    'a Status without MsgRef',
    xml('<Status><CmdID>1</CmdID><Data>200</Data></Status>'),
    'SYNCML_MISSING',
  ],
  [
    'a Status without Cmd for a command',
    xml('<Status><CmdID>1</CmdID><MsgRef>1</MsgRef><CmdRef>2</CmdRef><Data>200</Data></Status>'),
    'SYNCML_MISSING',
  ],
  [
    'two Targets',
    xml('<Get><CmdID>1</CmdID><Item><Target>a</Target><Target>b</Target></Item></Get>'),
    'SYNCML_DUPLICATE',
  ],
  [
    'a Size that is no number',
    xml('<Get><CmdID>1</CmdID><Meta><Size>-1</Size></Meta></Get>'),
    'SYNCML_NUMBER',
  ],
  [
    'a NextNonce that is no base64',
    xml('<Get><CmdID>1</CmdID><Meta><NextNonce>?</NextNonce></Meta></Get>'),
    'SYNCML_NONCE',
  ],
])(
  'refused: %s [REPPRO 6.1.4-1] [REPPRO 6.1.10-1] [REPPRO 6.1.13-1] [REPPRO 6.4-4]',
  (_name, bytes, code) => {
    expect(refusal(bytes)).toBe(code);
  },
);

test('the error names the element that is missing', () => {
  const error = new ProtocolError('SYNCML_MISSING', 'Get without CmdID', {
    line: 1,
    path: 'CmdID',
  });
  expect(() => decodeSyncML(xml('<Get/>'))).toThrow(error);
});

function gets(count: number): Uint8Array {
  return xml('<Get><CmdID>1</CmdID></Get>'.repeat(count));
}

function items(count: number): Uint8Array {
  return xml(`<Get><CmdID>1</CmdID>${'<Item/>'.repeat(count)}</Get>`);
}

test('commands of one message: the limit is taken, one past it is refused [AC-04]', () => {
  expect(decodeSyncML(gets(LIMITS.commands)).SyncBody.commands).toHaveLength(LIMITS.commands);
  expect(refusal(gets(LIMITS.commands + 1))).toBe('SYNCML_COMMANDS');
});

test('commands inside a container count too [AC-04]', () => {
  const inside = '<Get><CmdID>1</CmdID></Get>'.repeat(LIMITS.commands);
  expect(refusal(xml(`<Sequence><CmdID>1</CmdID>${inside}</Sequence>`))).toBe('SYNCML_COMMANDS');
});

test('Items of one message: the limit is taken, one past it is refused [AC-04]', () => {
  expect(decodeSyncML(items(LIMITS.items)).SyncBody.commands).toHaveLength(1);
  expect(refusal(items(LIMITS.items + 1))).toBe('SYNCML_ITEMS');
});

test('every part of the 96 octets gives an error that names the byte where it ends', () => {
  const whole = decodeHex(
    '02a4016a006d6c7103312e3200017203444d2f312e3200016503413700015b033100016e5703687474703a2f2f702f000101' +
      '675703494d45493a310001015a00014c03353030300001010100006b464b033100014f0331323030000101120101',
  );
  expect(whole).toHaveLength(96);
  for (let length = 1; length < whole.length; length++) {
    const part = whole.subarray(0, length);
    const error = new ProtocolError('WBXML_TRUNCATED', 'document ends too early', { byte: length });
    expect(() => decodeSyncML(part)).toThrow(error);
  }
});
