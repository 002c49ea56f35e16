import { expect, test } from 'vitest';
import type { DdfNode } from './ddf.ts';
import { ddfOfShapes, shapesOfDdf } from './ddf-shape.ts';
import type { Shape } from './shape.ts';

const LEAF: Shape = {
  name: 'b',
  Format: 'int',
  AccessType: ['Replace', 'Get'],
  occurrence: 'ZeroOrOne',
  scope: 'Dynamic',
  Type: 'text/plain',
  DefaultValue: '1',
  description: 'A number.',
};
const ROWS: Shape = {
  name: '',
  Format: 'node',
  AccessType: ['Add', 'Get'],
  occurrence: { ZeroOrN: 5 },
  scope: 'Dynamic',
  description: 'A row.',
  children: [LEAF],
};
const TABLE: Shape = {
  name: 'a',
  Format: 'node',
  AccessType: ['Get'],
  occurrence: 'One',
  scope: 'Permanent',
  Type: 'urn:oma:mo:x:1.0',
  description: 'A table.',
  children: [ROWS],
};

test('what both can say comes back from a description', () => {
  const [placed, ...others] = shapesOfDdf(ddfOfShapes([TABLE], { Man: 'm' }));
  expect(others).toEqual([]);
  const leaf = { ...LEAF, AccessType: ['Get', 'Replace'] };
  expect(placed).toEqual({
    Path: '',
    shape: { ...TABLE, children: [{ ...ROWS, children: [leaf] }] },
  });
});

test('a leaf of any Type is described by what it usually holds', () => {
  const { Type: _, ...any } = LEAF;
  const types = ddfOfShapes([any, { ...any, Format: 'bin' }]).nodes.map(
    ({ DFProperties }) => DFProperties.DFType,
  );
  expect(types).toEqual([
    { kind: 'MIME', MIME: ['text/plain'] },
    { kind: 'MIME', MIME: ['application/octet-stream'] },
  ]);
});

test('nodes that a Path puts below another become its children; others keep their place', () => {
  const [table] = ddfOfShapes([{ ...TABLE, children: [] }]).nodes as [DdfNode];
  const [leaf] = ddfOfShapes([LEAF]).nodes as [DdfNode];
  const placed = shapesOfDdf({
    VerDTD: '1.2',
    nodes: [{ ...leaf, Path: './a' }, table, { ...leaf, Path: 'x' }],
  });
  expect(placed.map(({ Path, shape }) => [Path, shape.name, shape.children?.length])).toEqual([
    ['', 'a', 1],
    ['x', 'b', undefined],
  ]);
});

test('nothing is moved below a node of any name', () => {
  const [row] = ddfOfShapes([{ ...ROWS, children: [] }]).nodes as [DdfNode];
  const [leaf] = ddfOfShapes([LEAF]).nodes as [DdfNode];
  const placed = shapesOfDdf({ VerDTD: '1.2', nodes: [row, { ...leaf, Path: './' }] });
  expect(placed.map(({ shape }) => shape.name)).toEqual(['', 'b']);
});

test('what is not described further is open, for vendors to build there', () => {
  const [placed] = shapesOfDdf(ddfOfShapes([{ ...TABLE, children: [] }]));
  expect(placed?.shape.open).toBe(true);
});

test('Value is the default where DefaultValue is not given; of several types any is taken', () => {
  const [leaf] = ddfOfShapes([LEAF]).nodes as [DdfNode];
  const { DefaultValue: _, ...properties } = leaf.DFProperties;
  const DFType = { kind: 'MIME', MIME: ['text/plain', 'text/html'] } as const;
  const DFProperties = { ...properties, DFType };
  const [placed] = shapesOfDdf({ VerDTD: '1.2', nodes: [{ ...leaf, Value: '7', DFProperties }] });
  expect(placed?.shape.DefaultValue).toBe('7');
  expect(placed?.shape.Type).toBeUndefined();
});
