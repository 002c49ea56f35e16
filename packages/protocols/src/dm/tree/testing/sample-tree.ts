/**
 * A tree with one node of each kind that a description can have. For the tests of the tree.
 */
import { LOCAL, type Outcome, type Shape, Tree } from '../index.ts';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const ALL = ['Add', 'Delete', 'Exec', 'Get', 'Replace'] as const;

function leaf(name: string, more: Partial<Shape> = {}): Shape {
  return {
    name,
    Format: 'chr',
    AccessType: ALL,
    occurrence: 'ZeroOrOne',
    scope: 'Dynamic',
    description: name,
    ...more,
  };
}

function interior(name: string, children: readonly Shape[], more: Partial<Shape> = {}): Shape {
  return leaf(name, { Format: 'node', children, ...more });
}

const PERMANENT = { scope: 'Permanent', occurrence: 'One' } as const;

/** One node of each kind that matters. */
const SHAPE: Shape = interior('.', [
  interior(
    'DevDetail',
    [
      interior(
        'URI',
        ['MaxDepth', 'MaxTotLen', 'MaxSegLen'].map((name) =>
          leaf(name, { ...PERMANENT, DefaultValue: '0' }),
        ),
        PERMANENT,
      ),
    ],
    PERMANENT,
  ),
  leaf('Fixed', { ...PERMANENT, DefaultValue: 'start' }),
  leaf('ReadOnly', { ...PERMANENT, AccessType: ['Get'], DefaultValue: 'r' }),
  leaf('Secret', { ...PERMANENT, AccessType: ['Replace'] }),
  leaf('Undeletable', { AccessType: ['Add', 'Get'] }),
  leaf('Unaddable', { AccessType: ['Get', 'Replace', 'Delete'] }),
  leaf('Number', { Format: 'int', range: { min: 1, max: 7 }, DefaultValue: '3' }),
  leaf('Choice', { values: ['a', 'b'], DefaultValue: 'a' }),
  leaf('Short', { lengthMax: 4 }),
  leaf('Words', { words: ['up', 'down'] }),
  leaf('Octets', { Format: 'bin' }),
  leaf('Base64', { Format: 'b64' }),
  leaf('Html', { Type: 'text/html' }),
  interior(
    'Row',
    [
      interior(
        '',
        [
          leaf('Value', { Format: 'int' }),
          leaf('Setting', { ...PERMANENT, AccessType: ['Get', 'Replace'] }),
          leaf('State', { ...PERMANENT, AccessType: ['Get'], DefaultValue: 'new' }),
          interior('Sub', [interior('', [leaf('Leaf')], { occurrence: 'ZeroOrMore' })], PERMANENT),
        ],
        { occurrence: { ZeroOrN: 2 }, Type: 'urn:test:row:1.0' },
      ),
    ],
    PERMANENT,
  ),
  interior('Needed', [
    leaf('Single', { occurrence: 'One' }),
    interior('Some', [leaf('', { occurrence: 'OneOrMore' })]),
    interior('Inner', [leaf('Level', { ...PERMANENT, DefaultValue: '0' })], PERMANENT),
  ]),
]);

/** `nodesMax`: the most nodes that it takes. */
export function makeTree(nodesMax = 1000): Tree {
  const tree = new Tree(SHAPE, undefined, { nodesMax });
  const acl = 'Add=*&Get=*&Replace=*&Delete=*&Exec=*';
  tree.replace('.?prop=ACL', { Data: acl }, LOCAL, NOW);
  return tree;
}

export function status(outcome: Outcome<unknown>): number {
  return outcome.ok ? 200 : outcome.status;
}
