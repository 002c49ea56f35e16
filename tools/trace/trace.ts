/** Joins requirements, exceptions, closed sections and marks; says what does not hold. */
import type { Marks } from './marks.ts';
import { formatMatrix, readMatrix, rowsOf } from './matrix.ts';
import {
  cellsOf,
  isBinding,
  type Requirement,
  requirementsIn,
  sectionOf,
  standardOf,
} from './requirement.ts';

export interface TraceInput {
  /** Contents of the requirement tables: `spec/requirements.md` and one file per standard. */
  readonly tables: readonly string[];
  readonly exceptions: string;
  readonly closedSections: string;
  readonly marks: readonly Marks[];
  /** `docs/traceability.md` as it is. */
  readonly matrix: string;
  /** Ids that may lose their marks this time. */
  readonly dropped: readonly string[];
}

export interface Trace {
  readonly matrix: string;
  /** Each in one line that says what to do. */
  readonly failures: readonly string[];
  /** Rows that lost code or test: the matrix must not be written over them unseen. */
  readonly lost: readonly string[];
}

export function trace(input: TraceInput): Trace {
  const requirements = input.tables.flatMap(requirementsIn);
  const exceptions = exceptionsIn(input.exceptions);
  const rows = rowsOf(requirements, input.marks, exceptions);
  const before = readMatrix(input.matrix);
  const lost = rows.flatMap(({ id, code, tests, state }) => {
    const was = before.get(id);
    if (was === undefined || state === 'exception' || input.dropped.includes(id)) return [];
    return [
      ...(was.code && code.length === 0 ? [`${id} lost its mark in code`] : []),
      ...(was.tests && tests.length === 0 ? [`${id} lost its test`] : []),
    ];
  });
  const closed = closedIn(input.closedSections);
  const open = rows
    .filter((row) => closed.has(sectionOf(row.id)) && isBinding(row))
    .filter(({ state }) => state !== 'done' && state !== 'exception')
    .map(({ id, level, state }) => `${id} (${level}) is in a closed section, but ${state}`);
  const failures = [
    ...duplicates(requirements),
    ...unknownMarks(requirements, input.marks),
    ...unknownExceptions(requirements, exceptions),
    ...unknownSections(requirements, closed),
    ...open,
  ];
  return { matrix: formatMatrix(rows), failures, lost };
}

/** The table of `spec/exceptions.md`: id and reason. */
function exceptionsIn(markdown: string): ReadonlyMap<string, string> {
  return new Map(
    markdown.split('\n').flatMap((line) => {
      const [id = '', reason = ''] = cellsOf(line);
      return /\d$/.test(id) ? [[id, reason] as const] : [];
    }),
  );
}

/** The list of `spec/closed-sections.md`: `- 6.2.3` or `- DMPRO 8.3`, then a colon and words. */
function closedIn(markdown: string): ReadonlySet<string> {
  const items = [...markdown.matchAll(/^- ([^:\n]+)/gm)];
  return new Set(items.map(([, section = '']) => section.trim()));
}

function duplicates(requirements: readonly Requirement[]): readonly string[] {
  const ids = requirements.map(({ id }) => id);
  return ids
    .filter((id, index) => ids.indexOf(id) !== index)
    .map((id) => `${id} has two rows in spec/`);
}

function unknownMarks(requirements: readonly Requirement[], marks: readonly Marks[]) {
  const ids = new Set(requirements.map(({ id }) => id));
  const standards = new Set(['R', ...requirements.map(({ id }) => standardOf(id))]);
  return marks.flatMap(({ path, all }) =>
    [...new Set(all)]
      .filter((id) => standards.has(standardOf(id)) && !ids.has(id))
      .map((id) => `${path}: [${id}] is no id of spec/ (one id per pair of brackets)`),
  );
}

function unknownExceptions(
  requirements: readonly Requirement[],
  exceptions: ReadonlyMap<string, string>,
): readonly string[] {
  const ids = new Set(requirements.map(({ id }) => id));
  return [...exceptions].flatMap(([id, reason]) => [
    ...(ids.has(id) ? [] : [`spec/exceptions.md: ${id} is no id of spec/`]),
    ...(reason === '' ? [`spec/exceptions.md: ${id} has no reason`] : []),
  ]);
}

function unknownSections(requirements: readonly Requirement[], closed: ReadonlySet<string>) {
  const sections = new Set(requirements.map(({ id }) => sectionOf(id)));
  return [...closed]
    .filter((section) => !sections.has(section))
    .map((section) => `spec/closed-sections.md: no requirement stands in section ${section}`);
}
