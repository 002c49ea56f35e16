/** The reads of people and pages, on any engine: lists with cursors, one session, its messages. */
import type { Instant } from '@ueprov/protocols';
import { type Kysely, sql } from 'kysely';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { EventRecord, MessageRecord, ProfileRecord, SessionRecord } from './record.ts';
import {
  eventRecord,
  messageRecord,
  nodeRecord,
  profileRecord,
  sessionRecord,
  stateRecord,
} from './rows.ts';
import type { Row, Tables } from './schema.ts';
import type { Seal } from './seal.ts';
import {
  type DeviceFilter,
  type DeviceOverview,
  type EventFilter,
  MESSAGES_MAX,
  PAGE_MAX,
  type Page,
  type PageOf,
  type SessionFilter,
} from './store.ts';

type DeviceNames = Pick<Row<'device'>, 'id' | 'DevId' | 'IMPU' | 'profile'>;

export class Queries {
  readonly #db: Kysely<Tables>;
  readonly #seal: Seal;

  constructor(db: Kysely<Tables>, seal: Seal) {
    this.#db = db;
    this.#seal = seal;
  }

  async devices(filter: DeviceFilter, page: Page): Promise<PageOf<DeviceOverview>> {
    let query = this.#db
      .selectFrom('device')
      .innerJoin('device_state', 'device_state.device', 'device.id')
      .select(['device.id', 'DevId', 'IMPU', 'profile'])
      .orderBy('device.id')
      .limit(limitOf(page) + 1);
    if (page.after !== undefined) {
      const [id = ''] = decodeCursor(page.after, ['string']);
      query = query.where('device.id', '>', String(id));
    }
    if (filter.profile !== undefined) query = query.where('profile', '=', filter.profile);
    if (filter.wake !== undefined) query = query.where('wake', '=', filter.wake);
    if (filter.registeredAt !== undefined) {
      query = query.where('registeredUntil', '>', filter.registeredAt);
    }
    if (filter.text !== undefined) {
      const pattern = containing(filter.text);
      query = query.where((eb) =>
        eb.or(
          (['DevId', 'IMPU', 'Man', 'Mod'] as const).map(
            (column) => sql<boolean>`lower(${eb.ref(column)}) like ${pattern} escape '\\'`,
          ),
        ),
      );
    }
    const { items, next } = cut(await query.execute(), page, ({ id }) => [id]);
    return { items: await Promise.all(items.map((item) => this.#overview(item))), ...next };
  }

  async overview(device: string): Promise<DeviceOverview | undefined> {
    const names = await this.#db
      .selectFrom('device')
      .select(['id', 'DevId', 'IMPU', 'profile'])
      .where('id', '=', device)
      .executeTakeFirst();
    return names === undefined ? undefined : this.#overview(names);
  }

  async #overview({ id, DevId, IMPU, profile }: DeviceNames): Promise<DeviceOverview> {
    const one = { limit: 1 };
    const [state, nodes, sessions, events] = await Promise.all([
      this.#db
        .selectFrom('device_state')
        .selectAll()
        .where('device', '=', id)
        .executeTakeFirstOrThrow(),
      this.#db.selectFrom('node').selectAll().where('device', '=', id).orderBy('uri').execute(),
      this.sessions({ device: id }, one),
      this.events({ device: id }, one),
    ]);
    const [lastSession] = sessions.items;
    const [lastEvent] = events.items;
    return {
      id,
      DevId,
      ...(IMPU === null ? {} : { IMPU }),
      ...(profile === null ? {} : { profile }),
      state: stateRecord(state),
      nodes: nodes.map((node) => nodeRecord(node, this.#seal)),
      ...(lastSession === undefined ? {} : { lastSession }),
      ...(lastEvent === undefined ? {} : { lastEvent }),
    };
  }

  async profile(name: string): Promise<ProfileRecord | undefined> {
    const query = this.#db.selectFrom('profile').selectAll().where('name', '=', name);
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : profileRecord(row, this.#seal);
  }

  async profiles(): Promise<readonly ProfileRecord[]> {
    const rows = await this.#db.selectFrom('profile').selectAll().orderBy('name').execute();
    return rows.map((row) => profileRecord(row, this.#seal));
  }

  async sessions(filter: SessionFilter, page: Page): Promise<PageOf<SessionRecord>> {
    let query = this.#db
      .selectFrom('session')
      .selectAll()
      .orderBy('startedAt', 'desc')
      .orderBy('id', 'desc')
      .limit(limitOf(page) + 1);
    if (filter.device !== undefined) query = query.where('device', '=', filter.device);
    if (filter.result !== undefined) query = query.where('result', '=', filter.result);
    if (page.after !== undefined) {
      const [at = 0, id = ''] = decodeCursor(page.after, ['number', 'string']);
      query = query.where((eb) =>
        eb(eb.refTuple('startedAt', 'id'), '<', eb.tuple(Number(at), String(id))),
      );
    }
    const { items, next } = cut(await query.execute(), page, ({ startedAt, id }) => [
      startedAt,
      id,
    ]);
    return { items: items.map(sessionRecord), ...next };
  }

  async session(id: string): Promise<SessionRecord | undefined> {
    const query = this.#db.selectFrom('session').selectAll().where('id', '=', id);
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : sessionRecord(row);
  }

  async messages(session: string): Promise<readonly MessageRecord[]> {
    const rows = await this.#db
      .selectFrom('message')
      .selectAll()
      .where('session', '=', session)
      .orderBy('at')
      .orderBy('seq')
      .orderBy('id')
      .limit(MESSAGES_MAX)
      .execute();
    return rows.map((row) => messageRecord(row, this.#seal));
  }

  async deviceMessages(
    device: string,
    since: Instant,
    until: Instant,
  ): Promise<readonly MessageRecord[]> {
    const rows = await this.#db
      .selectFrom('message')
      .selectAll()
      .where('session', 'is', null)
      .where('device', '=', device)
      .where('at', '>=', since)
      .where('at', '<=', until)
      .orderBy('at', 'desc')
      .orderBy('seq', 'desc')
      .orderBy('id', 'desc')
      .limit(MESSAGES_MAX)
      .execute();
    return rows.reverse().map((row) => messageRecord(row, this.#seal));
  }

  async events(filter: EventFilter, page: Page): Promise<PageOf<EventRecord>> {
    let query = this.#db
      .selectFrom('event')
      .selectAll()
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(limitOf(page) + 1);
    if (filter.device !== undefined) query = query.where('device', '=', filter.device);
    if (filter.session !== undefined) query = query.where('session', '=', filter.session);
    if (filter.severity !== undefined) query = query.where('severity', '=', filter.severity);
    if (page.after !== undefined) {
      const [at = 0, id = ''] = decodeCursor(page.after, ['number', 'string']);
      query = query.where((eb) =>
        eb(eb.refTuple('at', 'id'), '<', eb.tuple(Number(at), String(id))),
      );
    }
    const { items, next } = cut(await query.execute(), page, ({ at, id }) => [at, id]);
    return { items: items.map(eventRecord), ...next };
  }
}

export function limitOf({ limit }: Page): number {
  return Math.min(Math.max(1, Math.trunc(limit)), PAGE_MAX);
}

/** One row more than the page was asked for: if it came, there is a next page. */
export function cut<R>(
  rows: readonly R[],
  page: Page,
  keys: (row: R) => readonly (string | number)[],
) {
  const limit = limitOf(page);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items, next: hasMore ? { next: encodeCursor(keys(last)) } : {} };
}

/** A LIKE pattern for a part of the text; what the operator typed has no special meaning. */
function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
}
