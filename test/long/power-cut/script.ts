/** What is done to the tree, step by step, and the state that a store may show after each step. */
import { LOCAL, OPEN_ROOT, type Outcome, type Transaction, Tree } from '@ueprov/protocols/dm/tree';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** The tree is kept after each step. */
export type Step = () => void;

/** A tree of some size, and steps that use every way to change it. */
export function script(rounds: number): { readonly tree: Tree; readonly steps: readonly Step[] } {
  const tree = new Tree(OPEN_ROOT);
  for (let row = 0; row < 40; row++)
    succeed(tree.add(`./Rows/${row}/Value`, value(row), LOCAL, NOW));
  const steps = Array.from({ length: rounds }, (_, round) => roundOf(tree, round));
  return { tree, steps: steps.flat() };
}

function roundOf(tree: Tree, round: number): readonly Step[] {
  const uri = `./Rounds/${round}`;
  let atomic: Transaction;
  return [
    () => succeed(tree.add(`${uri}/a/b`, value(round), LOCAL, NOW)),
    () => {
      atomic = tree.transaction();
      succeed(tree.replace(`${uri}/a/b`, value('half'), LOCAL, NOW));
      succeed(tree.delete(`./Rows/${round}`, LOCAL, NOW));
    },
    // Kept in the middle of an Atomic: what is on disk is still the tree of before.
    () => {
      succeed(tree.copy(`${uri}/a/b`, `${uri}/c`, LOCAL, NOW));
      if (round % 2 === 0) atomic.commit();
      else atomic.rollback();
    },
    () => succeed(tree.replace(`${uri}/a?prop=Name`, { Data: 'renamed' }, LOCAL, NOW)),
  ];
}

function value(data: string | number) {
  return { Data: `${data} `.repeat(20) };
}

function succeed(outcome: Outcome): void {
  if (!outcome.ok) throw new Error(`${outcome.status} ${outcome.reason}`);
}

/** What a store shows before the first step, and after each. */
export function states(rounds: number): readonly string[] {
  const { tree, steps } = script(rounds);
  const seen = [JSON.stringify(tree.snapshot())];
  for (const step of steps) {
    step();
    seen.push(JSON.stringify(tree.snapshot()));
  }
  return seen;
}
