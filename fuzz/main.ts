/**
 * `npm run fuzz -- TARGET --runs N [--seed S]`: feeds a decoder with N mutated inputs.
 *
 * Progress goes to standard error. A failing input is kept in `fuzz/corpus/TARGET/`, its seed printed, exit 1.
 */
import '../tools/source-condition.ts';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Failure, fuzz } from './fuzz.ts';
import type { FuzzTarget } from './target.ts';
import { corpusFolder, corpusOf, discoverTargets } from './targets.ts';

const RUNS_DEFAULT = 50_000;
const PROGRESS_EVERY = 50_000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string' }, seed: { type: 'string' } },
});

const [name] = positionals;
const runs = Number(values.runs ?? RUNS_DEFAULT);
const seed = Number(values.seed ?? Date.now() % 0x1_0000_0000);
const targets = await discoverTargets();
const target = targets.find((each) => each.name === name);
if (target === undefined) {
  process.stderr.write('usage: npm run fuzz -- TARGET --runs N [--seed S]\n');
  process.stderr.write(`targets: ${targets.map((each) => each.name).join(' ')}\n`);
  process.exitCode = 2;
} else if (!Number.isSafeInteger(runs) || runs < 0 || !Number.isSafeInteger(seed)) {
  process.stderr.write('--runs and --seed want whole numbers\n');
  process.exitCode = 2;
} else {
  run(target);
}

function run(target: FuzzTarget): void {
  const { name } = target;
  const start = performance.now();
  const progress = (done: number): void => {
    if (done % PROGRESS_EVERY === 0) process.stderr.write(`${name}: ${done} of ${runs} runs\n`);
  };
  const failure = fuzz(target, { runs, seed, corpus: corpusOf(name), progress });
  if (failure !== undefined) {
    keep(name, failure);
    process.exitCode = 1;
    return;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${name}: ${runs} runs clean from seed ${seed} in ${seconds} s\n`);
}

function keep(name: string, { input, run, error }: Failure): void {
  const folder = corpusFolder(name);
  mkdirSync(folder, { recursive: true });
  const digest = createHash('sha256').update(input).digest('hex').slice(0, 16);
  const file = join(folder, `${digest}.bin`);
  writeFileSync(file, input);
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${reason}\n${name}: failed at --seed ${seed + run}, input kept in ${file}\n`,
  );
}
