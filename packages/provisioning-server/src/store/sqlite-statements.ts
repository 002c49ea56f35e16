/** The hot path's statements: built by kysely once, prepared once, run many times. */
import type Database from 'better-sqlite3';
import type { CompiledQuery, Kysely } from 'kysely';
import type { OperationRecord } from './operation-record.ts';
import type { Change, CredentialLevel, DeviceStateChange } from './record.ts';
import {
  deviceRow,
  eventRow,
  messageRow,
  nodeRow,
  operationRow,
  profileRow,
  sessionRow,
} from './rows.ts';
import type { Row, Tables } from './schema.ts';
import type { Seal } from './seal.ts';
import { StoreError } from './store.ts';

type TableName = keyof Tables;

const COLUMNS = {
  device: ['id', 'DevId', 'IMPU', 'profile', 'sealed', 'CLCRED_nonce', 'SRVCRED_nonce'],
  node: [
    'device',
    'uri',
    'format',
    'desired',
    'reported',
    'sealed',
    'state',
    'status',
    'session',
    'verifiedAt',
  ],
  profile: ['name', 'version', 'sealed'],
  session: [
    'id',
    'device',
    'SessionID',
    'trigger',
    'startedAt',
    'endedAt',
    'result',
    'sentence',
    'encoding',
    'auth',
    'messages',
    'commandsOk',
    'commandsFailed',
    'bytes',
  ],
  message: [
    'session',
    'device',
    'seq',
    'at',
    'protocol',
    'from',
    'to',
    'label',
    'contentType',
    'encoding',
    'sealed',
  ],
  event: [
    'id',
    'at',
    'device',
    'session',
    'source',
    'eventId',
    'name',
    'severity',
    'text',
    'payload',
  ],
  operation: [
    'id',
    'device',
    'kind',
    'state',
    'version',
    'attempt',
    'isWaking',
    'isAtomic',
    'session',
    'reason',
    'createdAt',
    'deadline',
    'finishedAt',
    'idempotencyKey',
    'sealed',
  ],
} as const satisfies Partial<{ [Name in TableName]: readonly (keyof Row<Name> & string)[] }>;

const KEYS: Readonly<Partial<Record<TableName, readonly string[]>>> = {
  device: ['id'],
  node: ['device', 'uri'],
  profile: ['name'],
  session: ['id'],
  event: ['id'],
  operation: ['id'],
};

/** A session's start never changes; leaving it out of the update leaves its index alone. */
const FIXED: Readonly<Partial<Record<TableName, readonly string[]>>> = {
  session: ['startedAt', 'SessionID'],
  operation: ['device', 'kind', 'isWaking', 'isAtomic', 'createdAt', 'deadline', 'idempotencyKey'],
};

const STATE_COLUMNS = [
  'Man',
  'Mod',
  'PktcVersion',
  'seenAt',
  'registeredUntil',
  'route',
  'contact',
  'pCscf',
  'refusedStatus',
  'wake',
  'wakeReason',
] as const satisfies readonly (keyof DeviceStateChange)[];

type Writable = keyof typeof COLUMNS;

export class SqliteStatements {
  readonly #database: Database.Database;
  readonly #kysely: Kysely<Tables>;
  readonly #seal: Seal;
  readonly #upserts: { readonly [Name in Writable]: Database.Statement };
  readonly #nonces: { readonly [Level in CredentialLevel]: Database.Statement };
  readonly #states = new Map<string, Database.Statement>();
  readonly #version: Database.Statement<[string], Pick<Row<'operation'>, 'version'>>;

