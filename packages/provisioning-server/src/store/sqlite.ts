/**
 * The embedded store: one SQLite file in one data folder, held by one process.
 *
 * WAL with synchronous=FULL: what was committed survives a power cut. The exclusive lock is taken at start and
 * let go by the operating system when the process ends, however it ends; it also spares WAL its shared memory.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant } from '@ueprov/protocols';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { loadKey } from './key.ts';
import { SQLITE_TYPES } from './migrations/column-types.ts';
import { migrateUp } from './migrations/migrate.ts';
import { OperationQueries } from './operation-queries.ts';
import { Queries } from './queries.ts';
import type { Change } from './record.ts';
import { Retention } from './retention.ts';
import type { Tables } from './schema.ts';
import { Seal } from './seal.ts';
import { SqliteLookups } from './sqlite-lookups.ts';
import { SqliteStatements } from './sqlite-statements.ts';
import {
  type DeviceFilter,
  type EventFilter,
  type OperationFilter,
  type Page,
  type SessionFilter,
  type Store,
  StoreError,
} from './store.ts';
import { WriteGroup } from './write-group.ts';

export interface SqliteOptions {
  /** Made (0700) if it does not exist. */
  readonly folder: string;
  /** Where `UEPROV_KEY` is looked for; without it the key lies in `store.key` in the folder. */
  readonly environment?: Readonly<NodeJS.ProcessEnv>;
}

const FILE = 'store.sqlite';
const KEY_FILE = 'store.key';

/** Throws StoreError: `STORE_IN_USE`, `STORE_NEWER`, `KEY_WEAK`, `KEY_WRONG`. */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { folder, environment = process.env } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const seal = new Seal(loadKey(join(folder, KEY_FILE), environment));
  const database = openDatabase(join(folder, FILE));
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  try {
    await migrateUp(kysely, SQLITE_TYPES);
    await proveKey(kysely, seal);
    return new SqliteStore(database, kysely, seal);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** How long a start waits for the lock of a process that is just ending. */
const LOCK_WAIT_MS = 500;

function openDatabase(path: string): Database.Database {
  const database = new Database(path, { timeout: LOCK_WAIT_MS });
  try {
    database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // Pages that change with every session are copied into the file less often; the log stays below 40 MB.
    database.pragma('wal_autocheckpoint = 10000');
    // An exclusive lock is taken by the first write, and then kept.
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) {
      const message = `${path} is in use by another process; only one may open it`;
      throw new StoreError('STORE_IN_USE', message, { cause: error });
    }
    throw asStoreError(error);
  }
}

const PROBE = 'key-probe';
const TOKEN = 'admin-token-sha256';

/** A store that was sealed with another key is refused at the start, not at the first read. */
async function proveKey(kysely: Kysely<Tables>, seal: Seal): Promise<void> {
  const probe = await readSetting(kysely, PROBE);
  if (probe !== undefined) {
    seal.open(probe, PROBE);
    return;
  }
  const value = seal.seal(createHash('sha256').update(PROBE).digest(), PROBE);
  await kysely.insertInto('setting').values({ name: PROBE, value }).execute();
}

async function readSetting(kysely: Kysely<Tables>, name: string): Promise<Uint8Array | undefined> {
  const query = kysely.selectFrom('setting').select('value').where('name', '=', name);
  return (await query.executeTakeFirst())?.value;
}

class SqliteStore implements Store {
  readonly #database: Database.Database;
  readonly #kysely: Kysely<Tables>;
  readonly #lookups: SqliteLookups;
  readonly #queries: Queries;
  readonly #operations: OperationQueries;
  readonly #retention: Retention;
  readonly #group: WriteGroup;

