/** Who waits for an operation: let go when it changes, or when the time is over. */
import type { OperationRecord } from '../store/operation-record.ts';
import type { Change } from '../store/record.ts';

/** Requests that wait at once; one more is answered at once. */
export const WATCHERS_MAX = 1000;

type Watcher = (operation: OperationRecord) => void;

export class OperationWatch {
  readonly #watchers = new Map<string, Set<Watcher>>();
  readonly #ends = new Set<() => void>();

  /**
   * `changed`: the first state of the operation that `isEnough`, or undefined after `waitMs` or `end`. What has been
   * committed already is the caller's to look at, after he has begun to wait.
   */
  begin(id: string, isEnough: (operation: OperationRecord) => boolean, waitMs: number) {
    const { promise, resolve } = Promise.withResolvers<OperationRecord | undefined>();
    const watchers = this.#watchers.get(id) ?? new Set();
    const finish = (operation: OperationRecord | undefined): void => {
      clearTimeout(timer);
      this.#ends.delete(end);
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(id) === watchers) this.#watchers.delete(id);
      resolve(operation);
    };
    const end = (): void => finish(undefined);
    const watcher: Watcher = (operation) => {
      if (isEnough(operation)) finish(operation);
    };
    const timer = setTimeout(end, this.#ends.size < WATCHERS_MAX ? waitMs : 0);
    this.#watchers.set(id, watchers.add(watcher));
    this.#ends.add(end);
    return { changed: promise, end };
  }

  committed(changes: readonly Change[]): void {
    if (this.#ends.size === 0) return;
    for (const change of changes) {
      if (change.kind !== 'operation') continue;
      const { operation } = change;
      for (const watcher of [...(this.#watchers.get(operation.id) ?? [])]) watcher(operation);
    }
  }

  /** Everybody is let go. */
  close(): void {
    for (const end of [...this.#ends]) end();
  }
}
