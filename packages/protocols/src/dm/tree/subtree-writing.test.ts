import { describe, expect, it } from 'vitest';
import { encodeBase64, encodeUtf8 } from '../../bytes.ts';
import {
  encodeTnds,
  flattenTnds,
  LOCAL,
  OPEN_ROOT,
  type Tnds,
  type TndsNode,
  Tree,
} from './index.ts';
import { SUBTREE_SIZE_MAX } from './subtree-writing.ts';
import { makeTree, NOW, status } from './testing/sample-tree.ts';

const Type = 'application/vnd.syncml.dmtnds+xml';

function interior(NodeName: string, nodes: readonly TndsNode[] = [], more = {}): TndsNode {
  return { kind: 'interior', NodeName, RTProperties: { Format: 'node', ...more }, nodes };
}

function leaf(NodeName: string, Value?: string | Uint8Array, more = {}): TndsNode {
  const value = Value === undefined ? {} : { Value };
  return { kind: 'leaf', NodeName, RTProperties: { ...more }, ...value };
}

function document(...nodes: readonly TndsNode[]): Tnds {
  return { VerDTD: '1.2', nodes };
}

function xml(...nodes: readonly TndsNode[]) {
  return { Type, Format: 'xml', Data: encodeTnds(document(...nodes), 'xml') };
}

/** `./path=value` of all leaves, by address. */
function leaves(tree: Tree, uri = '.'): readonly string[] {
  const listed = tree.list(`${uri}?list=StructData`, LOCAL);
  if (!listed.ok) throw new Error(listed.reason);
  return listed.value
    .filter(({ Format }) => Format !== 'node')
    .map((node) => `${node.uri}=${node.Data}`)
    .sort();
}

function openTree(): Tree {
  const tree = new Tree(OPEN_ROOT);
  tree.replace('.?prop=ACL', { Data: 'Add=*&Get=*&Replace=*&Delete=*' }, LOCAL, NOW);
  tree.add('./OperatorX', { Format: 'node' }, LOCAL, NOW);
  return tree;
}

const E_MAIL = interior('E-Mail', [
  leaf('Server', 'mail.example.com'),
  interior('Ports', [leaf('imap', '993', { Format: 'int' })]),
]);

