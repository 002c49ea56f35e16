import type { TracedCommand, TracedMessage } from '@ueprov/provisioning-server/api';
import { expect, test } from 'vitest';
import { laterAccepted, refusedForGood } from './later-accepted.ts';

function command(kind: string, uri: string, status: string): TracedCommand {
  return {
    kind,
    CmdID: '1',
    uri,
    data: null,
    format: null,
    status,
    statusText: null,
    answeredIn: null,
    refersTo: null,
  };
}

function message(...commands: TracedCommand[]): TracedMessage {
  return {
    seq: 1,
    at: '2026-01-01T00:00:00.000Z',
    protocol: 'HTTP',
    from: 'DM server',
    to: 'UE',
    label: '',
    contentType: null,
    bytes: 0,
    raw: '',
    text: null,
    error: null,
    notes: [],
    commands,
  };
}

test('a Replace answered 404 is made good by the Add of the same node that is accepted later', () => {
  const replace = command('Replace', './A', '404');
  const first = message(replace, command('Replace', './B', '405'));
  const made = laterAccepted([first, message(command('Add', './A', '200'))]);
  expect(made).toEqual(new Map([[replace, 2]]));
  expect(refusedForGood(first, made)).toBe(1);
});

test.each([
  ['an Add that is refused too', [message(command('Add', './A', '500'))]],
  ['reading the node', [message(command('Get', './A', '200'))]],
  ['an Add of another node', [message(command('Add', './A/B', '200'))]],
  ['a Status, which is no command', [message(command('Status', './A', '200'))]],
])('a refusal is not made good by %s', (_what, after) => {
  const first = message(command('Replace', './A', '404'));
  expect(refusedForGood(first, laterAccepted([first, ...after]))).toBe(1);
});

test('a refusal is not made good by what was accepted before it', () => {
  const last = message(command('Replace', './A', '404'));
  const made = laterAccepted([message(command('Add', './A', '200')), last]);
  expect(refusedForGood(last, made)).toBe(1);
});
