import { expect, it } from 'vitest';
import { CHANGES_MAX, LOCAL, OPEN_ROOT, Tree } from './index.ts';
import { makeTree, NOW } from './testing/sample-tree.ts';

it('tells what changed after a version, oldest first', () => {
  const tree = makeTree();
  const start = tree.version;
  expect(tree.changesSince(start)).toEqual([]);
  tree.add('./Row/1/Sub/x/Leaf', { Data: 'a' }, 's', NOW);
  tree.replace('Fixed', { Data: 'b' }, 's', NOW);
  tree.replace('./Row/1?prop=Title', { Data: 'c' }, 's', NOW);
  tree.replace('./Row/1?prop=Name', { Data: 'one' }, 's', NOW);
  tree.delete('./Row/one', 's', NOW);
  tree.delete('./Row/one', 's', NOW);
  const changes = [
    { version: start + 1, kind: 'added', uri: './Row/1/Sub/x/Leaf' },
    { version: start + 2, kind: 'replaced', uri: './Fixed' },
    { version: start + 3, kind: 'replaced', uri: './Row/1?prop=Title' },
    { version: start + 4, kind: 'deleted', uri: './Row/1' },
    { version: start + 5, kind: 'added', uri: './Row/one' },
    { version: start + 6, kind: 'deleted', uri: './Row/one' },
  ];
  expect(tree.changesSince(start)).toEqual(changes);
  expect(tree.changesSince(start + 4)).toEqual(changes.slice(4));
  expect(tree.changesSince(tree.version)).toEqual([]);
});

it('remembers a bounded number of changes, and says so past it', () => {
  const tree = new Tree(OPEN_ROOT);
  tree.add('./a', { Data: '' }, LOCAL, NOW);
  for (let count = 0; count < 5 * CHANGES_MAX; count++) {
    tree.replace('./a', { Data: String(count) }, LOCAL, NOW);
  }
  expect(tree.changesSince(tree.version - CHANGES_MAX)).toHaveLength(CHANGES_MAX);
  expect(tree.changesSince(tree.version - 2 * CHANGES_MAX)).toBeUndefined();
  expect(tree.changesSince(0)).toBeUndefined();
});

it('knows nothing of what was before a restart', () => {
  const tree = makeTree();
  const again = new Tree(OPEN_ROOT, tree.snapshot());
  expect(again.changesSince(0)).toBeUndefined();
  expect(again.changesSince(again.version)).toEqual([]);
});

it('what was taken back after more changes than are remembered leaves no wrong answer', () => {
  const tree = new Tree(OPEN_ROOT);
  tree.add('./a', { Data: '' }, LOCAL, NOW);
  const { version } = tree;
  const transaction = tree.transaction();
  for (let count = 0; count < 3 * CHANGES_MAX; count++) {
    tree.replace('./a', { Data: String(count) }, LOCAL, NOW);
  }
  expect(tree.changesSince(version)).toEqual([]);
  transaction.rollback();
  expect(tree.changesSince(version)).toEqual([]);
  expect(tree.changesSince(0)).toBeUndefined();
  tree.replace('./a', { Data: 'z' }, LOCAL, NOW);
  expect(tree.changesSince(version)).toMatchObject([{ version: version + 1, uri: './a' }]);
});
