/** One page that shows a run: no script, nothing loaded from anywhere, light and dark as the reader has it. */
import { type CaseResult, rowOf, type Verdict } from '../conformance/case.ts';
import { escaped, type Report } from './report.ts';

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d5d9df, #3a4049); --pale: light-dark(#f4f6f8, #1d2127);
  --pass: light-dark(#146c35, #6ddb95); --fail: light-dark(#b3131d, #ff8d8d); --open: light-dark(#7a5200, #f0c060); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem;
  background: light-dark(#fff, #14171b); color: light-dark(#1b1f24, #e4e8ed); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; } summary { cursor: pointer; }
.verdict { display: inline-block; min-width: 8rem; font-weight: 600; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .inconclusive, .not-applicable { color: var(--open); }
code, pre { font: 13px/1.45 ui-monospace, monospace; } .clause { opacity: .75; }
pre { background: var(--pale); padding: .75rem; overflow-x: auto; border-radius: 4px; }`;

export function formatHtml({ side, peer, at, results }: Report): string {
  const rows = Map.groupBy(results, ({ id }) => rowOf(id));
  const title = `OMA DM 1.2 conformance of the ${side} ${peer}`;
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<style>${STYLE}</style></head><body><h1>${escaped(title)}</h1>`,
    `<p>${escaped(at)}: ${escaped(sums(results))}</p>`,
    ...[...rows].flatMap(([row, cases]) => [`<h2>${escaped(row)}</h2>`, ...cases.map(section)]),
    '</body></html>',
    '',
  ].join('\n');
}

function sums(results: readonly CaseResult[]): string {
  const verdicts: readonly Verdict[] = ['pass', 'fail', 'inconclusive', 'not-applicable'];
  return verdicts
    .map((verdict) => `${results.filter((each) => each.verdict === verdict).length} ${verdict}`)
    .join(', ');
}

/** A failure stands open. */
function section({ id, clause, title, verdict, reason, evidence }: CaseResult): string {
  const messages = evidence.map(
    ({ at, from, head, text }) =>
      `<p>${at} ms, ${from}: <code>${escaped(head)}</code></p>${text === '' ? '' : `<pre>${escaped(text)}</pre>`}`,
  );
  return [
    `<details${verdict === 'fail' ? ' open' : ''} id="${escaped(id)}"><summary>`,
    `<span class="verdict ${verdict}">${verdict}</span> <code>${escaped(id)}</code> ${escaped(title)} `,
    `<span class="clause">${escaped(clause)}</span></summary>`,
    reason === undefined ? '' : `<p>${escaped(reason)}</p>`,
    ...messages,
    '</details>',
  ].join('');
}
