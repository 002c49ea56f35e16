/**
 * The nodes of a tree with what is known about all of them: how many, how far addresses may reach,
 * what changed; and the transactions in which they change.
 *
 * OMA-DMREPPRO 6.6.2 (Atomic). Used by the tree alone.
 */
import assert from 'node:assert';
import { ChangeLog, type TreeChange } from './change-log.ts';
import { Edits } from './edits.ts';
import { childOf, countNodes, type InteriorNode, type TreeNode } from './node.ts';
import { done, type Outcome } from './outcome.ts';
import type { NodeUri, UriLimits } from './uri.ts';
import { readLimits } from './uri-limits.ts';

/** What was done since `Tree.transaction`, to be kept or taken back as a whole. */
export interface Transaction {
  commit(): void;
  rollback(): void;
}

interface Mark {
  readonly version: number;
  readonly count: number;
}

export class TreeState {
  readonly root: InteriorNode;
  readonly edits = new Edits();
  readonly changes: ChangeLog;
  count: number;
  limits: UriLimits;
  /** Of the open transactions, outermost first. */
  readonly #marks: Mark[] = [];

  constructor(root: InteriorNode, version: number) {
    this.root = root;
    this.changes = new ChangeLog(version);
    this.count = countNodes(root);
    this.limits = readLimits(root);
  }

  /** Of the tree without what the open transactions have done. */
  get version(): number {
    return this.#marks[0]?.version ?? this.changes.version;
  }

  transaction(): Transaction {
    const mark = { version: this.changes.version, count: this.count };
    this.#marks.push(mark);
    this.edits.begin();
    const end = (): void => {
      assert(this.#marks.at(-1) === mark, 'not the innermost open transaction');
      this.#marks.pop();
    };
    return {
      commit: () => {
        end();
        this.edits.commit();
      },
      rollback: () => {
        end();
        this.edits.rollback();
        this.changes.forgetAfter(mark.version);
        this.count = mark.count;
        this.limits = readLimits(this.root);
      },
    };
  }

  changed(kind: TreeChange['kind'], address: NodeUri): Outcome {
    this.changes.add(kind, address);
    if (address.segments[0] === 'DevDetail') this.limits = readLimits(this.root);
    return done();
  }

  nodeAt(segments: readonly string[]): TreeNode | undefined {
    let node: TreeNode | undefined = this.root;
    for (const segment of segments) {
      // [TND 6.1-3] Raw: what is escaped is not what is not.
      node = node?.kind === 'interior' ? childOf(node, segment) : undefined;
    }
    return node;
  }
}
