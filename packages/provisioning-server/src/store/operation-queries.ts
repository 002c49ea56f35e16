/** The reads of operations, on any engine: one of them, lists with cursors, what is open, what is overdue. */
import type { Instant } from '@ueprov/protocols';
import type { Kysely } from 'kysely';
import { decodeCursor } from './cursor.ts';
import type { OperationRecord } from './operation-record.ts';
import { cut, limitOf } from './queries.ts';
import { operationRecord } from './rows.ts';
import type { Row, Tables } from './schema.ts';
import type { Seal } from './seal.ts';
import { type OperationFilter, PAGE_MAX, type Page, type PageOf } from './store.ts';

/** In a session the device is waited for by the session itself. */
const WITH_DEADLINE = ['queued', 'woken', 'running'] as const;

export class OperationQueries {
  readonly #db: Kysely<Tables>;
  readonly #seal: Seal;

  constructor(db: Kysely<Tables>, seal: Seal) {
    this.#db = db;
    this.#seal = seal;
  }

  async operation(id: string): Promise<OperationRecord | undefined> {
    const query = this.#db.selectFrom('operation').selectAll().where('id', '=', id);
    return this.#optional(await query.executeTakeFirst());
  }

  async byKey(device: string, key: string): Promise<OperationRecord | undefined> {
    const query = this.#db
      .selectFrom('operation')
      .selectAll()
      .where('device', '=', device)
      .where('idempotencyKey', '=', key);
    return this.#optional(await query.executeTakeFirst());
  }

  async list(filter: OperationFilter, page: Page): Promise<PageOf<OperationRecord>> {
    let query = this.#db
      .selectFrom('operation')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(limitOf(page) + 1);
    if (filter.device !== undefined) query = query.where('device', '=', filter.device);
    if (filter.state !== undefined) query = query.where('state', '=', filter.state);
    if (page.after !== undefined) {
      const [id = ''] = decodeCursor(page.after, ['string']);
      query = query.where('id', '<', String(id));
    }
    const { items, next } = cut(await query.execute(), page, ({ id }) => [id]);
    return { items: items.map((row) => operationRecord(row, this.#seal)), ...next };
  }

  async open(device: string): Promise<readonly OperationRecord[]> {
    const rows = await this.#db
      .selectFrom('operation')
      .selectAll()
      .where('device', '=', device)
      .where('finishedAt', 'is', null)
      .orderBy('id')
      .limit(PAGE_MAX)
      .execute();
    return rows.map((row) => operationRecord(row, this.#seal));
  }

  async overdue(now: Instant): Promise<readonly OperationRecord[]> {
    const rows = await this.#withDeadline()
      .selectAll()
      .where('deadline', '<=', now)
      .orderBy('deadline')
      .limit(PAGE_MAX)
      .execute();
    return rows.map((row) => operationRecord(row, this.#seal));
  }

  async deadline(): Promise<Instant | undefined> {
    const query = this.#withDeadline().select('deadline').orderBy('deadline').limit(1);
    return (await query.executeTakeFirst())?.deadline;
  }

  #withDeadline() {
    return this.#db
      .selectFrom('operation')
      .where('finishedAt', 'is', null)
      .where('state', 'in', WITH_DEADLINE);
  }

  #optional(row: Row<'operation'> | undefined): OperationRecord | undefined {
    return row === undefined ? undefined : operationRecord(row, this.#seal);
  }
}
