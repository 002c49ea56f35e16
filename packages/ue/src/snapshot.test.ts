import { expect, test } from 'vitest';
import { bootstrapTree } from './bootstrap.ts';
import { treeFromDisk } from './snapshot.ts';
import { sampleConfig } from './testing/sample-config.ts';

const kept = () => JSON.parse(JSON.stringify(bootstrapTree(sampleConfig(), 0).snapshot()));

test('a tree that went through JSON is the same tree', () => {
  expect(treeFromDisk(kept(), 'tree.json').snapshot()).toEqual(kept());
});

test.each([
  ['is no object', 'hello', ''],
  ['is of another form', { ...kept(), form: 2 }, 'form'],
  ['has a node without a name', { ...kept(), root: { Format: 'node' } }, 'root.name'],
  [
    'has a value that its node does not take',
    withLeaf({ name: 'DmV', Format: 'chr', Data: 1 }),
    'root.children.0.children.0.Data',
  ],
  [
    'has octets that are none',
    withLeaf({ name: 'DmV', Format: 'bin', base64: '?' }),
    'TREE_SNAPSHOT',
  ],
])('a file that %s is refused, with its name and the place', (_what, document, place) => {
  expect(() => treeFromDisk(document, 'tree.json')).toThrow(
    `tree.json holds no management tree: ${place}`,
  );
});

function withLeaf(leaf: unknown) {
  const DevInfo = { name: 'DevInfo', Format: 'node', children: [leaf] };
  return { ...kept(), root: { name: '.', Format: 'node', children: [DevInfo] } };
}
