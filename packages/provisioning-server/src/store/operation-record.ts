/**
 * What an operator wants of one device, and what came of it: one record from the wish to its end.
 *
 * Written by operations/ and by the DM session that carries it out, read by the API.
 */
import type { Instant } from '@ueprov/protocols';

/** queued to in-session are on the way; running: accepted (202), its end is still to be told; the rest are ends. */
export type OperationState =
  | 'queued'
  | 'woken'
  | 'in-session'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'expired'
  | 'unknown';

export type CommandKind = 'get' | 'list' | 'replace' | 'add' | 'delete' | 'exec' | 'copy' | 'acl';

/** Of a single command its own kind. */
export type OperationKind = CommandKind | 'batch';

/** Octets are base64 text here. */
export interface ValueRecord {
  readonly data: string;
  readonly encoding: 'text' | 'base64';
}

/** One command as it was asked for. */
export interface CommandWish {
  readonly kind: CommandKind;
  readonly uri: string;
  /** Of a copy: the leaf whose value goes to `uri`. */
  readonly source?: string;
  /** Of a get or replace: this property instead of the value. */
  readonly prop?: string;
  /** Of a list: `Struct`, `StructData`, `TNDS...`; without it the names of the children. */
  readonly list?: string;
  readonly format?: string;
  readonly type?: string;
  /** Of an acl: the new one; without it the ACL is read. */
  readonly value?: ValueRecord;
}

/** One node or property that the device told. */
export interface ResultRecord extends ValueRecord {
  readonly uri?: string;
  readonly format: string;
  readonly type: string;
}

/** waiting: never in a message that left; sent: it was, unanswered; running: 202, awaiting Alert 1226. */
export type CommandState = 'waiting' | 'sent' | 'running' | 'answered';

export interface CommandRecord extends CommandWish {
  readonly state: CommandState;
  /** Absent after `answered`: the device finished its package without a word about it. */
  readonly status?: number;
  /** What a Get brought, or the Alert that told the end of an Exec. */
  readonly results?: readonly ResultRecord[];
  /** Of an Exec that ran on: the result code in that Alert, if it has one. */
  readonly outcome?: number;
}

export interface OperationRecord {
  /** Rises with the order of the wishes. Of an Exec it is the Correlator. */
  readonly id: string;
  readonly device: string;
  readonly kind: OperationKind;
  readonly state: OperationState;
  /** 1 at first; every change adds 1. */
  readonly version: number;
  /** 1 at first; a session that broke off before anything was in doubt adds 1. */
  readonly attempt: number;
  /** False: it waits for the device's next contact. */
  readonly isWaking: boolean;
  readonly isAtomic: boolean;
  readonly commands: readonly CommandRecord[];
  /** The session that carries it out, or did. */
  readonly session?: string;
  /** Why it stands where it stands, in words. */
  readonly reason?: string;
  readonly createdAt: Instant;
  /** When it ends if no session has taken it, or if a running Exec has told nothing. */
  readonly deadline: Instant;
  readonly finishedAt?: Instant;
  readonly idempotencyKey?: string;
}
