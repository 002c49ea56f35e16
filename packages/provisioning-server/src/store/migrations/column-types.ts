/** What the engines call the two column types that they do not share. */
export interface ColumnTypes {
  readonly blob: 'blob' | 'bytea';
  readonly serial: 'integer' | 'bigserial';
}

export const SQLITE_TYPES: ColumnTypes = { blob: 'blob', serial: 'integer' };
export const POSTGRES_TYPES: ColumnTypes = { blob: 'bytea', serial: 'bigserial' };
