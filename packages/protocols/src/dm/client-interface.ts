/**
 * What goes into the DM client engine and what comes out of it, and its state machine.
 *
 * OMA-DMPRO 8. Used by client.ts and by the UE that drives it.
 */
import type { Random } from '../engine.ts';
import type { Alert, SyncML } from '../syncml/message.ts';
import type { AuthScheme, Credential } from './auth.ts';
import type { MacOf, ReceivedProof } from './auth-hmac.ts';
import type { CommandEffect } from './client-run.ts';
import type { Tree } from './tree/tree.ts';
import type { Answer, Question } from './user-interaction.ts';

export interface DmClientOptions {
  /** Who the server is in ACLs. */
  readonly ServerID: string;
  /** Of the server, from DMAcc: Target of every message. */
  readonly url: string;
  /** Source of every message. */
  readonly DevId: string;
  readonly SessionID: string;
  /** 1200 after a Package #0, 1201 for a session of the client's own. */
  readonly alert: '1200' | '1201';
  /** What the client proves itself with. */
  readonly CLCRED?: Credential;
  /** What the server has to prove. */
  readonly SRVCRED?: Credential;
  readonly tree: Tree;
  /** Alerts 1226 that go with package #1; their CmdIDs are given here. */
  readonly alerts?: readonly Alert[];
  readonly MaxMsgSize: number;
  readonly MaxObjSize: number;
  readonly random: Random;
  /** TLS or GBA proved the server already. */
  readonly isTransportAuthenticated?: boolean;
  /** Nothing weaker is sent, nor accepted of the server. */
  readonly minimumScheme?: AuthScheme;
  /** Whether `ask` reaches somebody; Alerts 1100 to 1104 are answered 406 otherwise. */
  readonly hasUser?: boolean;
  /** Whether `exec` is answered by an input `executed`; every Exec is answered 202 otherwise. */
  readonly isExecAwaited?: boolean;
}

export type DmClientInput =
  | { readonly kind: 'start' }
  /** `proof`: what it came as, without which hmac is not proved. */
  | { readonly kind: 'message'; readonly message: SyncML; readonly proof?: ReceivedProof }
  /** Answers the last `ask`; after a `withdraw` it is ignored. */
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** Answers the last `exec`: 200, 202 if it goes on, or a failure. */
  | { readonly kind: 'executed'; readonly status: number }
  /** An Alert 1224 or 1226 for the next message: events, and the end of what was answered 202. */
  | { readonly kind: 'alert'; readonly alert: Alert }
  /** The device has to end the session: Alert 1223 as soon as it is its turn. */
  | { readonly kind: 'abort'; readonly reason: string }
  /** No answer came to the last `send`: connection refused or cut, HTTP status without SyncML, unreadable body. */
  | { readonly kind: 'failed'; readonly reason: string };

export type DmClientResult = 'completed' | 'aborted' | 'unauthenticated' | 'failed' | 'timeout';

export type DmClientEffect =
  | CommandEffect
  /** `mac`, if there, makes `x-syncml-hmac` from the octets that are sent. */
  | {
      readonly kind: 'send';
      readonly message: SyncML;
      readonly url: string;
      readonly mac?: MacOf;
    }
  /** To be put to the user; an input `answered` goes on. */
  | { readonly kind: 'ask'; readonly question: Question }
  /** The user took too long: the question is to disappear. */
  | { readonly kind: 'withdraw' }
  /** To be kept as AAuthData of that level in DMAcc. */
  | { readonly kind: 'nonce'; readonly level: 'CLCRED' | 'SRVCRED'; readonly nonce: Uint8Array }
  /** What the server said to `alerts[index]`. */
  | { readonly kind: 'alert-status'; readonly index: number; readonly status: number }
  | { readonly kind: 'ended'; readonly result: DmClientResult; readonly reason?: string };

export type DmClientState = 'Idle' | 'Setup' | 'Management' | 'Executing' | 'Aborting' | 'Ended';
export type DmClientEvent =
  | 'start'
  | 'challenged'
  | 'paused'
  | 'continued'
  | 'resent'
  | 'abort'
  | 'finished'
  | 'aborted'
  | 'unauthenticated'
  | 'failed'
  | 'timeout';

const ENDS = {
  finished: 'Ended',
  aborted: 'Ended',
  unauthenticated: 'Ended',
  failed: 'Ended',
  timeout: 'Ended',
} as const;

/**
 * OMA-DMPRO 8, figure "setup phase and management phase"; Executing waits for the user or an action, Aborting for the
 * turn to say 1223. An event absent from a row is ignored.
 */
export const CLIENT_TRANSITIONS: Readonly<
  Record<DmClientState, Partial<Record<DmClientEvent, DmClientState>>>
> = {
  Idle: { start: 'Setup', aborted: 'Ended' },
  Setup: {
    challenged: 'Setup',
    paused: 'Executing',
    continued: 'Management',
    resent: 'Setup',
    abort: 'Aborting',
    ...ENDS,
  },
  Management: {
    challenged: 'Management',
    paused: 'Executing',
    continued: 'Management',
    resent: 'Management',
    abort: 'Aborting',
    ...ENDS,
  },
  Executing: { paused: 'Executing', continued: 'Management', ...ENDS },
  Aborting: { resent: 'Aborting', ...ENDS },
  Ended: {},
};
