/**
 * `npm start [-- ARGUMENTS]`: builds what is stale, then is `ueprov lab ARGUMENTS`.
 *
 * The lab runs in this process, so its terminal, signals and exit code are those of the command,
 * and standard output is the lab's alone: whatever the build says goes to standard error.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isStale } from './build/stale.ts';
import { targets } from './build/target.ts';

const root = resolve(import.meta.dirname, '..');
const main = join(root, 'packages/cli/dist/main.js');
const say = (line: string) => process.stderr.write(`start: ${line}\n`);

if (await isBuilt()) {
  process.argv = [process.execPath, main, 'lab', ...process.argv.slice(2)];
  await import(pathToFileURL(main).href);
} else process.exitCode = 1;

async function isBuilt(): Promise<boolean> {
  if (targets(root).some(isStale)) {
    const { build } = await import('./build/build.ts');
    const { failure } = build(root, say);
    if (failure !== undefined) {
      say(`the build failed: ${failure}`);
      return false;
    }
  }
  if (existsSync(main)) return true;
  say(`there is no ${main}, although everything is built`);
  return false;
}