  constructor(database: Database.Database, kysely: Kysely<Tables>, seal: Seal) {
    this.#database = database;
    this.#kysely = kysely;
    this.#seal = seal;
    this.#upserts = {
      device: this.#upsert('device', COLUMNS.device),
      node: this.#upsert('node', COLUMNS.node),
      profile: this.#upsert('profile', COLUMNS.profile),
      session: this.#upsert('session', COLUMNS.session),
      message: this.#upsert('message', COLUMNS.message),
      event: this.#upsert('event', COLUMNS.event),
      operation: this.#upsert('operation', COLUMNS.operation),
    };
    this.#version = database.prepare(
      kysely.selectFrom('operation').select('version').where('id', '=', '').compile().sql,
    );
    this.#nonces = { CLCRED: this.#nonce('CLCRED'), SRVCRED: this.#nonce('SRVCRED') };
  }

  /** Runs one change inside the caller's transaction. */
  run(change: Change): void {
    switch (change.kind) {
      case 'message':
        this.#insert('message', messageRow(change.message, this.#seal));
        break;
      case 'session':
        this.#insert('session', sessionRow(change.session));
        break;
      case 'nonce':
        if (this.#nonces[change.level].run(change.nonce, change.device).changes === 0) {
          throw new StoreError('DEVICE_UNKNOWN', 'a nonce of a device that does not exist');
        }
        break;
      case 'device-state':
        this.#runState(change.device, change);
        break;
      case 'nodes':
        for (const node of change.nodes) {
          this.#insert('node', nodeRow({ ...node, device: change.device }, this.#seal));
        }
        break;
      case 'event':
        this.#insert('event', eventRow(change.event));
        break;
      case 'device':
        this.#insert('device', deviceRow(change.device, this.#seal));
        this.#runState(change.device.id, {});
        break;
      case 'profile':
        this.#insert('profile', profileRow(change.profile, this.#seal));
        break;
      case 'operation':
        this.#checkVersion(change.operation);
        this.#insert('operation', operationRow(change.operation, this.#seal));
    }
  }

  /** A state only moves forward: who read an older version has to read again. */
  #checkVersion({ id, version }: OperationRecord): void {
    const stored = this.#version.get(id)?.version ?? 0;
    if (version === stored + 1) return;
    const words = `operation ${id} stands at version ${stored}, not ${version - 1}`;
    throw new StoreError('OPERATION_STALE', words);
  }

  #insert(table: Writable, row: object): void {
    const values = row as Readonly<Record<string, unknown>>;
    this.#upserts[table].run(...COLUMNS[table].map((column) => values[column]));
  }

  /** One statement per set of columns that changes together; the core has a handful of them. */
  #runState(device: string, change: DeviceStateChange): void {
    const columns = STATE_COLUMNS.filter((column) => column in change);
    const name = columns.join();
    let statement = this.#states.get(name);
    if (statement === undefined) {
      statement = this.#upsert('device_state', ['device', ...columns], ['device']);
      this.#states.set(name, statement);
    }
    statement.run(device, ...columns.map((column) => change[column] ?? null));
  }

  #upsert(
    table: TableName,
    columns: readonly string[],
    keys: readonly string[] = KEYS[table] ?? [],
  ): Database.Statement {
    const insert = this.#kysely
      .insertInto(table)
      .values(Object.fromEntries(columns.map((column) => [column, column])) as never);
    if (keys.length === 0) return this.#prepare(insert.compile());
    const changing = columns.filter(
      (column) => !keys.includes(column) && !(FIXED[table] ?? []).includes(column),
    );
    const upsert = insert.onConflict((conflict) => {
      const target = conflict.columns(keys as never);
      if (changing.length === 0) return target.doNothing();
      return target.doUpdateSet(((eb: { ref(name: string): unknown }) =>
        Object.fromEntries(
          changing.map((column) => [column, eb.ref(`excluded.${column}`)]),
        )) as never);
    });
    return this.#prepare(upsert.compile());
  }

  #nonce(level: CredentialLevel): Database.Statement {
    const query = this.#kysely
      .updateTable('device')
      .set({ [`${level}_nonce`]: new Uint8Array() })
      .where('id', '=', '');
    return this.#prepare(query.compile());
  }

  #prepare(query: CompiledQuery): Database.Statement {
    return this.#database.prepare(query.sql);
  }
}
