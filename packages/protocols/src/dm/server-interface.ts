/**
 * What goes into the DM server engine and what comes out of it, and its state machine.
 *
 * OMA-DMPRO 8. Used by server.ts and by the Provisioning Server that drives it.
 */
import type { Random } from '../engine.ts';
import type { Alert, Data, Item, SyncML } from '../syncml/message.ts';
import type { AuthScheme, Credential } from './auth.ts';
import type { MacOf, ReceivedProof } from './auth-hmac.ts';
import type { Question } from './user-interaction.ts';

/** One thing to have done on the device. `id` is the caller's and comes back with the result. */
export interface Operation {
  readonly id: string;
  readonly kind: 'Get' | 'Replace' | 'Add' | 'Delete' | 'Exec' | 'Copy';
  readonly uri: string;
  /** Of a Copy: the leaf whose value goes to `uri`. */
  readonly source?: string;
  /** Of an Exec: comes back with the Alert 1226 that tells its end. */
  readonly Correlator?: string;
  readonly Format?: string;
  readonly Type?: string;
  readonly Data?: Data;
}

/** All or nothing, or in this order; has a result of its own beside those of what is in it. */
export interface OperationGroup {
  readonly id: string;
  readonly kind: 'Atomic' | 'Sequence';
  /** Of an Atomic: ATOMIC_KINDS alone. */
  readonly operations: readonly (Operation | Interaction)[];
}

/** OMA-DMREPPRO 6.6.2: what an Atomic may hold; anything else in it fails it on every device. */
export const ATOMIC_KINDS: ReadonlySet<SessionOperation['kind']> = new Set([
  'Add',
  'Replace',
  'Delete',
  'Copy',
  'Ask',
] as const);

/** Something to ask the device's user. OMA-DMPRO 10. */
export interface Interaction {
  readonly id: string;
  readonly kind: 'Ask';
  readonly question: Question;
}

export type SessionOperation = Operation | OperationGroup | Interaction;

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
  readonly decoyScheme?: AuthScheme;
  /** The least scheme by which a device may prove itself; a stored weaker credential is asked for by this one. */
  readonly minimumScheme?: AuthScheme;
  readonly MaxMsgSize: number;
  readonly MaxObjSize: number;
  readonly random: Random;
  readonly challengesMax?: number;
  /** TLS or GBA proved the device already. */
  readonly isTransportAuthenticated?: boolean;
  /** Whether an Item of an Alert 1226 is of a type that is understood; 415 answers the others. */
  readonly acceptAlert?: (item: Item, alert: Alert) => boolean;
}

export type DmServerInput =
  /** `proof`: what it came as, without which hmac is not proved. */
  | { readonly kind: 'message'; readonly message: SyncML; readonly proof?: ReceivedProof }
  /** Answers `ready`; none at all ends the session. */
  | { readonly kind: 'operations'; readonly operations: readonly SessionOperation[] }
  /** The operator ends the session: Alert 1223 as soon as it is the server's turn. */
  | { readonly kind: 'abort'; readonly reason: string };

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
  /** Of a Get, as it was carried: octets stay b64 text. Of a question: the user's answer, or the first of it. */
  readonly value?: OperationValue;
  /** Of a list, of a Get with several Results, and of a question with several answers: all of them. */
  readonly values?: readonly (OperationValue & { readonly uri?: string })[];
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
  /** `mac`, if there, makes `x-syncml-hmac` from the octets that are sent. */
  | { readonly kind: 'reply'; readonly message: SyncML; readonly mac?: MacOf }
  | { readonly kind: 'ended'; readonly result: DmServerResult; readonly reason?: string };

export type DmServerState = 'Setup' | 'Ready' | 'Management' | 'Object' | 'Aborting' | 'Ended';
export type DmServerEvent =
  | 'challenged'
  | 'incomplete'
  | 'complete'
  | 'more'
  | 'chunk'
  | 'operations'
  | 'abort'
  | 'finished'
  | 'aborted'
  | 'unauthenticated'
  | 'timeout';

const BROKEN = { aborted: 'Ended', unauthenticated: 'Ended', timeout: 'Ended' } as const;

/**
 * OMA-DMPRO 8, figure "setup phase and management phase"; Object is a package that has not had our Final (OMA-DMPRO 7),
 * Aborting waits for the turn to say 1223. An event absent from a row cannot occur in it.
 */
export const SERVER_TRANSITIONS: Readonly<
  Record<DmServerState, Partial<Record<DmServerEvent, DmServerState>>>
> = {
  Setup: {
    challenged: 'Setup',
    incomplete: 'Setup',
    complete: 'Ready',
    abort: 'Aborting',
    ...BROKEN,
  },
  Ready: {
    operations: 'Management',
    chunk: 'Object',
    finished: 'Ended',
    aborted: 'Ended',
    timeout: 'Ended',
  },
  Management: {
    challenged: 'Management',
    incomplete: 'Management',
    more: 'Management',
    chunk: 'Object',
    complete: 'Ready',
    abort: 'Aborting',
    ...BROKEN,
  },
  Object: {
    challenged: 'Management',
    incomplete: 'Object',
    more: 'Management',
    chunk: 'Object',
    complete: 'Ready',
    abort: 'Aborting',
    ...BROKEN,
  },
  Aborting: { challenged: 'Aborting', ...BROKEN },
  Ended: {},
};
