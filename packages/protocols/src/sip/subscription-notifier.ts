/**
 * The notifier's side of one subscription (RFC 6665 §4.2): accepts, renews and ends it, and sends the
 * state, one NOTIFY after the other. Used by the S-CSCF of the lab, one per subscriber.
 *
 * The engine asks for a body (`compose`) whenever it may send one; its owner answers with `body`. While
 * a NOTIFY is out, changes are gathered, and the next body is the full state: nothing queues up.
 */
import { encodeHex } from '../bytes.ts';
import type { Engine, Instant, Random, Timeout } from '../engine.ts';
import { ProtocolError } from '../error.ts';
import { Timers } from '../timers.ts';
import {
  type EventPackage,
  encodeSubscriptionState,
  eventOf,
  REG_EVENT,
  type SubscriptionState,
  type TerminationReason,
} from './event-package.ts';
import {
  cSeq,
  expires,
  type Header,
  listOf,
  retryAfter,
  type SipRequest,
  type SipResponse,
} from './message/index.ts';
import {
  afterRequest,
  type Dialog,
  dialogOf,
  isInDialog,
  requestIn,
} from './subscription-dialog.ts';

export type NotifierPhase =
  | 'Idle'
  | 'Active'
  /** A NOTIFY is out. */
  | 'Notifying'
  /** And what it said is old already. */
  | 'NotifyingStale'
  | 'Terminated';

export type NotifierEvent =
  | 'subscribe'
  /** The same with Expires: 0, or so many times the wrong thing that it is over. */
  | 'leave'
  | 'changed'
  | 'notify'
  | 'notified'
  /** RFC 6665 §4.2.2: the subscriber is not there, or knows of nothing. */
  | 'lost'
  | 'terminate'
  | 'timerExpiry';

/**
 * RFC 6665 Figure 2. `pending` is not used: whether somebody may watch is known at once. Active is
 * split by what is under way. An event absent from a row is ignored in that state.
 */
export const NOTIFIER_TRANSITIONS: Readonly<
  Record<NotifierPhase, Partial<Record<NotifierEvent, NotifierPhase>>>
> = {
  Idle: { subscribe: 'Active', leave: 'Terminated' },
  Active: {
    subscribe: 'Active',
    leave: 'Terminated',
    changed: 'Active',
    notify: 'Notifying',
    terminate: 'Terminated',
    timerExpiry: 'Terminated',
  },
  Notifying: {
    subscribe: 'NotifyingStale',
    leave: 'Terminated',
    changed: 'NotifyingStale',
    notified: 'Active',
    lost: 'Terminated',
    terminate: 'Terminated',
    timerExpiry: 'Terminated',
  },
  NotifyingStale: {
    subscribe: 'NotifyingStale',
    leave: 'Terminated',
    changed: 'NotifyingStale',
    notified: 'Active',
    lost: 'Terminated',
    terminate: 'Terminated',
    timerExpiry: 'Terminated',
  },
  Terminated: {},
};

export type NotifierInput =
  /** The first SUBSCRIBE, or a later one of the same dialog. */
  | { readonly kind: 'subscribe'; readonly request: SipRequest }
  /** The state is not what it was. */
  | { readonly kind: 'changed' }
  /** What `compose` asked for. */
  | { readonly kind: 'body'; readonly body: Uint8Array }
  | {
      readonly kind: 'terminate';
      readonly reason: TerminationReason;
      /** Seconds. */
      readonly retryAfter?: number;
    }
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'unanswered' };

export type NotifierEffect =
  /** Answers the SUBSCRIBE that was given. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: readonly Header[];
      /** For To of the answer to the first SUBSCRIBE. */
      readonly toTag: string;
    }
  /** Wants a body: the full state, or what has changed since the last one. */
  | { readonly kind: 'compose'; readonly isFull: boolean; readonly version: number }
  | { readonly kind: 'send'; readonly request: SipRequest }
  /** Nothing follows but the answer to a NOTIFY that nobody waits for. */
  | { readonly kind: 'ended' };

