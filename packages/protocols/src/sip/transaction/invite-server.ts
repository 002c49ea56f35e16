/**
 * Server transaction of an INVITE that is refused (RFC 3261 §17.2.1): repeats the refusal until its
 * ACK is there. Nobody here takes part in a call, so nothing ever answers 2xx. Used by layer.ts.
 */
import type { Engine, Instant, Timeout } from '../../engine.ts';
import { Timers } from '../../timers.ts';
import type { SipResponse } from '../message/index.ts';
import type { TransactionOptions } from './non-invite-client.ts';
import { TIMING, type Timing, transactionLifeMs } from './timing.ts';

export type InviteServerState = 'Proceeding' | 'Completed' | 'Confirmed' | 'Terminated';
export type InviteServerEvent =
  | 'INVITE'
  | '300-699 from TU'
  | 'ACK'
  | 'timerG'
  | 'timerH'
  | 'timerI'
  | 'transportError';

/**
 * RFC 3261 Figure 7 without the arrows of 1xx and 2xx. An event absent from a row is ignored in that
 * state.
 */
export const INVITE_SERVER_TRANSITIONS: Readonly<
  Record<InviteServerState, Partial<Record<InviteServerEvent, InviteServerState>>>
> = {
  Proceeding: {
    INVITE: 'Proceeding',
    '300-699 from TU': 'Completed',
    transportError: 'Terminated',
  },
  Completed: {
    INVITE: 'Completed',
    ACK: 'Confirmed',
    timerG: 'Completed',
    timerH: 'Terminated',
    transportError: 'Terminated',
  },
  Confirmed: { timerI: 'Terminated' },
  Terminated: {},
};

export type InviteServerInput =
  | { readonly kind: 'request' }
  | { readonly kind: 'respond'; readonly response: SipResponse }
  | { readonly kind: 'ack' }
  | { readonly kind: 'transportError' };

export type InviteServerEffect =
  | { readonly kind: 'transmit'; readonly response: SipResponse }
  | { readonly kind: 'failed'; readonly reason: 'timeout' | 'transport' }
  | { readonly kind: 'terminated' };

const EVENTS = {
  request: 'INVITE',
  respond: '300-699 from TU',
  ack: 'ACK',
  transportError: 'transportError',
} as const;

export class InviteServer implements Engine<InviteServerInput, InviteServerEffect> {
  readonly #isReliable: boolean;
  readonly #timing: Timing;
  readonly #timers = new Timers<'timerG' | 'timerH' | 'timerI'>();
  #state: InviteServerState = 'Proceeding';
  #response: SipResponse | undefined;
  #intervalG = 0;

  constructor({ isReliable = false, timing = TIMING }: TransactionOptions = {}) {
    this.#isReliable = isReliable;
    this.#timing = timing;
  }

  get state(): InviteServerState {
    return this.#state;
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  step(input: InviteServerInput | Timeout, now: Instant): InviteServerEffect[] {
    if (input.kind === 'timeout') {
      return this.#timers.expire(now).flatMap((timer) => this.#fire(timer, now));
    }
    if (input.kind === 'respond') this.#response ??= input.response;
    return this.#fire(EVENTS[input.kind], now);
  }

  #fire(event: InviteServerEvent, now: Instant): InviteServerEffect[] {
    const next = INVITE_SERVER_TRANSITIONS[this.#state][event];
    if (next === undefined) return [];
    this.#state = next;
    this.#setTimers(event, now);
    const effects = this.#effectsOf(event);
    return next === 'Terminated' ? [...effects, { kind: 'terminated' }] : effects;
  }

  #effectsOf(event: InviteServerEvent): InviteServerEffect[] {
    switch (event) {
      case 'INVITE':
      case '300-699 from TU':
      case 'timerG':
        return this.#response === undefined ? [] : [{ kind: 'transmit', response: this.#response }];
      case 'timerH':
        return [{ kind: 'failed', reason: 'timeout' }];
      case 'transportError':
        return [{ kind: 'failed', reason: 'transport' }];
      case 'ACK':
      case 'timerI':
        return [];
    }
  }

  #setTimers(event: InviteServerEvent, now: Instant): void {
    const { T1, T2, T4 } = this.#timing;
    // RFC 3261 §17.2.1: G starts at T1 and doubles up to T2, over unreliable transports; H is 64*T1.
    // [SIPPUSH RFC3261.17.2.1-1]
    if (event === '300-699 from TU') {
      this.#timers.set('timerH', now + transactionLifeMs(this.#timing));
      if (!this.#isReliable) this.#restartG(now, T1);
    }
    if (event === 'timerG') this.#restartG(now, Math.min(2 * this.#intervalG, T2));
    if (event === 'ACK') {
      this.#timers.clearAll();
      // RFC 3261 §17.2.1: I is T4 for unreliable transports, zero for reliable ones.
      this.#timers.set('timerI', now + (this.#isReliable ? 0 : T4));
    }
    if (this.#state === 'Terminated') this.#timers.clearAll();
  }

  #restartG(now: Instant, intervalMs: number): void {
    this.#intervalG = intervalMs;
    this.#timers.set('timerG', now + intervalMs);
  }
}
