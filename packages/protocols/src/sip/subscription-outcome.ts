/**
 * What an answer to SUBSCRIBE and a NOTIFY mean for the subscription: one event with what belongs to
 * it. Used by subscription.ts.
 */
import { ProtocolError } from '../error.ts';
import { decodeMediaType } from '../mime/index.ts';
import { type EventPackage, eventOf, subscriptionStateOf } from './event-package.ts';
import {
  expires,
  headerOf,
  minExpires,
  retryAfter,
  type SipRequest,
  type SipResponse,
} from './message/index.ts';

export type SubscribeOutcome =
  | { readonly event: 'accepted'; readonly expires?: number }
  | { readonly event: 'tooBrief'; readonly expires: number }
  /** Nobody will ever answer otherwise, or nothing is to be had there. */
  | { readonly event: 'refused'; readonly status: number; readonly reason: string }
  /** The dialog is not there any more. */
  | { readonly event: 'gone'; readonly status: number; readonly reason: string }
  | {
      readonly event: 'unavailable';
      readonly status?: number;
      readonly reason: string;
      /** Seconds. */
      readonly retryAfter?: number;
    };

export type NotifyOutcome =
  | { readonly event: 'notifyPending' | 'notifyActive'; readonly expires?: number }
  | { readonly event: 'notifyEnded'; readonly reason: string }
  | { readonly event: 'notifyRetry'; readonly reason: string; readonly retryAfter?: number };

/** A status that answers the NOTIFY instead of 200. */
export interface NotifyRefusal {
  readonly event: 'wrong';
  readonly status: 400 | 415 | 489;
}

/**
 * Answers that stay the same if the same is asked again. RFC 5057 §5.1 counts some of them as ends of
 * the whole dialog; for a dialog with one subscription that is the same.
 */
const PERMANENT: readonly number[] = [
  400, 401, 403, 404, 405, 406, 407, 410, 414, 415, 416, 420, 421, 482, 483, 484, 485, 489, 501,
  505, 513, 600, 603, 604, 606,
];

export function subscribeOutcomeOf(response: SipResponse): SubscribeOutcome {
  const { status, reason } = response;
  try {
    if (status < 300) {
      const seconds = expires(response);
      return { event: 'accepted', ...(seconds === undefined ? {} : { expires: seconds }) };
    }
    if (status === 423) return { event: 'tooBrief', expires: minExpires(response) ?? 0 };
    if (status === 481) return { event: 'gone', status, reason };
    if (PERMANENT.includes(status)) return { event: 'refused', status, reason };
    const seconds = retryAfter(response);
    const wait = seconds === undefined ? {} : { retryAfter: seconds };
    return { event: 'unavailable', status, reason, ...wait };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { event: 'unavailable', status, reason: error.message };
  }
}

/** RFC 6665 §4.1.3 and §5.4.5: what a NOTIFY of our dialog says. */
export function notifyOutcomeOf(
  notify: SipRequest,
  { name, contentType }: EventPackage,
): NotifyOutcome | NotifyRefusal {
  try {
    // RFC 6665 §4.1.3: 489 for an event type that nobody asked for.
    if (eventOf(notify)?.name !== name) return { event: 'wrong', status: 489 };
    const state = subscriptionStateOf(notify);
    const type = headerOf(notify, 'Content-Type');
    if (notify.body.length > 0 && decodeMediaType(type ?? '').essence !== contentType) {
      return { event: 'wrong', status: 415 };
    }
    if (state.kind === 'terminated') return endOf(state.reason, state.retryAfter);
    const event = state.kind === 'pending' ? 'notifyPending' : 'notifyActive';
    return state.expires === undefined ? { event } : { event, expires: state.expires };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { event: 'wrong', status: 400 };
  }
}

/** RFC 6665 §4.1.3: after these three there is no new subscription; after all others there may be. */
function endOf(reason = 'terminated', retry?: number): NotifyOutcome {
  if (reason === 'rejected' || reason === 'noresource' || reason === 'invariant') {
    return { event: 'notifyEnded', reason };
  }
  return { event: 'notifyRetry', reason, ...(retry === undefined ? {} : { retryAfter: retry }) };
}
