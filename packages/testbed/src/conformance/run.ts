/** Runs cases one after the other against one peer and says what came of each. */
import type { Case, CaseResult, Evidence, Verdict } from './case.ts';

/** What the runner needs of a side's bench. */
export interface RunnableBench {
  /** Before a case: fresh evidence. */
  readonly begin: () => void;
  /** After a case, whatever came of it: no session is left open. Gives the evidence. */
  readonly settle: () => Promise<readonly Evidence[]>;
}

export interface RunOptions {
  /** Ids or rows; all if empty. */
  readonly only?: readonly string[];
  readonly onResult?: (result: CaseResult) => void;
}

export async function runCases<Bench extends RunnableBench>(
  cases: readonly Case<Bench>[],
  bench: Bench,
  { only = [], onResult }: RunOptions = {},
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const each of cases.filter(({ id }) => isChosen(id, only))) {
    const result = await runCase(each, bench);
    results.push(result);
    onResult?.(result);
  }
  return results;
}

/** `GET`, `GET-1` and `GET-1.3` choose more and more narrowly. */
export function isChosen(id: string, only: readonly string[]): boolean {
  return (
    only.length === 0 || only.some((name) => id === name || new RegExp(`^${name}[-.]`).test(id))
  );
}

async function runCase<Bench extends RunnableBench>(
  { id, clause, title, run }: Case<Bench>,
  bench: Bench,
): Promise<CaseResult> {
  bench.begin();
  const startedAt = performance.now();
  let outcome: { verdict: Verdict; reason?: string } = { verdict: 'pass' };
  try {
    await run(bench);
  } catch (error) {
    outcome = outcomeOf(error);
  }
  const evidence = await bench.settle();
  const durationMs = Math.round(performance.now() - startedAt);
  return { id, clause, title, ...outcome, durationMs, evidence };
}

const VERDICTS: Readonly<Record<string, Verdict>> = {
  Inconclusive: 'inconclusive',
  NotApplicable: 'not-applicable',
};

/** What is neither of the kit's own words (a timeout, a message that cannot be read) is a failure too. */
function outcomeOf(error: unknown): { verdict: Verdict; reason: string } {
  if (!(error instanceof Error)) return { verdict: 'fail', reason: String(error) };
  const verdict = VERDICTS[error.name] ?? 'fail';
  const isOwn = error.name === 'Violation' || verdict !== 'fail';
  return { verdict, reason: isOwn ? error.message : `${error.name}: ${error.message}` };
}
