/** The pure core has no clock, no randomness, no input or output, and nothing asynchronous. */
import ts from 'typescript';
import { type Finding, isPure, lineOf, nodesOf, type Source } from './source.ts';

const CLOCK = 'time is an argument (`now`), timers are deadlines of the engine';
const RANDOM = 'randomness is an argument (`random`)';
const WORLD = 'this belongs to a shell: return an effect';

/** Globals that may not be read, and what to do instead. */
const GLOBALS: ReadonlyMap<string, string> = new Map([
  ...['performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map(
    (name) => [name, CLOCK] as const,
  ),
  ...['crypto', 'randomBytes', 'randomUUID', 'getRandomValues'].map(
    (name) => [name, RANDOM] as const,
  ),
  ...['process', 'console', 'fetch', 'globalThis', 'WebSocket'].map(
    (name) => [name, WORLD] as const,
  ),
]);

export function* purityRule({ path, tree }: Source): Generator<Finding> {
  if (tree === undefined || !isPure(path)) return;
  for (const node of nodesOf(tree)) {
    const message = complaint(node);
    if (message !== undefined) yield { path, line: lineOf(node), rule: 'pure', message };
  }
}

function complaint(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const what = `${node.expression.text}.${node.name.text}`;
    if (what === 'Date.now') return `${what}: ${CLOCK}`;
    if (what === 'Math.random') return `${what}: ${RANDOM}`;
  }
  if (ts.isNewExpression(node) && isNamed(node.expression, 'Date') && !node.arguments?.length) {
    return `new Date() without an instant: ${CLOCK}`;
  }
  if (ts.isCallExpression(node) && isNamed(node.expression, 'Date')) return `Date(): ${CLOCK}`;
  if (ts.isIdentifier(node) && isRead(node)) {
    const instead = GLOBALS.get(node.text);
    if (instead !== undefined) return `${node.text}: ${instead}`;
  }
  if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) {
    return `nothing asynchronous in the core: ${WORLD}`;
  }
  return undefined;
}

function isNamed(node: ts.Expression, name: string): boolean {
  return ts.isIdentifier(node) && node.text === name;
}

/** A name that stands for a variable, not the name of a property, a member or a declaration. */
function isRead(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent)) return false;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  const isDeclaredName = 'name' in parent && parent.name === node;
  return !isDeclaredName && !ts.isTypeNode(parent);
}
