/** What operators want of single devices: queued, carried out, ended. */
import { type Kysely, sql } from 'kysely';
import type { ColumnTypes } from './column-types.ts';

export function operations(types: ColumnTypes) {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await createTable(db, types);
      await createIndexes(db);
    },

    async down(db: Kysely<unknown>): Promise<void> {
      await db.schema.dropTable('operation').execute();
    },
  };
}

async function createTable(db: Kysely<unknown>, { blob }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('operation')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('device', 'text', (column) =>
      column.notNull().references('device.id').onDelete('cascade'),
    )
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('isWaking', 'integer', (column) => column.notNull())
    .addColumn('isAtomic', 'integer', (column) => column.notNull())
    .addColumn('session', 'text')
    .addColumn('reason', 'text')
    .addColumn('createdAt', 'bigint', (column) => column.notNull())
    .addColumn('deadline', 'bigint', (column) => column.notNull())
    .addColumn('finishedAt', 'bigint')
    .addColumn('idempotencyKey', 'text')
    .addColumn('sealed', blob, (column) => column.notNull())
    .execute();
}

/** Sessions ask for open ones only: however long the history is, their question costs the same. */
async function createIndexes(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createIndex('operation_open')
    .on('operation')
    .columns(['device', 'id'])
    .where(sql.ref('finishedAt'), 'is', null)
    .execute();
  await schema
    .createIndex('operation_by_deadline')
    .on('operation')
    .column('deadline')
    .where(sql.ref('finishedAt'), 'is', null)
    .execute();
  await schema
    .createIndex('operation_by_device')
    .on('operation')
    .columns(['device', 'id'])
    .execute();
  await schema
    .createIndex('operation_by_end')
    .on('operation')
    .column('finishedAt')
    .where(sql.ref('finishedAt'), 'is not', null)
    .execute();
  await schema
    .createIndex('operation_by_key')
    .on('operation')
    .columns(['device', 'idempotencyKey'])
    .unique()
    .where(sql.ref('idempotencyKey'), 'is not', null)
    .execute();
}
