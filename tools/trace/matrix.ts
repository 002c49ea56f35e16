/** `docs/traceability.md`: one row per requirement, who obeys it and which test would fail without. */
import type { Marks } from './marks.ts';
import { cellsOf, type Requirement, standardOf } from './requirement.ts';

export interface Row extends Requirement {
  /** Files, sorted. */
  readonly code: readonly string[];
  readonly tests: readonly string[];
  readonly state: 'done' | 'code, no test' | 'test, no code' | 'exception' | 'open';
}

export function rowsOf(
  requirements: readonly Requirement[],
  marks: readonly Marks[],
  exceptions: ReadonlyMap<string, string>,
): readonly Row[] {
  return requirements.map((requirement) => {
    const { id } = requirement;
    const code = marks.filter((file) => file.code.includes(id)).map(({ path }) => path);
    const tests = marks.filter((file) => file.tests.includes(id)).map(({ path }) => path);
    const state = exceptions.has(id) ? 'exception' : stateOf(code.length > 0, tests.length > 0);
    return { ...requirement, code: code.sort(), tests: tests.sort(), state };
  });
}

function stateOf(hasCode: boolean, hasTest: boolean): Row['state'] {
  if (hasCode) return hasTest ? 'done' : 'code, no test';
  return hasTest ? 'test, no code' : 'open';
}

const HEAD = ['Id', 'Level', 'Role', 'Code', 'Tests', 'State'];

export function formatMatrix(rows: readonly Row[]): string {
  const standards = [...new Set(rows.map(({ id }) => standardOf(id)))];
  const intro = [
    '# Traceability',
    '',
    'Written by `npm run trace` from the tables of `spec/`, the marks in code and the marks in names',
    'of tests. Do not edit: `npm run trace -- --check` compares.',
  ];
  return `${[...intro, ...standards.flatMap((name) => tableOf(name, rows))].join('\n')}\n`;
}

function tableOf(standard: string, all: readonly Row[]): readonly string[] {
  const rows = all.filter(({ id }) => standardOf(id) === standard);
  const title = standard === 'R' ? 'PKT-SP-UE-PROV-I02' : standard;
  const states = [...new Set(rows.map(({ state }) => state))].sort();
  const counts = states.map((state) => {
    return `${rows.filter((row) => row.state === state).length} ${state}`;
  });
  return [
    '',
    `## ${title}`,
    '',
    `${rows.length} rows: ${counts.join('; ')}.`,
    '',
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...rows.map(({ id, level, role, code, tests, state }) =>
      line([id, level, role, files(code), files(tests), state]),
    ),
  ];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function files(paths: readonly string[]): string {
  return paths.map((path) => `\`${path}\``).join(', ');
}

/** What an earlier matrix says of each id: had it code, had it a test? */
export function readMatrix(markdown: string): ReadonlyMap<string, Covered> {
  return new Map(
    markdown.split('\n').flatMap((text) => {
      const [id, , , code = '', tests = '', state] = cellsOf(text);
      if (id === undefined || state === undefined) return [];
      return [[id, { code: code.startsWith('`'), tests: tests.startsWith('`') }] as const];
    }),
  );
}

export interface Covered {
  readonly code: boolean;
  readonly tests: boolean;
}
