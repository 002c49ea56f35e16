/**
 * The subscriber's side of a subscription, kept alive until somebody ends it (RFC 6665 §4.1, in its
 * details as RFC 3265; TS 24.229 5.1.1.3 and 5.7.1.1 for reg). One dialog at a time: a NOTIFY of a
 * fork is answered 481 (RFC 3680 §4.9). Used by the UE and by the Provisioning Server.
 */
import { encodeHex } from '../bytes.ts';
import type { Engine, Instant, Timeout } from '../engine.ts';
import { Timers } from '../timers.ts';
import { type EventPackage, REG_EVENT } from './event-package.ts';
import {
  callId,
  cSeq,
  from,
  type Header,
  type NameAddr,
  request,
  routes,
  type SipRequest,
  type SipResponse,
  tagOf,
  to,
} from './message/index.ts';
import { refreshAfterMs } from './registration-timing.ts';
import {
  afterRequest,
  type Dialog,
  dialogOf,
  isInDialog,
  requestIn,
  routeHeader,
} from './subscription-dialog.ts';
import {
  RESUBSCRIBE_INTERVAL_MS,
  SUBSCRIPTION_EXPIRES,
  SUBSCRIPTION_RETRY_MS,
  SUBSCRIPTION_TRANSITIONS,
  type SubscriptionEffect,
  type SubscriptionEvent,
  type SubscriptionInput,
  type SubscriptionOptions,
  type SubscriptionPhase,
} from './subscription-interface.ts';
import {
  type NotifyOutcome,
  notifyOutcomeOf,
  type SubscribeOutcome,
  subscribeOutcomeOf,
} from './subscription-outcome.ts';
import { TIMING, transactionLifeMs } from './transaction/index.ts';

/** 423s followed in one subscription. */
const RAISE_MAX = 2;
/** What is left of a subscription is tried again by halves, but not below this. */
const REFRESH_AGAIN_MS = 10_000;

type Outcome =
  | SubscribeOutcome
  | NotifyOutcome
  | { readonly event: 'subscribe' | 'unsubscribe' | 'refresh' }
  | { readonly event: 'timerN' | 'timerRefresh' | 'timerExpiry' | 'timerRetry' };

