/**
 * `npm run long -- power-cut [POINTS]`: the store of the UE's tree loses its power at every call of
 * the file system in turn; what is found afterwards is the tree of before or of after, never another.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPEN_ROOT, Tree, type TreeSnapshot } from '@ueprov/protocols/dm/tree';
import { readDocument, replaceDocument } from '../../packages/ue/src/shell/disk.ts';
import type { Mode } from './power-cut/fault-points.ts';
import { states } from './power-cut/script.ts';

const FOLDER = join(import.meta.dirname, 'power-cut');
const MODES: readonly Mode[] = ['kill', 'torn', 'undone'];
const POINTS = 500;
const ROUNDS = 5;
/** At once, on a machine with few cores. */
const LANES = 2;

export const long = {
  title: 'the tree of a UE at power cuts between any two writes',
  async run([points = String(POINTS)]: readonly string[]): Promise<void> {
    const wrong = await cutPower(Number(points));
    for (const line of wrong) console.log(line);
    console.log(`power-cut: ${points} points, ${wrong.length} with another tree`);
    if (wrong.length > 0) throw new Error('a tree that is neither the one of before nor of after');
  },
};

/** What was found that is neither before nor after; `isFlushing` false: on a disk that never flushes. */
export async function cutPower(points: number, isFlushing = true): Promise<readonly string[]> {
  const { calls } = await kept('count', isFlushing, () => Promise.resolve(''));
  const expected = states(ROUNDS);
  const wrong: string[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < points; index = next++) {
      // Every call gets its turn in every way, as far as the number of points goes.
      const point = 1 + Math.floor((index * calls) / points);
      const cut = `${point} ${MODES[index % MODES.length]}`;
      const { found } = await kept(cut, isFlushing, (file, acknowledged) =>
        difference(file, expected, acknowledged),
      );
      if (found !== '') wrong.push(`at call ${cut}: ${found}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return wrong;
}

/** Runs the keeper up to its cut, and looks at what it left. */
async function kept(
  cut: string,
  isFlushing: boolean,
  look: (file: string, acknowledged: number) => Promise<string>,
): Promise<{ readonly found: string; readonly calls: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'ueprov-power-cut-'));
  const file = join(folder, 'ue', 'tree.json');
  try {
    const preload = ['--conditions=source', '--import', join(FOLDER, 'fault-points.ts')];
    const args = [...preload, join(FOLDER, 'keeper.ts'), file, String(ROUNDS)];
    const env = { ...process.env, POWER_CUT: cut, ...(!isFlushing && { UNFLUSHED: '1' }) };
    const keeper = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    keeper.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    const [code, signal] = await once(keeper, 'close');
    if (cut === 'count' ? code !== 0 : signal !== 'SIGKILL') {
      throw new Error(`the keeper ended with ${code ?? signal} at ${cut}:\n${said}`);
    }
    const acknowledged = said.match(/kept/g)?.length ?? 0;
    const calls = Number(/calls (\d+)/.exec(said)?.[1] ?? 0);
    return { found: await look(file, acknowledged - 1), calls };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** '' if the tree is that of the last step that was acknowledged, or of the one under way. */
async function difference(
  file: string,
  expected: readonly string[],
  acknowledged: number,
): Promise<string> {
  try {
    const document = await readDocument(file);
    if (document === undefined) return acknowledged < 0 ? '' : 'there is no tree';
    const tree = new Tree(OPEN_ROOT, document as TreeSnapshot);
    const found = JSON.stringify(tree.snapshot());
    const step = expected.indexOf(found, Math.max(acknowledged, 0));
    if (found !== expected[acknowledged] && found !== expected[acknowledged + 1]) {
      return step < 0 ? 'the tree of no step' : `step ${step} after ${acknowledged}`;
    }
    // The next start goes on, and what the cut left behind goes.
    await replaceDocument(file, tree.snapshot());
    const left = await readdir(join(file, '..'));
    return left.length === 1 ? '' : `${left.length} files are left`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
