/**
 * What goes into the DM server engine and what comes out of it, and its state machine.
 *
 * OMA-DMPRO 8. Used by server.ts and by the Provisioning Server that drives it.
 */
import type { Random } from '../engine.ts';
import type { Alert, Data, Item, SyncML } from '../syncml/message.ts';
import type { AuthScheme, Credential } from './auth.ts';

/** One thing to have done on the device. `id` is the caller's and comes back with the result. */
export interface Operation {
  readonly id: string;
  readonly kind: 'Get' | 'Replace' | 'Add' | 'Delete' | 'Exec';
  readonly uri: string;
  readonly Format?: string;
  readonly Type?: string;
  readonly Data?: Data;
}

export interface DmServerOptions {
  /** Who this server is in the device's DMAcc and ACLs. */
  readonly ServerID: string;
  /** Source of every message. */
  readonly url: string;
  /** Where the client's next messages go, if not to `url`: on the same origin, and known to this session alone. */
  readonly RespURI?: string;
  /** undefined for a device that is not known: challenged like any other, never authenticated. */
  readonly account: { readonly CLCRED: Credential; readonly SRVCRED: Credential } | undefined;
  /** What a device that is not known is asked for: the scheme that the known ones use. */
  readonly decoyScheme?: 'basic' | 'md5';
  readonly MaxMsgSize: number;
  readonly MaxObjSize: number;
  readonly random: Random;
  readonly challengesMax?: number;
  /** TLS or GBA proved the device already. */
  readonly isTransportAuthenticated?: boolean;
  /** Whether an Item of an Alert 1226 is of a type that is understood; 415 answers the others. */
  readonly acceptAlert?: (item: Item) => boolean;
}

export type DmServerInput =
  | { readonly kind: 'message'; readonly message: SyncML }
  /** Answers `ready`; none at all ends the session. */
  | { readonly kind: 'operations'; readonly operations: readonly Operation[] };

export type DmServerResult = 'completed' | 'aborted' | 'unauthenticated' | 'timeout';

export interface OperationValue {
  readonly Format: string;
  readonly Type: string;
  readonly Data: Data;
}

/** One per Operation; `status` is UNANSWERED if the device finished its package without a word about it. */
export interface OperationResult {
  readonly kind: 'result';
  readonly id: string;
  readonly status: number;
  /** Of a Get, as it was carried: octets stay b64 text. */
  readonly value?: OperationValue;
}

export const UNANSWERED = 0;

/** Effects of one step end in `reply`, in `reply` and `ended`, or in `ready`; a timeout gives `ended` alone. */
export type DmServerEffect =
  | { readonly kind: 'authenticated'; readonly scheme: AuthScheme; readonly DevId: string }
  /** 1200, 1201, 1224, 1226 and 1223; of a 1226 only the Items that were accepted. */
  | { readonly kind: 'alert'; readonly alert: Alert }
  /** Each with its address as Source. */
  | { readonly kind: 'DevInfo'; readonly items: readonly Item[] }
  | OperationResult
  /** To be kept with the account for later sessions and for Package #0. */
  | { readonly kind: 'nonce'; readonly level: 'CLCRED' | 'SRVCRED'; readonly nonce: Uint8Array }
  /** Nothing is under way: give `operations` now. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'reply'; readonly message: SyncML }
  | { readonly kind: 'ended'; readonly result: DmServerResult; readonly reason?: string };

export type DmServerState = 'Setup' | 'Ready' | 'Management' | 'Ended';
export type DmServerEvent =
  | 'challenged'
  | 'incomplete'
  | 'complete'
  | 'more'
  | 'operations'
  | 'finished'
  | 'aborted'
  | 'unauthenticated'
  | 'timeout';

/** OMA-DMPRO 8, figure "setup phase and management phase". An event absent from a row cannot occur in it. */
export const SERVER_TRANSITIONS: Readonly<
  Record<DmServerState, Partial<Record<DmServerEvent, DmServerState>>>
> = {
  Setup: {
    challenged: 'Setup',
    incomplete: 'Setup',
    complete: 'Ready',
    aborted: 'Ended',
    unauthenticated: 'Ended',
    timeout: 'Ended',
  },
  Ready: { operations: 'Management', finished: 'Ended', timeout: 'Ended' },
  Management: {
    challenged: 'Management',
    incomplete: 'Management',
    more: 'Management',
    complete: 'Ready',
    aborted: 'Ended',
    unauthenticated: 'Ended',
    timeout: 'Ended',
  },
  Ended: {},
};
