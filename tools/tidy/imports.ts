/** What a file imports, in every form that TypeScript has for it. */
import ts from 'typescript';
import { lineOf, nodesOf } from './source.ts';

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Erased before the program runs. */
  readonly isTypeOnly: boolean;
  /** Names of values taken by `import { ... }`; `*` for everything else that takes the whole. */
  readonly names: readonly string[];
}

export function importsOf(tree: ts.SourceFile): readonly Import[] {
  return [...nodesOf(tree)].flatMap((node) => {
    const found = importOf(node);
    return found === undefined ? [] : [{ ...found, line: lineOf(node) }];
  });
}

function importOf(node: ts.Node): Omit<Import, 'line'> | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, ...clauseOf(node.importClause) };
  }
  if (
    ts.isExportDeclaration(node) &&
    node.moduleSpecifier !== undefined &&
    ts.isStringLiteral(node.moduleSpecifier)
  ) {
    const isTypeOnly = node.isTypeOnly;
    return { specifier: node.moduleSpecifier.text, isTypeOnly, names: isTypeOnly ? [] : ['*'] };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const { literal } = node.argument;
    if (ts.isStringLiteral(literal)) {
      return { specifier: literal.text, isTypeOnly: true, names: [] };
    }
  }
  if (ts.isCallExpression(node) && isLoad(node.expression)) {
    const [specifier] = node.arguments;
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) {
      return { specifier: specifier.text, isTypeOnly: false, names: ['*'] };
    }
  }
  return undefined;
}

function clauseOf(clause: ts.ImportClause | undefined): Pick<Import, 'isTypeOnly' | 'names'> {
  if (clause === undefined) return { isTypeOnly: false, names: ['*'] };
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return { isTypeOnly: true, names: [] };
  const { name, namedBindings } = clause;
  if (name !== undefined || namedBindings === undefined || ts.isNamespaceImport(namedBindings)) {
    return { isTypeOnly: false, names: ['*'] };
  }
  const names = namedBindings.elements
    .filter((element) => !element.isTypeOnly)
    .map((element) => (element.propertyName ?? element.name).text);
  return { isTypeOnly: names.length === 0, names };
}

/** `import(...)` and `require(...)`. */
function isLoad(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === 'require')
  );
}
