/** `npm run tidy [-- FOLDER...]`: the house rules that the compiler and the linter do not know. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sourceOf } from './source.ts';
import { formatFinding, tidy } from './tidy.ts';

const TEXT = /\.(?:ts|tsx|js|mjs|cjs|json|md|ya?ml|css|html|sh|csv)$/;
const root = resolve(import.meta.dirname, '../..');
const only = process.argv.slice(2);

const paths = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\0')
  .filter((path) => TEXT.test(path) && path !== 'package-lock.json')
  .filter((path) => existsSync(join(root, path)));
const findings = tidy(
  paths.map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8'))),
).filter(({ path }) => only.length === 0 || only.some((folder) => path.startsWith(folder)));

for (const finding of findings) console.log(formatFinding(finding));
console.log(`tidy: ${paths.length} files, ${findings.length} findings`);
if (findings.length > 0) process.exitCode = 1;
