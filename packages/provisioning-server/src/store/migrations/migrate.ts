/** Brings a database to the newest schema, or back: every step has its way down. */
import type { Kysely } from 'kysely';
import { type Migration, Migrator, NO_MIGRATIONS } from 'kysely/migration';
import type { Tables } from '../schema.ts';
import { StoreError } from '../store.ts';
import { first } from './0001-first.ts';
import { operations } from './0002-operations.ts';
import { registrations } from './0003-registrations.ts';
import type { ColumnTypes } from './column-types.ts';

/** By name, in order; a name that was released never changes. */
export function migrations(types: ColumnTypes): Readonly<Record<string, Migration>> {
  return {
    '0001-first': first(types),
    '0002-operations': operations(types),
    '0003-registrations': registrations(),
  };
}

export async function migrateUp(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { error } = await migrator(db, types).migrateToLatest();
  if (error !== undefined) throw asStoreError(error);
}

/** Empties the schema; the contract uses it to prove that every way down works. */
export async function migrateDown(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  const { error } = await migrator(db, types).migrateTo(NO_MIGRATIONS);
  if (error !== undefined) throw asStoreError(error);
}

function migrator(db: Kysely<Tables>, types: ColumnTypes): Migrator {
  const all = { ...migrations(types) };
  return new Migrator({ db, provider: { getMigrations: async () => all } });
}

function asStoreError(error: unknown): StoreError {
  const reason = error instanceof Error ? error.message : String(error);
  // kysely's words for a database that has seen a migration which this program does not know.
  if (/previously executed migration .* is missing/.test(reason)) {
    return new StoreError('STORE_NEWER', 'the store was written by a newer version of ueprov', {
      cause: error,
    });
  }
  return new StoreError('STORE_FAILED', `the store's schema cannot be changed: ${reason}`, {
    cause: error,
  });
}
