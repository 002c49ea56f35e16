/** The reads of the hot path, prepared once: who is it, what is known about it, what does its tree hold. */
import type { Instant } from '@ueprov/protocols';
import type Database from 'better-sqlite3';
import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { OperationRecord } from './operation-record.ts';
import type { DeviceRecord, DeviceState, NodeRecord } from './record.ts';
import {
  type DeviceSecrets,
  deviceRecord,
  deviceSecrets,
  nodeRecord,
  operationRecord,
  stateRecord,
} from './rows.ts';
import type { Row, Tables } from './schema.ts';
import type { Seal } from './seal.ts';

/** Devices whose secrets stay opened. */
const OPENED_MAX = 10_000;

export class SqliteLookups {
  readonly #seal: Seal;
  /** Secrets by the octets that hold them: others are other octets, so nothing here can be out of date. */
  readonly #opened = new Map<string, DeviceSecrets>();
  readonly #byId: Database.Statement<[string], Row<'device'>>;
  readonly #byDevId: Database.Statement<[string], Row<'device'>>;
  readonly #byIMPU: Database.Statement<[string], Row<'device'>>;
  readonly #state: Database.Statement<[string], Row<'device_state'>>;
  readonly #nodes: Database.Statement<[string], Row<'node'>>;
  readonly #nextOperation: Database.Statement<[string, Instant], Row<'operation'>>;

  constructor(database: Database.Database, kysely: Kysely<Tables>, seal: Seal) {
    this.#seal = seal;
    const prepare = <Name extends keyof Tables>(query: CompiledQuery) =>
      database.prepare<[string], Row<Name>>(query.sql);
    const devices = kysely.selectFrom('device').selectAll();
    this.#byId = prepare<'device'>(devices.where('id', '=', '').compile());
    this.#byDevId = prepare<'device'>(devices.where('DevId', '=', '').compile());
    this.#byIMPU = prepare<'device'>(devices.where('IMPU', '=', '').compile());
    this.#state = prepare<'device_state'>(
      kysely.selectFrom('device_state').selectAll().where('device', '=', '').compile(),
    );
    this.#nodes = prepare<'node'>(
      kysely.selectFrom('node').selectAll().where('device', '=', '').orderBy('uri').compile(),
    );
    // Only the two parameters change: the rest of the question is written into it.
    const next = kysely
      .selectFrom('operation')
      .selectAll()
      .where('device', '=', '')
      .where('finishedAt', 'is', null)
      .where(sql<boolean>`state in ('queued', 'woken')`)
      .where('deadline', '>', 0)
      .orderBy('id')
      .limit(sql.lit(1));
    this.#nextOperation = database.prepare(next.compile().sql);
  }

  device(id: string): DeviceRecord | undefined {
    return this.#record(this.#byId.get(id));
  }

  deviceByDevId(DevId: string): DeviceRecord | undefined {
    return this.#record(this.#byDevId.get(DevId));
  }

  deviceByIMPU(IMPU: string): DeviceRecord | undefined {
    return this.#record(this.#byIMPU.get(IMPU));
  }

  state(device: string): DeviceState | undefined {
    const row = this.#state.get(device);
    return row === undefined ? undefined : stateRecord(row);
  }

  nodes(device: string): readonly NodeRecord[] {
    return this.#nodes.all(device).map((row) => nodeRecord(row, this.#seal));
  }

  nextOperation(device: string, now: Instant): OperationRecord | undefined {
    const row = this.#nextOperation.get(device, now);
    return row === undefined ? undefined : operationRecord(row, this.#seal);
  }

  #record(row: Row<'device'> | undefined): DeviceRecord | undefined {
    return row === undefined ? undefined : deviceRecord(row, this.#secrets(row));
  }

  #secrets(row: Row<'device'>): DeviceSecrets {
    const { buffer, byteOffset, length } = row.sealed;
    const octets = Buffer.from(buffer, byteOffset, length).toString('latin1');
    // With the id, to which the seal binds them.
    const name = `${row.id} ${octets}`;
    const known = this.#opened.get(name);
    if (known !== undefined) return known;
    const secrets = deviceSecrets(row, this.#seal);
    const [oldest] = this.#opened.keys();
    if (this.#opened.size >= OPENED_MAX && oldest !== undefined) this.#opened.delete(oldest);
    this.#opened.set(name, secrets);
    return secrets;
  }
}
