export * from './record.ts';
export { openSqliteStore, type SqliteOptions } from './sqlite.ts';
export * from './store.ts';
