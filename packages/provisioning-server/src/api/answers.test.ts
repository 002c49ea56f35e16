import type { Command, Status, SyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { Answers } from './answers.ts';

const UE = 'UE';
const SERVER = 'DM server';

function message(MsgID: string, ...commands: readonly Command[]): SyncML {
  const place = { LocURI: 'x' };
  const SyncHdr = { VerDTD: '1.2', VerProto: 'DM/1.2', SessionID: '1', MsgID };
  return {
    SyncHdr: { ...SyncHdr, Target: place, Source: place },
    SyncBody: { commands, Final: true },
  };
}

function status(MsgRef: string, CmdRef: string, Data: string, ...TargetRef: string[]): Status {
  return {
    kind: 'Status',
    CmdID: '1',
    MsgRef,
    CmdRef,
    Cmd: 'Get',
    TargetRef,
    SourceRef: [],
    Data,
    Items: [],
  };
}

test('a Status answers the message of the other side, though its own side used the same MsgID since', () => {
  const answers = new Answers();
  answers.add(message('5'), UE, 1);
  answers.add(message('5'), SERVER, 2);
  answers.add(message('6', status('5', '3', '200')), SERVER, 3);
  expect(answers.to(UE, 1)('3')).toMatchObject({ answeredIn: 3, status: { Data: '200' } });
  expect(answers.to(SERVER, 2)('3')).toBeUndefined();
});

test('after a MsgID came again, a Status answers the later message', () => {
  const answers = new Answers();
  answers.add(message('1'), UE, 1);
  answers.add(message('1'), UE, 2);
  answers.add(message('1', status('1', '0', '212')), SERVER, 3);
  expect(answers.to(UE, 1)('0')).toBeUndefined();
  expect(answers.to(UE, 2)('0')?.status.Data).toBe('212');
});

test('of several Statuses for one command each item has its own, the others the one without TargetRef', () => {
  const answers = new Answers();
  answers.add(message('1'), SERVER, 1);
  answers.add(message('1', status('1', '4', '404', './A'), status('1', '4', '200')), UE, 2);
  expect(answers.to(SERVER, 1)('4', './A')?.status.Data).toBe('404');
  expect(answers.to(SERVER, 1)('4', './B')?.status.Data).toBe('200');
});

test('an only Status answers the command however it spells the address; of two that do not fit, none', () => {
  const answers = new Answers();
  answers.add(message('1'), SERVER, 1);
  answers.add(message('1', status('1', '4', '404', 'A'), status('1', '5', '1', './A')), UE, 2);
  expect(answers.to(SERVER, 1)('4', './A')?.status.Data).toBe('404');
  answers.add(message('2', status('1', '4', '405', 'B')), UE, 3);
  expect(answers.to(SERVER, 1)('4', './A')).toBeUndefined();
});

test('a Status inside an Atomic and one for a message never seen are no trouble', () => {
  const answers = new Answers();
  answers.add(message('1'), SERVER, 1);
  const atomic: Command = { kind: 'Atomic', CmdID: '9', commands: [status('1', '4', '200')] };
  answers.add(message('1', atomic, status('77', '1', '200')), UE, 2);
  expect(answers.to(SERVER, 1)('4')?.answeredIn).toBe(2);
});
