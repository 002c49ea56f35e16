import { describe, expect, it } from 'vitest';
import { LOCAL, OPEN_ROOT, type Outcome, Tree, type TreeOptions } from './index.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

function status(outcome: Outcome<unknown>): number {
  return outcome.ok ? 200 : outcome.status;
}

function makeTree(
  nodes: Record<string, { Format?: string; Data?: string; ACL?: string }>,
  options?: TreeOptions,
): Tree {
  const tree = new Tree(OPEN_ROOT, undefined, options);
  for (const [uri, { ACL, ...value }] of Object.entries(nodes)) {
    expect(status(tree.add(uri, value, LOCAL, NOW))).toBe(200);
    if (ACL === undefined) continue;
    expect(status(tree.replace(`${uri}?prop=ACL`, { Data: ACL }, LOCAL, NOW))).toBe(200);
  }
  return tree;
}

function replace(tree: Tree, uri: string, Data: string, who: string): number {
  return status(tree.replace(uri, { Data }, who, NOW));
}

describe('the example of OMA-DMTND 7.7.1 [R-6.8.4-1]', () => {
  const example = () =>
    makeTree({
      './NodeA': { Format: 'node', ACL: 'Get=ServerC&Replace=ServerC' },
      './NodeA/Node1': { Data: 'one', ACL: 'Get=*' },
      './NodeB': { Format: 'node', ACL: 'Get=ServerA&Replace=ServerA' },
      './NodeB/Node2': { Data: 'two' },
      './NodeB/Node3': {
        Format: 'node',
        ACL: 'Get=ServerB&Replace=ServerB&Delete=ServerB',
      },
      './NodeB/Node3/Node4': { Data: 'four' },
      './NodeB/Node3/Node5': { Data: 'five', ACL: 'Get=ServerA&Replace=ServerA&Get=ServerB' },
    });

  it('everybody reads Node1', () => {
    for (const who of ['ServerA', 'ServerB', 'ServerC', 'stranger']) {
      expect(example().get('./NodeA/Node1', who)).toMatchObject({ value: { Data: 'one' } });
    }
  });

  it('only ServerC changes the ACL of Node1 in one step', () => {
    for (const who of ['ServerA', 'ServerB', 'stranger']) {
      expect(replace(example(), './NodeA/Node1?prop=ACL', 'Get=*', who)).toBe(425);
    }
    expect(replace(example(), './NodeA/Node1?prop=ACL', 'Replace=ServerC', 'ServerC')).toBe(200);
  });

  it('nobody deletes or replaces Node1 directly [TND 7.7.1-8]', () => {
    for (const who of ['ServerA', 'ServerB', 'ServerC', 'stranger']) {
      expect(status(example().delete('./NodeA/Node1', who, NOW))).toBe(425);
      expect(replace(example(), './NodeA/Node1', 'x', who)).toBe(425);
    }
  });

  it('ServerC takes Node1 over in two steps', () => {
    const tree = example();
    expect(replace(tree, './NodeA/Node1?prop=ACL', 'Replace=ServerC', 'ServerC')).toBe(200);
    expect(replace(tree, './NodeA/Node1', 'mine', 'ServerC')).toBe(200);
    expect(tree.text('./NodeA/Node1')).toBe('mine');
  });

  it('Get of an ACL answers the own one, empty where it is inherited [TND 7.7.1-7]', () => {
    expect(example().get('./NodeA/Node1?prop=ACL', 'stranger')).toMatchObject({
      value: { Format: 'chr', Type: 'text/plain', Data: 'Get=*' },
    });
    expect(example().get('./NodeB/Node3/Node4?prop=ACL', 'ServerB')).toMatchObject({
      value: { Data: '' },
    });
  });

  it('an own ACL replaces the inherited one whole, and is not merged with it [TND 7.7.1-1]', () => {
    expect(replace(example(), './NodeB/Node3/Node5', 'x', 'ServerA')).toBe(200);
    expect(replace(example(), './NodeB/Node3/Node5', 'x', 'ServerB')).toBe(425);
    expect(status(example().delete('./NodeB/Node3/Node5', 'ServerB', NOW))).toBe(425);
    expect(status(example().get('./NodeB/Node3/Node4', 'ServerA'))).toBe(425);
    expect(replace(example(), './NodeB/Node2', 'x', 'ServerA')).toBe(200);
    expect(replace(example(), './NodeB/Node3/Node4', 'x', 'ServerB')).toBe(200);
  });

  it('Delete asks the addressed node alone', () => {
    const tree = example();
    expect(status(tree.delete('./NodeB/Node3', 'ServerB', NOW))).toBe(200);
    expect(tree.children('./NodeB')).toEqual(['Node2']);
  });
});

