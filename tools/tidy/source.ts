/** A file under the eyes of tidy, and what a rule says about it. */
import ts from 'typescript';
import { PURE_ACTOR_MODULES, PURE_ACTORS } from './layers.ts';

export interface Source {
  /** Relative to the root of the repository, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The syntax tree of TypeScript and JavaScript files. */
  readonly tree: ts.SourceFile | undefined;
}

export interface Finding {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly rule: string;
  /** What is wrong and what to do instead. */
  readonly message: string;
}

export type Rule = (source: Source) => Iterable<Finding>;

const CODE = /\.(?:ts|tsx|js|mjs|cjs)$/;

export function sourceOf(path: string, text: string): Source {
  const tree = CODE.test(path)
    ? ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    : undefined;
  return { path, text, tree };
}

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

/** A part of `packages/protocols/src` that ships: no test, no test companion. */
export function isPureCore(path: string): boolean {
  return path.startsWith('packages/protocols/src/') && !isTest(path) && !/\/testing\//.test(path);
}

/** Where there is no clock, no randomness, no world. */
export function isPure(path: string): boolean {
  return isPureCore(path) || PURE_ACTOR_MODULES.includes(path) || isBesideShell(path);
}

function isBesideShell(path: string): boolean {
  const folder = PURE_ACTORS.find((each) => path.startsWith(each));
  if (folder === undefined || isTest(path)) return false;
  const name = path.slice(folder.length);
  return !name.includes('/') && name !== 'main.ts';
}

/** Line of a node in its file, from 1. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

/** Every node of a tree, parents before children. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  for (const child of children) yield* nodesOf(child);
}
