/**
 * `npm run long -- NAME [ARGUMENTS]`: the full size of a long run, whose small size is in `npm test`.
 * `test/long/NAME.ts` exports `long = { title, run(args) }`; a throw is a failed run.
 */
import './source-condition.ts';
import { resolve } from 'node:path';
import { discover } from './discover.ts';

interface Long {
  readonly title: string;
  run(args: readonly string[]): Promise<void>;
}

const [name, ...args] = process.argv.slice(2);
const modules = await discover(resolve(import.meta.dirname, '../test/long'));
const runs = modules.flatMap((each) => {
  const { long } = each.exports;
  return isLong(long) ? [{ name: each.name, long }] : [];
});
const chosen = runs.find((each) => each.name === name);
if (chosen === undefined) {
  if (name !== undefined) console.error(`no long run ${name}`);
  console.error('npm run long -- NAME, where NAME is one of');
  for (const each of runs) console.error(`  ${each.name}: ${each.long.title}`);
  process.exitCode = 1;
} else {
  try {
    await chosen.long.run(args);
    console.log(`${chosen.name}: passed`);
  } catch (error) {
    console.error(error);
    console.log(`${chosen.name}: failed`);
    process.exitCode = 1;
  }
}

function isLong(value: unknown): value is Long {
  return (
    typeof value === 'object' &&
    value !== null &&
    'title' in value &&
    typeof value.title === 'string' &&
    'run' in value &&
    typeof value.run === 'function'
  );
}
