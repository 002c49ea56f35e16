/** Tries the kit with mutants: which cases fail while the fault is in. */
import type { Case } from '../conformance/case.ts';
import { type RunnableBench, runCases } from '../conformance/run.ts';
import type { Mutant } from './mutant.ts';

export interface Caught {
  readonly mutant: string;
  readonly fault: string;
  /** Cases that failed. */
  readonly cases: readonly string[];
}

/** One mutant; the bench is one of its own, because a fault leaves its peer in any state. */
export async function tryMutant<Bench extends RunnableBench>(
  mutant: Mutant<Bench>,
  cases: readonly Case<Bench>[],
  bench: Bench,
  only: readonly string[] = mutant.tries,
): Promise<Caught> {
  const undo = mutant.apply(bench);
  try {
    const results = await runCases(cases, bench, { only });
    const failed = results.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);
    return { mutant: mutant.id, fault: mutant.fault, cases: failed };
  } finally {
    undo();
  }
}
