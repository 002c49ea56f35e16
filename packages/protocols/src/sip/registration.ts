/**
 * UE-1: the registration of one identity, from the first REGISTER to the last (RFC 3261 §10, RFC
 * 2617, TS 24.229 5.1.1 with SIP Digest). Used by the UE; its shell hands `send` to the transaction
 * layer and the outcome back.
 */
import { encodeHex } from '../bytes.ts';
import type { Engine, Instant, Random, Timeout } from '../engine.ts';
import { Timers } from '../timers.ts';
import { answerTo, type Challenge, unprovenCredentials } from './challenge.ts';
import { PUSH_FEATURE_TAGS } from './feature-tags.ts';
import {
  decodeSipOnlyUri,
  type Header,
  type NameAddr,
  type Parameter,
  type SipRequest,
  type SipResponse,
} from './message/index.ts';
import { type RegisterParts, registerRequest } from './register-request.ts';
import {
  type Attempt,
  type Failure,
  NEW_ATTEMPT,
  outcomeOf,
  type ResponseOutcome,
  type SentRegister,
  type Success,
} from './registration-outcome.ts';
import { backOffMs, refreshAfterMs } from './registration-timing.ts';

export type RegistrationState =
  | 'Unregistered'
  /** A REGISTER is out: the first, a refresh, or one more after a failure. */
  | 'Registering'
  | 'Registered'
  /** Between a failure and the next try. */
  | 'Waiting'
  /**
   * A REGISTER is out, and its binding is to be removed once it is answered (RFC 3261 §10.2: one at
   * a time).
   */
  | 'Leaving'
  | 'Deregistering';

export type RegistrationEvent =
  | 'register'
  | 'deregister'
  /** A 401 or 407 that is worth an answer. */
  | 'challenge'
  /** A 423 that is worth another try. */
  | 'tooBrief'
  | 'success'
  /** The network does not want this UE, whatever it does. */
  | 'refused'
  /** The network cannot now. */
  | 'unavailable'
  | 'timerRefresh'
  | 'timerRetry'
  | 'timerExpiry';

/** RFC 3261 §10.2 and TS 24.229 5.1.1. An event absent from a row is ignored in that state. */
export const REGISTRATION_TRANSITIONS: Readonly<
  Record<RegistrationState, Partial<Record<RegistrationEvent, RegistrationState>>>
> = {
  Unregistered: { register: 'Registering' },
  Registering: {
    challenge: 'Registering',
    tooBrief: 'Registering',
    success: 'Registered',
    refused: 'Unregistered',
    unavailable: 'Waiting',
    deregister: 'Leaving',
    timerExpiry: 'Registering',
  },
  Registered: {
    register: 'Registering',
    timerRefresh: 'Registering',
    deregister: 'Deregistering',
  },
  Waiting: {
    register: 'Registering',
    timerRetry: 'Registering',
    deregister: 'Deregistering',
    timerExpiry: 'Waiting',
  },
  Leaving: {
    challenge: 'Deregistering',
    tooBrief: 'Deregistering',
    success: 'Deregistering',
    refused: 'Unregistered',
    unavailable: 'Unregistered',
  },
  Deregistering: {
    challenge: 'Deregistering',
    success: 'Unregistered',
    refused: 'Unregistered',
    unavailable: 'Unregistered',
  },
};

export type RegistrationInput =
  | { readonly kind: 'register' }
  | { readonly kind: 'deregister' }
  | { readonly kind: 'response'; readonly response: SipResponse }
  /** What the transaction layer says instead of a response. */
  | { readonly kind: 'unanswered'; readonly reason: 'timeout' | 'transport' };

