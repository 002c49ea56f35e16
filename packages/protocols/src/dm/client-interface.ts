/**
 * What goes into the DM client engine and what comes out of it, and its state machine.
 *
 * OMA-DMPRO 8. Used by client.ts and by the UE that drives it.
 */
import type { Random } from '../engine.ts';
import type { Alert, SyncML } from '../syncml/message.ts';
import type { Credential } from './auth.ts';
import type { CommandEffect } from './client-commands.ts';
import type { Tree } from './tree/tree.ts';

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
}

export type DmClientInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'message'; readonly message: SyncML }
  /** No answer came to the last `send`: connection refused or cut, HTTP status without SyncML, unreadable body. */
  | { readonly kind: 'failed'; readonly reason: string };

export type DmClientResult = 'completed' | 'aborted' | 'unauthenticated' | 'failed' | 'timeout';

export type DmClientEffect =
  | CommandEffect
  | { readonly kind: 'send'; readonly message: SyncML; readonly url: string }
  /** To be kept as AAuthData of that level in DMAcc. */
  | { readonly kind: 'nonce'; readonly level: 'CLCRED' | 'SRVCRED'; readonly nonce: Uint8Array }
  /** What the server said to `alerts[index]`. */
  | { readonly kind: 'alert-status'; readonly index: number; readonly status: number }
  | { readonly kind: 'ended'; readonly result: DmClientResult; readonly reason?: string };

export type DmClientState = 'Idle' | 'Setup' | 'Management' | 'Ended';
export type DmClientEvent =
  | 'start'
  | 'challenged'
  | 'continued'
  | 'resent'
  | 'finished'
  | 'aborted'
  | 'unauthenticated'
  | 'failed'
  | 'timeout';

/** OMA-DMPRO 8, figure "setup phase and management phase". An event absent from a row is ignored. */
export const CLIENT_TRANSITIONS: Readonly<
  Record<DmClientState, Partial<Record<DmClientEvent, DmClientState>>>
> = {
  Idle: { start: 'Setup' },
  Setup: {
    challenged: 'Setup',
    continued: 'Management',
    resent: 'Setup',
    finished: 'Ended',
    aborted: 'Ended',
    unauthenticated: 'Ended',
    failed: 'Ended',
    timeout: 'Ended',
  },
  Management: {
    challenged: 'Management',
    continued: 'Management',
    resent: 'Management',
    finished: 'Ended',
    aborted: 'Ended',
    unauthenticated: 'Ended',
    failed: 'Ended',
    timeout: 'Ended',
  },
  Ended: {},
};
