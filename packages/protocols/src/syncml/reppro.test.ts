/** What OMA-DMREPPRO says of documents, Chal, Cred and MetInf, in both spellings. */
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import { ALERT_TEXTS } from './alert.ts';
import { decodeSyncML } from './decode.ts';
import { encodeSyncML } from './encode.ts';
import { CONTENT_TYPES, type Encoding } from './encoding.ts';
import type { Command, Meta, Status, SyncML } from './message.ts';

const SPELLINGS: readonly Encoding[] = ['xml', 'wbxml'];
const HEADER =
  '<SyncHdr><VerDTD>1.2</VerDTD><VerProto>DM/1.2</VerProto><SessionID>1</SessionID><MsgID>1</MsgID>' +
  '<Target><LocURI>http://dm.example/</LocURI></Target><Source><LocURI>urn:x:1</LocURI></Source></SyncHdr>';
const ROOT = '<SyncML xmlns="SYNCML:SYNCML1.2">';
const document = (body: string, root = ROOT) =>
  `${root}${HEADER}<SyncBody>${body}</SyncBody></SyncML>`;
const read = (xml: string) => decodeSyncML(encodeUtf8(xml));

function message(commands: readonly Command[], Meta?: Meta): SyncML {
  const { SyncHdr } = read(document(''));
  return {
    SyncHdr: { ...SyncHdr, ...(Meta && { Meta }) },
    SyncBody: { commands, Final: true },
  };
}

const passed = (each: SyncML, encoding: Encoding) => decodeSyncML(encodeSyncML(each, encoding));

describe('a document', () => {
  const GET = '<Get><CmdID>1</CmdID><Item><Target><LocURI>./A</LocURI></Target></Item></Get>';
  const bare = document(GET);

  test.each([
    ['an XML declaration', `<?xml version="1.0" encoding="UTF-8"?>\n${bare}`],
    [
      'a DOCTYPE',
      `<!DOCTYPE SyncML PUBLIC "-//SYNCML//DTD SyncML 1.2//EN" "http://192.0.2.1/a.dtd">${bare}`,
    ],
    ['xml:lang', document(GET.replace('<Item>', '<Item xml:lang="en" xml:space="default">'))],
  ])('needs no prolog and no DOCTYPE: with %s it says the same [REPPRO 5-4]', (_, whole) => {
    const { SyncHdr, SyncBody } = read(whole);
    const { notes, ...plain } = read(bare);
    expect(notes).toBeUndefined();
    expect({ SyncHdr, SyncBody }).toEqual(plain);
  });

  test('is written without prolog and DOCTYPE, as well-formed XML [REPPRO 5-4]', () => {
    const { SyncHdr, SyncBody } = read(bare);
    const written = new TextDecoder().decode(encodeSyncML({ SyncHdr, SyncBody }, 'xml'));
    expect(written.startsWith('<SyncML')).toBe(true);
    expect(read(written)).toEqual({ SyncHdr, SyncBody });
  });

  test.each([
    ['an element that is not closed', bare.replace('</Item>', '')],
    ['two roots', bare + bare],
    ['an entity that nobody declared', bare.replace('./A', '&A;')],
    ['text after the root', `${bare}x`],
  ])('that is not well-formed is refused: %s [REPPRO 5-4]', (_, broken) => {
    expect(() => read(broken)).toThrow(ProtocolError);
  });

  test('has the media types of OMA DM [REPPRO 5-1]', () => {
    expect(CONTENT_TYPES).toEqual({
      xml: 'application/vnd.syncml.dm+xml',
      wbxml: 'application/vnd.syncml.dm+wbxml',
    });
  });
});

describe('Chal', () => {
  const Meta = {
    Format: 'b64',
    Type: 'syncml:auth-md5',
    NextNonce: Uint8Array.of(0, 1, 254, 255),
  };
  const challenge: Status = {
    kind: 'Status',
    CmdID: '1',
    MsgRef: '1',
    CmdRef: '0',
    Cmd: 'SyncHdr',
    TargetRef: [],
    SourceRef: [],
    Chal: { Meta },
    Data: '401',
    Items: [],
  };

  test.each(SPELLINGS)('of a Status goes over in %s as it is [REPPRO 6.1.2-1]', (encoding) => {
    expect(passed(message([challenge]), encoding)).toEqual(message([challenge]));
  });

  const CHAL = '<Chal><Meta><Type>syncml:auth-md5</Type></Meta></Chal>';

  test.each([
    ['SyncHdr', document('').replace('</SyncHdr>', `${CHAL}</SyncHdr>`)],
    ['Alert', document(`<Alert><CmdID>1</CmdID>${CHAL}<Data>1201</Data></Alert>`)],
    ['Results', document(`<Results><CmdID>1</CmdID>${CHAL}</Results>`)],
  ])('in %s is none: left out, with a note [REPPRO 6.1.2-1]', (parent, xml) => {
    const read = decodeSyncML(encodeUtf8(xml));
    expect(read.notes).toMatchObject([
      { code: 'SYNCML_IGNORED', text: `Chal in ${parent}, left out` },
    ]);
    expect(JSON.stringify([read.SyncHdr, read.SyncBody])).not.toContain('Chal');
  });
});

test('Cred in a command is none: left out, with a note [REPPRO 6.1.6-1]', () => {
  const CRED = '<Cred><Meta><Type>syncml:auth-basic</Type></Meta><Data>eDp5</Data></Cred>';
  const inAlert = read(document(`<Alert><CmdID>1</CmdID>${CRED}<Data>1201</Data></Alert>`));
  expect(inAlert.notes).toMatchObject([{ text: 'Cred in Alert, left out' }]);
  expect(JSON.stringify(inAlert.SyncBody)).not.toContain('Cred');
  const inHeader = read(document('').replace('</SyncHdr>', `${CRED}</SyncHdr>`));
  expect(inHeader.SyncHdr.Cred).toEqual({ Meta: { Type: 'syncml:auth-basic' }, Data: 'eDp5' });
});

describe('MetInf', () => {
  const all: Meta = {
    Format: 'b64',
    Type: 'application/octet-stream',
    Size: 3000,
    NextNonce: Uint8Array.of(1, 2, 3),
    MaxMsgSize: 4000,
    MaxObjSize: 5000,
  };

  test.each(SPELLINGS)(
    'in %s carries Format, Type, Size, NextNonce and the limits [REPPRO 6.4-1] [REPPRO 6.4-3]',
    (encoding) => {
      expect(passed(message([], all), encoding).SyncHdr.Meta).toEqual(all);
      const add: Command = {
        kind: 'Add',
        CmdID: '1',
        Items: [{ Target: { LocURI: './A' }, Meta: { Format: 'chr', Size: 7 }, Data: 'x' }],
      };
      expect(passed(message([add]), encoding).SyncBody.commands).toEqual([add]);
    },
  );

  test('that is absent is not made up [REPPRO 6.4-1]', () => {
    const GET = '<Get><CmdID>1</CmdID><Item><Target><LocURI>./A</LocURI></Target></Item></Get>';
    const [get] = read(document(GET)).SyncBody.commands;
    expect(get).toEqual({ kind: 'Get', CmdID: '1', Items: [{ Target: { LocURI: './A' } }] });
  });
});

test('the alerts are those of OMA DM and no others [REPPRO 7-1]', () => {
  expect([...ALERT_TEXTS.keys()]).toEqual([
    1100, 1101, 1102, 1103, 1104, 1200, 1201, 1222, 1223, 1224, 1225, 1226,
  ]);
});
