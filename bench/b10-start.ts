/**
 * B10: from the start of `ueprov lab --once` to the last UE verified and its event stored, as a whole process after build.
 * The floor is the start of a Node that does nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Bench, interleave, ratios, summary } from './method.ts';

const MAIN = join(import.meta.dirname, '../packages/cli/dist/main.js');

export const bench: Bench = {
  id: 'B10',
  title: 'start: ueprov lab --once --ues 3, whole process, ms',
  async *run() {
    const taken = await interleave(
      () => wallMs([MAIN, 'lab', '--once', '--ues', '3', '--json']),
      () => wallMs(['--eval', '0']),
    );
    yield {
      wallMs: summary(taken.ours),
      floorWallMs: summary(taken.floor),
      ratioToFloor: summary(ratios(taken.ours, taken.floor)),
      runs: taken.ours.length,
    };
  },
};

async function wallMs(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return performance.now() - startedAt;
}
