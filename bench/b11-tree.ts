/**
 * B11: the management tree. Commands of a server, by its ACL, on a tree of 100,000 nodes and on one of 1,000: what a
 * leaf costs must not depend on the size of the tree. Both are asked for the same 900 leaves, so that the ratio is that of
 * the work and not of the machine's caches; one figure goes all over the large tree and has them cold. CPU time per
 * operation; median, least and greatest of the rounds.
 */
import { LOCAL, OPEN_ROOT, Tree } from '@ueprov/protocols/dm/tree';
import { type Bench, interleave, ownCpuMs, ratios, summary } from './method.ts';

const NOW = Date.UTC(2026, 0, 1);
const SERVER = 'server.example.com';
const LARGE = 100_000;
const SMALL = 1000;
const LEAVES = 9;
const BATCH = 20_000;
const ROUNDS = 7;

interface Operation {
  readonly op: string;
  /** Fewer for what touches more than a leaf. */
  readonly batch: number;
  /** The rows of the table that it goes to; the leaves of each in turn. */
  readonly spread?: 'everywhere';
  run(tree: Tree, row: string, turn: number): boolean;
}

const OPERATIONS: readonly Operation[] = [
  {
    op: 'Get',
    batch: BATCH,
    run: (tree, row, turn) => tree.get(leafOf(row, turn), SERVER).ok,
  },
  {
    op: 'Get, all over the tree',
    batch: BATCH,
    spread: 'everywhere',
    run: (tree, row, turn) => tree.get(leafOf(row, turn), SERVER).ok,
  },
  {
    op: 'Get ?prop=ACL',
    batch: BATCH,
    run: (tree, row, turn) => tree.get(`${leafOf(row, turn)}?prop=ACL`, SERVER).ok,
  },
  {
    op: 'Replace',
    batch: BATCH,
    run: (tree, row, turn) =>
      tree.replace(leafOf(row, turn), { Format: 'chr', Data: String(turn) }, SERVER, NOW + turn).ok,
  },
  {
    op: 'Replace in a transaction, taken back',
    batch: BATCH,
    run: (tree, row, turn) => {
      const transaction = tree.transaction();
      const { ok } = tree.replace(leafOf(row, turn), { Data: 'x' }, SERVER, NOW);
      transaction.rollback();
      return ok;
    },
  },
  {
    op: 'Add and Delete',
    batch: BATCH,
    run: (tree, row) => {
      const uri = `${row}/new`;
      return tree.add(uri, { Data: 'x' }, SERVER, NOW).ok && tree.delete(uri, SERVER, NOW).ok;
    },
  },
  {
    op: 'Copy',
    batch: BATCH,
    run: (tree, row, turn) => tree.copy(leafOf(row, turn), leafOf(row, turn + 1), SERVER, NOW).ok,
  },
  {
    op: 'Get ?list=StructData of 10 nodes',
    batch: BATCH / 10,
    run: (tree, row) => tree.list(`${row}?list=StructData`, SERVER).ok,
  },
];

export const bench: Bench = {
  id: 'B11',
  title: `tree: microseconds per operation on ${LARGE} nodes, beside ${SMALL}`,
  async *run() {
    const large = treeOf(LARGE);
    const small = treeOf(SMALL);
    for (const operation of OPERATIONS) {
      const taken = await interleave(
        async () => measured(operation, large),
        async () => measured(operation, small),
        ROUNDS,
      );
      yield {
        op: operation.op,
        nodes: LARGE,
        usPerOperation: summary(taken.ours),
        smallNodes: SMALL,
        smallUsPerOperation: summary(taken.floor),
        ratioToSmall: summary(ratios(taken.ours, taken.floor)),
        runs: taken.ours.length,
      };
    }
    yield* wholeTree(large.tree);
  },
};

interface Rows {
  readonly tree: Tree;
  readonly rows: number;
}

/** A table of rows of nine leaves each, the server's to configure. */
function treeOf(nodes: number): Rows {
  const tree = new Tree(OPEN_ROOT);
  const rows = nodes / (LEAVES + 1);
  tree.add('./Table', { Format: 'node' }, LOCAL, NOW);
  const Data = ['Add', 'Delete', 'Get', 'Replace'].map((name) => `${name}=${SERVER}`).join('&');
  tree.replace('./Table?prop=ACL', { Data }, LOCAL, NOW);
  for (let row = 0; row < rows; row++) {
    for (let leaf = 0; leaf < LEAVES; leaf++) {
      tree.add(`./Table/${row}/Leaf${leaf}`, { Data: `value ${leaf}` }, SERVER, NOW);
    }
  }
  return { tree, rows };
}

function leafOf(row: string, turn: number): string {
  return `${row}/Leaf${turn % LEAVES}`;
}

function measured({ op, batch, spread, run }: Operation, { tree, rows }: Rows): number {
  // Far apart from turn to turn.
  const visited = spread === 'everywhere' ? rows : SMALL / (LEAVES + 1);
  const start = ownCpuMs();
  for (let turn = 0; turn < batch; turn++) {
    if (!run(tree, `./Table/${(turn * 7919) % visited}`, turn))
      throw new Error(`${op} was refused`);
  }
  return ((ownCpuMs() - start) * 1000) / batch;
}

/** What grows with the tree: once each, for the reader to know. */
function* wholeTree(tree: Tree): Iterable<object> {
  const start = ownCpuMs();
  const text = JSON.stringify(tree.snapshot());
  const taken = ownCpuMs();
  new Tree(OPEN_ROOT, JSON.parse(text));
  const snapshotMs = Math.round(taken - start);
  const restoreMs = Math.round(ownCpuMs() - taken);
  yield { op: 'snapshot', nodes: LARGE, bytes: text.length, snapshotMs, restoreMs };
}
