/**
 * Reading rows of a table in the tree: what a column holds, or the DefaultValue of its shape while
 * it is not there.
 *
 * Used by the readers of the management objects beside this file; as the device itself, past ACL
 * and AccessType.
 */
import type { Shape, Tree } from '../dm/tree/index.ts';

export class Row {
  readonly uri: string;
  readonly #tree: Tree;
  readonly #columns: readonly Shape[];

  constructor(tree: Tree, uri: string, shape: Shape) {
    this.uri = uri;
    this.#tree = tree;
    this.#columns = shape.children ?? [];
  }

  text(column: string): string {
    const shape = this.#columns.find(({ name }) => name === column);
    return this.#tree.text(`${this.uri}/${column}`) ?? shape?.DefaultValue ?? '';
  }

  int(column: string): number {
    return Number(this.text(column));
  }

  bool(column: string): boolean {
    return this.text(column) === 'true';
  }

  /** The value, or undefined where there is none. */
  optional(column: string): string | undefined {
    const text = this.text(column);
    return text === '' ? undefined : text;
  }
}

/** The rows below a table node, in the order of their names: a lower number comes first. */
export function readRows(tree: Tree, table: string, shape: Shape): readonly Row[] {
  const names = [...tree.children(table)].sort(byNumber);
  return names.map((name) => new Row(tree, `${table}/${name}`, shape));
}

function byNumber(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (Number.isNaN(left) || Number.isNaN(right)) return a < b ? -1 : 1;
  return left - right;
}