export class Subscription implements Engine<SubscriptionInput, SubscriptionEffect> {
  /** The same for all dialogs of this engine: whom an incoming NOTIFY is for. */
  readonly callId: string;
  readonly #options: SubscriptionOptions;
  readonly #event: EventPackage;
  readonly #timers = new Timers<'timerN' | 'timerRefresh' | 'timerExpiry' | 'timerRetry'>();
  #phase: SubscriptionPhase = 'Idle';
  #tag = '';
  #dialog: Dialog | undefined;
  /** Record-Route of the 2xx: a proxy need not repeat it in NOTIFY (RFC 3265 §3.1.5). */
  #routeSet: readonly NameAddr[] = [];
  #cSeq = 0;
  #expires: number;
  /** Of the last 2xx, seconds. */
  #granted: number;
  #expiresAt: Instant | undefined;
  #raises = 0;
  #subscribedAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#event = options.event ?? REG_EVENT;
    this.#expires = options.expires ?? SUBSCRIPTION_EXPIRES;
    this.#granted = this.#expires;
    this.callId = encodeHex(options.random(16));
  }

  get phase(): SubscriptionPhase {
    return this.#phase;
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  step(input: SubscriptionInput | Timeout, now: Instant): SubscriptionEffect[] {
    switch (input.kind) {
      case 'timeout':
        return this.#timers.expire(now).flatMap((timer) => this.#fire({ event: timer }, now));
      case 'subscribe':
      case 'unsubscribe':
      case 'refresh':
        return this.#fire({ event: input.kind }, now);
      case 'unanswered':
        return this.#fire({ event: 'unavailable', reason: input.reason }, now);
      case 'response':
        return this.#response(input.response, now);
      case 'notify':
        return this.#notify(input.request, now);
    }
  }

  #fire(outcome: Outcome, now: Instant): SubscriptionEffect[] {
    const before = this.#phase;
    const next = SUBSCRIPTION_TRANSITIONS[before][outcome.event];
    if (next === undefined) return [];
    this.#phase = next;
    switch (outcome.event) {
      case 'subscribe':
      case 'timerRetry':
        return this.#begin(now);
      case 'refresh':
      case 'timerRefresh':
        return [this.#subscribe(now)];
      case 'unsubscribe':
        return next === 'Leaving' ? [this.#subscribe(now)] : this.#ended('requested');
      case 'accepted':
        this.#granted = outcome.expires ?? this.#expires;
        this.#livesFor(this.#granted, now);
        return [];
      case 'notifyPending':
      case 'notifyActive':
        if (outcome.expires !== undefined) this.#livesFor(outcome.expires, now);
        else if (this.#expiresAt === undefined) this.#livesFor(this.#granted, now);
        return [];
      case 'tooBrief':
        return this.#raise(outcome.expires, now);
      default:
        return this.#lost(outcome, before, now);
    }
  }

  #response(response: SipResponse, now: Instant): SubscriptionEffect[] {
    if (response.status < 200 || cSeq(response).number !== this.#cSeq) return [];
    const outcome = subscribeOutcomeOf(response);
    if (outcome.event === 'accepted') {
      this.#routeSet = routes(response, 'Record-Route').toReversed();
      if (this.#dialog?.routeSet.length === 0) {
        this.#dialog = { ...this.#dialog, routeSet: this.#routeSet };
      }
    }
    return this.#fire(outcome, now);
  }

  #notify(notify: SipRequest, now: Instant): SubscriptionEffect[] {
    const isOurs = callId(notify) === this.callId && tagOf(to(notify)) === this.#tag;
    // RFC 6665 §4.1.3: 481 for what belongs to no subscription. [SIPPUSH RFC6665.4.1.3-1]
    if (!isOurs || this.#phase === 'Idle' || this.#phase === 'Waiting') return [answer(481)];
    const isFirst = this.#dialog === undefined;
    // RFC 6665 §4.4.1: the first NOTIFY makes the dialog, whether or not the 200 is here.
    // [SIPPUSH RFC6665.4.4.1-1]
    const dialog = this.#dialog ?? this.#establish(notify);
    if (dialog === undefined || !isInDialog(dialog, notify)) return [answer(481)];
    const after = isFirst ? dialog : afterRequest(dialog, notify);
    if (after === undefined) return [answer(500)];
    const outcome = notifyOutcomeOf(notify, this.#event);
    if (outcome.event === 'wrong') return [this.#wrong(outcome.status)];
    this.#dialog = after;
    this.#timers.clear('timerN');
    return [
      answer(200),
      ...(isFirst ? [{ kind: 'established' } as const] : []),
      ...(notify.body.length > 0 ? [{ kind: 'notified', request: notify } as const] : []),
      ...this.#fire(outcome, now),
    ];
  }

  /** Undefined for a NOTIFY whose sender cannot be told from others: it has no tag. */
  #establish(notify: SipRequest): Dialog | undefined {
    if (tagOf(from(notify)) === undefined) return undefined;
    const dialog = dialogOf(notify, { tag: this.#tag, cSeq: this.#cSeq });
    return dialog.routeSet.length > 0 ? dialog : { ...dialog, routeSet: this.#routeSet };
  }

  #wrong(status: 400 | 415 | 489): SubscriptionEffect {
    const { name, contentType } = this.#event;
    if (status === 489) return answer(489, { name: 'Allow-Events', value: name });
    return status === 415 ? answer(415, { name: 'Accept', value: contentType }) : answer(status);
  }

  /** A subscription of its own, with a tag of its own. */
  #begin(now: Instant): SubscriptionEffect[] {
    this.#forget();
    this.#tag = encodeHex(this.#options.random(8));
    this.#raises = 0;
    this.#subscribedAt = now;
    return [this.#subscribe(now)];
  }

  /** The SUBSCRIBE that the phase asks for. */
  #subscribe(now: Instant): SubscriptionEffect {
    this.#timers.clear('timerRefresh');
    if (this.#phase === 'NotifyWait' || this.#phase === 'Leaving') {
      // RFC 6665 §4.1.2.4: Timer N. [SIPPUSH RFC6665.4.1.2-1]
      const { timing = TIMING } = this.#options;
      this.#timers.set('timerN', now + transactionLifeMs(timing));
    }
    const headers = this.#headers();
    if (this.#dialog !== undefined) {
      const { request: sent, dialog } = requestIn(this.#dialog, 'SUBSCRIBE', headers);
      this.#dialog = dialog;
      this.#cSeq = dialog.localCSeq;
      return { kind: 'send', request: sent };
    }
    const { resource, identity, route = [] } = this.#options;
    this.#cSeq += 1;
    const first = request({
      method: 'SUBSCRIBE',
      uri: resource,
      from: `<${identity}>;tag=${this.#tag}`,
      to: `<${resource}>`,
      callId: this.callId,
      cSeq: this.#cSeq,
      headers: [...route.map(routeHeader), ...headers],
    });
    return { kind: 'send', request: first };
  }

  #headers(): readonly Header[] {
    const { contact, headers = [] } = this.#options;
    const seconds = this.#phase === 'Leaving' ? 0 : this.#expires;
    return [
      { name: 'Event', value: this.#event.name },
      { name: 'Accept', value: this.#event.contentType },
      { name: 'Contact', value: `<${contact}>` },
      { name: 'Expires', value: String(seconds) },
      ...headers,
    ];
  }

  #raise(seconds: number, now: Instant): SubscriptionEffect[] {
    this.#raises += 1;
    // RFC 6665 §4.1.2.1: no less than Min-Expires; one who wants ever more is not followed.
    if (this.#raises > RAISE_MAX || seconds <= this.#expires) {
      return this.#fire({ event: 'refused', status: 423, reason: 'Interval Too Brief' }, now);
    }
    this.#expires = seconds;
    return [this.#subscribe(now)];
  }

  /** RFC 6665 §4.1.2.2, §4.2.2: what 2xx and NOTIFY say, never more than was asked for. */
  #livesFor(seconds: number, now: Instant): void {
    if (this.#phase === 'NotifyWait' || seconds === 0) return;
    const lifetime = Math.min(seconds, this.#expires);
    this.#expiresAt = now + lifetime * 1000;
    this.#timers.set('timerExpiry', this.#expiresAt);
    const refreshMs = refreshAfterMs(lifetime);
    // What lives shorter than this is begun anew, at RESUBSCRIBE_INTERVAL_MS: no notifier makes us hurry.
    if (refreshMs >= REFRESH_AGAIN_MS) this.#timers.set('timerRefresh', now + refreshMs);
  }

  #lost(
    outcome: Exclude<Outcome, { event: 'accepted' | 'notifyActive' }>,
    before: SubscriptionPhase,
    now: Instant,
  ): SubscriptionEffect[] {
    const reason = 'reason' in outcome ? outcome.reason : outcome.event;
    const status = 'status' in outcome ? outcome.status : undefined;
    const seconds = 'retryAfter' in outcome ? outcome.retryAfter : undefined;
    if (this.#phase === 'Idle') return this.#ended(reason, status);
    if (this.#phase !== 'Waiting') return this.#refreshAgain(seconds, now);
    const { retryMs = SUBSCRIPTION_RETRY_MS } = this.#options;
    const waitMs =
      seconds === undefined
        ? isAtOnce(outcome.event, reason, before)
          ? 0
          : retryMs
        : seconds * 1000;
    const retryAt = Math.max(now + waitMs, this.#subscribedAt + RESUBSCRIBE_INTERVAL_MS);
    const ended = this.#ended(reason, status, retryAt);
    if (retryAt > now) {
      this.#timers.set('timerRetry', retryAt);
      return ended;
    }
    return [...ended, ...this.#fire({ event: 'timerRetry' }, now)];
  }

  /** RFC 6665 §4.1.2.2: a refresh that fails leaves the subscription as it is, until it expires. */
  #refreshAgain(seconds: number | undefined, now: Instant): SubscriptionEffect[] {
    const remaining = (this.#expiresAt ?? now) - now;
    const waitMs = Math.max(remaining / 2, REFRESH_AGAIN_MS, (seconds ?? 0) * 1000);
    if (waitMs < remaining) this.#timers.set('timerRefresh', now + waitMs);
    return [];
  }

  #ended(reason: string, status?: number, retryAt?: Instant): SubscriptionEffect[] {
    this.#forget();
    const said = status === undefined ? { reason } : { reason, status };
    return [{ kind: 'ended', ...said, ...(retryAt === undefined ? {} : { retryAt }) }];
  }

  #forget(): void {
    this.#timers.clearAll();
    this.#dialog = undefined;
    this.#routeSet = [];
    this.#expiresAt = undefined;
  }
}

/**
 * RFC 6665 §4.1.3: after `deactivated` and `timeout`, as after an end that nobody told.
 * [SIPPUSH RFC6665.4.1.3-2]
 */
function isAtOnce(event: SubscriptionEvent, reason: string, before: SubscriptionPhase): boolean {
  if (event === 'gone') return before !== 'NotifyWait';
  if (event === 'notifyRetry') return reason !== 'probation' && reason !== 'giveup';
  return event === 'timerExpiry';
}

function answer(status: number, ...headers: readonly Header[]): SubscriptionEffect {
  return { kind: 'answer', status, headers };
}
