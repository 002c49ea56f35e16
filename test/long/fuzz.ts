/**
 * `npm run long -- fuzz [TARGET...] [--small] [--seed S]`: every fuzz target, or those named, with 2,000,000 inputs
 * each; `--small` takes 50,000, the size for CI. One after the other, each in a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { discoverTargets } from '../../fuzz/targets.ts';

const RUNS = 2_000_000;
const RUNS_SMALL = 50_000;
const MAIN = resolve(import.meta.dirname, '../../fuzz/main.ts');

export const long = {
  title: '2,000,000 mutated inputs to every decoder: no crash, no hang, no greed (--small: 50,000)',
  async run(args: readonly string[]): Promise<void> {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { small: { type: 'boolean' }, seed: { type: 'string' } },
    });
    const known = (await discoverTargets()).map(({ name }) => name);
    const unknown = positionals.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Error(`no target ${unknown.join(', ')}; ${known.join(', ')}`);
    const runs = values.small ? RUNS_SMALL : RUNS;
    const seed = values.seed === undefined ? [] : ['--seed', values.seed];
    const names = positionals.length > 0 ? positionals : known;
    const failed = names.filter((name) => !isClean(name, ['--runs', String(runs), ...seed]));
    if (failed.length > 0) throw new Error(`not clean: ${failed.join(', ')}`);
  },
};

function isClean(name: string, options: readonly string[]): boolean {
  return spawnSync(process.execPath, [MAIN, name, ...options], { stdio: 'inherit' }).status === 0;
}
