import { expect, test } from 'vitest';
import { labAccounts } from './accounts.ts';
import { mark, Progress, report } from './progress.ts';

const PROV_UE_1 = 4000970000;

function oneUe() {
  const progress = new Progress(labAccounts(1));
  const [ue] = progress.ues;
  if (ue === undefined) throw new Error('no UE');
  return { progress, ue };
}

test('what a UE lacks is said step by step, with the reason that was given', () => {
  const { progress, ue } = oneUe();
  const missing = () => progress.missing()[0];
  expect(missing()).toBe('ue1: not registered');
  ue.trouble = 'registration failed: 403 Forbidden';
  expect(missing()).toBe('ue1: not registered (registration failed: 403 Forbidden)');
  delete ue.trouble;
  mark(ue, 'UE-1', 1);
  expect(missing()).toMatch('the server was not told of its registration');
  mark(ue, 'UE-2', 2);
  expect(missing()).toMatch('did not answer Package #0');
  mark(ue, 'UE-3', 3);
  expect(missing()).toMatch('opened no session');
  mark(ue, 'UE-4', 4);
  ue.nodes.set('./A/B', 'rejected').set('./A/C', 'verified');
  expect(missing()).toMatch('1 nodes not verified, the first ./A/B is rejected');
  ue.nodes.set('./A/B', 'verified');
  expect(missing()).toMatch('its PROV-UE event has not arrived');
  expect(progress.isDone).toBe(false);
  ue.events.push(PROV_UE_1);
  ue.open.add('s1');
  expect(missing()).toMatch('a session has not ended');
  ue.open.delete('s1');
  expect(progress.missing()).toEqual([]);
  expect(progress.isDone).toBe(true);
});

test('a UE without a single node is not configured', () => {
  const { progress, ue } = oneUe();
  ue.events.push(PROV_UE_1);
  expect(report(ue)).toMatchObject({ configured: false, verified: 0 });
  expect(progress.isDone).toBe(false);
});

test('a step keeps its first time, told as ISO with milliseconds', () => {
  const { ue } = oneUe();
  mark(ue, 'UE-1', 1_000_000_000_123);
  mark(ue, 'UE-1', 1_000_000_000_999);
  expect(report(ue).steps).toEqual({ 'UE-1': '2001-09-09T01:46:40.123Z' });
});

test('a line has its fields in the order that is documented; what was not seen is left out', () => {
  const { ue } = oneUe();
  Object.assign(ue.wire, {
    security: 'none',
    transport: 'udp',
    sipAuth: 'digest',
    auth: 'md5',
    encoding: 'xml',
  });
  expect(Object.keys(report(ue))).toEqual(
    'ue steps configured verified events encoding auth sipAuth transport security'.split(' '),
  );
  expect(Object.keys(report(oneUe().ue))).toEqual('ue steps configured verified events'.split(' '));
});

test('every UE of a lab has secrets of its own', () => {
  const accounts = labAccounts(50);
  const secrets = accounts.flatMap(({ sipPassword, CLCRED, SRVCRED }) => [
    sipPassword,
    CLCRED.secret,
    SRVCRED.secret,
    CLCRED.nonce,
    SRVCRED.nonce,
  ]);
  expect(new Set(secrets).size).toBe(250);
});
