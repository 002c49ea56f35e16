import { describe, expect, test } from 'vitest';
import { encodeSyncML } from '../syncml/encode.ts';
import type { SyncHdr } from '../syncml/message.ts';
import { type Draft, draftSize, draftsSize, frameSize, numbered } from './packages-draft.ts';

const HDR: SyncHdr = {
  VerDTD: '1.2',
  VerProto: 'DM/1.2',
  SessionID: '1',
  MsgID: '1',
  Target: { LocURI: 'http://dm.operator.example/mgmt-server' },
  Source: { LocURI: 'sip:device-aor@operator.example', LocName: 'device' },
  Cred: { Meta: { Format: 'b64', Type: 'syncml:auth-md5' }, Data: 'Zz6EivR3yeaaENcRN6lpAQ==' },
  Meta: { MaxMsgSize: 10_000, MaxObjSize: 8000 },
};

const Target = { LocURI: './XX' };
const status = (refs: number): Draft => ({
  kind: 'Status',
  MsgRef: '1',
  CmdRef: '2',
  Cmd: 'Replace',
  TargetRef: Array(refs).fill('./XX/YY'),
  SourceRef: [],
  Data: '200',
  Items: [],
  Chal: { Meta: { Format: 'b64', Type: 'syncml:auth-md5', NextNonce: new Uint8Array(16) } },
});

const DRAFTS: readonly Draft[] = [
  { kind: 'Alert', Data: '1222', Items: [] },
  { kind: 'Get', Items: [{ Target }] },
  { kind: 'Get', Items: Array(20).fill({ Target }) },
  { kind: 'Delete', Items: [{ Target }] },
  { kind: 'Exec', Correlator: 'c', Items: [{ Target, Data: 'x' }] },
  { kind: 'Add', Items: [{ Target, Meta: { Format: 'int', Type: 'text/plain' }, Data: '1' }] },
  { kind: 'Replace', Items: [{ Target, Meta: { Format: 'xml' }, Data: '<a b="c">&amp;</a>' }] },
  { kind: 'Replace', Items: [{ Target, Data: '&'.repeat(100) }] },
  { kind: 'Replace', Items: [{ Target, Data: 'ä€𐍈'.repeat(30) }] },
  { kind: 'Results', MsgRef: '1', CmdRef: '2', Items: [{ Source: Target, Data: '' }] },
  status(0),
  status(12),
];

describe('the size of a message', () => {
  test.each(DRAFTS.map((draft) => [draft.kind, draft] as const))(
    'with %s is estimated from above, and not far',
    (_, draft) => {
      const SyncBody = { commands: numbered([draft]), Final: true };
      const estimate = frameSize(HDR) + draftSize(draft);
      for (const encoding of ['xml', 'wbxml'] as const) {
        expect(encodeSyncML({ SyncHdr: HDR, SyncBody }, encoding).length).toBeLessThanOrEqual(
          estimate,
        );
      }
      const xml = encodeSyncML({ SyncHdr: HDR, SyncBody }, 'xml').length;
      expect(estimate - xml).toBeLessThan(300);
    },
  );

  test('of many commands is the sum', () => {
    const SyncBody = { commands: numbered(DRAFTS), Final: true };
    const xml = encodeSyncML({ SyncHdr: HDR, SyncBody }, 'xml').length;
    expect(xml).toBeLessThanOrEqual(frameSize(HDR) + draftsSize(DRAFTS));
  });
});

test('CmdIDs count from 1 (RepPro: never "0", unique in the message)', () => {
  expect(numbered(DRAFTS).map(({ CmdID }) => CmdID)).toEqual(
    DRAFTS.map((_, index) => `${index + 1}`),
  );
});

test('CmdIDs of what a container holds count on, and the next command after them', () => {
  const inner = { kind: 'Get', CmdID: '', Items: [{ Target }] } as const;
  const commands = numbered([{ kind: 'Atomic', commands: [inner, inner] }, ...DRAFTS.slice(0, 1)]);
  const [atomic, next] = commands;
  expect(atomic?.kind === 'Atomic' && atomic.commands.map(({ CmdID }) => CmdID)).toEqual([
    '2',
    '3',
  ]);
  expect([atomic?.CmdID, next?.CmdID]).toEqual(['1', '4']);
});
