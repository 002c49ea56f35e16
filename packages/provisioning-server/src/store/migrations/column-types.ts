/** What the engines do not share in their definition of tables. */
import { type RawBuilder, sql } from 'kysely';

export interface ColumnTypes {
  readonly blob: 'blob' | 'bytea';
  readonly serial: 'integer' | 'bigserial';
  /** Ends the definition of a table that is read by its primary key: SQLite then keeps one tree instead of two. */
  readonly clustered: RawBuilder<unknown>;
}

export const SQLITE_TYPES: ColumnTypes = {
  blob: 'blob',
  serial: 'integer',
  clustered: sql`without rowid`,
};
export const POSTGRES_TYPES: ColumnTypes = { blob: 'bytea', serial: 'bigserial', clustered: sql`` };
