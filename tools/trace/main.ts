/**
 * `npm run trace` writes docs/traceability.md; `-- --check` only compares; `-- --drop ID...` allows
 * that these rows lose their marks.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { filesOf } from '../work-tree.ts';
import { marksOf } from './marks.ts';
import { trace } from './trace.ts';

const MATRIX = 'docs/traceability.md';
/** Files of spec/ that are not tables of requirements. */
const PAPERS = ['exceptions.md', 'closed-sections.md', 'notes.md', 'README.md'];
const SCANNED = /^(?:packages\/[^/]+\/src|test)\/.*\.tsx?$/;

const root = resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean' }, drop: { type: 'boolean' } },
  allowPositionals: true,
});
const read = (path: string) =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';

const { matrix, failures, lost } = trace({
  tables: tableFiles().map((name) => read(`spec/${name}`)),
  exceptions: read('spec/exceptions.md'),
  closedSections: read('spec/closed-sections.md'),
  marks: filesOf(root, (path) => SCANNED.test(path)).map(({ path, text }) => marksOf(path, text)),
  matrix: read(MATRIX),
  dropped: values.drop ? positionals : [],
});

for (const line of [...failures, ...lost]) console.log(`trace: ${line}`);
const isCurrent = matrix === read(MATRIX);
if (lost.length > 0) {
  console.log('trace: put the marks back, or allow it: npm run trace -- --drop ID...');
} else if (!isCurrent && values.check) {
  console.log(`trace: ${MATRIX} is not what the marks say: run npm run trace and commit it`);
} else if (!isCurrent) {
  writeFileSync(join(root, MATRIX), matrix);
  console.log(`trace: wrote ${MATRIX}`);
}
if (failures.length > 0 || lost.length > 0 || (values.check && !isCurrent)) process.exitCode = 1;
else console.log('trace: every mark has its row, every closed section its code and tests');

/** Our own specification first, the referenced standards in alphabetical order. */
function tableFiles(): readonly string[] {
  const names = readdirSync(join(root, 'spec')).filter((name) => name.endsWith('.md'));
  const others = names.filter((name) => !PAPERS.includes(name) && name !== 'requirements.md');
  return ['requirements.md', ...others.sort()];
}
