import { describe, expect, it } from 'vitest';
import { decodeTnds, LOCAL, OPEN_ROOT, type Outcome, type TndsNode, Tree } from './index.ts';
import { makeTree, NOW, status } from './testing/sample-tree.ts';

function sample(): Tree {
  const tree = new Tree(OPEN_ROOT);
  tree.add('./A', { Format: 'node', Type: 'urn:test:mo:1.0' }, LOCAL, NOW);
  tree.add('./A/int', { Format: 'int', Data: '7' }, LOCAL, NOW);
  tree.add('./A/in/octets', { Format: 'bin', Data: new Uint8Array([0, 255]) }, LOCAL, NOW);
  tree.replace('./A/in?prop=ACL', { Data: 'Get=s' }, LOCAL, NOW);
  tree.replace('./A/int?prop=Title', { Data: 'T' }, LOCAL, NOW);
  return tree;
}

function value<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(`${outcome.status} ${outcome.reason}`);
  return outcome.value;
}

function tnds(tree: Tree, uri: string, who = 's'): readonly TndsNode[] {
  const [only, ...more] = value(tree.list(uri, who));
  expect(more).toEqual([]);
  expect(only).toMatchObject({ Format: 'xml', Type: 'application/vnd.syncml.dmtnds+xml' });
  return decodeTnds(only?.Data ?? '').nodes;
}

describe('Struct and StructData', () => {
  it('name every node, depth first, by its full address [TND 8.4-1]', () => {
    expect(value(sample().list('A?list=Struct', 's'))).toEqual([
      { uri: './A', Format: 'node', Type: 'urn:test:mo:1.0' },
      { uri: './A/int', Format: 'int', Type: 'text/plain' },
      { uri: './A/in', Format: 'node', Type: '' },
      { uri: './A/in/octets', Format: 'bin', Type: 'text/plain' },
    ]);
    const names = value(sample().list('.?list=Struct', 's')).map(({ uri }) => uri);
    expect(names).toEqual(['.', './A', './A/int', './A/in', './A/in/octets']);
  });

  it('with Data, the leaves have their values [TND 8.4-2]', () => {
    expect(value(sample().list('./A?list=StructData', 's'))).toEqual([
      { uri: './A', Format: 'node', Type: 'urn:test:mo:1.0' },
      { uri: './A/int', Format: 'int', Type: 'text/plain', Data: '7' },
      { uri: './A/in', Format: 'node', Type: '' },
      { uri: './A/in/octets', Format: 'bin', Type: 'text/plain', Data: new Uint8Array([0, 255]) },
    ]);
    expect(value(sample().list('./A/int?list=StructData', 's'))).toHaveLength(1);
  });

  it('leave out what may not be read, and not what is below it [TND 8.4-5] [R-6.8.4-1]', () => {
    const tree = sample();
    tree.replace('./A/in?prop=ACL', { Data: 'Get=other' }, LOCAL, NOW);
    tree.replace('./A/in/octets?prop=ACL', { Data: 'Get=s' }, LOCAL, NOW);
    const names = (who: string) => value(tree.list('./A?list=Struct', who)).map(({ uri }) => uri);
    expect(names('s')).toEqual(['./A', './A/int', './A/in/octets']);
    expect(names('other')).toEqual(['./A', './A/int', './A/in']);
    const described = makeTree();
    described.replace('./Secret', { Data: 'hush' }, LOCAL, NOW);
    const all = JSON.stringify(value(described.list('.?list=StructData', 's')));
    expect(all).toContain('./ReadOnly');
    expect(all).not.toContain('Secret');
    expect(JSON.stringify(tnds(described, '.?list=TNDS'))).not.toContain('hush');
  });
});

