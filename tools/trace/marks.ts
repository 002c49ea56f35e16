/** The marks of one file: `[R-6.2.3-1]` in code, and in the names of tests. */
import ts from 'typescript';
import { isTest, nodesOf } from '../tidy/source.ts';

export interface Marks {
  readonly path: string;
  /** Ids at statements of code that ships. */
  readonly code: readonly string[];
  /** Ids in names of tests: `it`, `test`, and `check` of the suites against real peers. */
  readonly tests: readonly string[];
  /** All ids of the file, comments of tests included. */
  readonly all: readonly string[];
}

/** Anything in brackets that means to be an id, so that a misspelt one is found and not ignored. */
const MARK = /\[(R-[^\]\n]*\d[^\]\n]*|[A-Z][A-Z0-9]* [A-Za-z0-9.-]*\d)\]/g;
const TEST_NAMES = ['it', 'test', 'check'];

export function marksOf(path: string, text: string): Marks {
  const names = testNames(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  const ships = path.startsWith('packages/') && !isTest(path) && !path.includes('/testing/');
  let code = text;
  for (const { start, end } of names) {
    code = code.slice(0, start) + ' '.repeat(end - start) + code.slice(end);
  }
  return {
    path,
    code: ships ? idsIn(code) : [],
    tests: names.flatMap(({ start, end }) => idsIn(text.slice(start, end))),
    all: idsIn(text),
  };
}

function idsIn(text: string): readonly string[] {
  return [...text.matchAll(MARK)].flatMap(([, id]) => (id === undefined ? [] : [id]));
}

/** Where the names of tests stand in the text. */
function testNames(tree: ts.SourceFile): readonly { start: number; end: number }[] {
  return [...nodesOf(tree)].flatMap((node) => {
    if (!ts.isCallExpression(node) || !TEST_NAMES.includes(calleeName(node.expression))) return [];
    const [name] = node.arguments;
    if (name === undefined || !(ts.isStringLiteralLike(name) || ts.isTemplateExpression(name))) {
      return [];
    }
    return [{ start: name.getStart(tree), end: name.getEnd() }];
  });
}

/** `test` of `test(...)`, `test.each(rows)(...)`, `test.skipIf(x)(...)`; `check` of `t.check(...)`. */
function calleeName(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isCallExpression(node)) return calleeName(node.expression);
  if (!ts.isPropertyAccessExpression(node)) return '';
  return node.name.text === 'check' ? 'check' : calleeName(node.expression);
}
