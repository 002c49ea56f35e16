/**
 * The operations of all devices between the wish and the session: taken in once, a wake for each, their deadlines,
 * their cancellation, and what a restart finds. What a session does with them is in session.ts.
 *
 * Whatever changes an operation does so between two messages of its device, so nobody writes over anybody.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Instant, ProtocolError, type Random } from '@ueprov/protocols';
import { ApiProblem, notFound } from '../api/problem.ts';
import type { CommandRecord, CommandWish, OperationRecord } from '../store/operation-record.ts';
import type { Change } from '../store/record.ts';
import { PAGE_MAX, type Store } from '../store/store.ts';
import { allows, following, interrupted, moved } from './operation.ts';
import { OperationIds } from './operation-ids.ts';
import { accountCommands, isOfAnother } from './own-account.ts';

export interface OperationWish {
  readonly device: string;
  readonly commands: readonly CommandWish[];
  readonly isAtomic: boolean;
  readonly isWaking: boolean;
  /** Also what could take this server's own account off the device. */
  readonly isForced: boolean;
  /** How long it may wait. */
  readonly patienceMs: number;
  readonly idempotencyKey?: string;
}

export interface OperationQueuePorts {
  readonly store: Store;
  /** Who this server is in the accounts of devices. */
  readonly ServerID: string;
  readonly now: () => Instant;
  readonly random: Random;
  /** Has a Package #0 sent. Throws ApiProblem where none could reach the device. */
  readonly wake: (device: string) => Promise<void>;
  readonly isInSession: (DevId: string) => boolean;
  readonly betweenMessages: <Result>(DevId: string, work: () => Promise<Result>) => Promise<Result>;
  readonly onChanges: (changes: readonly Change[]) => void;
  /** `deadline` may have changed. */
  readonly onDeadline: () => void;
  /** Work that nobody waits for. */
  readonly onWork: (work: Promise<void>) => void;
}

/** Operations of one device that have not ended; one more is refused. */
export const OPEN_MAX = 100;
/** Sessions in a row that broke off, after which no further one is asked for: the next contact is the device's. */
export const BROKEN_MAX = 3;
const BROKEN_DEVICES_MAX = 10_000;

export class OperationQueue {
  readonly #ports: OperationQueuePorts;
  readonly #ids: OperationIds;
  readonly #broken = new Map<string, number>();
  #deadline: Instant | undefined;

  constructor(ports: OperationQueuePorts) {
    this.#ports = ports;
    this.#ids = new OperationIds(ports.random);
  }

  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  /** Stores the wish and asks for a session. The same key again is the same operation. */
  async take(wish: OperationWish): Promise<OperationRecord> {
    const { store } = this.#ports;
    const device = await store.device(wish.device);
    if (device === undefined) throw notFound('device of this id');
    if (!wish.isForced) await this.#refuseLockOut(wish);
    const operation = await this.#between(device.DevId, () => this.#take(wish));
    if (operation.isWaking) this.#wakeSoon(device.id);
    return operation;
  }

