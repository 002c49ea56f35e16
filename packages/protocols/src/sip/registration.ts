/**
 * UE-1: the registration of one identity, from the first REGISTER to the last (RFC 3261 §10, RFC
 * 5626, TS 24.229 5.1.1 with SIP Digest and IMS AKA). Used by the UE; its shell hands `send` to the
 * transaction layer and the outcome back.
 */
import { encodeHex } from '../bytes.ts';
import type { DigestAlgorithm } from '../digest/index.ts';
import type { Engine, Instant, Timeout } from '../engine.ts';
import { Timers } from '../timers.ts';
import {
  type Answerable,
  answerTo,
  type Challenge,
  meet,
  unprovenCredentials,
} from './challenge.ts';
import { PUSH_FEATURE_TAGS } from './feature-tags.ts';
import { decodeSipOnlyUri, type Header } from './message/index.ts';
import { type RegisterParts, registerRequest } from './register-request.ts';
import {
  EXPIRES_DEFAULT,
  REGISTRATION_TRANSITIONS,
  type RegistrationEffect,
  type RegistrationInput,
  type RegistrationOptions,
  type RegistrationState,
} from './registration-interface.ts';
import {
  type Attempt,
  type Failure,
  NEW_ATTEMPT,
  outcomeOf,
  type ResponseOutcome,
  type SentRegister,
  type Success,
} from './registration-outcome.ts';
import { backOffMs, REFUSED_BACK_OFF, refreshAfterMs } from './registration-timing.ts';
import { agreementHeaders, type SecurityAgreement } from './security-agreement.ts';

type Outcome =
  | ResponseOutcome
  | { readonly event: 'register' | 'deregister' | 'elsewhere' | 'flowLost' }
  | TakenBack
  | { readonly event: Timer };

interface TakenBack {
  readonly event: 'deactivated' | 'rejected';
  /** Seconds. */
  readonly retryAfter?: number;
}

type Timer = 'timerRefresh' | 'timerRetry' | 'timerExpiry';