describe('Add of a sub-tree', () => {
  it('the Target is the parent of a top node that has a name [TNDS 5.3-1]', () => {
    const tree = openTree();
    expect(status(tree.add('/OperatorX', xml(E_MAIL), 's', NOW))).toBe(200);
    expect(leaves(tree)).toEqual([
      './OperatorX/E-Mail/Ports/imap=993',
      './OperatorX/E-Mail/Server=mail.example.com',
    ]);
    expect(tree.find('./OperatorX/E-Mail/Ports/imap')).toMatchObject({ Format: 'int' });
  });

  it('with an empty name, the Target is the node itself', () => {
    const tree = openTree();
    const nameless = interior('', [leaf('Server', 'm')]);
    expect(status(tree.add('./OperatorX/E-Mail', xml(nameless), 's', NOW))).toBe(200);
    expect(leaves(tree)).toEqual(['./OperatorX/E-Mail/Server=m']);
  });

  it('with its own name said once more, the Target is the node if only its parent exists', () => {
    const tree = openTree();
    expect(status(tree.add('./OperatorX/E-Mail', xml(E_MAIL), 's', NOW))).toBe(200);
    expect(leaves(tree)[0]).toBe('./OperatorX/E-Mail/Ports/imap=993');
    expect(status(tree.add('./New/E-Mail', xml(E_MAIL), 's', NOW))).toBe(200);
    expect(leaves(tree)[0]).toBe('./New/E-Mail/E-Mail/Ports/imap=993');
    // A Target that is there and can hold such a node is the parent, as the standard has it.
    const again = xml(interior('OperatorX', [leaf('l', '1')]));
    expect(status(tree.add('./OperatorX', again, 's', NOW))).toBe(200);
    expect(tree.text('./OperatorX/OperatorX/l')).toBe('1');
    // And a Path says where the node is.
    const placed = xml({ ...interior('n', [leaf('l', '2')]), Path: 'p' });
    expect(status(tree.add('./OperatorX/n', placed, 's', NOW))).toBe(200);
    expect(tree.text('./OperatorX/n/p/n/l')).toBe('2');
  });

  it.each([
    ['WBXML', { Data: encodeTnds(document(E_MAIL), 'wbxml') }],
    ['the Path style', { Data: encodeTnds(flattenTnds(document(E_MAIL)), 'xml') }],
    ['base64', { Format: 'b64', Data: encodeBase64(encodeTnds(document(E_MAIL), 'wbxml')) }],
    ['the type of WBXML', { Type: `${Type.replace('xml', 'wbxml')}; x=y`, ...dataOf(E_MAIL) }],
  ])('is the same in %s', (_, value) => {
    const tree = openTree();
    const same = openTree();
    tree.add('./OperatorX', { Type, ...value }, 's', NOW);
    same.add('./OperatorX', xml(E_MAIL), 's', NOW);
    expect(leaves(tree)).toHaveLength(2);
    expect(tree.snapshot()).toEqual(same.snapshot());
  });

  it('is done whole or not at all, and the node that failed is told [REPPRO 6.6.1-1]', () => {
    const tree = makeTree();
    const before = tree.snapshot();
    const rows = [interior('1', [leaf('Value', '1')]), interior('2', [leaf('Value', 'two')])];
    expect(tree.add('./Row', xml(...rows), 's', NOW)).toMatchObject({
      status: 415,
      at: './Row/2/Value',
    });
    expect(tree.snapshot()).toEqual(before);
    expect(tree.changesSince(before.version)).toEqual([]);
    const third = [...rows.slice(0, 1), interior('2'), interior('3')];
    expect(tree.add('./Row', xml(...third), 's', NOW)).toMatchObject({
      status: 405,
      at: './Row/3',
    });
    expect(tree.snapshot()).toEqual(before);
  });

  it('tells the parent that cannot be made, where a Path asks for one', () => {
    const placed = { ...leaf('l', '1'), Path: 'Unknown/x' };
    expect(makeTree().add('.', xml(placed), 's', NOW)).toMatchObject({
      status: 405,
      at: './Unknown',
    });
  });

  it('of what exists is 418, but a permanent node that exists is the way to the rest', () => {
    const tree = makeTree();
    const row = (name: string) => xml(interior('Row', [interior(name, [leaf('Value', '1')])]));
    expect(status(tree.add('.', row('1'), 's', NOW))).toBe(200);
    expect(tree.add('.', row('1'), 's', NOW)).toMatchObject({ status: 418, at: './Row/1' });
    expect(status(tree.add('.', xml(interior('Row')), 's', NOW))).toBe(418);
    expect(status(tree.add('.', row('2'), 's', NOW))).toBe(200);
    const fixed = xml(leaf('Fixed', 'x'), leaf('Short', 'new'));
    expect(tree.add('.', fixed, 's', NOW)).toMatchObject({ status: 418, at: './Fixed' });
    expect(tree.text('./Fixed')).toBe('start');
  });

  it('writes what comes along with a parent that it makes, if that can be written at all', () => {
    const tree = makeTree();
    const row = (...nodes: readonly TndsNode[]) => xml(interior('1', nodes));
    expect(tree.add('./Row', row(leaf('State', 'old')), 's', NOW)).toMatchObject({
      status: 405,
      at: './Row/1/State',
    });
    const nodes = [
      leaf('Setting', 'on'),
      leaf('State', 'new'),
      interior('Sub', [interior('x', [leaf('Leaf', 'deep')])]),
    ];
    expect(status(tree.add('./Row', row(...nodes), 's', NOW))).toBe(200);
    expect(leaves(tree, './Row')).toEqual([
      './Row/1/Setting=on',
      './Row/1/State=new',
      './Row/1/Sub/x/Leaf=deep',
    ]);
  });

  it('writes also what is deeper in what comes along', () => {
    const tree = makeTree();
    const needed = interior('Needed', [interior('Inner', [leaf('Level', '7')])]);
    expect(status(tree.add('.', xml(needed), 's', NOW))).toBe(200);
    expect(tree.text('./Needed/Inner/Level')).toBe('7');
  });

  it('gives ACL and Title as the document says, and else nothing [R-6.8.4-1]', () => {
    const tree = openTree();
    const ACL = new Map([['Get' as const, ['me']]]);
    const node = interior('n', [leaf('l', '1', { ACL, Title: 'T' }), leaf('m', '2')], { ACL });
    expect(status(tree.add('./OperatorX', xml(node), 's', NOW))).toBe(200);
    expect(tree.find('./OperatorX/n?prop=ACL')).toMatchObject({ Data: 'Get=me' });
    expect(tree.find('./OperatorX/n/l?prop=ACL')).toMatchObject({ Data: 'Get=me' });
    expect(tree.find('./OperatorX/n/l?prop=Title')).toMatchObject({ Data: 'T' });
    expect(tree.find('./OperatorX/n/m?prop=ACL')).toMatchObject({ Data: '' });
  });

  it('makes nobody mightier than single commands would [R-6.8.4-1]', () => {
    const tree = openTree();
    tree.replace('./OperatorX?prop=ACL', { Data: 'Add=s&Get=*' }, LOCAL, NOW);
    const ACL = new Map([['Get' as const, ['*']]]);
    // The interior node is its creator's, who may then do with it as it likes; a leaf is not.
    expect(status(tree.add('./OperatorX', xml(interior('mine', [], { ACL })), 's', NOW))).toBe(200);
    // An empty ACL in the document is none given.
    const empty = interior('empty', [], { ACL: new Map() });
    expect(status(tree.add('./OperatorX', xml(empty), 's', NOW))).toBe(200);
    expect(tree.find('./OperatorX/empty?prop=ACL')).toMatchObject({
      Data: 'Add=s&Delete=s&Replace=s',
    });
    expect(tree.add('./OperatorX', xml(leaf('l', '1', { ACL })), 's', NOW)).toMatchObject({
      status: 425,
      at: './OperatorX/l',
    });
    expect(status(tree.add('./OperatorX', xml(leaf('l', '1')), 's', NOW))).toBe(200);
    expect(status(tree.add('./OperatorX', xml(E_MAIL), 'other', NOW))).toBe(425);
    expect(status(tree.add('./OperatorX', xml(E_MAIL), 's', NOW))).toBe(200);
    const owned = 'Add=s&Delete=s&Replace=s';
    expect(tree.find('./OperatorX/E-Mail?prop=ACL')).toMatchObject({ Data: owned });
    expect(tree.find('./OperatorX/E-Mail/Ports?prop=ACL')).toMatchObject({ Data: '' });
  });

  it('without a name, or to ./Inbox, goes where the description has such an object', () => {
    const tree = makeTree();
    tree.add('./Row/1', { Format: 'node' }, LOCAL, NOW);
    const object = { Format: 'node', Type: 'urn:test:row:1.0' } as const;
    const { NodeName: _, ...unnamed } = interior('', [leaf('Value', '4')], object);
    expect(status(tree.add('./Row', xml(unnamed), 's', NOW))).toBe(200);
    expect(tree.text('./Row/2/Value')).toBe('4');
    tree.delete('./Row/1', LOCAL, NOW);
    const named = interior('mine', [leaf('Value', '5')], object);
    expect(status(tree.add('./Inbox', xml(named), 's', NOW))).toBe(200);
    expect(tree.text('./Row/mine/Value')).toBe('5');
    const unknown = { ...unnamed, RTProperties: { Format: 'node', Type: 'urn:other' } } as TndsNode;
    expect(status(tree.add('./Inbox', xml(unknown), 's', NOW))).toBe(405);
    expect(status(tree.add('./Inbox', xml({ ...unnamed, RTProperties: {} }), 's', NOW))).toBe(405);
  });

  it('the Inbox is for Add alone: 405', () => {
    const tree = makeTree();
    expect(status(tree.get('./Inbox', 's'))).toBe(405);
    expect(status(tree.list('./Inbox?list=Struct', 's'))).toBe(405);
    expect(status(tree.delete('./Inbox', 's', NOW))).toBe(405);
    expect(status(tree.replace('./Inbox', xml(E_MAIL), 's', NOW))).toBe(405);
    expect(status(tree.get('./Inbox/below', 's'))).toBe(404);
  });

  it('takes a document of the greatest size, and no larger one', () => {
    const half = 'x'.repeat(SUBTREE_SIZE_MAX / 2 - 1000);
    const filled = (rest: number) =>
      xml(interior('n', [leaf('a', half), leaf('b', half), leaf('c', 'x'.repeat(rest))]));
    const room = SUBTREE_SIZE_MAX - filled(1).Data.length + 1;
    expect(filled(room).Data.length).toBe(SUBTREE_SIZE_MAX);
    expect(status(openTree().add('./OperatorX', filled(room), 's', NOW))).toBe(200);
    expect(status(openTree().add('./OperatorX', filled(room + 1), 's', NOW))).toBe(413);
  });

  it.each([
    ['no Data', { Type }, 400],
    ['no document', { Type, Data: 'x' }, 415],
    ['no base64', { Type, Format: 'b64', Data: '!' }, 415],
    ['a document cut short', { Type, Data: '<MgmtTree xmlns="syncml:dmddf1.2">' }, 415],
    ['not UTF-8', { Type, Data: new Uint8Array([0x3c, 0xff]) }, 415],
  ])('of %s is refused and changes nothing', (_, value, expected) => {
    const tree = openTree();
    const before = tree.snapshot();
    expect(status(tree.add('./OperatorX', value, 's', NOW))).toBe(expected);
    expect(status(tree.replace('./OperatorX', value, 's', NOW))).toBe(expected);
    expect(tree.snapshot()).toEqual(before);
  });

  it('does not unpack what a leaf of the document holds', () => {
    const tree = openTree();
    const inner = new TextDecoder().decode(encodeTnds(document(E_MAIL), 'xml'));
    const holder = leaf('holder', inner, { Format: 'xml', Type });
    expect(status(tree.add('./OperatorX', xml(holder), 's', NOW))).toBe(200);
    expect(tree.text('./OperatorX/holder')).toBe(inner);
  });
});

