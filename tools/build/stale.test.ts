import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orphans } from './orphans.ts';
import { isStale, stamp } from './stale.ts';
import { type Target, targets } from './target.ts';

const BUILT_AT = 2_000_000;
const EARLIER = 1_000;
const LATER = 3_000;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'));
  for (const name of ['tsconfig.base.json', 'tsconfig.build.json']) write(name);
  for (const name of ['package.json', 'tsconfig.json', 'src/a.ts', 'src/deep/b.ts']) {
    write(`packages/one/${name}`);
  }
  settle();
});
afterEach(() => rmSync(root, { recursive: true }));

/** Writes a file as if at `seconds`; its folder gets the time of now, as on any file system. */
function write(name: string, seconds = EARLIER) {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, seconds, seconds);
}

function settle() {
  for (const name of ['src', 'src/deep']) {
    utimesSync(join(root, 'packages/one', name), EARLIER, EARLIER);
  }
}

function only(): Target {
  const [target, ...others] = targets(root);
  expect(others).toEqual([]);
  return target!;
}

test('a target without a stamp is stale', () => {
  expect(isStale(only())).toBe(true);
});

test('a stamp newer than every source makes it fresh', () => {
  stamp(only(), BUILT_AT);
  expect(isStale(only())).toBe(false);
});

test.each(['packages/one/src/deep/b.ts', 'packages/one/package.json', 'tsconfig.base.json'])(
  'a change of %s makes it stale',
  (name) => {
    stamp(only(), BUILT_AT);
    write(name, LATER);
    settle();
    expect(isStale(only())).toBe(true);
  },
);

test('a change of a test makes nothing stale', () => {
  stamp(only(), BUILT_AT);
  write('packages/one/src/a.test.ts', LATER);
  settle();
  expect(isStale(only())).toBe(false);
});

test('a source that goes away makes it stale', () => {
  stamp(only(), BUILT_AT);
  rmSync(join(root, 'packages/one/src/deep/b.ts'));
  expect(isStale(only())).toBe(true);
});

test('a package without sources is no target, an index.html makes one for vite', () => {
  write('packages/empty/package.json');
  write('packages/empty/tsconfig.json');
  write('packages/pages/package.json');
  write('packages/pages/index.html');
  expect(targets(root).map(({ name, tool }) => [name, tool])).toEqual([
    ['one', 'tsc'],
    ['pages', 'vite'],
  ]);
});

test('outputs of a source that is gone are orphans, all others are not', () => {
  const folder = join(root, 'packages/one');
  for (const name of ['a.js', 'a.d.ts', 'deep/b.js', 'gone.js', 'gone.d.ts.map', '.stamp']) {
    write(`packages/one/dist/${name}`);
  }
  const found = orphans(join(folder, 'src'), join(folder, 'dist'));
  expect([...found].sort()).toEqual(
    ['gone.d.ts.map', 'gone.js'].map((name) => join(folder, 'dist', name)),
  );
});
