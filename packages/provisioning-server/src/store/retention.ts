/**
 * What is forgotten, and when: traces are a ring per device, bounded in count and in age; events by age and count.
 *
 * Swept in small steps beside the traffic: one call reads a few devices and deletes a few hundred rows at most.
 */
import type { Instant } from '@ueprov/protocols';
import type { Kysely } from 'kysely';
import type { Tables } from './schema.ts';

const DAY_MS = 86_400_000;

export const RETENTION = {
  /** Sessions with their messages, and SIP messages. */
  traceAgeMs: 30 * DAY_MS,
  eventAgeMs: 400 * DAY_MS,
  sessionsPerDevice: 100,
  /** SIP messages outside sessions. */
  sipMessagesPerDevice: 400,
  eventsPerDevice: 2000,
  operationAgeMs: 30 * DAY_MS,
  /** That have ended. */
  operationsPerDevice: 500,
  /** Of nobody known: unauthenticated sessions, requests of strangers. */
  sessionsOfNobody: 1000,
  sipMessagesOfNobody: 1000,
  eventsOfNobody: 2000,
} as const;

/** Devices looked at in one step. */
const DEVICES_PER_STEP = 16;
/** Rows of one table deleted at once. */
const ROWS_PER_STEP = 256;
/** Fewer, since each session takes its messages along. */
const SESSIONS_PER_STEP = 32;

export class Retention {
  readonly #db: Kysely<Tables>;
  /** Where the round over the devices stands; a restart begins it anew. */
  #lastDevice = '';

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async sweep(now: Instant): Promise<number> {
    const aged = await this.#sweepAged(now);
    const devices = await this.#db
      .selectFrom('device')
      .select('id')
      .where('id', '>', this.#lastDevice)
      .orderBy('id')
      .limit(DEVICES_PER_STEP)
      .execute();
    this.#lastDevice = devices.length < DEVICES_PER_STEP ? '' : (devices.at(-1)?.id ?? '');
    let rows = aged + (await this.#sweepOwner(null));
    for (const { id } of devices) rows += await this.#sweepOwner(id);
    return rows;
  }

  async #sweepAged(now: Instant): Promise<number> {
    const traceLimit = now - RETENTION.traceAgeMs;
    const sessions = await this.#db
      .selectFrom('session')
      .select('id')
      .where('startedAt', '<', traceLimit)
      .orderBy('startedAt')
      .limit(SESSIONS_PER_STEP)
      .execute();
    // Message ids rise with time: the oldest ones lie first, and no index on time is needed.
    const oldest = await this.#db
      .selectFrom('message')
      .select(['id', 'at'])
      .orderBy('id')
      .limit(ROWS_PER_STEP)
      .execute();
    const events = await this.#db
      .selectFrom('event')
      .select('id')
      .where('at', '<', now - RETENTION.eventAgeMs)
      .orderBy('at')
      .limit(ROWS_PER_STEP)
      .execute();
    const messages = oldest.filter(({ at }) => at < traceLimit);
    const operations = await this.#db
      .selectFrom('operation')
      .select('id')
      .where('finishedAt', '<', now - RETENTION.operationAgeMs)
      .orderBy('finishedAt')
      .limit(ROWS_PER_STEP)
      .execute();
    return (
      (await this.#dropOperations(operations.map(({ id }) => id))) +
      (await this.#dropSessions(sessions.map(({ id }) => id))) +
      (await this.#dropMessages(messages.map(({ id }) => id))) +
      (await this.#dropEvents(events.map(({ id }) => id)))
    );
  }

  async #sweepOwner(device: string | null): Promise<number> {
    const limits =
      device === null
        ? [RETENTION.sessionsOfNobody, RETENTION.sipMessagesOfNobody, RETENTION.eventsOfNobody]
        : [RETENTION.sessionsPerDevice, RETENTION.sipMessagesPerDevice, RETENTION.eventsPerDevice];
    const [sessionsKept = 0, messagesKept = 0, eventsKept = 0] = limits;
    const sessions = await this.#db
      .selectFrom('session')
      .select('id')
      .where('device', device === null ? 'is' : '=', device)
      .orderBy('startedAt', 'desc')
      .offset(sessionsKept)
      .limit(SESSIONS_PER_STEP)
      .execute();
    const messages = await this.#db
      .selectFrom('message')
      .select('id')
      .where('session', 'is', null)
      .where('device', device === null ? 'is' : '=', device)
      .orderBy('at', 'desc')
      .offset(messagesKept)
      .limit(ROWS_PER_STEP)
      .execute();
    const events = await this.#db
      .selectFrom('event')
      .select('id')
      .where('device', device === null ? 'is' : '=', device)
      .orderBy('at', 'desc')
      .offset(eventsKept)
      .limit(ROWS_PER_STEP)
      .execute();
    return (
      (device === null ? 0 : await this.#sweepOperations(device)) +
      (await this.#dropSessions(sessions.map(({ id }) => id))) +
      (await this.#dropMessages(messages.map(({ id }) => id))) +
      (await this.#dropEvents(events.map(({ id }) => id)))
    );
  }

  async #sweepOperations(device: string): Promise<number> {
    const operations = await this.#db
      .selectFrom('operation')
      .select('id')
      .where('device', '=', device)
      .where('finishedAt', 'is not', null)
      .orderBy('id', 'desc')
      .offset(RETENTION.operationsPerDevice)
      .limit(ROWS_PER_STEP)
      .execute();
    return this.#dropOperations(operations.map(({ id }) => id));
  }

  /** A session goes with its messages, or stays with them. */
  async #dropSessions(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    // Messages first: a crash in between leaves a session that the next round drops.
    await this.#db.deleteFrom('message').where('session', 'in', ids).execute();
    const gone = await this.#db.deleteFrom('session').where('id', 'in', ids).executeTakeFirst();
    return Number(gone.numDeletedRows);
  }

  async #dropMessages(ids: readonly number[]): Promise<number> {
    if (ids.length === 0) return 0;
    const gone = await this.#db.deleteFrom('message').where('id', 'in', ids).executeTakeFirst();
    return Number(gone.numDeletedRows);
  }

  async #dropEvents(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const gone = await this.#db.deleteFrom('event').where('id', 'in', ids).executeTakeFirst();
    return Number(gone.numDeletedRows);
  }

  async #dropOperations(ids: readonly string[]): Promise<number> {
    if (ids.length === 0) return 0;
    const gone = await this.#db.deleteFrom('operation').where('id', 'in', ids).executeTakeFirst();
    return Number(gone.numDeletedRows);
  }
}
