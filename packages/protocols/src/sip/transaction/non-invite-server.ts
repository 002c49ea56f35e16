/**
 * Server transaction of every request but INVITE (RFC 3261 §17.2.2): gives the request up once,
 * absorbs its copies, and repeats the last response to them. Used by layer.ts, one per request.
 */
import type { Engine, Instant, Timeout } from '../../engine.ts';
import { Timers } from '../../timers.ts';
import type { SipRequest, SipResponse } from '../message/index.ts';
import type { TransactionOptions } from './non-invite-client.ts';
import { TIMING, type Timing, transactionLifeMs } from './timing.ts';

export type NonInviteServerState = 'Idle' | 'Trying' | 'Proceeding' | 'Completed' | 'Terminated';
export type NonInviteServerEvent =
  | 'request'
  | 'respond1xx'
  | 'respondFinal'
  | 'timerJ'
  | 'transportError';

/**
 * RFC 3261 Figure 8; Idle is the tail of its first arrow. An event absent from a row is ignored in
 * that state.
 */
export const NON_INVITE_SERVER_TRANSITIONS: Readonly<
  Record<NonInviteServerState, Partial<Record<NonInviteServerEvent, NonInviteServerState>>>
> = {
  Idle: { request: 'Trying' },
  Trying: { respond1xx: 'Proceeding', respondFinal: 'Completed' },
  Proceeding: {
    request: 'Proceeding',
    respond1xx: 'Proceeding',
    respondFinal: 'Completed',
    transportError: 'Terminated',
  },
  Completed: { request: 'Completed', timerJ: 'Terminated', transportError: 'Terminated' },
  Terminated: {},
};

export type NonInviteServerInput =
  | { readonly kind: 'request'; readonly request: SipRequest }
  | { readonly kind: 'respond'; readonly response: SipResponse }
  | { readonly kind: 'transportError' };

export type NonInviteServerEffect =
  | { readonly kind: 'request'; readonly request: SipRequest }
  | { readonly kind: 'transmit'; readonly response: SipResponse }
  | { readonly kind: 'failed'; readonly reason: 'transport' }
  | { readonly kind: 'terminated' };

export class NonInviteServer implements Engine<NonInviteServerInput, NonInviteServerEffect> {
  readonly #isReliable: boolean;
  readonly #timing: Timing;
  readonly #timers = new Timers<'timerJ'>();
  #state: NonInviteServerState = 'Idle';
  #lastResponse: SipResponse | undefined;

  constructor({ isReliable = false, timing = TIMING }: TransactionOptions = {}) {
    this.#isReliable = isReliable;
    this.#timing = timing;
  }

  get state(): NonInviteServerState {
    return this.#state;
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  step(input: NonInviteServerInput | Timeout, now: Instant): NonInviteServerEffect[] {
    switch (input.kind) {
      case 'timeout':
        return this.#timers.expire(now).flatMap((timer) => this.#fire(timer, now));
      case 'request':
        return this.#state === 'Idle'
          ? [...this.#fire('request', now), { kind: 'request', request: input.request }]
          : this.#fire('request', now);
      case 'respond':
        return this.#respond(input.response, now);
      case 'transportError':
        return this.#fire('transportError', now);
    }
  }

  #respond(response: SipResponse, now: Instant): NonInviteServerEffect[] {
    const event = response.status < 200 ? 'respond1xx' : 'respondFinal';
    // RFC 3261 §17.2.2: a final response in Completed is discarded.
    if (NON_INVITE_SERVER_TRANSITIONS[this.#state][event] === undefined) return [];
    this.#lastResponse = response;
    return this.#fire(event, now);
  }

  #fire(event: NonInviteServerEvent, now: Instant): NonInviteServerEffect[] {
    const next = NON_INVITE_SERVER_TRANSITIONS[this.#state][event];
    if (next === undefined) return [];
    this.#state = next;
    if (event === 'respondFinal') {
      // RFC 3261 §17.2.2: J is 64*T1 for unreliable transports, zero for reliable ones.
      // [SIPPUSH RFC3261.17.2.2-1]
      this.#timers.set('timerJ', now + (this.#isReliable ? 0 : transactionLifeMs(this.#timing)));
    }
    if (next === 'Terminated') this.#timers.clearAll();
    const effects = this.#effectsOf(event);
    return next === 'Terminated' ? [...effects, { kind: 'terminated' }] : effects;
  }

  #effectsOf(event: NonInviteServerEvent): NonInviteServerEffect[] {
    switch (event) {
      case 'request':
      case 'respond1xx':
      case 'respondFinal':
        return this.#lastResponse === undefined
          ? []
          : [{ kind: 'transmit', response: this.#lastResponse }];
      case 'transportError':
        return [{ kind: 'failed', reason: 'transport' }];
      case 'timerJ':
        return [];
    }
  }
}
