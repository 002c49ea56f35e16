/**
 * One operation in the session that carries it out: its commands, what came of each, and where that leads.
 * Pure; used by session.ts. OMA-DMPRO 8, OMA-DMREPPRO 6.6.2 (Atomic).
 */
import type { Instant } from '@ueprov/protocols';
import { type OperationResult, type SessionOperation, UNANSWERED } from '@ueprov/protocols/dm';
import type { CommandRecord, OperationRecord } from '../store/operation-record.ts';
import { interrupted, isDone, isReading, moved, settled } from './operation.ts';
import { resultRecord, wireOperation } from './wire.ts';

const ACCEPTED = 202;
const NOT_EXECUTED = 215;
const ROLLED_BACK = 216;
const ROLL_BACK_FAILED = 516;

export class OperationRun {
  #record: OperationRecord;
  #atomicStatus: number | undefined;

  /** Takes a waiting operation into the session. */
  constructor(operation: OperationRecord, session: string, now: Instant) {
    this.#record = moved(operation, 'taken', now, { session });
  }

  get record(): OperationRecord {
    return this.#record;
  }

  get isSettled(): boolean {
    return this.#record.commands.every(({ state }) => state !== 'waiting' && state !== 'sent');
  }

  /** What has not been sent in an earlier attempt. */
  operations(): readonly SessionOperation[] {
    const { id, isAtomic, commands } = this.#record;
    const operations = commands.flatMap((command, index) =>
      command.state === 'waiting' ? [wireOperation(command, this.#idOf(index), id)] : [],
    );
    if (!isAtomic) return operations;
    return [{ id: this.#idOf('atomic'), kind: 'Atomic', operations }];
  }

  /** All but `unsent` has left, or is about to. True if that is news. */
  sent(unsent: ReadonlySet<string>): boolean {
    const isGone = (index: number): boolean =>
      !unsent.has(this.#idOf(this.#record.isAtomic ? 'atomic' : index));
    return this.#change((command, index) =>
      command.state === 'waiting' && isGone(index) ? { ...command, state: 'sent' } : command,
    );
  }

  /** Takes the device's answer; true if it was one to this operation. */
  answered(result: OperationResult): boolean {
    if (result.id === this.#idOf('atomic')) {
      this.#atomicStatus = result.status;
      return true;
    }
    return this.#change((command, index) =>
      result.id === this.#idOf(index) && command.state !== 'answered'
        ? answeredCommand(command, result)
        : command,
    );
  }

  /** Every command has been answered. */
  settle(now: Instant): void {
    this.#record = settled(this.#withAtomic(), now);
  }

  interrupt(now: Instant, why: string): void {
    this.#record = interrupted(this.#record, now, why);
  }

  /** Addresses that may hold something else now. */
  get touched(): readonly string[] {
    return this.#record.commands
      .filter((command) => !isReading(command) && command.kind !== 'acl')
      .filter(({ state, status }) =>
        status === undefined ? state !== 'waiting' : isDone({ status }),
      )
      .map(({ uri }) => uri);
  }

  /** OMA-DMREPPRO 6.6.2: an Atomic that failed did nothing, whatever its parts say; unless it could not be taken back. */
  #withAtomic(): OperationRecord {
    const status = this.#atomicStatus;
    if (status === undefined || status < 300) return this.#record;
    const isStuck = status === ROLL_BACK_FAILED;
    const commands = this.#record.commands.map((command) => {
      if (isDone(command)) return { ...command, status: isStuck ? status : ROLLED_BACK };
      return command.status === undefined && !isStuck
        ? { ...command, status: NOT_EXECUTED }
        : command;
    });
    return { ...this.#record, commands };
  }

  #change(change: (command: CommandRecord, index: number) => CommandRecord): boolean {
    const commands = this.#record.commands.map(change);
    if (commands.every((command, index) => command === this.#record.commands[index])) return false;
    this.#record = { ...this.#record, commands };
    return true;
  }

  /** Unlike the ids of the plan, which are numbers. */
  #idOf(part: number | 'atomic'): string {
    return `${this.#record.id}/${part}`;
  }
}

function answeredCommand(command: CommandRecord, result: OperationResult): CommandRecord {
  const { status, value, values } = result;
  const told = values ?? (value === undefined ? [] : [value]);
  return {
    ...command,
    state: command.kind === 'exec' && status === ACCEPTED ? 'running' : 'answered',
    ...(status !== UNANSWERED && { status }),
    ...(told.length > 0 && { results: told.map(resultRecord) }),
  };
}
