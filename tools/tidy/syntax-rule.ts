/** Rules on the syntax tree: index files only re-export, no `any`, no test that does not run. */
import ts from 'typescript';
import { type Finding, lineOf, nodesOf, type Source } from './source.ts';

const TEST_NAMES = ['it', 'test', 'describe', 'suite'];
const NOT_RUN = ['only', 'skip', 'todo'];
const OLD_SPELLINGS = ['xit', 'xtest', 'xdescribe', 'fit', 'fdescribe'];

/** Faults put into our engines wrap methods whatever their arguments are; biome still wants a reason for each. */
const FAULTS = 'packages/testbed/src/mutants/';

export function* syntaxRule({ path, tree }: Source): Generator<Finding> {
  if (tree === undefined) return;
  if (/\/src\/(?:.*\/)?index\.ts$/.test(path)) {
    for (const statement of tree.statements) {
      if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) continue;
      const message = 'index.ts only re-exports: give this a file of its own name';
      yield { path, line: lineOf(statement), rule: 'index', message };
    }
  }
  for (const node of nodesOf(tree)) {
    if (node.kind === ts.SyntaxKind.AnyKeyword && !path.startsWith(FAULTS)) {
      const message = 'any: use unknown at the edge and decode it, or the real type';
      yield { path, line: lineOf(node), rule: 'any', message };
    }
    if (isUnrun(node)) {
      const message =
        'a test that does not run: repair or remove it (skipIf with its reason is fine)';
      yield { path, line: lineOf(node), rule: 'test', message };
    }
  }
}

/** `it.skip`, `describe.each(...).only`, `xit(...)`. */
function isUnrun(node: ts.Node): boolean {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
    return OLD_SPELLINGS.includes(node.expression.text);
  }
  return (
    ts.isPropertyAccessExpression(node) &&
    NOT_RUN.includes(node.name.text) &&
    TEST_NAMES.includes(baseName(node.expression))
  );
}

function baseName(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node)) {
    return baseName(node.expression);
  }
  return '';
}
