/**
 * What changed in the tree, for whoever has to act on it: a management object asks what happened since
 * it last looked.
 *
 * Bounded: who looks too seldom is told to look at everything. Used by the tree.
 */
import { formatUri, type NodeUri } from './uri.ts';

export interface TreeChange {
  /** `Tree.version` from this change on. */
  readonly version: number;
  /** `deleted` takes all that was below along; a rename is `deleted` and `added`. */
  readonly kind: 'added' | 'replaced' | 'deleted';
  /** Of the node, or of its property. */
  readonly uri: string;
}

interface Entry {
  readonly kind: TreeChange['kind'];
  readonly address: NodeUri;
}

/** So many changes are remembered at least. */
export const CHANGES_MAX = 1000;

export class ChangeLog {
  /** One for each version, without a gap, up to the present one. */
  #changes: Entry[] = [];
  #version: number;

  constructor(version: number) {
    this.#version = version;
  }

  get version(): number {
    return this.#version;
  }

  add(kind: TreeChange['kind'], address: NodeUri): void {
    this.#version += 1;
    this.#changes.push({ kind, address });
    if (this.#changes.length >= 2 * CHANGES_MAX) this.#changes = this.#changes.slice(-CHANGES_MAX);
  }

  /** Up to the version `until`, oldest first; undefined if they are no longer all known. */
  since(version: number, until: number): readonly TreeChange[] | undefined {
    if (version >= until) return [];
    const first = this.#version - this.#changes.length;
    if (version < first) return undefined;
    return this.#changes.slice(version - first, until - first).map(({ kind, address }, index) => ({
      version: version + index + 1,
      kind,
      uri: formatUri(address),
    }));
  }

  /** The changes after this version have been taken back. */
  forgetAfter(version: number): void {
    const taken = this.#version - version;
    this.#changes.length = Math.max(this.#changes.length - taken, 0);
    this.#version = version;
  }
}
