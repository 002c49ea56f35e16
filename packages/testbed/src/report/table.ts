/** Results for people at a terminal: a line each for what is no pass, and the sums. */
import type { CaseResult, Verdict } from '../conformance/case.ts';

const MARKS: Readonly<Record<Verdict, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  inconclusive: '????',
  'not-applicable': 'n/a ',
};

export function formatLine({ id, clause, title, verdict, reason }: CaseResult): string {
  const why = reason === undefined ? '' : `\n              ${reason}`;
  return `${MARKS[verdict]}  ${id.padEnd(8)} ${title} (${clause})${why}`;
}

export function formatTally(results: readonly CaseResult[]): string {
  const count = (verdict: Verdict) => results.filter((each) => each.verdict === verdict).length;
  return (
    `${results.length} cases: ${count('pass')} passed, ${count('fail')} failed, ` +
    `${count('inconclusive')} inconclusive, ${count('not-applicable')} not applicable`
  );
}