export class Registration implements Engine<RegistrationInput, RegistrationEffect> {
  #options: RegistrationOptions;
  readonly #callId: string;
  readonly #fromTag: string;
  readonly #timers = new Timers<Timer>();
  #state: RegistrationState = 'Unregistered';
  #expires: number;
  #cSeq = 0;
  #attempt: Attempt = NEW_ATTEMPT;
  /** In a row: of a network that cannot, and of one that does not want. */
  #failures = 0;
  #refusals = 0;
  #challenge: Answerable | undefined;
  #sent: SentRegister | undefined;
  /** RFC 8760 §2.4: what the network was able to do, it is held to. */
  #least: DigestAlgorithm | undefined;
  #protection: 'none' | 'wanted' | SecurityAgreement;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#expires = options.expires ?? EXPIRES_DEFAULT;
    this.#protection = options.wantsProtection === true ? 'wanted' : 'none';
    // RFC 3261 §10.2: all REGISTERs of a UA to one registrar share the Call-ID.
    // [SIPPUSH RFC3261.10.2-1]
    this.#callId = encodeHex(options.random(16));
    this.#fromTag = encodeHex(options.random(8));
  }

  get state(): RegistrationState {
    return this.#state;
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  /** The UE is reached there from the next REGISTER on: by another transport, at another address. */
  moveTo(contact: string): void {
    this.#options = { ...this.#options, contact };
  }

  step(input: RegistrationInput | Timeout, now: Instant): RegistrationEffect[] {
    switch (input.kind) {
      case 'timeout':
        return this.#timers.expire(now).flatMap((event) => this.#fire({ event }, now));
      case 'unanswered':
        return this.#fire({ event: 'unavailable', reason: input.reason }, now);
      case 'response': {
        const outcome =
          this.#sent === undefined ? undefined : outcomeOf(input.response, this.#sent);
        return outcome === undefined ? [] : this.#fire(outcome, now);
      }
      default: {
        const { kind: event, ...about } = input;
        return this.#fire({ event, ...about }, now);
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
        if (next === 'Unregistered') return this.#left();
        return next === 'Leaving' ? [] : [this.#send()];
      case 'elsewhere':
        // Another proxy has agreed on nothing yet.
        if (this.#options.wantsProtection) this.#protection = 'wanted';
        return [this.#send()];
      case 'challenge':
        return [...this.#agreed(outcome.agreement), ...this.#met(outcome.challenge), this.#send()];
      case 'agreed':
        return [...this.#agreed(outcome.agreement), this.#send()];
      case 'noAgreement':
        this.#protection = 'none';
        return [this.#send()];
      case 'tooBrief':
        this.#expires = outcome.expires;
        this.#attempt = { ...this.#attempt, raises: this.#attempt.raises + 1 };
        return [this.#send()];
      case 'success':
        return this.#succeeded(outcome, now);
      case 'refused':
      case 'unavailable':
        return this.#failed(outcome, now);
      case 'flowLost':
        return [this.#retry({ reason: 'the connection is lost' }, this.#backOff(0), now)];
      case 'deactivated':
      case 'rejected':
        return this.#takenBack(outcome, now);
      case 'timerExpiry':
        return [{ kind: 'deregistered', reason: 'expired' }];
    }
  }

  /** TS 24.229 5.1.1.5.1: the card goes through the challenge before it is answered. */
  #met(offer: Challenge): RegistrationEffect[] {
    this.#challenge = meet(offer, this.#options);
    const { answers, refusals } = this.#attempt;
    const isAnswer = this.#challenge.proof.kind === 'password';
    this.#attempt = isAnswer
      ? { ...this.#attempt, answers: answers + 1 }
      : { ...this.#attempt, refusals: refusals + 1 };
    return isAnswer && this.#options.card !== undefined ? [{ kind: 'card' }] : [];
  }

  #agreed(agreement: SecurityAgreement | undefined): RegistrationEffect[] {
    if (agreement === undefined) return [];
    this.#protection = agreement;
    const { port } = agreement;
    return [port === undefined ? { kind: 'protect' } : { kind: 'protect', port }];
  }

  #succeeded({ binding, nextnonce }: Success, now: Instant): RegistrationEffect[] {
    const { challenge } = this.#challenge ?? {};
    if (this.#challenge !== undefined && challenge !== undefined && nextnonce !== undefined) {
      const next = { ...challenge, nonce: nextnonce };
      this.#challenge = { ...this.#challenge, challenge: next, uses: 0 };
    }
    this.#attempt = NEW_ATTEMPT;
    this.#failures = 0;
    this.#refusals = 0;
    if (this.#state === 'Deregistering') return [this.#send()];
    if (this.#state === 'Unregistered') return this.#left();
    const algorithm = this.#sent?.proven?.credentials.algorithm;
    if (algorithm === 'SHA-256') this.#least = algorithm;
    const { expires, ...bound } = binding;
    const expiresAt = now + expires * 1000;
    const refreshAt = now + refreshAfterMs(expires);
    this.#timers.set('timerExpiry', expiresAt);
    this.#timers.set('timerRefresh', refreshAt);
    const proven = algorithm === undefined ? {} : { algorithm };
    return [{ kind: 'registered', expiresAt, refreshAt, ...bound, ...proven }];
  }

  #failed({ event: _, ...failure }: Failure, now: Instant): RegistrationEffect[] {
    // Who wanted to leave has left: nobody will refresh the binding.
    if (this.#state === 'Unregistered') return this.#left();
    if (this.#state === 'Refused') return [this.#refused(failure, now)];
    this.#failures++;
    return [this.#retry(failure, this.#backOff(this.#failures), now)];
  }

  #refused(failure: Omit<Failure, 'event'>, now: Instant): RegistrationEffect {
    this.#challenge = undefined;
    this.#timers.clearAll();
    const waitMs = backOffMs(this.#refusals, this.#options.random, REFUSED_BACK_OFF);
    this.#refusals++;
    return this.#retry(failure, waitMs, now);
  }

  /** RFC 3680 §4.1.1: by decision of the network. */
  #takenBack({ event, retryAfter = 0 }: TakenBack, now: Instant): RegistrationEffect[] {
    this.#timers.clearAll();
    const told = { kind: 'deregistered', reason: event } as const;
    if (event === 'rejected') {
      return [told, this.#refused({ reason: 'rejected by the network' }, now)];
    }
    this.#timers.set('timerRetry', now + retryAfter * 1000);
    return [told];
  }

  #retry(
    { status, reason, retryAfter: seconds = 0 }: Omit<Failure, 'event'>,
    waitMs: number,
    now: Instant,
  ): RegistrationEffect {
    // RFC 3261 §20.33: not before the network wants it.
    const retryAt = now + Math.max(waitMs, seconds * 1000);
    this.#timers.clear('timerRefresh');
    this.#timers.set('timerRetry', retryAt);
    const what = status === undefined ? { reason } : { status, reason };
    return { kind: 'failed', ...what, retryAt, isRefused: this.#state === 'Refused' };
  }

  #left(): RegistrationEffect[] {
    this.#challenge = undefined;
    this.#timers.clearAll();
    return [{ kind: 'deregistered', reason: 'requested' }];
  }

  /**
   * The REGISTER that the state asks for, with credentials if there has been a challenge.
   * [SIPPUSH RFC3261.10.2.2-1] [SIPPUSH TS24229.5.1.1.6-1]
   */
  #send(): RegistrationEffect {
    const { headers = [], featureTags = PUSH_FEATURE_TAGS } = this.#options;
    const isLeaving = this.#state === 'Deregistering';
    this.#timers.clear('timerRefresh');
    this.#timers.clear('timerRetry');
    if (isLeaving) this.#timers.clear('timerExpiry');
    this.#cSeq++;
    const proven = this.#proven();
    // [R-6.7-2] The private identity and its password, once the network has asked.
    const authorization = proven?.header ?? this.#unproven();
    const parts: RegisterParts = {
      ...this.#options,
      featureTags,
      fromTag: this.#fromTag,
      callId: this.#callId,
      cSeq: this.#cSeq,
      expires: isLeaving ? 0 : this.#expires,
      headers: [
        ...(authorization === undefined ? [] : [authorization]),
        ...this.#agreementHeaders(),
        ...headers,
      ],
    };
    this.#sent = {
      parts,
      account: this.#options,
      attempt: this.#attempt,
      isAgreeing: this.#protection === 'wanted',
      ...(proven !== undefined && { proven }),
      ...(this.#least !== undefined && { least: this.#least }),
    };
    return { kind: 'send', request: registerRequest(parts) };
  }

  #proven() {
    const { registrar: uri, username, random } = this.#options;
    const challenge = this.#challenge;
    if (challenge === undefined) return undefined;
    const by = { method: 'REGISTER', uri, cnonce: encodeHex(random(8)) };
    const { proof } = challenge;
    // What the card did not accept answers this one challenge, and no later request.
    this.#challenge =
      proof.kind === 'password' ? { ...challenge, uses: challenge.uses + 1 } : undefined;
    return { ...answerTo(challenge, username, by), proof };
  }

  #unproven(): Header | undefined {
    const { registrar, username, card, announcesUsername = card !== undefined } = this.#options;
    if (!announcesUsername) return undefined;
    const { host: realm } = decodeSipOnlyUri(registrar, 'registrar');
    return unprovenCredentials(username, realm, registrar);
  }

  #agreementHeaders(): readonly Header[] {
    if (this.#protection === 'none') return [];
    return agreementHeaders(this.#protection === 'wanted' ? undefined : this.#protection);
  }

  #backOff(failures: number): number {
    return backOffMs(failures, this.#options.random, this.#options.backOff);
  }
}
