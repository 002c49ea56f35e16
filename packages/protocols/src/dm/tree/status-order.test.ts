/** The table of docs/tree.md, played. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LOCAL } from './index.ts';
import { makeTree, NOW, status } from './testing/sample-tree.ts';

interface Row {
  readonly order: number;
  readonly expected: number;
  readonly command: string;
}

const DOCUMENT = new URL('../../../../../docs/tree.md', import.meta.url);
const ROW = /^\| (\d+) \| (\d{3}) \| [^|]+ \| `([^`]+)` \|$/gm;

const rows: readonly Row[] = [...readFileSync(DOCUMENT, 'utf8').matchAll(ROW)].map(
  ([, order, expected, command]) => ({
    order: Number(order),
    expected: Number(expected),
    command: command ?? '',
  }),
);

function fullTree() {
  const tree = makeTree(12);
  for (const uri of ['./Number', './Short']) {
    expect(status(tree.add(uri, {}, LOCAL, NOW))).toBe(200);
  }
  for (const uri of ['./DevDetail', './ReadOnly']) {
    tree.replace(`${uri}?prop=ACL`, { Data: 'Get=nobody' }, LOCAL, NOW);
  }
  tree.replace('./DevDetail/URI/MaxSegLen', { Data: '9' }, LOCAL, NOW);
  return tree;
}

function play(command: string): number {
  const [name, uri = '', ...rest] = command.split(' ');
  const value = Object.fromEntries(rest.map((pair) => pair.split('=')));
  const [letter = '', count] = (value.Data ?? '').split('*');
  if (count !== undefined) value.Data = letter.repeat(Number(count));
  const tree = fullTree();
  if (name === 'Add') return status(tree.add(uri, value, 's', NOW));
  if (name === 'Replace') return status(tree.replace(uri, value, 's', NOW));
  if (name === 'Delete') return status(tree.delete(uri, 's', NOW));
  throw new Error(`no command ${name}`);
}

it('the table has all its rows, in order', () => {
  expect(rows.map(({ order }) => order)).toEqual(Array.from({ length: 13 }, (_, at) => at + 1));
});

it.each(rows)('of several reasons to refuse, the first is told: $order, $expected', (row) => {
  expect(play(row.command)).toBe(row.expected);
});
