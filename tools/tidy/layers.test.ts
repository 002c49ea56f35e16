import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { PACKAGE_LAYERS, PROTOCOL_LAYERS, PURE_ACTOR_MODULES, PURE_ACTORS } from './layers.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PAPER = readFileSync(resolve(ROOT, 'ARCHITECTURE.md'), 'utf8');

/** Rows of the table under a head, one entry per name of the first cell. */
function tableUnder(head: string): ReadonlyMap<string, readonly string[]> {
  const lines = PAPER.slice(PAPER.indexOf(`| ${head} |`))
    .split('\n')
    .slice(2);
  const rows = lines.slice(0, lines.indexOf('')).map((line) => line.split('|'));
  return new Map(
    rows.flatMap(([, names = '', imports = '']) =>
      names.split(',').map((name) => [name.trim(), imports.split(',').map((each) => each.trim())]),
    ),
  );
}

const NOTHING = ['nothing of ours'];

test('the layers of protocols are the table of ARCHITECTURE.md', () => {
  const layers = PROTOCOL_LAYERS.map(({ name, imports }) => [
    name,
    imports.length === 0 ? NOTHING : imports,
  ]);
  expect(Object.fromEntries(layers)).toEqual(Object.fromEntries(tableUnder('folder of protocols')));
});

test('what packages and folders may import is the table of ARCHITECTURE.md', () => {
  const layers = PACKAGE_LAYERS.map(({ name, imports, typesOnly }) => {
    if (typesOnly !== undefined) return [name, ['only types of provisioning-server/api']];
    if (imports.length === 0) return [name, NOTHING];
    const names = imports.map((each) => each.replace('@ueprov/', ''));
    return [name, names[0] === '*' ? ['anything'] : names];
  });
  expect(Object.fromEntries(layers)).toEqual(Object.fromEntries(tableUnder('package or folder')));
});

test('ARCHITECTURE.md stays short', () => {
  expect(PAPER.split('\n').length).toBeLessThan(200);
});

test('what is watched for purity exists, so that a rename cannot free it', () => {
  const watched = [...PURE_ACTORS, ...PURE_ACTOR_MODULES];
  expect(watched.filter((path) => !existsSync(resolve(ROOT, path)))).toEqual([]);
});
