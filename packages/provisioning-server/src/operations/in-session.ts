/**
 * The operations of one DM session: the one under way, those whose end the device may tell, and what of them is to
 * be stored with the next reply. Pure; used by session.ts.
 */
import assert from 'node:assert';
import type { Instant } from '@ueprov/protocols';
import type { OperationResult, SessionOperation } from '@ueprov/protocols/dm';
import type { Alert } from '@ueprov/protocols/syncml';
import type { OperationRecord } from '../store/operation-record.ts';
import type { Change } from '../store/record.ts';
import { completed, isAwaiting } from './completion.ts';
import { following } from './operation.ts';
import { OperationRun } from './run.ts';

export interface Settled {
  readonly id: string;
  readonly touched: readonly string[];
}

export class SessionOperations {
  readonly #session: string;
  #run: OperationRun | undefined;
  /** By Correlator, which is the id. */
  readonly #awaited = new Map<string, OperationRecord>();
  /** By id, as they were last stored. */
  readonly #stored = new Map<string, OperationRecord>();
  /** Those that may have changed since. */
  readonly #changed = new Map<string, OperationRecord>();
  #done = 0;

  constructor(session: string) {
    this.#session = session;
  }

  get isUnderWay(): boolean {
    return this.#run !== undefined;
  }

  /** Operations that came to an end in this session. */
  get done(): number {
    return this.#done;
  }

  isAwaited(Correlator: string | undefined): boolean {
    return Correlator !== undefined && this.#awaited.has(Correlator);
  }

  /** An Exec of an earlier session; what this session knows itself is newer. */
  await(operation: OperationRecord): void {
    if (this.#stored.has(operation.id)) return;
    this.#stored.set(operation.id, operation);
    this.#awaited.set(operation.id, operation);
  }

  /** Takes the next operation of the queue into the session, if there is one. */
  begin(next: OperationRecord | undefined, now: Instant): readonly SessionOperation[] {
    if (next === undefined) return [];
    assert(this.#run === undefined, 'one operation after the other');
    this.#stored.set(next.id, next);
    this.#run = new OperationRun(next, this.#session, now);
    return this.#run.operations();
  }

  answered(result: OperationResult): void {
    this.#run?.answered(result);
  }

  /** All but these ids has left, or is about to. */
  sent(unsent: ReadonlySet<string>): void {
    this.#run?.sent(unsent);
  }

  /** Something that whoever asked for `id` has to know, although it was done. */
  remark(id: string, reason: string): void {
    const operation = this.#changed.get(id);
    if (operation?.state !== 'succeeded') return;
    this.#changed.set(id, { ...operation, reason });
  }

  /** Ends the operation under way if all of it is answered; gives the addresses that it may have changed. */
  settle(now: Instant): Settled | undefined {
    const run = this.#run;
    if (run === undefined || !run.isSettled) return undefined;
    run.settle(now);
    this.#close(run);
    return { id: run.record.id, touched: run.touched };
  }

  /** The session broke off. */
  interrupt(why: string, now: Instant): void {
    const run = this.#run;
    if (run === undefined) return;
    run.interrupt(now, why);
    this.#close(run);
  }

  /** An Alert 1226 may tell the end of an Exec. */
  told(alert: Alert, now: Instant): void {
    const { Data, Correlator } = alert;
    const operation = Correlator === undefined ? undefined : this.#awaited.get(Correlator);
    if (Data !== '1226' || operation === undefined) return;
    this.#keep(completed(operation, alert, now));
  }

  /** What is to be stored with the reply; each operation once, as it now stands. */
  takeChanges(): readonly Change[] {
    if (this.#run !== undefined) this.#changed.set(this.#run.record.id, this.#run.record);
    const changes: Change[] = [];
    for (const [id, record] of this.#changed) {
      const before = this.#stored.get(id);
      if (before === undefined || isSame(before, record)) continue;
      const operation = following(before, record);
      this.#stored.set(id, operation);
      if (this.#awaited.has(id)) this.#awaited.set(id, operation);
      changes.push({ kind: 'operation', operation });
    }
    this.#changed.clear();
    return changes;
  }

  #close({ record }: OperationRun): void {
    this.#run = undefined;
    this.#done += 1;
    this.#keep(record);
  }

  #keep(operation: OperationRecord): void {
    this.#changed.set(operation.id, operation);
    if (isAwaiting(operation)) this.#awaited.set(operation.id, operation);
    else this.#awaited.delete(operation.id);
  }
}

/** Its version is given when it is stored. */
function isSame(before: OperationRecord, after: OperationRecord): boolean {
  const { state, commands, reason, attempt } = before;
  return (
    state === after.state &&
    commands === after.commands &&
    reason === after.reason &&
    attempt === after.attempt
  );
}
