import { expect, test } from 'vitest';
import { marksOf } from './marks.ts';
import { type TraceInput, trace } from './trace.ts';

const TABLE = `
| Id | Key word | Line | Role | Requirement |
|---|---|---|---|---|
| R-6.1-1 | MUST | 10 | UE | Sends. |
| R-6.1-2 | MAY | 11 | UE | May send. |
| R-6.1-3 | must (lower case) | 12 | UE | Sends too. |
| R-6.1-i1 | (implied) | 13 | UE | Implied. |
| R-6.1.1-1 | MUST NOT | 14 | Server | Below 6.1, not in it. |
`;
const DMPRO = `
| Id | Key word | Role | Requirement |
|---|---|---|---|
| DMPRO 8.3-1 | MUST | Client | Final. |
`;
const CODE = 'packages/ue/src/flow.ts';
const TEST = 'packages/ue/src/flow.test.ts';
const named = (...ids: readonly string[]) =>
  ids.map((id) => `test('it sends [${id}]', () => {});\n`).join('');
const marked = (...ids: readonly string[]) => ids.map((id) => `// [${id}]\n`).join('');

function run(files: Readonly<Record<string, string>>, input: Partial<TraceInput> = {}) {
  return trace({
    tables: [TABLE, DMPRO],
    exceptions: '',
    closedSections: '',
    marks: Object.entries(files).map(([path, text]) => marksOf(path, text)),
    matrix: '',
    dropped: [],
    ...input,
  });
}

function rowOf(id: string, matrix: string): string | undefined {
  return matrix.split('\n').find((line) => line.startsWith(`| ${id} |`));
}

test('a row shows the files that obey it and the tests that would fail without', () => {
  const { matrix, failures } = run({ [CODE]: marked('R-6.1-1'), [TEST]: named('R-6.1-1') });
  expect(failures).toEqual([]);
  expect(rowOf('R-6.1-1', matrix)).toBe(
    `| R-6.1-1 | MUST | UE | \`${CODE}\` | \`${TEST}\` | done |`,
  );
  expect(rowOf('R-6.1-2', matrix)).toBe('| R-6.1-2 | MAY | UE |  |  | open |');
});

test('the order of files does not change the matrix', () => {
  const other = 'packages/ue/src/device.ts';
  const files = { [CODE]: marked('R-6.1-1'), [other]: marked('R-6.1-1') };
  const reversed = Object.fromEntries(Object.entries(files).reverse());
  expect(run(reversed).matrix).toBe(run(files).matrix);
});

test('marks of a referenced standard are joined by the same tool', () => {
  const { matrix } = run({ [CODE]: marked('DMPRO 8.3-1') });
  expect(rowOf('DMPRO 8.3-1', matrix)).toContain('| code, no test |');
});

test.each(['R-6.1-9', 'R-6.1', 'R-6.1-1, R-6.1-2', 'DMPRO 8.3-7'])(
  'an unknown id fails: %s',
  (id) => {
    expect(run({ [CODE]: marked(id) }).failures).toHaveLength(1);
    expect(run({ [TEST]: named(id) }).failures).toHaveLength(1);
  },
);

test('brackets that are no mark are left alone', () => {
  expect(run({ [CODE]: 'const A = /[R-Z]/; // see [RFC 3261]\n' }).failures).toEqual([]);
});

test('only the name of a test counts as a test, in every form of test', () => {
  const state = (text: string, path = TEST) => rowOf('R-6.1-1', run({ [path]: text }).matrix);
  for (const call of ['it(', 'test.each(rows)(', 'test.skipIf(absent)(', 't.check(']) {
    expect(state(`${call}'sends [R-6.1-1]', f);\n`)).toContain('| test, no code |');
  }
  expect(state('// [R-6.1-1]\n')).toContain('| open |');
  expect(state("describe('[R-6.1-1]', f);\n")).toContain('| open |');
});

test('the name of a test in a contract suite is a test, not code', () => {
  const { matrix } = run({ 'packages/ue/src/contract.ts': named('R-6.1-1') });
  expect(rowOf('R-6.1-1', matrix)).toContain('| test, no code |');
});

test('a closed section fails for each MUST and implied row without code and test', () => {
  const closedSections = '- 6.1: finished\n';
  expect(run({}, { closedSections }).failures).toEqual([
    'R-6.1-1 (MUST) is in a closed section, but open',
    'R-6.1-i1 ((implied)) is in a closed section, but open',
  ]);
  const ids = ['R-6.1-1', 'R-6.1-i1'];
  expect(run({ [CODE]: marked(...ids) }, { closedSections }).failures).toHaveLength(2);
  const files = { [CODE]: marked(...ids), [TEST]: named(...ids) };
  expect(run(files, { closedSections }).failures).toEqual([]);
});

test('an exception with a reason counts as covered', () => {
  const closedSections = '- 6.1.1\n';
  const exceptions = '| Id | Reason |\n|---|---|\n| R-6.1.1-1 | cannot be had |\n';
  expect(run({}, { closedSections, exceptions }).failures).toEqual([]);
  expect(rowOf('R-6.1.1-1', run({}, { exceptions }).matrix)).toContain('| exception |');
});

test('an exception needs a known id and a reason, a closed section needs rows', () => {
  expect(run({}, { exceptions: '| R-6.1.1-1 | |\n' }).failures).toHaveLength(1);
  expect(run({}, { exceptions: '| R-9.9-9 | because |\n' }).failures).toHaveLength(1);
  expect(run({}, { closedSections: '- 9.9\n' }).failures).toHaveLength(1);
});

test('an id has one row', () => {
  expect(run({}, { tables: [TABLE, TABLE] }).failures).toContain('R-6.1-1 has two rows in spec/');
});

test('a row that lost its mark is named, unless it is dropped by name', () => {
  const { matrix } = run({ [CODE]: marked('R-6.1-1'), [TEST]: named('R-6.1-1') });
  expect(run({ [CODE]: marked('R-6.1-1') }, { matrix }).lost).toEqual(['R-6.1-1 lost its test']);
  expect(run({}, { matrix }).lost).toHaveLength(2);
  expect(run({}, { matrix, dropped: ['R-6.1-1'] }).lost).toEqual([]);
});