export interface NotifierOptions {
  /** Contact of what we send. */
  readonly contact: string;
  readonly random: Random;
  readonly event?: EventPackage;
  /** Seconds of one subscription, at least and at most. */
  readonly expires?: { readonly min: number; readonly max: number };
}

export const NOTIFIER_EXPIRES = { min: 60, max: 600_000 } as const;

type Ending = Extract<NotifierInput, { kind: 'terminate' }>;

export class SubscriptionNotifier implements Engine<NotifierInput, NotifierEffect> {
  readonly #options: NotifierOptions;
  readonly #event: EventPackage;
  readonly #tag: string;
  readonly #timers = new Timers<'timerExpiry' | 'timerAgain'>();
  #phase: NotifierPhase = 'Idle';
  #dialog: Dialog | undefined;
  #eventId: string | undefined;
  #expiresAt: Instant = 0;
  #version = 0;
  /** What the last `compose` was for; it is followed by one body. */
  #ending: Ending | undefined;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#event = options.event ?? REG_EVENT;
    this.#tag = encodeHex(options.random(8));
  }

  get phase(): NotifierPhase {
    return this.#phase;
  }

  get deadline(): Instant | undefined {
    return this.#timers.deadline;
  }

  /** Is this SUBSCRIBE one of this dialog? */
  isFor(request: SipRequest): boolean {
    return this.#dialog !== undefined && isInDialog(this.#dialog, request);
  }

  step(input: NotifierInput | Timeout, now: Instant): NotifierEffect[] {
    switch (input.kind) {
      case 'timeout':
        return this.#timers.expire(now).flatMap((timer) => this.#timeout(timer));
      case 'subscribe':
        return this.#subscribed(input.request, now);
      case 'changed':
        return this.#fire('changed') === 'Active' ? [this.#compose(false)] : [];
      case 'body':
        return this.#notify(input.body, now);
      case 'terminate':
        return this.#end(input, 'terminate');
      case 'unanswered':
        return this.#end(undefined, 'lost');
      case 'response':
        return this.#answered(input.response, now);
    }
  }

  #timeout(timer: 'timerExpiry' | 'timerAgain'): NotifierEffect[] {
    if (timer === 'timerExpiry') {
      return this.#end({ kind: 'terminate', reason: 'timeout' }, 'timerExpiry');
    }
    return this.#fire('changed') === 'Active' ? [this.#compose(true)] : [];
  }

  #fire(event: NotifierEvent): NotifierPhase | undefined {
    const next = NOTIFIER_TRANSITIONS[this.#phase][event];
    if (next !== undefined) this.#phase = next;
    return next;
  }

  #subscribed(request: SipRequest, now: Instant): NotifierEffect[] {
    const refusal = this.#refusalOf(request);
    if (refusal !== undefined) return [this.#answer(refusal.status, ...refusal.headers)];
    const isFirst = this.#dialog === undefined;
    const dialog = isFirst
      ? dialogOf(request, { tag: this.#tag, cSeq: 0 })
      : this.#dialog && afterRequest(this.#dialog, request);
    // RFC 3261 §12.2.2.
    if (dialog === undefined) return [this.#answer(500)];
    this.#dialog = dialog;
    this.#eventId = eventOf(request)?.id;
    const seconds = this.#lifetimeOf(request);
    const accepted = this.#answer(
      200,
      { name: 'Expires', value: String(seconds) },
      { name: 'Contact', value: `<${this.#options.contact}>` },
    );
    if (seconds === 0) {
      // RFC 6665 §4.4.3: a last NOTIFY with the state; also for one who only asks once.
      return [accepted, ...this.#end({ kind: 'terminate', reason: 'timeout' }, 'leave')];
    }
    this.#expiresAt = now + seconds * 1000;
    this.#timers.set('timerExpiry', this.#expiresAt);
    // RFC 6665 §4.2.1.1: the state at once, after each SUBSCRIBE.
    return this.#fire('subscribe') === 'Active' ? [accepted, this.#compose(true)] : [accepted];
  }

  #refusalOf(
    request: SipRequest,
  ): { readonly status: number; readonly headers: readonly Header[] } | undefined {
    if (this.#phase === 'Terminated') return { status: 481, headers: [] };
    const { name, contentType } = this.#event;
    if (eventOf(request)?.name !== name) {
      return { status: 489, headers: [{ name: 'Allow-Events', value: name }] };
    }
    const accepted = listOf(request, 'Accept').map((each) => each.split(';')[0]?.trim());
    // RFC 3680 §4.5: without Accept its only body is understood.
    const ranges = [contentType, 'application/*', '*/*'];
    const isAccepted = accepted.some((each) => ranges.includes(each?.toLowerCase() ?? ''));
    if (accepted.length > 0 && !isAccepted) {
      return { status: 406, headers: [{ name: 'Accept', value: contentType }] };
    }
    const { min } = this.#options.expires ?? NOTIFIER_EXPIRES;
    const seconds = this.#lifetimeOf(request);
    // RFC 6665 §4.2.1.1.
    if (seconds === 0 || seconds >= min) return undefined;
    return { status: 423, headers: [{ name: 'Min-Expires', value: String(min) }] };
  }

  #lifetimeOf(request: SipRequest): number {
    const { max } = this.#options.expires ?? NOTIFIER_EXPIRES;
    return Math.min(expires(request) ?? this.#event.expires, max);
  }

  #notify(body: Uint8Array, now: Instant): NotifierEffect[] {
    const ending = this.#ending;
    if (this.#dialog === undefined) return [];
    // One body per `compose`: without a question there is no state in which one is sent.
    if (ending === undefined && this.#fire('notify') === undefined) return [];
    this.#ending = undefined;
    const state: SubscriptionState =
      ending === undefined
        ? { kind: 'active', expires: Math.max(0, Math.ceil((this.#expiresAt - now) / 1000)) }
        : terminated(ending);
    const id = this.#eventId === undefined ? '' : `;id=${this.#eventId}`;
    const headers = [
      { name: 'Event', value: `${this.#event.name}${id}` },
      { name: 'Subscription-State', value: encodeSubscriptionState(state) },
      { name: 'Contact', value: `<${this.#options.contact}>` },
      { name: 'Content-Type', value: this.#event.contentType },
    ];
    const { request, dialog } = requestIn(this.#dialog, 'NOTIFY', headers, body);
    this.#dialog = dialog;
    const sent = { kind: 'send', request } as const;
    return ending === undefined ? [sent] : [sent, { kind: 'ended' }];
  }

  #answered(response: SipResponse, now: Instant): NotifierEffect[] {
    const isLast = cSeq(response).number === this.#dialog?.localCSeq;
    if (response.status < 200 || !isLast) return [];
    const again = response.status < 300 ? undefined : againAfter(response);
    // RFC 6665 §4.2.2: who refuses a NOTIFY without saying when to come back is not there any more.
    if (response.status >= 300 && again === undefined) return this.#end(undefined, 'lost');
    const isStale = this.#phase === 'NotifyingStale';
    if (this.#fire('notified') === undefined) return [];
    if (again === undefined) return isStale ? [this.#compose(true)] : [];
    this.#timers.set('timerAgain', now + again * 1000);
    return [];
  }

  #compose(isFull: boolean): NotifierEffect {
    const version = this.#version;
    this.#version += 1;
    return { kind: 'compose', isFull, version };
  }

  /** With a last NOTIFY, unless nobody is there to take it. */
  #end(ending: Ending | undefined, event: NotifierEvent): NotifierEffect[] {
    if (this.#fire(event) === undefined) return [];
    this.#timers.clearAll();
    this.#ending = ending;
    return ending === undefined ? [{ kind: 'ended' }] : [this.#compose(true)];
  }

  #answer(status: number, ...headers: readonly Header[]): NotifierEffect {
    return { kind: 'answer', status, headers, toTag: this.#tag };
  }
}

/** Seconds; undefined where the subscription is over (481), or no time is said. */
function againAfter(response: SipResponse): number | undefined {
  if (response.status === 481) return undefined;
  try {
    return retryAfter(response);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function terminated({ reason, retryAfter }: Ending): SubscriptionState {
  return { kind: 'terminated', reason, ...(retryAfter === undefined ? {} : { retryAfter }) };
}