function dataOf(node: TndsNode) {
  return { Format: 'bin', Data: encodeUtf8(new TextDecoder().decode(xml(node).Data)) };
}

describe('Replace of a sub-tree', () => {
  function mailed(): Tree {
    const tree = openTree();
    tree.add('./OperatorX', xml(E_MAIL), LOCAL, NOW);
    return tree;
  }

  it('what is not in the document goes, what is new comes, what differs changes [REPPRO 6.6.11-1]', () => {
    const tree = mailed();
    tree.replace('./OperatorX/E-Mail?prop=ACL', { Data: 'Replace=s&Delete=s&Add=s' }, LOCAL, NOW);
    const { version } = tree;
    const changed = interior('E-Mail', [
      leaf('Server', 'other'),
      interior('New', [leaf('n', '1')]),
    ]);
    expect(status(tree.replace('./OperatorX', xml(changed), 's', NOW))).toBe(200);
    expect(leaves(tree)).toEqual(['./OperatorX/E-Mail/New/n=1', './OperatorX/E-Mail/Server=other']);
    expect(tree.find('./OperatorX/E-Mail?prop=ACL')).toMatchObject({
      Data: 'Replace=s&Delete=s&Add=s',
    });
    expect(tree.changesSince(version)).toMatchObject([
      { kind: 'deleted', uri: './OperatorX/E-Mail/Ports' },
      { kind: 'replaced', uri: './OperatorX/E-Mail/Server' },
      { kind: 'added', uri: './OperatorX/E-Mail/New' },
      { kind: 'added', uri: './OperatorX/E-Mail/New/n' },
    ]);
  });

  it('of what is there already changes nothing and needs no right', () => {
    const tree = mailed();
    const before = tree.snapshot();
    tree.replace('.?prop=ACL', { Data: 'Add=*&Get=*' }, LOCAL, NOW);
    expect(status(tree.replace('./OperatorX', xml(E_MAIL), 's', NOW))).toBe(200);
    expect(tree.snapshot().root.children).toEqual(before.root.children);
  });

  it('makes a leaf of an interior node and the other way, below the top', () => {
    const tree = mailed();
    const swapped = interior('E-Mail', [
      leaf('Ports', 'none'),
      interior('Server', [leaf('a', 'b')]),
    ]);
    expect(status(tree.replace('./OperatorX', xml(swapped), 's', NOW))).toBe(200);
    expect(leaves(tree)).toEqual([
      './OperatorX/E-Mail/Ports=none',
      './OperatorX/E-Mail/Server/a=b',
    ]);
    expect(status(tree.replace('./OperatorX', xml(leaf('E-Mail', 'x')), 's', NOW))).toBe(405);
  });

  it('the Target may be the node itself, with its name said once more', () => {
    const tree = mailed();
    const changed = xml(interior('E-Mail', [leaf('Server', 'other')]));
    expect(status(tree.replace('./OperatorX/E-Mail', changed, 's', NOW))).toBe(200);
    expect(leaves(tree)).toEqual(['./OperatorX/E-Mail/Server=other']);
  });

  it('is not what a property takes', () => {
    const tree = mailed();
    const Data = '<MgmtTree/>';
    const title = tree.replace('./OperatorX?prop=Title', { Type, Data }, 's', NOW);
    expect(status(title)).toBe(200);
    expect(tree.find('./OperatorX?prop=Title')).toMatchObject({ Data });
  });

  it('never creates its top node: 404', () => {
    expect(status(mailed().replace('./OperatorX', xml(interior('Web')), 's', NOW))).toBe(404);
    expect(status(mailed().replace('./OperatorY', xml(E_MAIL), 's', NOW))).toBe(404);
  });

  it('is done whole or not at all', () => {
    const tree = mailed();
    tree.replace('./OperatorX/E-Mail/Ports?prop=ACL', { Data: 'Get=*' }, LOCAL, NOW);
    const before = tree.snapshot();
    const refused = (...nodes: readonly TndsNode[]) =>
      tree.replace('./OperatorX', xml(interior('E-Mail', nodes)), 's', NOW);
    expect(refused(leaf('Server', 'x'))).toMatchObject({
      status: 425,
      at: './OperatorX/E-Mail/Ports',
    });
    const ports = (value: string) =>
      interior('Ports', [leaf('imap', value, { Format: 'int' })], {
        ACL: new Map([['Get', ['*']]]),
      });
    expect(refused(leaf('Server', 'x'), ports('9'))).toMatchObject({ status: 425 });
    tree.replace('./OperatorX/E-Mail/Ports/imap?prop=ACL', { Data: 'Replace=s' }, LOCAL, NOW);
    const again = tree.snapshot();
    expect(refused(leaf('Server', 'x'), ports('nine'))).toMatchObject({
      status: 415,
      at: './OperatorX/E-Mail/Ports/imap',
    });
    expect(tree.snapshot()).toEqual(again);
    expect(before.root).not.toEqual(again.root);
  });

  it('an ACL that is not given is empty below the top, if its writer may do that [R-6.8.4-1]', () => {
    const tree = mailed();
    tree.replace('./OperatorX/E-Mail/Ports?prop=ACL', { Data: 'Replace=t&Get=*' }, LOCAL, NOW);
    expect(status(tree.replace('./OperatorX', xml(E_MAIL), 's', NOW))).toBe(200);
    expect(tree.find('./OperatorX/E-Mail/Ports?prop=ACL')).toMatchObject({ Data: '' });
    tree.replace('./OperatorX/E-Mail/Ports?prop=ACL', { Data: 'Replace=t&Get=*' }, LOCAL, NOW);
    tree.replace('./OperatorX/E-Mail?prop=ACL', { Data: 'Replace=t&Get=*' }, LOCAL, NOW);
    expect(status(tree.replace('./OperatorX', xml(E_MAIL), 's', NOW))).toBe(425);
  });

  it('permanent nodes stay, and what is below them goes', () => {
    const tree = makeTree();
    tree.add('./Row/1/Sub/x/Leaf', { Data: 'deep' }, LOCAL, NOW);
    tree.replace('./Row/1/Setting', { Data: 'on' }, LOCAL, NOW);
    const row = interior('1', [leaf('Value', '3')]);
    expect(status(tree.replace('.', xml(interior('Row', [row])), 's', NOW))).toBe(200);
    expect(leaves(tree, './Row')).toEqual([
      './Row/1/Setting=on',
      './Row/1/State=new',
      './Row/1/Value=3',
    ]);
  });

  it('what `?list=TNDS` told is what Replace writes back', () => {
    const tree = makeTree();
    tree.add('./Row/1/Sub/x/Leaf', { Data: 'deep' }, LOCAL, NOW);
    tree.replace('./Row/1?prop=Title', { Data: 'T' }, LOCAL, NOW);
    const listed = tree.list('./Row?list=TNDS', 's');
    const [told] = listed.ok ? listed.value : [];
    const before = tree.snapshot();
    tree.replace('./Row/1/Sub/x/Leaf', { Data: 'other' }, LOCAL, NOW + 1000);
    tree.add('./Row/2/Value', { Data: '2' }, LOCAL, NOW);
    // Target is the parent, and, as it is seen in the field, the node itself.
    for (const target of ['.', './Row']) {
      expect(status(tree.replace(target, { Type, Data: told?.Data ?? '' }, 's', NOW))).toBe(200);
      expect(leaves(tree)).toEqual(leaves(new Tree(OPEN_ROOT, before)));
    }
  });
});
