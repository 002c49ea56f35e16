import { expect, test } from 'vitest';
import { CLIENT_CASES } from '../client/cases/client-cases.ts';
import { type CaseResult, rowOf } from '../conformance/case.ts';
import { SERVER_MUTANTS } from '../mutants/server-mutants.ts';
import { TREE_MUTANTS } from '../mutants/tree-mutants.ts';
import { tryMutant } from '../mutants/try.ts';
import { SERVER_CASES } from '../server/cases/server-cases.ts';
import { CLIENT_MUTANTS, tryOurServer, tryOurUe, withOurServer, withOurUe } from './self.ts';

function failures(results: readonly CaseResult[]) {
  return results
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ id, reason, evidence }) => [
      id,
      reason,
      evidence.map(({ at, head }) => `${at} ${head}`),
    ]);
}

const SAMPLE = ['GET-1.1', 'ADD-1.3', 'DEL-1.2', 'ACL-1.3', 'SEQ-1.2', 'NOT-1.2', 'HTP-1.1'];

test('our UE keeps a sample of the rules, over HTTP, in both encodings', async () => {
  for (const encoding of ['xml', 'wbxml'] as const) {
    const results = await tryOurUe({ encoding, only: SAMPLE });
    expect(failures(results)).toEqual([]);
    expect(results).toHaveLength(SAMPLE.length);
  }
});

test('our Provisioning Server keeps a sample of the rules, over HTTP', async () => {
  const results = await tryOurServer({ only: ['HDR-1', 'AUT-1.4', 'PKG-3', 'HTP-1.7'] });
  expect(failures(results)).toEqual([]);
  expect(results.length).toBeGreaterThan(8);
});

test('a mutant is caught by the cases that it is for, and taken out again', async () => {
  const mutant = TREE_MUTANTS.find(({ id }) => id === 'T-DELETE-NOTHING')!;
  const options = { patienceMs: 400 };
  const caught = await withOurUe(undefined, options, (bench) =>
    tryMutant(mutant, CLIENT_CASES, bench),
  );
  expect(caught.cases).toEqual(['DEL-1.1', 'DEL-1.2', 'DEL-1.8']);
  const after = await tryOurUe({ only: ['DEL-1.1'] });
  expect(after.map(({ verdict }) => verdict)).toEqual(['pass']);
});

test('a mutant of the server is caught through the whole Provisioning Server', async () => {
  const mutant = SERVER_MUTANTS.find(({ id }) => id === 'S-VERDTD')!;
  const caught = await withOurServer(undefined, {}, (bench) =>
    tryMutant(mutant, SERVER_CASES, bench),
  );
  expect(caught.cases).toEqual(['HDR-1.1']);
});

test('ids are unique on each side, and there are at least 120 cases', () => {
  for (const cases of [CLIENT_CASES, SERVER_CASES]) {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  }
  expect(CLIENT_CASES.length + SERVER_CASES.length).toBeGreaterThanOrEqual(120);
});

test('every mutant is tried with cases that exist', () => {
  const idsOf = (cases: readonly { id: string }[]) =>
    new Set(cases.flatMap(({ id }) => [id, rowOf(id), id.replace(/-.*/, '')]));
  const sides = [
    { mutants: CLIENT_MUTANTS, known: idsOf(CLIENT_CASES) },
    { mutants: SERVER_MUTANTS, known: idsOf(SERVER_CASES) },
  ];
  for (const { mutants, known } of sides) {
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
    for (const { id, tries } of mutants) {
      expect([id, tries.filter((name) => !known.has(name))]).toEqual([id, []]);
    }
  }
});
