import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ALERT_TEXTS, alertText } from './alert.ts';
import { decodeSyncML } from './decode.ts';
import { describePackage } from './describe.ts';
import { formatSyncML } from './format.ts';
import type { Command, Status, SyncML } from './message.ts';
import { isSuccess, STATUS_TEXTS, statusText } from './status.ts';

function registry(name: string): [number, string][] {
  const file = new URL(`../../../../vectors/registry/${name}`, import.meta.url);
  const [, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
  return rows.map((row) => {
    const [code = '', ...words] = row.split(',');
    return [Number(code), words.join(',')];
  });
}

test('the status codes are those of the registry', () => {
  expect([...STATUS_TEXTS]).toEqual(registry('syncml-status.csv'));
});

test('the alert codes are those of the registry', () => {
  expect([...ALERT_TEXTS]).toEqual(registry('dm-alert.csv'));
});

test('a status has words, an unknown one those of its first digit', () => {
  expect(statusText('212')).toBe('Authentication accepted');
  expect(statusText(425)).toBe('Permission denied');
  expect(statusText('299')).toBe('Successful');
  expect(statusText('599')).toBe('Recipient exception');
  expect(statusText('x')).toBe('Unknown status');
  expect(alertText('1226')).toBe('GENERIC ALERT');
  expect(alertText('1')).toBe('Unknown alert');
});

test('success is 2xx', () => {
  expect(['200', 213, '299'].every(isSuccess)).toBe(true);
  expect(['101', 304, '407', '20', '2000'].some(isSuccess)).toBe(false);
});

const UE = 'urn:uuid:1';
const SERVER = 'https://dm.example/';

function message(from: string, commands: readonly Command[], MsgID = '2'): SyncML {
  return {
    SyncHdr: {
      VerDTD: '1.2',
      VerProto: 'DM/1.2',
      SessionID: '1',
      MsgID,
      Target: { LocURI: from === UE ? SERVER : UE },
      Source: { LocURI: from },
    },
    SyncBody: { commands, Final: true },
  };
}

function status(Cmd: string, more: Partial<Status> = {}): Status {
  const refs = { CmdID: '1', MsgRef: '1', CmdRef: '1', TargetRef: [], SourceRef: [], Items: [] };
  return { kind: 'Status', ...refs, Cmd, Data: '200', ...more };
}

const alert = (Data: string): Command => ({ kind: 'Alert', CmdID: '1', Data, Items: [] });
const get: Command = { kind: 'Get', CmdID: '1', Items: [] };
const replace: Command = { kind: 'Replace', CmdID: '1', Items: [] };
const results: Command = { kind: 'Results', CmdID: '1', Items: [] };
const chal: Partial<Status> = { Chal: { Meta: { Type: 'syncml:auth-md5' } }, Data: '407' };

test.each([
  ['Pkg#1 Alert 1200', message(UE, [alert('1200'), replace], '1')],
  ['Pkg#1 Alert 1201', message(UE, [status('SyncHdr'), alert('1201'), replace])],
  ['Pkg#2 Status Chal', message(SERVER, [status('SyncHdr', chal)], '1')],
  [
    'Pkg#2 Status×3 Replace Get×2',
    message(SERVER, [status('SyncHdr'), status('Alert'), status('Replace'), replace, get, get]),
  ],
  [
    'Pkg#3 Status×12 Results×4',
    message(UE, [...Array(12).fill(status('Get')), ...Array(4).fill(results)]),
  ],
  ['Pkg#3 Status Alert 1226', message(UE, [status('SyncHdr'), alert('1226')])],
  ['Pkg#3 Status×2', message(UE, [status('SyncHdr'), status('Replace')])],
  ['Pkg#4 Status', message(SERVER, [status('SyncHdr')])],
  ['Pkg#4 Status Get', message('urn:odd:server', [status('SyncHdr'), get])],
  ['Pkg#4 Status Alert 1222', message(SERVER, [status('SyncHdr'), alert('1222')])],
])('%s is told from the content', (label, each) => {
  expect(describePackage(each)).toBe(label);
});

test('a message for people is indented XML that decodes to the same message', () => {
  const each = message(UE, [alert('1201'), get]);
  const text = formatSyncML(each);
  expect(text.split('\n').slice(0, 3)).toEqual([
    '<SyncML xmlns="SYNCML:SYNCML1.2">',
    '  <SyncHdr>',
    '    <VerDTD>1.2</VerDTD>',
  ]);
  expect(decodeSyncML(new TextEncoder().encode(text))).toEqual(each);
});
