/**
 * What the Provisioning Server remembers, as plain records: no table, no engine, no wire format.
 *
 * Written by the core as `Change`s, read by the core, the API and the store contract. Times are instants;
 * what is absent is not known. 6.7 (registrations, wakes), 6.8 (configuration, events).
 */

import type { Instant } from '@ueprov/protocols';
import type { Credential, HttpAccount } from '@ueprov/protocols/dm';
import type { OperationRecord } from './operation-record.ts';

/** A device the operator knows: its names and the secrets of both directions. */
export interface DeviceRecord {
  readonly id: string;
  readonly DevId: string;
  readonly IMPU?: string;
  /** Name of the profile that says what its tree shall hold. */
  readonly profile?: string;
  /** What the UE proves to the server. */
  readonly CLCRED: Credential;
  /** What the server proves to the UE. */
  readonly SRVCRED: Credential;
  /** What the UE proves to HTTP, where that is its way: CLCRED is then not asked for. */
  readonly HTTP?: HttpAccount;
}

/** queued: waits for its turn or its retry; held: waits for the next registration. docs/wake.md */
export type Wake = 'idle' | 'queued' | 'sent' | 'answered' | 'held' | 'gave-up';

/** What is known about a device from what it did: registered, was woken, told its DevInfo. */
export interface DeviceState {
  readonly device: string;
  readonly Man?: string;
  readonly Mod?: string;
  /** DevInfo/Ext/Pktc2/PktcVersion. */
  readonly PktcVersion?: string;
  readonly seenAt?: Instant;
  readonly registeredUntil?: Instant;
  /** Route set towards the UE, as header values. */
  readonly route?: string;
  readonly contact?: string;
  /** Where its P-CSCF is, as the UE's own REGISTER said in Path. */
  readonly pCscf?: string;
  /** A final answer to a MESSAGE that holds until the UE registers otherwise (404, 415 ...). */
  readonly refusedStatus?: number;
  readonly wake: Wake;
  /** Why the wake stands where it stands, in words. */
  readonly wakeReason?: string;
}

/**
 * not-sent: desired, no session yet; pending: written, not read back; verified: read back and equal;
 * unverifiable: written, and the device lets nobody read it.
 */
export type ConfigState =
  | 'unmanaged'
  | 'not-sent'
  | 'pending'
  | 'verified'
  | 'rejected'
  | 'different'
  | 'unverifiable';

/** One node of a device's tree: what it shall hold and what the device said it holds. */
export interface NodeRecord {
  readonly device: string;
  readonly uri: string;
  readonly format: string;
  readonly desired?: string;
  readonly reported?: string;
  readonly state: ConfigState;
  /** Status of the last command on it. */
  readonly status?: number;
  /** The session that last spoke about it. */
  readonly session?: string;
  readonly verifiedAt?: Instant;
}

export type SessionResult =
  | 'open'
  | 'completed'
  | 'completed-with-errors'
  | 'aborted'
  | 'unauthenticated'
  | 'timeout';

export type AuthKind =
  | 'none'
  | 'basic'
  | 'md5'
  | 'hmac'
  | 'transport'
  | 'http-basic'
  | 'http-digest';

/** A DM session in one line. Written when it opens and again, whole, whenever it changes. */
export interface SessionRecord {
  readonly id: string;
  readonly device?: string;
  readonly SessionID: string;
  readonly trigger: 'server' | 'client' | 'unknown';
  readonly startedAt: Instant;
  readonly endedAt?: Instant;
  readonly result: SessionResult;
  /** The result in one sentence. */
  readonly sentence: string;
  readonly encoding: 'wbxml' | 'xml';
  readonly auth: AuthKind;
  readonly messages: number;
  readonly commandsOk: number;
  readonly commandsFailed: number;
  readonly bytes: number;
}

/** One message on the wire, SIP or HTTP body, octet by octet. SIP outside a session names its device only. */
export interface MessageRecord {
  readonly session?: string;
  readonly device?: string;
  /** Order of messages that carry the same instant; counted by whoever records them. */
  readonly seq: number;
  readonly at: Instant;
  readonly protocol: 'SIP' | 'HTTP';
  /** The boxes of the ladder: `UE`, `Core`, `DM notifier`, `DM server`. */
  readonly from: string;
  readonly to: string;
  /** `Pkg#1 Alert 1200`, `MESSAGE Pkg#0`, `REGISTER`, `200 OK` ... */
  readonly label: string;
  readonly contentType?: string;
  /** SIP: the whole datagram. HTTP: the body. */
  readonly raw: Uint8Array;
  /** Spelling of a SyncML body. */
  readonly encoding?: 'wbxml' | 'xml';
}

/** An event that a UE reported, by Generic Alert or syslog. */
export interface EventRecord {
  readonly id: string;
  readonly at: Instant;
  readonly device?: string;
  readonly session?: string;
  readonly source: 'alert' | 'syslog';
  readonly eventId: number;
  readonly name: string;
  readonly severity: string;
  readonly text: string;
  readonly payload: string;
}

export interface ProfileNode {
  readonly uri: string;
  readonly Format: string;
  readonly Type?: string;
  readonly Data: string;
}

/** A desired tree, stored once however many devices follow it. */
export interface ProfileRecord {
  readonly name: string;
  readonly version: number;
  readonly nodes: readonly ProfileNode[];
}

/** Which of a device's two secrets: the UE's (CLCRED) or the server's (SRVCRED). */
export type CredentialLevel = 'CLCRED' | 'SRVCRED';

/** A key that is absent leaves the stored value; a key that is `undefined` clears it. */
export type DeviceStateChange = {
  readonly [Key in Exclude<keyof DeviceState, 'device' | 'wake'>]?: DeviceState[Key] | undefined;
} & { readonly wake?: Wake };

/** What the core asks the store to keep. Upserts by identity, except that messages are only added. */
export type Change =
  | ({ readonly kind: 'device-state'; readonly device: string } & DeviceStateChange)
  | { readonly kind: 'device'; readonly device: DeviceRecord }
  | { readonly kind: 'nodes'; readonly device: string; readonly nodes: readonly NodeRecord[] }
  | { readonly kind: 'session'; readonly session: SessionRecord }
  | { readonly kind: 'message'; readonly message: MessageRecord }
  | { readonly kind: 'event'; readonly event: EventRecord }
  | {
      readonly kind: 'nonce';
      readonly device: string;
      readonly level: CredentialLevel;
      readonly nonce: Uint8Array;
    }
  | { readonly kind: 'profile'; readonly profile: ProfileRecord }
  /** Refused unless its version follows the stored one. */
  | { readonly kind: 'operation'; readonly operation: OperationRecord };
