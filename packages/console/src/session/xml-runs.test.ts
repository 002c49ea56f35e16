import { expect, test } from 'vitest';
import { xmlRuns } from './xml-runs.ts';

test('markup and content are told apart, CDATA is content', () => {
  const runs = xmlRuns('<Data>a<![CDATA[<b>]]></Data>');
  expect(runs.map((run) => [run.kind, run.text])).toEqual([
    ['markup', '<Data>'],
    ['content', 'a'],
    ['content', '<![CDATA[<b>]]>'],
    ['markup', '</Data>'],
  ]);
});

test.each(['', 'no markup', '<a><b/>\n</a>', '< open', 'a > b'])(
  'the runs of %j are it again',
  (text) => {
    expect(
      xmlRuns(text)
        .map((run) => run.text)
        .join(''),
    ).toBe(text);
  },
);
