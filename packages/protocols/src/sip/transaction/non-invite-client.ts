/**
 * Client transaction of every request but INVITE (RFC 3261 §17.1.2): sends until something answers,
 * and passes each response up once. Used by layer.ts, one per request.
 */
import type { Engine, Instant, Timeout } from '../../engine.ts';
import { Timers } from '../../timers.ts';
import type { SipRequest, SipResponse } from '../message/index.ts';
import { TIMING, type Timing, transactionLifeMs } from './timing.ts';

export type NonInviteClientState = 'Idle' | 'Trying' | 'Proceeding' | 'Completed' | 'Terminated';
export type NonInviteClientEvent =
  | 'request'
  | '1xx'
  | 'final'
  | 'timerE'
  | 'timerF'
  | 'timerK'
  | 'transportError';

/**
 * RFC 3261 Figure 6; Idle is the tail of its first arrow. An event absent from a row is ignored in
 * that state.
 */
export const NON_INVITE_CLIENT_TRANSITIONS: Readonly<
  Record<NonInviteClientState, Partial<Record<NonInviteClientEvent, NonInviteClientState>>>
> = {
  Idle: { request: 'Trying' },
  Trying: {
    '1xx': 'Proceeding',
    final: 'Completed',
    timerE: 'Trying',
    timerF: 'Terminated',
    transportError: 'Terminated',
  },
  Proceeding: {
    '1xx': 'Proceeding',
    final: 'Completed',
    timerE: 'Proceeding',
    timerF: 'Terminated',
    transportError: 'Terminated',
  },
  Completed: { timerK: 'Terminated' },
  Terminated: {},
};

export type NonInviteClientInput =
  | { readonly kind: 'request'; readonly request: SipRequest }
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'transportError' };

export type NonInviteClientEffect =
  | { readonly kind: 'transmit'; readonly request: SipRequest }
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'failed'; readonly reason: 'timeout' | 'transport' }
  | { readonly kind: 'terminated' };

export interface TransactionOptions {
  /** TCP or TLS: nothing is sent twice, and timers that wait for late copies are zero. */
  readonly isReliable?: boolean;
  readonly timing?: Timing;
}

export class NonInviteClient implements Engine<NonInviteClientInput, NonInviteClientEffect> {
  readonly #isReliable: boolean;
  readonly #timing: Timing;
  readonly #timers = new Timers<'timerE' | 'timerF' | 'timerK'>();
  #state: NonInviteClientState = 'Idle';
  #request: SipRequest | undefined;
  #intervalE = 0;

  constructor({ isReliable = false, timing = TIMING }: TransactionOptions = {}) {
    this.#isReliable = isReliable;
    this.#timing = timing;
  }

  get state(): NonInviteClientState {
    return this.#state;
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  step(input: NonInviteClientInput | Timeout, now: Instant): NonInviteClientEffect[] {
    switch (input.kind) {
      case 'timeout':
        return this.#timers.expire(now).flatMap((timer) => this.#fire(timer, now));
      case 'request':
        this.#request ??= input.request;
        return this.#fire('request', now);
      case 'response':
        return this.#fire(input.response.status < 200 ? '1xx' : 'final', now, input.response);
      case 'transportError':
        return this.#fire('transportError', now);
    }
  }

  #fire(
    event: NonInviteClientEvent,
    now: Instant,
    response?: SipResponse,
  ): NonInviteClientEffect[] {
    const next = NON_INVITE_CLIENT_TRANSITIONS[this.#state][event];
    if (next === undefined) return [];
    this.#state = next;
    this.#setTimers(event, now);
    const effects = this.#effectsOf(event, response);
    return next === 'Terminated' ? [...effects, { kind: 'terminated' }] : effects;
  }

  #effectsOf(event: NonInviteClientEvent, response?: SipResponse): NonInviteClientEffect[] {
    switch (event) {
      case 'request':
      case 'timerE':
        return this.#request === undefined ? [] : [{ kind: 'transmit', request: this.#request }];
      case '1xx':
      case 'final':
        return response === undefined ? [] : [{ kind: 'response', response }];
      case 'timerF':
        return [{ kind: 'failed', reason: 'timeout' }];
      case 'transportError':
        return [{ kind: 'failed', reason: 'transport' }];
      case 'timerK':
        return [];
    }
  }

  #setTimers(event: NonInviteClientEvent, now: Instant): void {
    const { T1, T2, T4 } = this.#timing;
    if (event === 'request') {
      // RFC 3261 §17.1.2.2: F is 64*T1; E starts at T1, and does not run over reliable transports.
      // [SIPPUSH RFC3261.17.1.2-1]
      this.#timers.set('timerF', now + transactionLifeMs(this.#timing));
      if (!this.#isReliable) this.#restartE(now, T1);
    }
    // RFC 3261 §17.1.2.2: E doubles up to T2 in Trying, and is T2 in Proceeding.
    if (event === 'timerE') {
      this.#restartE(now, this.#state === 'Trying' ? Math.min(2 * this.#intervalE, T2) : T2);
    }
    if (event === 'final') {
      this.#timers.clearAll();
      // RFC 3261 §17.1.2.2: K is T4 for unreliable transports, zero for reliable ones.
      // [SIPPUSH RFC3261.17.1.2-2]
      this.#timers.set('timerK', now + (this.#isReliable ? 0 : T4));
    }
    if (this.#state === 'Terminated') this.#timers.clearAll();
  }

  #restartE(now: Instant, intervalMs: number): void {
    this.#intervalE = intervalMs;
    this.#timers.set('timerE', now + intervalMs);
  }
}
