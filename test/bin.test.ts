/** The command as a shell runs it: exit codes, what goes where, and the Node that it finds for itself. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const MAIN = join(ROOT, 'packages/cli/src/main.ts');
const BIN = join(ROOT, 'packages/cli/bin/ueprov.cjs');

function ueprov(args: readonly string[], input?: Buffer | string) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=source', MAIN, ...args],
    { encoding: 'utf8', ...(input !== undefined && { input }), timeout: 20_000 },
  );
  return { status, stdout, stderr };
}

test('--help names every command and exits 0', () => {
  const { status, stdout } = ueprov(['--help']);
  expect(status).toBe(0);
  for (const command of ['lab', 'server', 'ue', 'syncml']) expect(stdout).toContain(command);
});

test.each([
  [['nonsense'], /unknown command/],
  [['lab', '--ues', '0'], /--ues is a number from 1 to 500, not 0/],
  [['lab', '--encoding', 'morse'], /there is no encoding morse/],
  [['server', 'run', '--config', '/nowhere.yaml'], /\/nowhere\.yaml cannot be read/],
])('wrong usage exits 2 and says what is wrong: %j', (args, words) => {
  const { status, stdout, stderr } = ueprov(args);
  expect(status).toBe(2);
  expect(stderr).toMatch(words);
  expect(stdout).toBe('');
});

test('the shim says in one line when nothing is built, and never runs on an old Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ueprov-bin-'));
  mkdirSync(join(folder, 'bin'));
  symlinkSync(BIN, join(folder, 'bin', 'ueprov.cjs'));
  const copy = join(folder, 'bin', 'ueprov.cjs');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--preserve-symlinks-main', copy, '--version'],
    {
      encoding: 'utf8',
    },
  );
  expect(status).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(/not built yet: run `npm run build`/);
});
