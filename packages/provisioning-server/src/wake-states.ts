/**
 * The states of a wake, what moves it between them, and what the notifier is told and tells: docs/wake.md draws them.
 * PKT-SP-UE-PROV 6.7 Table 3 UE-3. Used by notifier.ts, which alone changes a state.
 */
import type { WakeFailure } from './wake-funnel.ts';

export type WakeState = 'idle' | 'queued' | 'sent' | 'answered' | 'waiting' | 'held' | 'gave-up';

export type WakeEvent =
  | 'asked'
  | 'turn'
  | 'accepted'
  | 'refused'
  | 'unreachable'
  | 'unregistered'
  | 'registered'
  | 'retry'
  | 'exhausted'
  | 'expired'
  | 'cancelled'
  | 'session'
  | 'no-session';

/** An event absent from a row is ignored in that state. `idle` and `gave-up` are ends: nothing of them is kept. */
export const TRANSITIONS: Readonly<Record<WakeState, Partial<Record<WakeEvent, WakeState>>>> = {
  idle: { asked: 'queued' },
  queued: { turn: 'sent', refused: 'gave-up', cancelled: 'gave-up', session: 'idle' },
  sent: {
    accepted: 'answered',
    refused: 'gave-up',
    unreachable: 'waiting',
    unregistered: 'held',
    exhausted: 'held',
    cancelled: 'gave-up',
    session: 'idle',
  },
  answered: {
    session: 'idle',
    'no-session': 'waiting',
    exhausted: 'gave-up',
    cancelled: 'gave-up',
  },
  waiting: {
    retry: 'queued',
    asked: 'queued',
    registered: 'queued',
    cancelled: 'gave-up',
    session: 'idle',
  },
  held: {
    registered: 'queued',
    asked: 'queued',
    expired: 'gave-up',
    cancelled: 'gave-up',
    session: 'idle',
  },
  'gave-up': {},
};

export type NotifierInput =
  | {
      readonly kind: 'wake';
      readonly device: string;
      /** The way to it: wakes of one lane share a budget. */
      readonly lane: string;
      /** Nobody asked by hand: such a wake is refused where it goes round in a loop. (AC-25) */
      readonly isAutomatic?: boolean;
    }
  /** The device registered again, perhaps by another way. */
  | { readonly kind: 'registered'; readonly device: string; readonly lane: string }
  | {
      readonly kind: 'answered';
      readonly attempt: Attempt;
      readonly status: number;
      readonly reason: string;
      readonly retryAfterS?: number;
    }
  | {
      readonly kind: 'failed';
      readonly attempt: Attempt;
      readonly failure: WakeFailure;
      readonly reason: string;
    }
  | { readonly kind: 'session'; readonly device: string }
  /** A session of a device that was woken has ended so. */
  | { readonly kind: 'session-ended'; readonly device: string; readonly result: string }
  | { readonly kind: 'cancel'; readonly device: string; readonly reason: string };

/** One MESSAGE: what its outcome is told with. */
export interface Attempt {
  readonly device: string;
  readonly lane: string;
  readonly number: number;
}

export type NotifierEffect =
  /** Make Package #0 with this session id, wrap it, and send it through the core. */
  | {
      readonly kind: 'notify';
      readonly attempt: Attempt;
      readonly SessionID: number;
      /** The UE took one and did not come: it may hold another nonce (AC-11). */
      readonly isNonceInDoubt: boolean;
    }
  | {
      readonly kind: 'wake-state';
      readonly device: string;
      readonly state: WakeState;
      readonly reason: string | undefined;
      /** The status that will be answered again until the device registers otherwise. */
      readonly refusedStatus?: number;
    };