it('a property is read with Get on its node [R-6.8.4-1]', () => {
  const tree = makeTree({ './P': { Format: 'node', ACL: 'Get=me' } });
  for (const prop of ['ACL', 'Format', 'Name', 'Title', 'TStamp', 'Type', 'VerNo']) {
    expect(status(tree.get(`./P?prop=${prop}`, 'me'))).toBe(200);
    expect(status(tree.get(`./P?prop=${prop}`, 'other'))).toBe(425);
  }
});

describe('the root', () => {
  it('lets everybody add and get by default [R-6.8.4-1] [TND 7.7.1-2]', () => {
    const tree = makeTree({ './A': { Data: 'a' } });
    expect(tree.get('.?prop=ACL', 's')).toMatchObject({ value: { Data: 'Add=*&Get=*' } });
    expect(status(tree.get('./A', 's'))).toBe(200);
    expect(replace(tree, './A', 'b', 's')).toBe(425);
    expect(status(tree.delete('./A', 's', NOW))).toBe(425);
    expect(status(tree.exec('./A', 's'))).toBe(425);
    expect(status(tree.add('./B', { Data: 'b' }, 's', NOW))).toBe(200);
  });

  it('always has an ACL, with Add for everybody', () => {
    const tree = makeTree({});
    for (const Data of ['', 'Get=*', 'Add=me&Get=*']) {
      expect(status(tree.replace('.?prop=ACL', { Data }, LOCAL, NOW))).toBe(405);
    }
    const wider = { Data: 'Add=*&Get=*&Replace=me' };
    expect(status(tree.replace('.?prop=ACL', wider, 'me', NOW))).toBe(425);
    expect(status(tree.replace('.?prop=ACL', wider, LOCAL, NOW))).toBe(200);
    expect(replace(tree, '.?prop=ACL', 'Add=*&Get=*', 'me')).toBe(200);
  });
});

describe('who may write an ACL [R-6.8.4-1]', () => {
  const tree = () =>
    makeTree({
      './P': { Format: 'node', ACL: 'Replace=parent' },
      './P/Leaf': { Data: '', ACL: 'Replace=owner&Get=owner' },
      './P/Inner': { Format: 'node', ACL: 'Replace=owner&Get=owner' },
    });

  it('of a leaf: Replace on the parent', () => {
    expect(replace(tree(), './P/Leaf?prop=ACL', 'Get=*', 'owner')).toBe(425);
    expect(replace(tree(), './P/Leaf?prop=ACL', 'Get=*', 'parent')).toBe(200);
  });

  it('of an interior node: Replace on the node or on its parent [TND 7.7.1-3]', () => {
    expect(replace(tree(), './P/Inner?prop=ACL', 'Get=*', 'owner')).toBe(200);
    expect(replace(tree(), './P/Inner?prop=ACL', 'Get=*', 'parent')).toBe(200);
    expect(replace(tree(), './P/Inner?prop=ACL', 'Get=*', 'other')).toBe(425);
  });

  it('what is no ACL is 400, what is too long 420, and the old one stays', () => {
    const held = tree();
    expect(replace(held, './P/Inner?prop=ACL', 'Copy=x', 'owner')).toBe(400);
    expect(replace(held, './P/Inner?prop=ACL', `Get=${'a'.repeat(5000)}`, 'owner')).toBe(420);
    expect(held.get('./P/Inner?prop=ACL', 'owner')).toMatchObject({
      value: { Data: 'Replace=owner&Get=owner' },
    });
  });
});

