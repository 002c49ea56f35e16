/** What no file may contain: paths of one machine, to-dos that nobody tracks, silenced type errors. */
import { type Finding, isTest, type Source } from './source.ts';

const MACHINE_PATH = /\/(?:work|farm)\/|\/tmp\/[a-z]/;
const UNTRACKED = /(?:\/\/|\/\*|^\s*\*).*\b(?:TODO|FIXME)\b(?!\s*\(?#\d)/;
const SILENCED = /@ts-(?:ignore|nocheck)\b/;
const EXPECTED = /@ts-expect[-]error\b/;

export function* textRule({ path, text, tree }: Source): Generator<Finding> {
  for (const [index, content] of text.split('\n').entries()) {
    const message = complaint(path, content, tree !== undefined);
    if (message !== undefined) yield { path, line: index + 1, rule: 'text', message };
  }
}

function complaint(path: string, line: string, isCode: boolean): string | undefined {
  if (MACHINE_PATH.test(line)) {
    return 'a path of one machine: derive it (import.meta.dirname, os.tmpdir()) or pass it in';
  }
  if (!isCode) return undefined;
  if (UNTRACKED.test(line)) return 'a to-do without an issue number: write TODO(#12), or do it';
  if (SILENCED.test(line)) return 'silences the compiler: fix the type';
  if (EXPECTED.test(line) && !isTest(path))
    return 'an expected type error is for tests: fix the type';
  return undefined;
}
