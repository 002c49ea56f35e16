/**
 * The tables, as kysely sees them on every engine. Columns carry the names of the records' fields.
 *
 * Times are milliseconds; `sealed` columns hold what `seal.ts` makes, never clear text.
 */
import type { Generated, Insertable, Selectable } from 'kysely';
import type { OperationKind, OperationState } from './operation-record.ts';
import type { AuthKind, ConfigState, SessionResult, Wake } from './record.ts';

export interface Tables {
  readonly device: DeviceTable;
  readonly device_state: DeviceStateTable;
  readonly node: NodeTable;
  readonly profile: ProfileTable;
  readonly session: SessionTable;
  readonly message: MessageTable;
  readonly event: EventTable;
  readonly setting: SettingTable;
  readonly operation: OperationTable;
}

export interface DeviceTable {
  id: string;
  DevId: string;
  IMPU: string | null;
  profile: string | null;
  /** Both credentials without their nonces, sealed. */
  sealed: Uint8Array;
  CLCRED_nonce: Uint8Array | null;
  SRVCRED_nonce: Uint8Array | null;
}

export interface DeviceStateTable {
  device: string;
  Man: string | null;
  Mod: string | null;
  PktcVersion: string | null;
  seenAt: number | null;
  registeredUntil: number | null;
  route: string | null;
  contact: string | null;
  pCscf: string | null;
  refusedStatus: number | null;
  wake: Generated<Wake>;
  wakeReason: string | null;
}

export interface NodeTable {
  device: string;
  uri: string;
  format: string;
  desired: string | null;
  reported: string | null;
  /** `{desired, reported}` of a node that holds a secret, sealed; the two columns are then null. */
  sealed: Uint8Array | null;
  state: ConfigState;
  status: number | null;
  session: string | null;
  verifiedAt: number | null;
}

export interface ProfileTable {
  name: string;
  version: number;
  /** The nodes as JSON, sealed: a profile may set secrets. */
  sealed: Uint8Array;
}

export interface SessionTable {
  id: string;
  device: string | null;
  SessionID: string;
  trigger: 'server' | 'client' | 'unknown';
  startedAt: number;
  endedAt: number | null;
  result: SessionResult;
  sentence: string;
  encoding: 'wbxml' | 'xml';
  auth: AuthKind;
  messages: number;
  commandsOk: number;
  commandsFailed: number;
  bytes: number;
}

export interface MessageTable {
  id: Generated<number>;
  session: string | null;
  device: string | null;
  seq: number;
  at: number;
  protocol: 'SIP' | 'HTTP';
  from: string;
  to: string;
  label: string;
  contentType: string | null;
  encoding: 'wbxml' | 'xml' | null;
  /** The octets of the wire, sealed. */
  sealed: Uint8Array;
}

export interface EventTable {
  id: string;
  at: number;
  device: string | null;
  session: string | null;
  source: 'alert' | 'syslog';
  eventId: number;
  name: string;
  severity: string;
  text: string;
  payload: string;
}

/** What the server keeps about itself: the hash of the admin token, the probe of the sealing key. */
export interface SettingTable {
  name: string;
  value: Uint8Array;
}

/** What an operator wants of one device. Open while `finishedAt` is null. */
export interface OperationTable {
  id: string;
  device: string;
  kind: OperationKind;
  state: OperationState;
  version: number;
  attempt: number;
  /** 1: a device that is reachable is woken for it. */
  isWaking: number;
  isAtomic: number;
  session: string | null;
  reason: string | null;
  createdAt: number;
  deadline: number;
  finishedAt: number | null;
  idempotencyKey: string | null;
  /** The commands with what came of them, as JSON, sealed: values may be secrets. */
  sealed: Uint8Array;
}

export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
export type NewRow<Table extends keyof Tables> = Insertable<Tables[Table]>;
