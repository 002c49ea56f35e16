/**
 * Every change of a node goes through here, so that it can be taken back: Atomic and sub-trees are
 * done whole or not at all.
 *
 * OMA-DMREPPRO 6.6.2 (Atomic), OMA-DMTNDS 5 (a sub-tree in one command). Used by the tree. Outside a
 * transaction nothing is remembered; inside, a change costs the same as outside, and taking back
 * costs as many steps as there were changes.
 */
import type { Instant } from '../../engine.ts';
import { type InteriorNode, keyIn, nextVerNo, place, type TreeNode, timeStamp } from './node.ts';

interface Edit {
  readonly undo: () => void;
  readonly redo: () => void;
}

export class Edits {
  readonly #edits: Edit[] = [];
  /** Where the open transactions began, outermost first. */
  readonly #marks: number[] = [];
  /** Parents whose children came back in another order than they had. */
  readonly #disordered = new Set<InteriorNode>();
  /** The time that was written last: many changes have the same. */
  #stamp = { second: Number.NaN, text: '' };

  set<Node extends TreeNode, Key extends keyof Node>(node: Node, key: Key, value: Node[Key]): void {
    const before = node[key];
    const redo = (): void => {
      node[key] = value;
    };
    redo();
    this.#remember(() => {
      node[key] = before;
    }, redo);
  }

  /** Under its name, as the youngest of its siblings. */
  attach(parent: InteriorNode, node: TreeNode): void {
    const { rank } = node;
    const key = keyIn(parent, node.name);
    const before = parent.children.get(key);
    place(parent, node);
    const placed = node.rank;
    this.#remember(
      () => {
        if (before === undefined) parent.children.delete(key);
        else parent.children.set(key, before);
        node.rank = rank;
      },
      () => {
        parent.children.set(key, node);
        node.rank = placed;
      },
    );
  }

  detach(parent: InteriorNode, node: TreeNode): void {
    const key = keyIn(parent, node.name);
    parent.children.delete(key);
    this.#remember(
      () => {
        parent.children.set(key, node);
        this.#disordered.add(parent);
      },
      () => {
        parent.children.delete(key);
      },
    );
  }

  /**
   * OMA-DMTND 7.7.6 and 7.7.8: a change, of value or property, leaves its time and a new version
   * number.
   */
  touch(node: TreeNode, now: Instant): void {
    const second = Math.floor(now / 1000);
    if (second !== this.#stamp.second) this.#stamp = { second, text: timeStamp(now) };
    this.set(node, 'TStamp', this.#stamp.text);
    this.set(node, 'VerNo', nextVerNo(node.VerNo));
  }

  begin(): void {
    this.#marks.push(this.#edits.length);
  }

  /** Ends the innermost transaction; its changes belong to the one around it. */
  commit(): void {
    this.#marks.pop();
    if (this.#marks.length === 0) this.#edits.length = 0;
  }

  /** Ends the innermost transaction; the nodes are as they were when it began. */
  rollback(): void {
    const mark = this.#marks.pop() ?? 0;
    for (const edit of this.#edits.splice(mark).reverse()) edit.undo();
    this.#putInOrder();
  }

  /** What `read` sees is the tree without what the open transactions have done. */
  withoutOpen<Value>(read: () => Value): Value {
    for (const edit of this.#edits.toReversed()) edit.undo();
    this.#putInOrder();
    try {
      return read();
    } finally {
      for (const edit of this.#edits) edit.redo();
    }
  }

  #remember(undo: () => void, redo: () => void): void {
    if (this.#marks.length > 0) this.#edits.push({ undo, redo });
  }

  #putInOrder(): void {
    for (const { children } of this.#disordered) {
      const nodes = [...children].sort(([, a], [, b]) => a.rank - b.rank);
      children.clear();
      for (const [key, node] of nodes) children.set(key, node);
    }
    this.#disordered.clear();
  }
}
