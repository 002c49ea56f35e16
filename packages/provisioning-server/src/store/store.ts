/**
 * The store as its users see it: the core, the API, the command line. Every engine obeys `contract.ts`.
 *
 * All calls are promises, so that a database behind a socket fits too; SQLite answers within the microtask.
 */
import type { Instant } from '@ueprov/protocols';
import type { OperationRecord, OperationState } from './operation-record.ts';
import type {
  Change,
  DeviceRecord,
  DeviceState,
  EventRecord,
  MessageRecord,
  NodeRecord,
  ProfileRecord,
  SessionRecord,
  SessionResult,
  Wake,
} from './record.ts';

export interface Store {
  /**
   * Resolves after the commit; calls of the same moment share one transaction, in the order of the calls.
   * Rejects with `StoreError` if the commit failed; then none of these changes is stored.
   */
  write(changes: readonly Change[]): Promise<void>;

  device(id: string): Promise<DeviceRecord | undefined>;
  deviceByDevId(DevId: string): Promise<DeviceRecord | undefined>;
  deviceByIMPU(IMPU: string): Promise<DeviceRecord | undefined>;
  /** By id, ascending. */
  devices(filter: DeviceFilter, page: Page): Promise<PageOf<DeviceOverview>>;
  overview(device: string): Promise<DeviceOverview | undefined>;
  state(device: string): Promise<DeviceState | undefined>;
  /** By uri, ascending. */
  nodes(device: string): Promise<readonly NodeRecord[]>;

  profile(name: string): Promise<ProfileRecord | undefined>;
  profiles(): Promise<readonly ProfileRecord[]>;

  /** Newest first. */
  sessions(filter: SessionFilter, page: Page): Promise<PageOf<SessionRecord>>;
  session(id: string): Promise<SessionRecord | undefined>;
  /** The messages recorded for a session, in order of time. */
  messages(session: string): Promise<readonly MessageRecord[]>;
  /** What a device exchanged outside sessions (SIP), in order of time; at most `MESSAGES_MAX`, the newest. */
  deviceMessages(device: string, since: Instant, until: Instant): Promise<readonly MessageRecord[]>;

  /** Newest first. */
  events(filter: EventFilter, page: Page): Promise<PageOf<EventRecord>>;

  operation(id: string): Promise<OperationRecord | undefined>;
  operationByKey(device: string, key: string): Promise<OperationRecord | undefined>;
  /** Newest first. */
  operations(filter: OperationFilter, page: Page): Promise<PageOf<OperationRecord>>;
  /** The oldest of a device that waits for a session, and is not overdue. */
  nextOperation(device: string, now: Instant): Promise<OperationRecord | undefined>;
  /** Those of a device that have not ended, oldest first; at most PAGE_MAX. */
  openOperations(device: string): Promise<readonly OperationRecord[]>;
  /** Open ones whose deadline has come, by deadline; at most PAGE_MAX. One under way in a session has none. */
  overdueOperations(now: Instant): Promise<readonly OperationRecord[]>;
  /** The earliest deadline of those. */
  operationDeadline(): Promise<Instant | undefined>;

  /** SHA-256 of the token that lets an operator in, if one was made. */
  tokenHash(): Promise<Uint8Array | undefined>;
  /** Keeps the hash of the first token; false if there is one already. */
  keepTokenHash(hash: Uint8Array): Promise<boolean>;

  /** Drops a small step of what retention no longer allows; returns how many rows went. */
  sweep(now: Instant): Promise<number>;
  close(): Promise<void>;
}

/** Messages that one answer may hold. */
export const MESSAGES_MAX = 1000;

/** Items that one page may hold. */
export const PAGE_MAX = 200;

export interface Page {
  /** 1 to PAGE_MAX. */
  readonly limit: number;
  /** `next` of the page before. Throws StoreError `CURSOR_INVALID` if it is not one. */
  readonly after?: string;
}

export interface PageOf<Item> {
  readonly items: readonly Item[];
  /** Opaque; absent on the last page. */
  readonly next?: string;
}

export interface DeviceFilter {
  /** A part of DevId, IMPU, Man or Mod, in either case. */
  readonly text?: string;
  readonly profile?: string;
  readonly wake?: Wake;
  /** Registered at this instant. */
  readonly registeredAt?: Instant;
}

export interface SessionFilter {
  readonly device?: string;
  readonly result?: SessionResult;
}

export interface EventFilter {
  readonly device?: string;
  readonly session?: string;
  readonly severity?: string;
}

export interface OperationFilter {
  readonly device?: string;
  readonly state?: OperationState;
}

/** A device as a list shows it, without secrets. */
export interface DeviceOverview {
  readonly id: string;
  readonly DevId: string;
  readonly IMPU?: string;
  readonly profile?: string;
  readonly state: DeviceState;
  readonly nodes: readonly NodeRecord[];
  readonly lastSession?: SessionRecord;
  readonly lastEvent?: EventRecord;
}

export type StoreErrorCode =
  | 'CURSOR_INVALID'
  | 'STORE_IN_USE'
  | 'STORE_BUSY'
  | 'STORE_FULL'
  | 'STORE_FAILED'
  | 'STORE_CLOSED'
  | 'STORE_NEWER'
  | 'KEY_WEAK'
  | 'KEY_WRONG'
  | 'DEVICE_DUPLICATE'
  | 'DEVICE_UNKNOWN'
  | 'OPERATION_DUPLICATE'
  | 'OPERATION_STALE';

/** The world failed, or an invariant of the store would have: `code` for programs, the message for people. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
