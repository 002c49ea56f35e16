import { expect, test } from 'vitest';
import { ProfileFile, profileOf } from './profile.ts';

const LEAF = './PktcUE/Leaf';
const formatOf = (leaf: unknown) =>
  profileOf(ProfileFile.parse({ name: 'p', nodes: { [LEAF]: leaf } })).nodes[0];

test.each([
  ['a text', 'x', 'chr', 'x'],
  ['a whole number', 7, 'int', '7'],
  ['a broken number', 0.5, 'float', '0.5'],
  ['a truth', false, 'bool', 'false'],
])('%s says its Format by itself', (_what, value, Format, Data) => {
  expect(formatOf(value)).toEqual({ uri: LEAF, Format, Type: 'text/plain', Data });
});

test('Format and Type may be said', () => {
  const leaf = formatOf({ value: 'AQI=', format: 'bin', type: 'application/octet-stream' });
  expect(leaf).toMatchObject({ Format: 'bin', Type: 'application/octet-stream', Data: 'AQI=' });
});

test('what is only read has no Data', () => {
  const file = ProfileFile.parse({ name: 'p', read: ['./DevDetail/SwV'], nodes: {} });
  expect(profileOf(file).nodes).toMatchObject([{ uri: './DevDetail/SwV', Data: undefined }]);
});

test.each([
  './A',
  'A/B',
  './A//B',
  './A/..',
  './A/./B',
  './A/B?list=StructData',
  './A/B C',
  `./${'x'.repeat(1023)}/B`,
])('AC-05: %s is no address of a leaf', (uri) => {
  expect(ProfileFile.safeParse({ name: 'p', nodes: { [uri]: 1 } }).success).toBe(false);
});

test('values and nodes have an end', () => {
  const isTaken = (nodes: object) => ProfileFile.safeParse({ name: 'p', nodes }).success;
  expect(isTaken({ [LEAF]: 'x'.repeat(65_536) })).toBe(true);
  expect(isTaken({ [LEAF]: 'x'.repeat(65_537) })).toBe(false);
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${LEAF}${index}`, 1]));
  expect(isTaken(many(10_000))).toBe(true);
  expect(isTaken(many(10_001))).toBe(false);
});