  async #take(wish: OperationWish): Promise<OperationRecord> {
    const { store, now } = this.#ports;
    const { device, commands, patienceMs, idempotencyKey, isForced: _, ...more } = wish;
    const known =
      idempotencyKey === undefined ? undefined : await store.operationByKey(device, idempotencyKey);
    if (known !== undefined) return sameWish(known, wish);
    const open = await store.openOperations(device);
    if (open.length >= OPEN_MAX) {
      const detail = `${OPEN_MAX} operations of the device have not ended; cancel some, or wait.`;
      throw new ApiProblem(409, 'QUEUE_FULL', detail);
    }
    const [first] = commands;
    const createdAt = now();
    const operation: OperationRecord = {
      id: this.#ids.next(createdAt),
      device,
      kind: commands.length === 1 && first !== undefined ? first.kind : 'batch',
      state: 'queued',
      version: 1,
      attempt: 1,
      ...more,
      commands: commands.map((command) => ({ ...command, state: 'waiting' })),
      createdAt,
      deadline: createdAt + patienceMs,
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    };
    await this.#commit([operation]);
    await this.#findDeadline();
    return operation;
  }

  /** Throws 409 for what could end every later session with the device. (AC-36) */
  async #refuseLockOut({ device, commands }: OperationWish): Promise<void> {
    const { store, ServerID } = this.#ports;
    const touching = accountCommands(commands);
    const nodes = touching.length > 0 ? await store.nodes(device) : [];
    const fatal = touching.find((command) => !isOfAnother(command, ServerID, nodes));
    if (fatal === undefined) return;
    const { kind, uri } = fatal.command;
    const detail =
      `${kind} ${uri} can take the account of ${ServerID} off the device, or change how the two know each other: ` +
      'after that no session can repair it. Where it is meant, ask again with force (ueprov tree: --force).';
    throw new ApiProblem(409, 'SELF_LOCKOUT', detail);
  }

  /** Throws 409 for one that is under way or has ended. */
  async cancel(id: string): Promise<OperationRecord> {
    const { store, now } = this.#ports;
    const found = await store.operation(id);
    const device = found && (await store.device(found.device));
    if (device === undefined) throw notFound('operation of this id');
    return this.#between(device.DevId, async () => {
      const operation = (await store.operation(id)) ?? found;
      if (operation === undefined || !allows(operation, 'cancelled')) {
        const detail = `It is ${operation?.state}: only what no session has taken can be cancelled.`;
        throw new ApiProblem(409, 'NOT_CANCELLABLE', detail);
      }
      const cancelled = following(operation, moved(operation, 'cancelled', now()));
      await this.#commit([cancelled]);
      return cancelled;
    });
  }

  /** A session is over: what waits, or came too late for it, needs another one. */
  async sessionOver(device: string, isCompleted: boolean): Promise<void> {
    const { store, now } = this.#ports;
    await this.#findDeadline();
    const broken = isCompleted ? 0 : (this.#broken.get(device) ?? 0) + 1;
    this.#broken.delete(device);
    if (broken > 0) this.#rememberBroken(device, broken);
    if (broken < BROKEN_MAX && (await store.nextOperation(device, now()))?.isWaking) {
      await this.#wake(device);
    }
  }

  /** Deadlines that have come. */
  async timeout(): Promise<void> {
    const { store, now } = this.#ports;
    for (const { id, device } of await store.overdueOperations(now())) {
      const owner = await store.device(device);
      if (owner !== undefined) await this.#between(owner.DevId, () => this.#lapse(id));
    }
    await this.#findDeadline();
  }

  /** Before anybody is let in: no session is left, whatever was under way in one. */
  async recover(): Promise<void> {
    const { now } = this.#ports;
    for (const operation of await this.#all('in-session')) {
      const ended = interrupted(operation, now(), 'The server was stopped');
      await this.#commit([following(operation, ended)]);
    }
    await this.#findDeadline();
  }

  /** After a start: what waits asks for its session again. */
  async resume(): Promise<void> {
    const waiting = [...(await this.#all('queued')), ...(await this.#all('woken'))];
    const devices = new Set(waiting.filter(({ isWaking }) => isWaking).map(({ device }) => device));
    for (const device of devices) await this.#wake(device);
  }

  async #all(state: OperationRecord['state']): Promise<readonly OperationRecord[]> {
    const all: OperationRecord[] = [];
    let after: string | undefined;
    do {
      const page = { limit: PAGE_MAX, ...(after !== undefined && { after }) };
      const { items, next } = await this.#ports.store.operations({ state }, page);
      all.push(...items);
      after = next;
    } while (after !== undefined);
    return all.reverse();
  }

  async #lapse(id: string): Promise<void> {
    const { store, now } = this.#ports;
    const operation = await store.operation(id);
    if (operation === undefined || operation.deadline > now() || !allows(operation, 'lapsed'))
      return;
    const reason =
      operation.state === 'running'
        ? 'The device accepted it, and had not told its end by the deadline.'
        : `No session had taken it by its deadline.${operation.reason ? ` ${operation.reason}` : ''}`;
    await this.#commit([following(operation, moved(operation, 'lapsed', now(), { reason }))]);
  }

  #wakeSoon(device: string): void {
    this.#ports.onWork(this.#wake(device));
  }

  /** A session that is open takes it when the device is done with what it has. */
  async #wake(id: string): Promise<void> {
    const { store, wake, isInSession } = this.#ports;
    const device = await store.device(id);
    if (device === undefined || isInSession(device.DevId)) return;
    const obstacle = await wake(id).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof ApiProblem) return error.message;
        throw error;
      },
    );
    await this.#between(device.DevId, () => this.#woken(id, obstacle));
  }

  async #woken(device: string, obstacle: string | undefined): Promise<void> {
    const { store, now } = this.#ports;
    const open = await store.openOperations(device);
    const changed = open.flatMap((operation) => {
      if (!operation.isWaking || operation.state !== 'queued') return [];
      if (obstacle === undefined) return [following(operation, moved(operation, 'woken', now()))];
      if (operation.reason === obstacle) return [];
      return [following(operation, { ...operation, reason: obstacle })];
    });
    if (changed.length > 0) await this.#commit(changed);
  }

  #rememberBroken(device: string, count: number): void {
    const [oldest] = this.#broken.keys();
    if (this.#broken.size >= BROKEN_DEVICES_MAX && oldest !== undefined) {
      this.#broken.delete(oldest);
    }
    this.#broken.set(device, count);
  }

  async #between<Result>(DevId: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.#ports.betweenMessages(DevId, work);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const detail = 'Too much is wanted of this device at once.';
      throw new ApiProblem(503, 'DEVICE_BUSY', detail, { 'retry-after': '1' });
    }
  }

  async #commit(operations: readonly OperationRecord[]): Promise<void> {
    const changes = operations.map((operation) => ({ kind: 'operation', operation }) as const);
    await this.#ports.store.write(changes);
    this.#ports.onChanges(changes);
  }

  async #findDeadline(): Promise<void> {
    this.#deadline = await this.#ports.store.operationDeadline();
    this.#ports.onDeadline();
  }
}

/** Throws 422 for a key that was used for something else. */
function sameWish(known: OperationRecord, wish: OperationWish): OperationRecord {
  const wished = known.commands.map(wishOf);
  const isSame =
    isDeepStrictEqual(wished, wish.commands) &&
    known.isAtomic === wish.isAtomic &&
    known.isWaking === wish.isWaking;
  if (isSame) return known;
  const detail = `The Idempotency-Key names operation ${known.id}, which is another one.`;
  throw new ApiProblem(422, 'KEY_REUSED', detail);
}

function wishOf({ state, status, results, outcome, ...wish }: CommandRecord): CommandWish {
  return wish;
}