export type RegistrationEffect =
  | { readonly kind: 'send'; readonly request: SipRequest }
  | {
      readonly kind: 'registered';
      readonly expiresAt: Instant;
      readonly refreshAt: Instant;
      readonly serviceRoute: readonly NameAddr[];
      readonly path: readonly NameAddr[];
      readonly associated: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly status?: number;
      readonly reason: string;
      /** Absent: there is no next try before somebody asks for one. */
      readonly retryAt?: Instant;
    }
  | { readonly kind: 'deregistered'; readonly reason: 'requested' | 'expired' };

export interface RegistrationOptions {
  /** URI of the home network domain, `sip:home.example`. */
  readonly registrar: string;
  /** The public identity, IMPU. */
  readonly identity: string;
  /** The private identity, IMPI. */
  readonly username: string;
  readonly password: string;
  /** `sip:user@address:port` of this UE. */
  readonly contact: string;
  readonly instanceId: string;
  readonly random: Random;
  readonly featureTags?: readonly Parameter[];
  /** Seconds to ask for. */
  readonly expires?: number;
  /**
   * Name the private identity before any challenge, as TS 24.229 5.1.1.2 has it for AKA. Off by
   * default: for SIP Digest it may be left out, and stock registrars refuse the empty nonce that
   * goes with it (Kamailio: 400).
   */
  readonly announcesUsername?: boolean;
  /** Further headers of every REGISTER (P-Access-Network-Info ...). */
  readonly headers?: readonly Header[];
}

/** TS 24.229 5.1.1.2, seconds. */
export const EXPIRES_DEFAULT = 600_000;

type Outcome =
  | ResponseOutcome
  | { readonly event: 'register' | 'deregister' }
  | { readonly event: 'timerRefresh' | 'timerRetry' | 'timerExpiry' };

