/** The first tables: devices, what is known about them, sessions with their traces, events, profiles. */
import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

export function first(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await createDevices(db, types);
      await createTraces(db, types);
      await db.schema
        .createTable('setting')
        .addColumn('name', 'text', (column) => column.primaryKey().notNull())
        .addColumn('value', types.blob, (column) => column.notNull())
        .execute();
    },

    async down(db: Kysely<unknown>): Promise<void> {
      for (const table of TABLES) await db.schema.dropTable(table).execute();
    },
  };
}

/** Children first. */
const TABLES = [
  'setting',
  'event',
  'message',
  'session',
  'node',
  'device_state',
  'device',
  'profile',
] as const;

async function createDevices(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const { blob, clustered } = types;
  await db.schema
    .createTable('profile')
    .addColumn('name', 'text', (column) => column.primaryKey().notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('sealed', blob, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('device')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('DevId', 'text', (column) => column.notNull().unique())
    .addColumn('IMPU', 'text', (column) => column.unique())
    .addColumn('profile', 'text')
    .addColumn('sealed', blob, (column) => column.notNull())
    .addColumn('CLCRED_nonce', blob)
    .addColumn('SRVCRED_nonce', blob)
    .execute();
  await db.schema
    .createTable('device_state')
    .addColumn('device', 'text', (column) =>
      column.primaryKey().notNull().references('device.id').onDelete('cascade'),
    )
    .addColumn('Man', 'text')
    .addColumn('Mod', 'text')
    .addColumn('PktcVersion', 'text')
    .addColumn('seenAt', 'bigint')
    .addColumn('registeredUntil', 'bigint')
    .addColumn('route', 'text')
    .addColumn('contact', 'text')
    .addColumn('wake', 'text', (column) => column.notNull().defaultTo('idle'))
    .addColumn('wakeReason', 'text')
    .modifyEnd(clustered)
    .execute();
  await db.schema
    .createTable('node')
    .addColumn('device', 'text', (column) =>
      column.notNull().references('device.id').onDelete('cascade'),
    )
    .addColumn('uri', 'text', (column) => column.notNull())
    .addColumn('format', 'text', (column) => column.notNull())
    .addColumn('desired', 'text')
    .addColumn('reported', 'text')
    .addColumn('sealed', blob)
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('status', 'integer')
    .addColumn('session', 'text')
    .addColumn('verifiedAt', 'bigint')
    .addPrimaryKeyConstraint('node_pk', ['device', 'uri'])
    .modifyEnd(clustered)
    .execute();
}

async function createTraces(db: Kysely<unknown>, types: ColumnTypes): Promise<void> {
  const { blob, serial, clustered } = types;
  await db.schema
    .createTable('session')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('device', 'text')
    .addColumn('SessionID', 'text', (column) => column.notNull())
    .addColumn('trigger', 'text', (column) => column.notNull())
    .addColumn('startedAt', 'bigint', (column) => column.notNull())
    .addColumn('endedAt', 'bigint')
    .addColumn('result', 'text', (column) => column.notNull())
    .addColumn('sentence', 'text', (column) => column.notNull())
    .addColumn('encoding', 'text', (column) => column.notNull())
    .addColumn('auth', 'text', (column) => column.notNull())
    .addColumn('messages', 'integer', (column) => column.notNull())
    .addColumn('commandsOk', 'integer', (column) => column.notNull())
    .addColumn('commandsFailed', 'integer', (column) => column.notNull())
    .addColumn('bytes', 'integer', (column) => column.notNull())
    .modifyEnd(clustered)
    .execute();
  await db.schema
    .createTable('message')
    .addColumn('id', serial, (column) => column.primaryKey().autoIncrement())
    .addColumn('session', 'text')
    .addColumn('device', 'text')
    .addColumn('seq', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('protocol', 'text', (column) => column.notNull())
    .addColumn('from', 'text', (column) => column.notNull())
    .addColumn('to', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('contentType', 'text')
    .addColumn('encoding', 'text')
    .addColumn('sealed', blob, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('event')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('device', 'text')
    .addColumn('session', 'text')
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('eventId', 'bigint', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('payload', 'text', (column) => column.notNull())
    .execute();
  await createTraceIndexes(db);
}

async function createTraceIndexes(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema.createIndex('session_by_time').on('session').columns(['startedAt', 'id']).execute();
  await schema
    .createIndex('session_by_device')
    .on('session')
    .columns(['device', 'startedAt', 'id'])
    .execute();
  // Two partial indexes: each message is in one of them, and pays for one.
  await schema
    .createIndex('message_by_session')
    .on('message')
    .column('session')
    .where(sql.ref('session'), 'is not', null)
    .execute();
  await schema
    .createIndex('message_by_device')
    .on('message')
    .columns(['device', 'at'])
    .where(sql.ref('session'), 'is', null)
    .execute();
  await schema.createIndex('event_by_time').on('event').columns(['at', 'id']).execute();
  await schema.createIndex('event_by_device').on('event').columns(['device', 'at', 'id']).execute();
}
