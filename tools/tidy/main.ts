/** `npm run tidy [-- FOLDER...]`: the house rules that the compiler and the linter do not know. */
import { resolve } from 'node:path';
import { filesOf } from '../work-tree.ts';
import { sourceOf } from './source.ts';
import { formatFinding, tidy } from './tidy.ts';

const TEXT = /\.(?:ts|tsx|js|mjs|cjs|json|md|ya?ml|css|html|sh|csv)$/;
const only = process.argv.slice(2);

const sources = filesOf(
  resolve(import.meta.dirname, '../..'),
  (path) => TEXT.test(path) && path !== 'package-lock.json',
).map(({ path, text }) => sourceOf(path, text));
const findings = tidy(sources).filter(
  ({ path }) => only.length === 0 || only.some((folder) => path.startsWith(folder)),
);

for (const finding of findings) console.log(formatFinding(finding));
console.log(`tidy: ${sources.length} files, ${findings.length} findings`);
if (findings.length > 0) process.exitCode = 1;
