import { expect, test } from 'vitest';
import type { DdfNode, DFProperties } from './ddf.ts';
import { checkDdf } from './ddf-check.ts';

const LEAF: DFProperties = {
  AccessType: ['Get'],
  DFFormat: 'int',
  Occurrence: 'One',
  Scope: 'Dynamic',
  DFType: { kind: 'MIME', MIME: ['text/plain'] },
};
const INTERIOR: DFProperties = {
  ...LEAF,
  DFFormat: 'node',
  DFType: { kind: 'DDFName', DDFName: '' },
};

function node(properties: Partial<DFProperties> = {}, more: Partial<DdfNode> = {}): DdfNode {
  return { NodeName: 'a', DFProperties: { ...LEAF, ...properties }, nodes: [], ...more };
}

function codes(...nodes: readonly DdfNode[]): readonly string[] {
  return checkDdf({ VerDTD: '1.2', nodes }).map(({ code, path }) => `${code} ${path}`);
}

test('a description that fits together has no findings', () => {
  expect(codes(node({ DefaultValue: '5' }, { Value: '6' }))).toEqual([]);
  expect(codes(node({ DFFormat: 'bin', DefaultValue: 'AAEC' }))).toEqual([]);
  expect(codes({ NodeName: '', DFProperties: INTERIOR, nodes: [node()] })).toEqual([]);
});

test('a default value is of the Format, and no interior node has one', () => {
  expect(codes(node({ DefaultValue: 'five' }))).toEqual(['DDF_DEFAULT ./a']);
  expect(codes(node({}, { Value: 'six' }))).toEqual(['DDF_DEFAULT ./a']);
  expect(codes(node({ DFFormat: 'bin', DefaultValue: '*' }))).toEqual(['DDF_DEFAULT ./a']);
  expect(codes(node({ ...INTERIOR, DefaultValue: '' }))).toEqual(['DDF_DEFAULT ./a']);
});

test('MIME is for leaves, DDFName for interior nodes', () => {
  expect(codes(node({ DFType: INTERIOR.DFType }))).toEqual(['DDF_TYPE ./a']);
  expect(codes(node({ ...INTERIOR, DFType: LEAF.DFType }))).toEqual(['DDF_TYPE ./a']);
});

test('what has one name occurs once', () => {
  expect(codes(node({ Occurrence: 'ZeroOrMore' }))).toEqual(['DDF_OCCURRENCE ./a']);
  expect(codes(node({ Occurrence: { OneOrN: 2 } }))).toEqual(['DDF_OCCURRENCE ./a']);
  expect(codes(node({ Occurrence: 'ZeroOrMore' }, { NodeName: '' }))).toEqual([]);
});

test('two children of any name cannot be told apart', () => {
  const any = node({}, { NodeName: '' });
  expect(codes(node(INTERIOR, { nodes: [any, any] }))).toEqual(['DDF_NAMES ./a']);
});

test('a permanent node is neither added nor deleted', () => {
  const Scope = 'Permanent';
  expect(codes(node({ Scope, AccessType: ['Get', 'Replace'] }))).toEqual([]);
  expect(codes(node({ Scope, AccessType: ['Add'] }))).toEqual(['DDF_SCOPE ./a']);
  expect(codes(node({ Scope, AccessType: ['Delete'] }))).toEqual(['DDF_SCOPE ./a']);
});

test('RTProperties name all mandatory properties, and Size for leaves alone', () => {
  const all = { ACL: '', Format: 'int', Name: '', Type: '' };
  expect(codes(node({}, { RTProperties: { ...all, Size: '' } }))).toEqual([]);
  expect(codes(node({}, { RTProperties: { Format: 'int' } }))).toEqual(['DDF_RTPROPERTIES ./a']);
  const interior = node(INTERIOR, { RTProperties: { ...all, Size: '' } });
  expect(codes(interior)).toEqual(['DDF_RTPROPERTIES ./a']);
});

test('a finding names the node by its way from the top', () => {
  const bad = node({ DefaultValue: 'x' }, { NodeName: '' });
  expect(codes(node(INTERIOR, { Path: './b', nodes: [bad] }))).toEqual(['DDF_DEFAULT ./b/a/<X>']);
});
