import { expect, test } from 'vitest';
import type { Tnds, TndsNode } from './tnds.ts';
import { flattenTnds, nestTnds } from './tnds-style.ts';

const PROPERTIES = { RTProperties: {} } as const;

function interior(NodeName: string, nodes: readonly TndsNode[], Path?: string): TndsNode {
  return { kind: 'interior', NodeName, ...PROPERTIES, nodes, ...(Path !== undefined && { Path }) };
}

function leaf(NodeName: string, Value: string, Path?: string): TndsNode {
  return { kind: 'leaf', NodeName, ...PROPERTIES, Value, ...(Path !== undefined && { Path }) };
}

function tnds(...nodes: readonly TndsNode[]): Tnds {
  return { VerDTD: '1.2', nodes };
}

/** The two examples of OMA-DMTNDS 6.3.1.5 and 6.3.1.7: one tree. */
const NESTED = tnds(
  interior('Vendor', [interior('ISP', [interior('GWInfo', [leaf('GWName', 'gw.example')])])]),
);
const FLAT = tnds(
  interior('Vendor', []),
  interior('ISP', [], 'Vendor'),
  interior('GWInfo', [], 'Vendor/ISP'),
  leaf('GWName', 'gw.example', 'Vendor/ISP/GWInfo'),
);

test('both examples of the standard are one tree [TNDS 6.3.1-5] [TNDS 6.3.1-8]', () => {
  expect(nestTnds(FLAT)).toEqual(NESTED);
  expect(flattenTnds(NESTED)).toEqual(FLAT);
  expect(nestTnds(NESTED)).toEqual(NESTED);
  expect(flattenTnds(FLAT)).toEqual(FLAT);
});

test('a Path may come before the node that it names, and be spelled with a dot', () => {
  const before = tnds(leaf('b', '1', './a'), leaf('c', '2', '/a'), interior('a', []));
  expect(nestTnds(before)).toEqual(tnds(interior('a', [leaf('b', '1'), leaf('c', '2')])));
});

test('a Path to what the document does not hold stays', () => {
  const alone = tnds(leaf('b', '1', 'a'), interior('c', [leaf('d', '2')], 'x/y'));
  expect(nestTnds(alone)).toEqual(alone);
});

test('a Path inside another node goes on from there', () => {
  const inner = tnds(interior('a', [leaf('c', '1', 'b')]), interior('b', [], 'a'));
  expect(nestTnds(inner)).toEqual(tnds(interior('a', [interior('b', [leaf('c', '1')])])));
});

test('below the node of the Target itself, whose name is empty, Path is empty or a dot', () => {
  const target = tnds(interior('', []), leaf('a', '1', '.'), leaf('b', '2', ''));
  const nested = tnds(interior('', [leaf('a', '1'), leaf('b', '2')]));
  expect(nestTnds(target)).toEqual(nested);
  expect(nestTnds(flattenTnds(nested))).toEqual(nested);
});

test('what gets its place by Type stays as it is', () => {
  const unnamed: TndsNode = { kind: 'interior', ...PROPERTIES, nodes: [leaf('a', '1')] };
  expect(flattenTnds(tnds(unnamed))).toEqual(tnds(unnamed));
  expect(nestTnds(tnds(unnamed))).toEqual(tnds(unnamed));
});
