/** Builds what is stale: the TypeScript packages by one `tsc -b`, then the console by vite. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { orphans } from './orphans.ts';
import { isStale, stamp } from './stale.ts';
import { type Target, targets } from './target.ts';

export interface BuildReport {
  readonly built: readonly string[];
  /** What failed, in words; absent when all is built. */
  readonly failure?: string;
}

/** Says what it does through `say`; the compilers' own output goes to standard error. */
export function build(root: string, say: (line: string) => void): BuildReport {
  const stale = targets(root).filter(isStale);
  const typescript = stale.filter((target) => target.tool === 'tsc');
  const steps: readonly (readonly Target[])[] = [
    ...(typescript.length > 0 ? [typescript] : []),
    ...stale.filter((target) => target.tool === 'vite').map((target) => [target]),
  ];
  const built: string[] = [];
  for (const step of steps) {
    const names = step.map((target) => target.name);
    say(`building ${names.join(', ')}`);
    const startedAt = Date.now();
    const failure = make(root, step);
    if (failure !== undefined) return { built, failure: `${names.join(', ')}: ${failure}` };
    for (const target of step) stamp(target, startedAt);
    built.push(...names);
    say(`built ${names.join(', ')} in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  }
  return { built };
}

function make(root: string, step: readonly Target[]): string | undefined {
  const [first] = step;
  if (first?.tool === 'vite') {
    return run(join(root, 'packages', first.name), root, 'vite/bin/vite.js', ['build']);
  }
  for (const target of step) {
    const src = join(root, 'packages', target.name, 'src');
    for (const orphan of orphans(src, target.dist)) rmSync(orphan);
  }
  return run(root, root, 'typescript/bin/tsc', ['-b', 'tsconfig.build.json']);
}

/** Runs a program of node_modules by this Node. Its output goes to standard error. */
function run(cwd: string, root: string, program: string, args: readonly string[]) {
  const script = join(root, 'node_modules', program);
  const { error, status, signal } = spawnSync(process.execPath, [script, ...args], {
    cwd,
    stdio: ['ignore', 2, 2],
  });
  if (error !== undefined) return error.message;
  if (status === 0) return undefined;
  return signal === null ? `${program} ended with ${status}` : `${program} was ended by ${signal}`;
}
