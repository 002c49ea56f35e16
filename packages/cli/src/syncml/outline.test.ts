import { decodeSyncML, type SyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { OCTETS_SHOWN_MAX, outlineMessage } from './outline.ts';
import { NO_PAINT, printable } from './paint.ts';
import { VECTOR, XML } from './testing/inputs.ts';

test('every element that came stands in the tree, statuses in words', () => {
  expect(outlineMessage(decodeSyncML(Buffer.from(XML)), NO_PAINT)).toBe(`\
SyncML Pkg#3 Status×2 Results Atomic Add Search Chal
  SyncHdr
    VerDTD 1.2
    VerProto DM/1.2
    SessionID A7
    MsgID 2
    Target IMEI:1  (phone)
    Source http://p/
    RespURI http://p/2
    NoResp
    Cred
      Meta Type=syncml:auth-basic
      Data "QTpC"
  SyncBody
    Status 1  401 Invalid credentials  for SyncHdr of message 1
      TargetRef http://p/
      SourceRef IMEI:1
      Chal
        Meta Format=b64  NextNonce=ABEiMw==
    Status 2  200 OK  for Get 5 of message 1
    Results 3  of command 5 in message 1
      Item
        Source ./A
        Data
          one
          two
    Atomic 4
      Replace 5
        Meta Format=chr
        Item
          Target ./B
          Data " x\\u{202e} "
          MoreData
      Exec 6
        Correlator c1
        Item
          Target ./C
    Add 7
      NoResp
      Item
        Target ./D
        Data ""
    Search 8  (not of OMA DM)
`);
});

const withData = (Data: Uint8Array): SyncML => ({
  ...decodeSyncML(VECTOR),
  SyncBody: { commands: [{ kind: 'Add', CmdID: '1', Items: [{ Data }] }], Final: false },
});

test(`octets are shown up to ${OCTETS_SHOWN_MAX}, with their number`, () => {
  const shown = (length: number) =>
    /Data (.*)/.exec(outlineMessage(withData(new Uint8Array(length).fill(0xab)), NO_PAINT))?.[1];
  expect(shown(OCTETS_SHOWN_MAX)).toBe(`${'ab'.repeat(OCTETS_SHOWN_MAX)}  64 octets`);
  expect(shown(OCTETS_SHOWN_MAX + 1)).toBe(`${'ab'.repeat(OCTETS_SHOWN_MAX)}…  65 octets`);
});

test.each([
  ['\u001b[2J', '\\u{1b}[2J'],
  ['a\nb\tc\r', 'a\\nb\\tc\\r'],
  ['\u202e\u2066\u2028\u0085', '\\u{202e}\\u{2066}\\u{2028}\\u{85}'],
  ['\ud800', '\ufffd'],
  ['ü 日本 🙂', 'ü 日本 🙂'],
])('nothing of a peer moves the cursor or turns the text: %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
