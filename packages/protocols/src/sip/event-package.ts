/**
 * Event and Subscription-State (RFC 6665 §8.2.1, §8.2.3), and the one package that is spoken here.
 * Used by subscription.ts and subscription-notifier.ts.
 */
import { ProtocolError } from '../error.ts';
import {
  DELTA_SECONDS_MAX,
  decodeNumber,
  headerOf,
  type Parameter,
  parameterValue,
  Scanner,
} from './message/index.ts';
import { REGINFO } from './reginfo.ts';

export interface EventPackage {
  readonly name: string;
  /** Media type of its NOTIFY bodies. */
  readonly contentType: string;
  /** Seconds, where the subscriber does not say (RFC 6665 §5.4.4). */
  readonly expires: number;
}

/** RFC 3680 §4.1, §4.4, §4.5. */
export const REG_EVENT: EventPackage = { name: 'reg', contentType: REGINFO, expires: 3761 };

/** RFC 6665 §4.1.3: why a subscription ended; a reason that is not known is none of these. */
export const TERMINATION_REASONS = [
  'deactivated',
  'probation',
  'rejected',
  'timeout',
  'giveup',
  'noresource',
  'invariant',
] as const;
export type TerminationReason = (typeof TERMINATION_REASONS)[number];

export type SubscriptionState =
  | { readonly kind: 'active' | 'pending'; readonly expires?: number }
  | {
      readonly kind: 'terminated';
      readonly reason?: TerminationReason;
      /** Seconds. */
      readonly retryAfter?: number;
    };

interface HasHeaders {
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** Package name and `id` of Event; undefined if there is none. Throws `SIP_PARAMETER`. */
export function eventOf(
  message: HasHeaders,
): { readonly name: string; readonly id?: string } | undefined {
  const value = headerOf(message, 'Event');
  if (value === undefined) return undefined;
  const { token, parameters } = tokenAndParameters(value, 'Event');
  const id = parameterValue({ parameters }, 'id');
  // RFC 6665 §8.2.1: event types are compared with case.
  return id === undefined ? { name: token } : { name: token, id };
}

/**
 * Throws `SIP_MISSING`, `SIP_PARAMETER` or `SIP_NUMBER`. A state that is not known is as good as
 * active: the subscription lives (RFC 6665 §4.1.3).
 */
export function subscriptionStateOf(message: HasHeaders): SubscriptionState {
  const path = 'Subscription-State';
  const value = headerOf(message, path);
  if (value === undefined) throw new ProtocolError('SIP_MISSING', `no ${path}`, { path });
  const { token, parameters } = tokenAndParameters(value, path);
  const state = token.toLowerCase();
  const seconds = (name: string) => {
    const text = parameterValue({ parameters }, name);
    return text === undefined ? undefined : decodeNumber(text, DELTA_SECONDS_MAX, path);
  };
  if (state !== 'terminated') {
    const expires = seconds('expires');
    const kind = state === 'pending' ? 'pending' : 'active';
    return expires === undefined ? { kind } : { kind, expires };
  }
  const said = parameterValue({ parameters }, 'reason')?.toLowerCase();
  const reason = TERMINATION_REASONS.find((each) => each === said);
  const retryAfter = seconds('retry-after');
  return {
    kind: 'terminated',
    ...(reason === undefined ? {} : { reason }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

export function encodeSubscriptionState(state: SubscriptionState): string {
  if (state.kind !== 'terminated') {
    return state.expires === undefined ? state.kind : `${state.kind};expires=${state.expires}`;
  }
  const reason = state.reason === undefined ? '' : `;reason=${state.reason}`;
  const retry = state.retryAfter === undefined ? '' : `;retry-after=${state.retryAfter}`;
  return `terminated${reason}${retry}`;
}

function tokenAndParameters(
  value: string,
  path: string,
): { readonly token: string; readonly parameters: readonly Parameter[] } {
  const scanner = new Scanner(value, path);
  scanner.skipSpace();
  const token = scanner.token('SIP_PARAMETER');
  const parameters = scanner.parameters();
  scanner.expectEnd('SIP_PARAMETER');
  return { token, parameters };
}
