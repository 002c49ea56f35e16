import { expect, test } from 'vitest';
import type { CaseResult } from '../conformance/case.ts';
import { formatHtml } from './html.ts';
import { formatJson, formatJunit, type Report } from './report.ts';
import { formatLine, formatTally } from './table.ts';

const PASS: CaseResult = {
  id: 'GET-1.1',
  clause: 'OMA-DMREPPRO 6.6.7',
  title: 'a <leaf> gives its value',
  verdict: 'pass',
  durationMs: 1500,
  evidence: [],
};
const FAIL: CaseResult = {
  ...PASS,
  id: 'GET-1.2',
  verdict: 'fail',
  reason: 'Format: "chr" & not "node"\u0001',
  evidence: [{ at: 3, from: 'peer', head: 'POST /dm', text: '<SyncML/>' }],
};
const SKIPPED: CaseResult = {
  ...PASS,
  id: 'EXE-1.3',
  verdict: 'not-applicable',
  reason: 'no node',
};
const REPORT: Report = {
  side: 'client',
  peer: 'ours',
  at: '2030-01-01T00:00:00.000Z',
  results: [PASS, FAIL, SKIPPED],
};

test('JSON is the report as it is', () => {
  expect(JSON.parse(formatJson(REPORT))).toEqual(REPORT);
});

test('JUnit counts failures and what was skipped, and is well-formed whatever a peer said', () => {
  const xml = formatJunit(REPORT);
  expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1" time="4.5"');
  expect(xml).toContain('message="Format: &quot;chr&quot; &amp; not &quot;node&quot;\ufffd"');
  expect(xml).toContain('&lt;SyncML/&gt;');
});

test('HTML loads nothing, runs nothing, follows the colours of its reader, and opens failures', () => {
  const html = formatHtml(REPORT);
  expect(html).not.toMatch(/<script|<link|src=|url\(/);
  expect(html).toContain('color-scheme: light dark');
  expect(html).toContain('<details open id="GET-1.2">');
  expect(html).toContain('a &lt;leaf&gt; gives');
});

test('the table gives the reason below what is no pass, and the sums', () => {
  expect(formatLine(FAIL)).toMatch(/^FAIL {2}GET-1\.2 .*\n +Format/);
  expect(formatTally(REPORT.results)).toBe(
    '3 cases: 1 passed, 1 failed, 0 inconclusive, 1 not applicable',
  );
});
