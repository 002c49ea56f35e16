/** What a registration tells of the way to the UE, and what the UE refused. */
import type { Kysely } from 'kysely';

const COLUMNS = [
  ['pCscf', 'text'],
  ['refusedStatus', 'integer'],
] as const;

export function registrations() {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      for (const [name, type] of COLUMNS) {
        await db.schema.alterTable('device_state').addColumn(name, type).execute();
      }
    },

    async down(db: Kysely<unknown>): Promise<void> {
      for (const [name] of COLUMNS) {
        await db.schema.alterTable('device_state').dropColumn(name).execute();
      }
    },
  };
}
