/** CaseSense of a description: OMA-DMTND 9. */
import { expect, it } from 'vitest';
import { LOCAL, type Shape, Tree } from './index.ts';
import { NOW, status } from './testing/sample-tree.ts';

const DYNAMIC = {
  AccessType: ['Add', 'Delete', 'Get', 'Replace'],
  occurrence: 'ZeroOrMore',
  scope: 'Dynamic',
  description: 'For the test.',
} as const;

const LEAF: Shape = { ...DYNAMIC, name: '', Format: 'chr' };

function node(name: string, more: Partial<Shape> = {}): Shape {
  return { ...DYNAMIC, name, Format: 'node', occurrence: 'One', ...more };
}

const SHAPE = node('.', {
  children: [
    node('Cis', {
      CaseSense: 'CIS',
      scope: 'Permanent',
      children: [
        node('Inner', { scope: 'Permanent', children: [{ ...LEAF, name: 'Fixed' }, LEAF] }),
        node('Strict', { scope: 'Permanent', CaseSense: 'CS', children: [LEAF] }),
      ],
    }),
  ],
});

function makeTree(): Tree {
  const tree = new Tree(SHAPE);
  const Data = 'Add=*&Get=*&Replace=*&Delete=*';
  tree.replace('.?prop=ACL', { Data }, LOCAL, NOW);
  tree.add('./Cis/Inner/Name', { Data: 'value' }, 's', NOW);
  return tree;
}

it('below CIS a name is found in any case, and keeps its own [TND 9-5]', () => {
  const tree = makeTree();
  expect(tree.text('./Cis/INNER/nAME')).toBe('value');
  expect(tree.children('./Cis/inner')).toEqual(['Name']);
  expect(tree.find('./Cis/inner')).toMatchObject({ Data: 'Name' });
  expect(tree.find('./cis')).toBeUndefined();
});

it('below CIS what differs in case alone is the same: 418', () => {
  const tree = makeTree();
  expect(status(tree.add('./Cis/Inner/NAME', { Data: 'x' }, 's', NOW))).toBe(418);
  tree.add('./Cis/Inner/Other', { Data: 'x' }, 's', NOW);
  const rename = (Data: string) =>
    status(tree.replace('./Cis/Inner/Name?prop=Name', { Data }, 's', NOW));
  expect(rename('OTHER')).toBe(418);
  expect(rename('NAME')).toBe(200);
  expect(tree.children('./Cis/Inner')).toEqual(['Other', 'NAME']);
  expect(status(tree.delete('./Cis/Inner/name', 's', NOW))).toBe(200);
});

it('a name that the description gives is written as it is there', () => {
  const tree = makeTree();
  expect(status(tree.add('./Cis/Inner/FIXED', { Data: 'x' }, 's', NOW))).toBe(200);
  expect(tree.children('./Cis/Inner')).toEqual(['Name', 'Fixed']);
});

it('below CS inside CIS the case counts again', () => {
  const tree = makeTree();
  tree.add('./Cis/Strict/a', { Data: 'small' }, 's', NOW);
  expect(status(tree.add('./Cis/STRICT/A', { Data: 'capital' }, 's', NOW))).toBe(200);
  expect(tree.text('./Cis/strict/a')).toBe('small');
});

it('what is taken back, kept and written as a sub-tree finds its names as well', () => {
  const tree = makeTree();
  const before = tree.snapshot();
  const transaction = tree.transaction();
  tree.delete('./Cis/Inner/NAME', 's', NOW);
  transaction.rollback();
  expect(tree.snapshot()).toEqual(before);
  expect(new Tree(SHAPE, before).text('./Cis/inner/NAME')).toBe('value');
  const Data = `<MgmtTree xmlns="syncml:dmddf1.2"><VerDTD>1.2</VerDTD><Node><NodeName>inner</NodeName>
    <Node><NodeName>name</NodeName><Value>new</Value></Node></Node></MgmtTree>`;
  const value = { Type: 'application/vnd.syncml.dmtnds+xml', Data };
  expect(status(tree.replace('./Cis', value, 's', NOW))).toBe(200);
  expect(tree.children('./Cis/Inner')).toEqual(['Name']);
  expect(tree.text('./Cis/Inner/Name')).toBe('new');
});
