/**
 * Writes of the same moment share one commit, and nobody is told before it.
 *
 * While the disk is busy with one commit, further requests arrive and share the next: the group grows with the
 * load by itself. A write that cannot be kept (a duplicate, say) fails alone: the group is then tried one by one.
 */
import type { Change } from './record.ts';
import { StoreError } from './store.ts';

/** Changes that may wait for a commit; more are refused, and their callers answer 503. */
export const WAITING_CHANGES_MAX = 50_000;

/** How long the first write of a group waits for company: longer where the group before had some. */
export const GROUP_MS = { alone: 1, busy: 4 } as const;

interface Waiting {
  readonly changes: readonly Change[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class WriteGroup {
  /** Stores all of `groups` in one transaction, or throws and stores none. */
  readonly #commit: (groups: readonly (readonly Change[])[]) => void;
  #waiting: Waiting[] = [];
  #size = 0;
  #timer: NodeJS.Timeout | undefined;
  #wait: number = GROUP_MS.alone;

  constructor(commit: (groups: readonly (readonly Change[])[]) => void) {
    this.#commit = commit;
  }

  write(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return Promise.resolve();
    if (this.#size + changes.length > WAITING_CHANGES_MAX) {
      return Promise.reject(new StoreError('STORE_BUSY', 'too many changes wait for the disk'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, resolve, reject });
      this.#size += changes.length;
      this.#timer ??= setTimeout(() => this.flush(), this.#wait);
    });
  }

  /** Commits what waits, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const group = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    this.#wait = group.length > 1 ? GROUP_MS.busy : GROUP_MS.alone;
    if (group.length > 0) this.#settle(group);
  }

  #settle(group: readonly Waiting[]): void {
    try {
      this.#commit(group.map(({ changes }) => changes));
    } catch (error) {
      const [only] = group;
      if (group.length === 1 && only !== undefined) only.reject(error);
      else for (const waiting of group) this.#settle([waiting]);
      return;
    }
    for (const { resolve } of group) resolve();
  }
}
