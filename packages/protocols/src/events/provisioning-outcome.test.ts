import { expect, it } from 'vitest';
import {
  type ExecutedCommand,
  eventNamed,
  type ProvisioningSession,
  provisioningOutcome,
} from './index.ts';

function commands(...of: [string, string, number][]): readonly ExecutedCommand[] {
  return of.map(([name, uri, status]) => ({ name, uri, status }));
}

function session(
  run: readonly ExecutedCommand[],
  more: Partial<ProvisioningSession> = {},
): ProvisioningSession {
  return { isCompleted: true, commands: run, missing: [], ...more };
}

it.each<[string, readonly ExecutedCommand[], string | undefined]>([
  ['everything was accepted', commands(['Add', 'a', 200], ['Replace', 'b', 200]), 'PROV-UE-1'],
  ['values were read back', commands(['Replace', 'a', 200], ['Get', 'a', 200]), 'PROV-UE-1'],
  [
    'a server probed and then wrote',
    commands(['Replace', 'a', 404], ['Add', 'a', 200]),
    'PROV-UE-1',
  ],
  ['a node was there already', commands(['Add', 'a', 418], ['Replace', 'a', 200]), 'PROV-UE-1'],
  ['a command was skipped', commands(['Replace', 'a', 200], ['Add', 'b', 215]), 'PROV-UE-2'],
  ['a failure was made good', commands(['Replace', 'a', 415], ['Replace', 'a', 200]), 'PROV-UE-2'],
  ['a value stayed refused', commands(['Replace', 'a', 200], ['Replace', 'b', 415]), 'PROV-UE-3'],
  [
    'what succeeded failed later',
    commands(['Replace', 'a', 200], ['Delete', 'a', 425]),
    'PROV-UE-3',
  ],
  ['a probe stayed one', commands(['Replace', 'a', 404]), 'PROV-UE-3'],
  ['a server only looked', commands(['Get', 'a', 404], ['Exec', 'b', 200]), undefined],
  ['nothing happened', [], undefined],
])('%s', (_, run, expected) => {
  expect(provisioningOutcome(session(run))).toBe(expected);
});

it('a session that broke off, or a UE that lacks something, is PROV-UE-4', () => {
  const run = commands(['Replace', 'a', 200]);
  expect(provisioningOutcome(session(run, { isCompleted: false }))).toBe('PROV-UE-4');
  expect(provisioningOutcome(session(run, { missing: ['./PktcUE/Op'] }))).toBe('PROV-UE-4');
});

it('a session that broke off before it configured anything is no event', () => {
  expect(provisioningOutcome(session([], { isCompleted: false }))).toBeUndefined();
});

it('every outcome is an event of the catalogue', () => {
  for (const name of ['PROV-UE-1', 'PROV-UE-2', 'PROV-UE-3', 'PROV-UE-4']) {
    expect(eventNamed(name)?.Name).toBe(name);
  }
});
