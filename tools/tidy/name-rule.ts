/** File names and exported names: the concept, not a drawer; what it does, not an empty verb. */
import { posix } from 'node:path';
import ts from 'typescript';
import { type Finding, lineOf, type Source } from './source.ts';

const DRAWERS = /^(?:utils?|helpers?|common|shared|types|managers?|handlers?|misc)$/;
const DRAWER_ENDS = /-(?:utils?|helpers?|managers?|handlers?|misc)$/;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|config|d))*\.(?:tsx?|mjs|cjs|js)$/;
const EMPTY_VERB = /^(?:get|do|process|handle)(?=[A-Z]|$)/;
/** Builders of the commands of SyncML, under their own names: get is one of them. */
const COMMAND_BUILDERS = 'packages/testbed/src/conformance/draft.ts';
const EMPTY_NOUN = /(?:Manager|Handler|Helper|Util)s?$/;

export function* nameRule({ path, tree }: Source): Generator<Finding> {
  if (tree === undefined) return;
  const base = posix.basename(path);
  if (!KEBAB.test(base)) {
    yield { path, line: 1, rule: 'name', message: `${base}: file names are kebab-case` };
  }
  for (const part of path.replace(/(?:\.[a-z]+)+$/, '').split('/')) {
    if (DRAWERS.test(part) || DRAWER_ENDS.test(part)) {
      const message = `${part}: a drawer, not a concept: name the concept, or put it where it is used`;
      yield { path, line: 1, rule: 'name', message };
    }
  }
  for (const statement of tree.statements) yield* exportComplaints(path, statement);
}

function* exportComplaints(path: string, statement: ts.Statement): Generator<Finding> {
  if (!isExported(statement)) return;
  for (const name of declaredNames(statement)) {
    const line = lineOf(name);
    const isCommand = path === COMMAND_BUILDERS && name.text === 'get';
    if (isFunction(name.parent) && EMPTY_VERB.test(name.text) && !isCommand) {
      const message = `${name.text}: say what it does or gives; no get, do, process, handle`;
      yield { path, line, rule: 'name', message };
    }
    if (EMPTY_NOUN.test(name.text)) {
      const message = `${name.text}: name the role that the standard gives it`;
      yield { path, line, rule: 'name', message };
    }
  }
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function declaredNames(statement: ts.Statement): readonly ts.Identifier[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name).filter(ts.isIdentifier);
  }
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  ) {
    return statement.name === undefined ? [] : [statement.name];
  }
  return [];
}

function isFunction(node: ts.Node): boolean {
  if (ts.isFunctionDeclaration(node)) return true;
  if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return false;
  return ts.isArrowFunction(node.initializer) || ts.isFunctionExpression(node.initializer);
}