describe('the creator of a node [R-6.8.4-1]', () => {
  it('without Replace on the parent owns the interior nodes that it creates, without Get [TND 7.7.1-5]', () => {
    const tree = makeTree({});
    expect(status(tree.add('./X/Y/Leaf', { Data: 'v' }, 'me', NOW))).toBe(200);
    const acl = tree.find('./X?prop=ACL');
    expect(acl).toMatchObject({ Data: 'Add=me&Delete=me&Replace=me' });
    expect(tree.find('./X/Y?prop=ACL')).toMatchObject({ Data: '' });
    expect(tree.find('./X/Y/Leaf?prop=ACL')).toMatchObject({ Data: '' });
    expect(replace(tree, './X/Y/Leaf', 'w', 'me')).toBe(200);
    expect(status(tree.get('./X/Y/Leaf', 'me'))).toBe(425);
    expect(replace(tree, './X/Y/Leaf', 'w', 'other')).toBe(425);
  });

  it('can be made a reader as well', () => {
    const tree = makeTree({}, { isCreatorReader: true });
    tree.add('./X', { Format: 'node' }, 'me', NOW);
    expect(tree.find('./X?prop=ACL')).toMatchObject({ Data: 'Add=me&Delete=me&Replace=me&Get=me' });
    expect(status(tree.get('./X', 'me'))).toBe(200);
  });

  it('with Replace on the parent gets no ACL of its own', () => {
    const tree = makeTree({ './P': { Format: 'node', ACL: 'Add=me&Replace=me' } });
    expect(status(tree.add('./P/X', { Format: 'node' }, 'me', NOW))).toBe(200);
    expect(tree.find('./P/X?prop=ACL')).toMatchObject({ Data: '' });
  });

  it('gets none on a leaf', () => {
    const tree = makeTree({});
    tree.add('./Leaf', { Data: 'v' }, 'me', NOW);
    expect(tree.find('./Leaf?prop=ACL')).toMatchObject({ Data: '' });
    expect(replace(tree, './Leaf', 'w', 'me')).toBe(425);
  });

  it('whose identifier cannot stand in an ACL gets none, and smuggles nothing in', () => {
    const tree = makeTree({});
    tree.add('./X', { Format: 'node' }, 'me&Get=*', NOW);
    expect(tree.find('./X?prop=ACL')).toMatchObject({ Data: '' });
  });
});

it('Add asks the first ancestor that exists [R-6.8.4-1]', () => {
  const tree = makeTree({ './P': { Format: 'node', ACL: 'Add=me&Get=*' } });
  expect(status(tree.add('./P/a/b', { Data: '' }, 'other', NOW))).toBe(425);
  expect(status(tree.add('./P/a/b', { Data: '' }, 'me', NOW))).toBe(200);
});

it('the ACL of a node goes with it [TND 7.7.1-9]', () => {
  const tree = makeTree({ './P': { Format: 'node', ACL: 'Delete=*&Get=me' } });
  expect(status(tree.delete('./P', 'other', NOW))).toBe(200);
  expect(status(tree.add('./P', { Format: 'node' }, LOCAL, NOW))).toBe(200);
  expect(tree.find('./P?prop=ACL')).toMatchObject({ Data: '' });
});

it('a renamed node keeps its ACL', () => {
  const tree = makeTree({ './P': { Format: 'node', ACL: 'Replace=me&Get=me' } });
  expect(replace(tree, './P?prop=Name', 'Q', 'me')).toBe(200);
  expect(tree.find('./Q?prop=ACL')).toMatchObject({ Data: 'Replace=me&Get=me' });
  expect(tree.find('./P')).toBeUndefined();
});

it('an account that goes is in no ACL any more [TND 7.7.1-6]', () => {
  const tree = makeTree({
    './P': { Format: 'node', ACL: 'Get=me' },
    './P/Q': { Format: 'node', ACL: 'Get=me+you' },
  });
  tree.replace('.?prop=ACL', { Data: 'Add=*&Get=me&Replace=me' }, LOCAL, NOW);
  tree.forgetServer('me');
  expect(tree.find('.?prop=ACL')).toMatchObject({ Data: 'Add=*&Get=*' });
  expect(tree.find('./P?prop=ACL')).toMatchObject({ Data: '' });
  expect(tree.find('./P/Q?prop=ACL')).toMatchObject({ Data: 'Get=you' });
});
