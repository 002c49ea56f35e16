/** What a run against one peer is written down as. */
import type { CaseResult } from '../conformance/case.ts';

export interface Report {
  /** `client` or `server`: what was tested. */
  readonly side: 'client' | 'server';
  /** Which one, in words. */
  readonly peer: string;
  /** ISO time. */
  readonly at: string;
  readonly results: readonly CaseResult[];
}

/** Everything, evidence too. */
export function formatJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** The JUnit form that CI systems read: inconclusive and not applicable cases are skipped ones. */
export function formatJunit({ side, peer, at, results }: Report): string {
  const count = (verdict: string) => results.filter((each) => each.verdict === verdict).length;
  const skipped = count('inconclusive') + count('not-applicable');
  const time = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  const head =
    `<testsuite name="${escaped(`oma-dm-1.2 ${side} ${peer}`)}" timestamp="${escaped(at)}" ` +
    `tests="${results.length}" failures="${count('fail')}" errors="0" skipped="${skipped}" time="${time}">`;
  const cases = results.map((each) => `  ${junitCase(side, each)}`);
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...cases, '</testsuite>', ''].join('\n');
}

function junitCase(
  side: string,
  { id, title, verdict, reason = '', durationMs, evidence }: CaseResult,
) {
  const open = `<testcase classname="${side}" name="${escaped(`${id} ${title}`)}" time="${durationMs / 1000}"`;
  if (verdict === 'pass') return `${open}/>`;
  if (verdict !== 'fail') return `${open}><skipped message="${escaped(reason)}"/></testcase>`;
  const shown = evidence.map(({ at, from, head, text }) => `${at} ms ${from}: ${head}\n${text}`);
  return `${open}><failure message="${escaped(reason)}">${escaped(shown.join('\n'))}</failure></testcase>`;
}

const MARKUP: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** For text and attributes of XML and HTML; characters that XML cannot hold become U+FFFD. */
export function escaped(text: string): string {
  return (
    text
      .replace(/[&<>"]/g, (mark) => MARKUP[mark] ?? mark)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 leaves out
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  );
}
