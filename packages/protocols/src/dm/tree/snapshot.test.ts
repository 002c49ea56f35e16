import { describe, expect, it } from 'vitest';
import { ProtocolError } from '../../error.ts';
import { LOCAL, OPEN_ROOT, type Shape, Tree, type TreeSnapshot } from './index.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

function shape(children: readonly Shape[]): Shape {
  return leaf('.', { Format: 'node', children });
}

function leaf(name: string, more: Partial<Shape> = {}): Shape {
  return {
    name,
    Format: 'chr',
    AccessType: ['Get', 'Replace'],
    occurrence: 'One',
    scope: 'Permanent',
    description: name,
    ...more,
  };
}

function throughJson(tree: Tree): TreeSnapshot {
  return JSON.parse(JSON.stringify(tree.snapshot()));
}

it('a tree comes back with values, octets and properties', () => {
  const tree = new Tree(OPEN_ROOT);
  tree.add('./a/b', { Format: 'int', Data: '7' }, 'me', NOW);
  tree.add('./a/octets', { Format: 'bin', Data: new Uint8Array([0, 255]) }, 'me', NOW);
  tree.add('./a/void', { Format: 'null' }, 'me', NOW);
  tree.add('./mo', { Format: 'node', Type: 'urn:test:mo:1.0' }, 'me', NOW);
  tree.replace('./a/b?prop=Title', { Data: 'T' }, LOCAL, NOW);
  tree.replace('.?prop=ACL', { Data: 'Add=*&Get=me' }, LOCAL, NOW);
  const again = new Tree(OPEN_ROOT, throughJson(tree));
  expect(again.snapshot()).toEqual(tree.snapshot());
  expect(again.version).toBe(tree.version);
  expect(again.octets('./a/octets')).toEqual(new Uint8Array([0, 255]));
  expect(again.find('./a?prop=ACL')).toMatchObject({ Data: 'Add=me&Delete=me&Replace=me' });
  expect(again.find('./mo?prop=Type')).toMatchObject({ Data: 'urn:test:mo:1.0' });
  for (const prop of ['Title', 'TStamp', 'VerNo', 'Format']) {
    expect(again.find(`./a/b?prop=${prop}`)).toEqual(tree.find(`./a/b?prop=${prop}`));
  }
});

it('what does not persist is left out and back at its default', () => {
  const described = shape([
    leaf('Kept', { DefaultValue: 'k' }),
    leaf('Volatile', { DefaultValue: 'v', persistent: false }),
  ]);
  const tree = new Tree(described);
  tree.replace('./Kept', { Data: 'x' }, LOCAL, NOW);
  tree.replace('./Volatile', { Data: 'x' }, LOCAL, NOW);
  const again = new Tree(described, throughJson(tree));
  expect(again.text('./Kept')).toBe('x');
  expect(again.text('./Volatile')).toBe('v');
});

it('survives a new description: unknown nodes go, new ones come, illegal values become defaults', () => {
  const tree = new Tree(shape([leaf('Old'), leaf('Same'), leaf('Narrowed')]));
  tree.replace('./Same', { Data: 'x' }, LOCAL, NOW);
  tree.replace('./Narrowed', { Data: 'long' }, LOCAL, NOW);
  const newer = shape([
    leaf('Same'),
    leaf('Narrowed', { Format: 'int', DefaultValue: '5' }),
    leaf('New', { DefaultValue: 'n' }),
  ]);
  const again = new Tree(newer, throughJson(tree));
  expect(again.children('.')).toEqual(['Same', 'Narrowed', 'New']);
  expect(again.text('./Same')).toBe('x');
  expect(again.text('./Narrowed')).toBe('5');
});

describe('what is no snapshot is a ProtocolError with the path', () => {
  const root = { name: '.', Format: 'node' };
  it.each([
    ['form', { form: 2, version: 0, root }, '.'],
    ['root', { form: 1, version: 0, root: { name: '.', Format: 'chr', Data: '' } }, '.'],
    ['name', { root: { ...root, children: [{ name: '..', Format: 'chr', Data: '' }] } }, './..'],
    ['Data', { root: { ...root, children: [{ name: 'a', Format: 'chr' }] } }, './a'],
    ['base64', { root: { ...root, children: [{ name: 'a', Format: 'bin', base64: '!' }] } }, './a'],
    ['ACL', { root: { ...root, ACL: 'Copy=x' } }, '.'],
  ])('%s', (_, snapshot, path) => {
    const restore = () => new Tree(OPEN_ROOT, { form: 1, version: 0, ...snapshot } as TreeSnapshot);
    expect(restore).toThrow(ProtocolError);
    expect(restore).toThrow(expect.objectContaining({ code: 'TREE_SNAPSHOT', at: { path } }));
  });
});
