/** One concept per file keeps it short. Tables of data may be long. */
import type { Finding, Source } from './source.ts';

export const LINES_MAX = 400;
const TABLES = /\/(?:pages|locales|vectors|generated)\/|\/catalogue[^/]*$/;

export function* sizeRule({ path, text, tree }: Source): Generator<Finding> {
  if (tree === undefined || TABLES.test(path)) return;
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > LINES_MAX) {
    const message = `${lines} lines, at most ${LINES_MAX}: split it by concept`;
    yield { path, line: LINES_MAX + 1, rule: 'size', message };
  }
}
