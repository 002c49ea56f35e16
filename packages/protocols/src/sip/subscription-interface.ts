/**
 * What goes into and comes out of the subscriber's engine, and its table. Used by subscription.ts
 * and by whoever drives it.
 */
import type { Instant, Random } from '../engine.ts';
import type { EventPackage } from './event-package.ts';
import type { Header, NameAddr, SipRequest, SipResponse } from './message/index.ts';
import type { NotifyOutcome, SubscribeOutcome } from './subscription-outcome.ts';
import type { Timing } from './transaction/index.ts';

export type SubscriptionPhase =
  | 'Idle'
  /** A first SUBSCRIBE is out, no NOTIFY is in. */
  | 'NotifyWait'
  | 'Pending'
  | 'Active'
  /** SUBSCRIBE with Expires: 0 is out, the last NOTIFY is not in. */
  | 'Leaving'
  /** Ended by the other side, to be begun anew. */
  | 'Waiting';

export type SubscriptionEvent =
  | 'subscribe'
  | 'unsubscribe'
  | 'refresh'
  | SubscribeOutcome['event']
  | NotifyOutcome['event']
  | 'timerN'
  | 'timerRefresh'
  | 'timerExpiry'
  | 'timerRetry';

/**
 * RFC 6665 Figure 1, with Waiting between `terminated` and the next `init`, and Leaving for our own
 * end of it. An event absent from a row is ignored in that state.
 */
export const SUBSCRIPTION_TRANSITIONS: Readonly<
  Record<SubscriptionPhase, Partial<Record<SubscriptionEvent, SubscriptionPhase>>>
> = {
  Idle: { subscribe: 'NotifyWait' },
  NotifyWait: {
    accepted: 'NotifyWait',
    tooBrief: 'NotifyWait',
    refused: 'Idle',
    gone: 'Waiting',
    unavailable: 'Waiting',
    notifyPending: 'Pending',
    notifyActive: 'Active',
    notifyEnded: 'Idle',
    notifyRetry: 'Waiting',
    timerN: 'Waiting',
    unsubscribe: 'Idle',
  },
  Pending: {
    accepted: 'Pending',
    tooBrief: 'Pending',
    refused: 'Idle',
    gone: 'Waiting',
    unavailable: 'Pending',
    notifyPending: 'Pending',
    notifyActive: 'Active',
    notifyEnded: 'Idle',
    notifyRetry: 'Waiting',
    refresh: 'Pending',
    timerRefresh: 'Pending',
    timerExpiry: 'Waiting',
    unsubscribe: 'Leaving',
  },
  Active: {
    accepted: 'Active',
    tooBrief: 'Active',
    refused: 'Idle',
    gone: 'Waiting',
    unavailable: 'Active',
    notifyPending: 'Pending',
    notifyActive: 'Active',
    notifyEnded: 'Idle',
    notifyRetry: 'Waiting',
    refresh: 'Active',
    timerRefresh: 'Active',
    timerExpiry: 'Waiting',
    unsubscribe: 'Leaving',
  },
  Leaving: {
    refused: 'Idle',
    gone: 'Idle',
    unavailable: 'Idle',
    notifyEnded: 'Idle',
    notifyRetry: 'Idle',
    timerN: 'Idle',
    timerExpiry: 'Idle',
  },
  Waiting: { timerRetry: 'NotifyWait', subscribe: 'NotifyWait', unsubscribe: 'Idle' },
};

export type SubscriptionInput =
  | { readonly kind: 'subscribe' | 'unsubscribe' }
  /** Asks for the full state once more, as after a gap in the versions. */
  | { readonly kind: 'refresh' }
  | { readonly kind: 'response'; readonly response: SipResponse }
  /** What the transaction layer says instead of a response. */
  | { readonly kind: 'unanswered'; readonly reason: 'timeout' | 'transport' }
  /** A NOTIFY with our Call-ID; it is answered by the `answer` effect, whatever it is. */
  | { readonly kind: 'notify'; readonly request: SipRequest };

export type SubscriptionEffect =
  /** To `nextHopOf(request)`, or wherever the sender's requests go. */
  | { readonly kind: 'send'; readonly request: SipRequest }
  /** Answers the NOTIFY that was given. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers: readonly Header[] }
  /** A new dialog: what the resource said in an earlier one is over, versions begin anew. */
  | { readonly kind: 'established' }
  | { readonly kind: 'notified'; readonly request: SipRequest }
  | {
      readonly kind: 'ended';
      readonly reason: string;
      readonly status?: number;
      /** Absent: there is no next try before somebody asks for one. */
      readonly retryAt?: Instant;
    };

export interface SubscriptionOptions {
  /** Whose state: Request-URI and To. */
  readonly resource: string;
  /** From. */
  readonly identity: string;
  /** Where NOTIFY comes. */
  readonly contact: string;
  readonly random: Random;
  readonly event?: EventPackage;
  /** Seconds to ask for. */
  readonly expires?: number;
  /** Route of the first SUBSCRIBE: Service-Route of a UE, S-CSCF of an application server. */
  readonly route?: readonly NameAddr[];
  /** Further headers of every SUBSCRIBE (P-Asserted-Identity, P-Preferred-Identity ...). */
  readonly headers?: readonly Header[];
  /** Wait after a failure. The UE has it in `SubscribeRetry`. */
  readonly retryMs?: number;
  readonly timing?: Timing;
}

/** TS 24.229 5.1.1.3: longer than the registration, seconds. */
export const SUBSCRIPTION_EXPIRES = 600_000;
/** Default of SubscribeRetry. */
export const SUBSCRIPTION_RETRY_MS = 900_000;
/** A notifier that ends each subscription at once is not asked more often than this. */
export const RESUBSCRIBE_INTERVAL_MS = 10_000;