describe('TNDS', () => {
  it('is one document that starts with the node itself [TND 8.4-3] [TNDS 5.2-1]', () => {
    expect(tnds(sample(), './A?list=TNDS')).toMatchObject([
      {
        kind: 'interior',
        NodeName: 'A',
        RTProperties: { Format: 'node', Type: 'urn:test:mo:1.0', VerNo: 3 },
        nodes: [
          {
            NodeName: 'int',
            RTProperties: { Format: 'int', Type: 'text/plain', Title: 'T', VerNo: 2 },
            Value: '7',
          },
          {
            NodeName: 'in',
            RTProperties: { ACL: new Map([['Get', ['s']]]) },
            nodes: [{ NodeName: 'octets', Value: new Uint8Array([0, 255]) }],
          },
        ],
      },
    ]);
    expect(tnds(sample(), '.?list=TNDS')).toMatchObject([{ NodeName: '', nodes: [{}] }]);
  });

  it('comes in WBXML where that is wanted', () => {
    const [only] = value(sample().list('./A?list=TNDS', 's', 'wbxml'));
    expect(only).toMatchObject({ Format: 'bin', Type: 'application/vnd.syncml.dmtnds+wbxml' });
    expect(only?.Data).toBeInstanceOf(Uint8Array);
    expect(decodeTnds(only?.Data ?? '').nodes).toEqual(tnds(sample(), './A?list=TNDS'));
  });

  it('+ names the only properties that are told, - those that are not [TND 8.4-4]', () => {
    const leaf = (list: string) => tnds(sample(), `./A/int?list=${list}`)[0];
    expect(leaf('TNDS+Value')).toEqual({
      kind: 'leaf',
      NodeName: 'int',
      // The DTD wants a Type in every document.
      RTProperties: { Type: 'text/plain' },
      Value: '7',
    });
    expect(leaf('TNDS+Title+VerNo')).toEqual({
      kind: 'leaf',
      NodeName: 'int',
      RTProperties: { Type: 'text/plain', Title: 'T', VerNo: 2 },
    });
    expect(leaf('TNDS-Format-Value-TStamp-VerNo-Title')).toEqual({
      kind: 'leaf',
      NodeName: 'int',
      RTProperties: { Type: 'text/plain' },
    });
    expect(tnds(sample(), './A/in?list=TNDS-ACL')[0]?.RTProperties.ACL).toBeUndefined();
    expect(tnds(sample(), './A/in?list=TNDS+ACL')[0]?.RTProperties.ACL?.get('Get')).toEqual(['s']);
  });

  it('tells by a Path where a node belongs whose parent is not shown', () => {
    const tree = sample();
    tree.replace('./A/in?prop=ACL', { Data: 'Get=other' }, LOCAL, NOW);
    tree.replace('./A/in/octets?prop=ACL', { Data: 'Get=s' }, LOCAL, NOW);
    expect(tnds(tree, './A?list=TNDS')).toMatchObject([
      { NodeName: 'A', nodes: [{ NodeName: 'int' }] },
      { NodeName: 'octets', Path: 'A/in', Value: new Uint8Array([0, 255]) },
    ]);
  });
});

it('?list= is refused in this order: what is asked for, the node, the rights [TND 8.4-6]', () => {
  const tree = sample();
  tree.replace('./A/in?prop=ACL', { Data: 'Get=other' }, LOCAL, NOW);
  const list = (uri: string) => status(tree.list(uri, 's'));
  for (const no of ['', 'struct', 'Struct+ACL', 'TNDS+ACL-Value', 'TNDS+Nope', 'TNDS+', 'TNDSx']) {
    expect([no, list(`./nothing?list=${no}`)]).toEqual([no, 406]);
  }
  expect(list('./A/../B?list=Struct')).toBe(400);
  expect(list('./nothing?list=TNDS')).toBe(404);
  expect(list('./A/in?list=TNDS')).toBe(425);
  expect(list('./A')).toBe(400);
  expect(status(makeTree().list('./Secret?list=Struct', 's'))).toBe(405);
});

it('?list= is for Get alone: any other command is 406', () => {
  const tree = sample();
  const uri = './A?list=Struct';
  expect(status(tree.get(uri, 's'))).toBe(406);
  expect(status(tree.add(uri, { Data: '' }, LOCAL, NOW))).toBe(406);
  expect(status(tree.replace(uri, { Data: '' }, LOCAL, NOW))).toBe(406);
  expect(status(tree.delete(uri, LOCAL, NOW))).toBe(406);
  expect(status(tree.exec(uri, LOCAL))).toBe(406);
});