export class Registration implements Engine<RegistrationInput, RegistrationEffect> {
  readonly #options: RegistrationOptions;
  readonly #callId: string;
  readonly #fromTag: string;
  readonly #timers = new Timers<'timerRefresh' | 'timerRetry' | 'timerExpiry'>();
  #state: RegistrationState = 'Unregistered';
  #expires: number;
  #cSeq = 0;
  #attempt: Attempt = NEW_ATTEMPT;
  #failures = 0;
  #challenge: Challenge | undefined;
  #sent: SentRegister | undefined;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#expires = options.expires ?? EXPIRES_DEFAULT;
    // RFC 3261 §10.2: all REGISTERs of a UA to one registrar share the Call-ID.
    this.#callId = encodeHex(options.random(16));
    this.#fromTag = encodeHex(options.random(8));
  }

  get state(): RegistrationState {
    return this.#state;
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  step(input: RegistrationInput | Timeout, now: Instant): RegistrationEffect[] {
    switch (input.kind) {
      case 'timeout':
        return this.#timers.expire(now).flatMap((timer) => this.#fire({ event: timer }, now));
      case 'register':
      case 'deregister':
        return this.#fire({ event: input.kind }, now);
      case 'unanswered':
        return this.#fire({ event: 'unavailable', reason: input.reason }, now);
      case 'response': {
        const outcome =
          this.#sent === undefined ? undefined : outcomeOf(input.response, this.#sent);
        return outcome === undefined ? [] : this.#fire(outcome, now);
      }
    }
  }

  #fire(outcome: Outcome, now: Instant): RegistrationEffect[] {
    const before = this.#state;
    const next = REGISTRATION_TRANSITIONS[before][outcome.event];
    if (next === undefined) return [];
    this.#state = next;
    switch (outcome.event) {
      case 'register':
      case 'deregister':
      case 'timerRefresh':
      case 'timerRetry':
        this.#attempt = NEW_ATTEMPT;
        return next === 'Leaving' ? [] : [this.#send()];
      case 'challenge':
        this.#challenge = outcome.challenge;
        this.#attempt = { ...this.#attempt, answers: this.#attempt.answers + 1 };
        return [this.#send()];
      case 'tooBrief':
        this.#expires = outcome.expires;
        this.#attempt = { ...this.#attempt, raises: this.#attempt.raises + 1 };
        return [this.#send()];
      case 'success':
        return this.#succeeded(outcome, now);
      case 'refused':
      case 'unavailable':
        return this.#failed(outcome, before, now);
      case 'timerExpiry':
        return [{ kind: 'deregistered', reason: 'expired' }];
    }
  }

  #succeeded({ binding, nextnonce }: Success, now: Instant): RegistrationEffect[] {
    if (this.#challenge !== undefined && nextnonce !== undefined) {
      const challenge = { ...this.#challenge.challenge, nonce: nextnonce };
      this.#challenge = { ...this.#challenge, challenge, uses: 0 };
    }
    this.#attempt = NEW_ATTEMPT;
    this.#failures = 0;
    if (this.#state === 'Deregistering') return [this.#send()];
    if (this.#state === 'Unregistered') return [{ kind: 'deregistered', reason: 'requested' }];
    const { expires, serviceRoute, path, associated } = binding;
    const expiresAt = now + expires * 1000;
    const refreshAt = now + refreshAfterMs(expires);
    this.#timers.set('timerExpiry', expiresAt);
    this.#timers.set('timerRefresh', refreshAt);
    return [{ kind: 'registered', expiresAt, refreshAt, serviceRoute, path, associated }];
  }

  #failed(
    { status, reason, retryAfter: seconds = 0 }: Failure,
    before: RegistrationState,
    now: Instant,
  ): RegistrationEffect[] {
    const what = status === undefined ? { reason } : { status, reason };
    if (this.#state === 'Waiting') {
      this.#failures++;
      // RFC 3261 §20.33: not before the network wants it.
      const waitMs = Math.max(backOffMs(this.#failures, this.#options.random), seconds * 1000);
      this.#timers.set('timerRetry', now + waitMs);
      return [{ kind: 'failed', ...what, retryAt: now + waitMs }];
    }
    this.#challenge = undefined;
    this.#timers.clearAll();
    // Who wanted to leave has left: nobody will refresh the binding.
    return before === 'Registering'
      ? [{ kind: 'failed', ...what }]
      : [{ kind: 'deregistered', reason: 'requested' }];
  }

  /** The REGISTER that the state asks for, with credentials if there has been a challenge. */
  #send(): RegistrationEffect {
    const { registrar, random, headers = [] } = this.#options;
    const isLeaving = this.#state === 'Deregistering';
    this.#timers.clear('timerRefresh');
    this.#timers.clear('timerRetry');
    if (isLeaving) this.#timers.clear('timerExpiry');
    this.#cSeq++;
    const by = { method: 'REGISTER', uri: registrar, cnonce: encodeHex(random(8)) };
    const answer =
      this.#challenge === undefined ? undefined : answerTo(this.#challenge, this.#options, by);
    if (this.#challenge !== undefined) {
      this.#challenge = { ...this.#challenge, uses: this.#challenge.uses + 1 };
    }
    // [R-6.7-2] The private identity and its password, once the network has asked.
    const authorization = answer?.header ?? this.#unproven();
    const parts: RegisterParts = {
      ...this.#options,
      featureTags: this.#options.featureTags ?? PUSH_FEATURE_TAGS,
      fromTag: this.#fromTag,
      callId: this.#callId,
      cSeq: this.#cSeq,
      expires: isLeaving ? 0 : this.#expires,
      headers: authorization === undefined ? headers : [authorization, ...headers],
    };
    const credentials = answer === undefined ? {} : { credentials: answer.credentials };
    this.#sent = { parts, account: this.#options, attempt: this.#attempt, ...credentials };
    return { kind: 'send', request: registerRequest(parts) };
  }

  #unproven(): Header | undefined {
    const { registrar, username, announcesUsername = false } = this.#options;
    if (!announcesUsername) return undefined;
    const { host: realm } = decodeSipOnlyUri(registrar, 'registrar');
    return unprovenCredentials(username, realm, registrar);
  }
}
