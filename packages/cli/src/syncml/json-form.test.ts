import { ProtocolError } from '@ueprov/protocols';
import { decodeSyncML, type SyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { COMMAND_DEPTH_MAX, decodeJsonForm, encodeJsonForm } from './json-form.ts';
import { VECTOR } from './testing/inputs.ts';

const MESSAGE = decodeSyncML(VECTOR);
const plain = (value: unknown) => JSON.parse(encodeJsonForm(value));

test('octets and notes: octets come back as octets, notes do not', () => {
  const Items = [{ Data: new Uint8Array([1, 255]) }];
  const message: SyncML = {
    ...MESSAGE,
    SyncBody: { commands: [{ kind: 'Add', CmdID: '1', Items }], Final: true },
    notes: [{ code: 'X', text: 'y' }],
  };
  const { notes: _, ...expected } = message;
  expect(decodeJsonForm(plain(message))).toEqual(expected);
});

const command = (fields: object) => ({
  ...plain(MESSAGE),
  SyncBody: { commands: [{ kind: 'Alert', CmdID: '1', Items: [], ...fields }], Final: true },
});

test.each([
  ['null', null, 'message'],
  ['a list', [], 'message'],
  ['a field that there is not', { ...plain(MESSAGE), Body: 1 }, 'Body'],
  ['a header without MsgID', { ...plain(MESSAGE), SyncHdr: { VerDTD: '1.2' } }, 'SyncHdr'],
  ['a kind that there is not', command({ kind: 'Put' }), 'SyncBody.commands[0].kind'],
  ['a kind of the language', command({ kind: 'toString' }), 'SyncBody.commands[0].kind'],
  [
    'no kind',
    { ...plain(MESSAGE), SyncBody: { commands: [7], Final: true } },
    'SyncBody.commands[0].kind',
  ],
  ['a number as text', command({ Data: 1200 }), 'SyncBody.commands[0].Data'],
  ['NoResp false', command({ NoResp: false }), 'SyncBody.commands[0].NoResp'],
  ['a size below zero', command({ Meta: { Size: -1 } }), 'SyncBody.commands[0].Meta.Size'],
  ['Items that are no list', command({ Items: {} }), 'SyncBody.commands[0].Items'],
  [
    'an odd hex digit',
    command({ Items: [{ Data: { hex: '0' } }] }),
    'SyncBody.commands[0].Items[0].Data.hex',
  ],
  [
    'Final as text',
    { ...plain(MESSAGE), SyncBody: { commands: [], Final: 'yes' } },
    'SyncBody.Final',
  ],
  [
    'an unknown command whose name is mark-up',
    {
      ...plain(MESSAGE),
      SyncBody: { commands: [{ kind: 'Unknown', CmdID: '1', name: 'a b="c"' }], Final: true },
    },
    'SyncBody.commands[0].name',
  ],
])('%s is refused by its path', (_what, json, path) => {
  expect(() => decodeJsonForm(json)).toThrow(
    expect.objectContaining({ code: 'JSON_FORM', at: { path } }),
  );
});

test(`commands are read ${COMMAND_DEPTH_MAX} deep, no deeper`, () => {
  const nested = (depth: number): unknown =>
    depth === 1
      ? { kind: 'Get', CmdID: '1', Items: [] }
      : { kind: 'Sequence', CmdID: '1', commands: [nested(depth - 1)] };
  const message = (depth: number) => ({
    ...plain(MESSAGE),
    SyncBody: { commands: [nested(depth)], Final: true },
  });
  expect(plain(decodeJsonForm(message(COMMAND_DEPTH_MAX)))).toEqual(message(COMMAND_DEPTH_MAX));
  expect(() => decodeJsonForm(message(COMMAND_DEPTH_MAX + 1))).toThrow(ProtocolError);
});
