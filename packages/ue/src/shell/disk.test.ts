import { mkdtemp, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readDocument, replaceDocument } from './disk.ts';

const folder = () => mkdtemp(join(tmpdir(), 'ueprov-disk-'));

test('a document is read back as it was written, and nothing else is left in the folder', async () => {
  const dir = await folder();
  const file = join(dir, 'deep', 'tree.json');
  await replaceDocument(file, { a: 1 });
  await replaceDocument(file, { a: 2 });
  expect(await readDocument(file)).toEqual({ a: 2 });
  expect(await readdir(join(dir, 'deep'))).toEqual(['tree.json']);
});

test('what a crash left beside it is written over, and holds no secrets for long', async () => {
  const dir = await folder();
  await writeFile(join(dir, 'tree.json.new'), '{"half":', { mode: 0o644 });
  await replaceDocument(join(dir, 'tree.json'), { a: 1 });
  expect(await readdir(dir)).toEqual(['tree.json']);
  expect((await stat(join(dir, 'tree.json'))).mode & 0o077).toBe(0);
});

test('only its owner may read it: it holds credentials', async () => {
  const file = join(await folder(), 'tree.json');
  await replaceDocument(file, {});
  expect((await stat(file)).mode & 0o077).toBe(0);
});

test('no document is not an error, a broken one is, and names the file', async () => {
  const file = join(await folder(), 'tree.json');
  expect(await readDocument(file)).toBeUndefined();
  await writeFile(file, '{');
  await expect(readDocument(file)).rejects.toThrow(/tree\.json cannot be read/);
});