  constructor(database: Database.Database, kysely: Kysely<Tables>, seal: Seal) {
    this.#database = database;
    this.#kysely = kysely;
    this.#lookups = new SqliteLookups(database, kysely, seal);
    this.#queries = new Queries(kysely, seal);
    this.#operations = new OperationQueries(kysely, seal);
    this.#retention = new Retention(kysely);
    const statements = new SqliteStatements(database, kysely, seal);
    const commit = database.transaction((groups: readonly (readonly Change[])[]) => {
      for (const changes of groups) for (const change of changes) statements.run(change);
    });
    this.#group = new WriteGroup((groups) => {
      try {
        commit.immediate(groups);
      } catch (error) {
        throw asStoreError(error);
      }
    });
  }

  write(changes: readonly Change[]): Promise<void> {
    if (!this.#database.open) {
      return Promise.reject(new StoreError('STORE_CLOSED', 'the store is closed'));
    }
    return this.#group.write(changes);
  }

  async device(id: string) {
    return this.#lookups.device(id);
  }

  async deviceByDevId(DevId: string) {
    return this.#lookups.deviceByDevId(DevId);
  }

  async deviceByIMPU(IMPU: string) {
    return this.#lookups.deviceByIMPU(IMPU);
  }

  async state(device: string) {
    return this.#lookups.state(device);
  }

  async nodes(device: string) {
    return this.#lookups.nodes(device);
  }

  devices(filter: DeviceFilter, page: Page) {
    return this.#queries.devices(filter, page);
  }

  overview(device: string) {
    return this.#queries.overview(device);
  }

  profile(name: string) {
    return this.#queries.profile(name);
  }

  profiles() {
    return this.#queries.profiles();
  }

  sessions(filter: SessionFilter, page: Page) {
    return this.#queries.sessions(filter, page);
  }

  session(id: string) {
    return this.#queries.session(id);
  }

  messages(session: string) {
    return this.#queries.messages(session);
  }

  deviceMessages(device: string, since: Instant, until: Instant) {
    return this.#queries.deviceMessages(device, since, until);
  }

  events(filter: EventFilter, page: Page) {
    return this.#queries.events(filter, page);
  }

  operation(id: string) {
    return this.#operations.operation(id);
  }

  operationByKey(device: string, key: string) {
    return this.#operations.byKey(device, key);
  }

  operations(filter: OperationFilter, page: Page) {
    return this.#operations.list(filter, page);
  }

  async nextOperation(device: string, now: Instant) {
    return this.#lookups.nextOperation(device, now);
  }

  openOperations(device: string) {
    return this.#operations.open(device);
  }

  overdueOperations(now: Instant) {
    return this.#operations.overdue(now);
  }

  operationDeadline() {
    return this.#operations.deadline();
  }

  tokenHash() {
    return readSetting(this.#kysely, TOKEN);
  }

  async keepTokenHash(hash: Uint8Array) {
    const query = this.#kysely
      .insertInto('setting')
      .values({ name: TOKEN, value: hash })
      .onConflict((conflict) => conflict.column('name').doNothing());
    return (await query.executeTakeFirst()).numInsertedOrUpdatedRows === 1n;
  }

  sweep(now: Instant) {
    return this.#retention.sweep(now);
  }

  async close() {
    if (!this.#database.open) return;
    this.#group.flush();
    await this.#kysely.destroy();
  }
}

function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const cause = { cause: error };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' && reason.includes('operation.')) {
    const words = 'another operation of this device has this key';
    return new StoreError('OPERATION_DUPLICATE', words, cause);
  }
  if (code === 'SQLITE_CONSTRAINT_UNIQUE') {
    return new StoreError('DEVICE_DUPLICATE', `another device has this name: ${reason}`, cause);
  }
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') {
    return new StoreError('DEVICE_UNKNOWN', 'a change names a device that does not exist', cause);
  }
  if (code.startsWith('SQLITE_BUSY')) return new StoreError('STORE_BUSY', reason, cause);
  if (code === 'SQLITE_FULL') return new StoreError('STORE_FULL', 'the disk is full', cause);
  return new StoreError('STORE_FAILED', reason, cause);
}
