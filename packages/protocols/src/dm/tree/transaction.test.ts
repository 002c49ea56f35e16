import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOCAL, OPEN_ROOT, Tree } from './index.ts';
import { makeTree, NOW, status } from './testing/sample-tree.ts';

/** Everything that can be seen of a tree: snapshot, with the order of children, and what it counts. */
function seen(tree: Tree): string {
  return JSON.stringify({ ...tree.snapshot(), changes: tree.changesSince(0) });
}

function openTree(): Tree {
  const tree = new Tree(OPEN_ROOT);
  tree.replace('.?prop=ACL', { Data: 'Add=*&Get=*&Replace=*&Delete=*' }, LOCAL, NOW);
  for (const name of ['a', 'b', 'c', 'd']) tree.add(`./${name}/leaf`, { Data: name }, 's', NOW);
  return tree;
}

describe('what a transaction did is taken back', () => {
  it.each([
    ['Add with its parents', (tree: Tree) => tree.add('./x/y/z', { Data: '1' }, 's', NOW)],
    ['Replace', (tree: Tree) => tree.replace('./a/leaf', { Data: 'new' }, 's', NOW + 1)],
    ['Delete of a sub-tree', (tree: Tree) => tree.delete('./b', 's', NOW + 1)],
    ['rename', (tree: Tree) => tree.replace('./b?prop=Name', { Data: 'q' }, 's', NOW + 1)],
    ['ACL', (tree: Tree) => tree.replace('./b?prop=ACL', { Data: 'Get=me' }, 's', NOW + 1)],
    ['Title', (tree: Tree) => tree.replace('./b?prop=Title', { Data: 'T' }, 's', NOW + 1)],
    ['Copy', (tree: Tree) => tree.copy('./a/leaf', './b/leaf', 's', NOW + 1)],
  ])('%s', (_, change) => {
    const tree = openTree();
    const before = seen(tree);
    const transaction = tree.transaction();
    expect(status(change(tree))).toBe(200);
    transaction.rollback();
    expect(seen(tree)).toBe(before);
    // The same again, kept: what was taken back left nothing behind.
    const other = openTree();
    change(other);
    const kept = tree.transaction();
    change(tree);
    kept.commit();
    expect(seen(tree)).toBe(seen(other));
  });

  it('also what an account that goes was allowed', () => {
    const tree = openTree();
    tree.replace('./a?prop=ACL', { Data: 'Get=me' }, LOCAL, NOW);
    const before = seen(tree);
    const transaction = tree.transaction();
    tree.forgetServer('me');
    expect(tree.find('./a?prop=ACL')).toMatchObject({ Data: '' });
    transaction.rollback();
    expect(seen(tree)).toBe(before);
  });

  it('the number of nodes and the limits of addresses included', () => {
    const tree = new Tree(OPEN_ROOT, undefined, { nodesMax: 3 });
    const full = tree.transaction();
    tree.add('./a/b', { Data: '' }, LOCAL, NOW);
    expect(status(tree.add('./c', { Data: '' }, LOCAL, NOW))).toBe(420);
    full.rollback();
    expect(status(tree.add('./c/d', { Data: '' }, LOCAL, NOW))).toBe(200);

    const limited = makeTree();
    const narrow = limited.transaction();
    limited.replace('./DevDetail/URI/MaxSegLen', { Data: '3' }, LOCAL, NOW);
    expect(status(limited.get('./Fixed', 's'))).toBe(414);
    narrow.rollback();
    expect(status(limited.get('./Fixed', 's'))).toBe(200);
  });
});

it('until it is committed, version, changes and snapshot know nothing of it', () => {
  const tree = openTree();
  const before = seen(tree);
  const { version } = tree;
  const transaction = tree.transaction();
  tree.delete('./a', 's', NOW);
  tree.replace('./c?prop=Name', { Data: 'renamed' }, 's', NOW);
  tree.add('./e', { Data: '' }, 's', NOW);
  expect(seen(tree)).toBe(before);
  expect(tree.version).toBe(version);
  // Looking did no harm to what is under way.
  expect(tree.children('.')).toEqual(['b', 'd', 'renamed', 'e']);
  transaction.commit();
  expect(tree.version).toBe(version + 4);
  expect(tree.changesSince(version)?.map(({ kind, uri }) => `${kind} ${uri}`)).toEqual([
    'deleted ./a',
    'deleted ./c',
    'added ./renamed',
    'added ./e',
  ]);
});

it('a transaction inside another is taken back alone, and with it', () => {
  const tree = openTree();
  const before = seen(tree);
  const outer = tree.transaction();
  tree.replace('./a/leaf', { Data: '1' }, 's', NOW);
  const inner = tree.transaction();
  tree.replace('./a/leaf', { Data: '2' }, 's', NOW);
  expect(() => outer.commit()).toThrow('not the innermost');
  inner.rollback();
  expect(tree.text('./a/leaf')).toBe('1');
  const second = tree.transaction();
  tree.replace('./a/leaf', { Data: '3' }, 's', NOW);
  second.commit();
  expect(tree.text('./a/leaf')).toBe('3');
  outer.rollback();
  expect(seen(tree)).toBe(before);
  expect(() => outer.rollback()).toThrow('not the innermost');
});

it('whatever was done, the tree is the one of before', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const uri = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `./${names.join('/')}`);
  const change = fc.oneof(
    fc.tuple(fc.constant('add'), uri, name),
    fc.tuple(fc.constant('replace'), uri, name),
    fc.tuple(fc.constant('delete'), uri, name),
    fc.tuple(fc.constant('rename'), uri, name),
    fc.tuple(fc.constant('copy'), uri, name),
  );
  const apply = (tree: Tree, [kind, uri, text]: readonly [string, string, string]): void => {
    if (kind === 'add') tree.add(uri, { Data: text }, 's', NOW);
    if (kind === 'replace') tree.replace(uri, { Data: text }, 's', NOW);
    if (kind === 'delete') tree.delete(uri, 's', NOW);
    if (kind === 'rename') tree.replace(`${uri}?prop=Name`, { Data: text }, 's', NOW);
    if (kind === 'copy') tree.copy(`./${text}/leaf`, uri, 's', NOW);
  };
  const changes = fc.array(change, { maxLength: 12 });
  fc.assert(
    fc.property(changes, changes, changes, (before, within, after) => {
      const tree = openTree();
      for (const each of before) apply(tree, each);
      const was = seen(tree);
      const transaction = tree.transaction();
      for (const each of within) apply(tree, each);
      expect(seen(tree)).toBe(was);
      for (const each of after) apply(tree, each);
      transaction.rollback();
      expect(seen(tree)).toBe(was);
    }),
    { seed: 4, numRuns: 300 },
  );
});
