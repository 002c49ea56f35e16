/** One delivery: how it is named, what may still be done with it, and how PAP tells of it. Used by gateway.ts. */
import type { Instant } from '@ueprov/protocols';
import { type CancelResult, PAP_CODES, type StatusqueryResult } from '@ueprov/protocols/push';
import type { WakeFailure } from '../wake-funnel.ts';
import type { Delivery, Push } from './gateway-record.ts';

/** Stands in no push-id, address or name: XML has no such character. */
export const SEPARATOR = '\u0000';

export function keyOf(initiator: string, pushId: string): string {
  return `${initiator}${SEPARATOR}${pushId}`;
}

export function deliveryKey(push: string, address: string): string {
  return `${push}${SEPARATOR}${address}`;
}

export function newDelivery(address: string, IMPU: string, now: Instant): Delivery {
  return {
    ...{ address, IMPU, state: 'pending', code: PAP_CODES.accepted, desc: 'waits' },
    ...{ eventAt: now, attempts: 0, isInFlight: false },
  };
}

export function isRecallable({ state, isInFlight }: Delivery): boolean {
  return state === 'pending' && !isInFlight;
}

/** [SIPPUSH PAP-11] */
export function isLate({ message }: Push, now: Instant): boolean {
  const before = message['deliver-before-timestamp'];
  return before !== undefined && before <= now;
}

export const UNKNOWN = { ...{ code: PAP_CODES.pushIdNotFound, desc: 'not known' }, addresses: [] };

export function orUnknown(results: readonly CancelResult[]): readonly CancelResult[] {
  return results.length === 0 ? [UNKNOWN] : results;
}

/** [SIPPUSH PAP-17] */
export function statusOf({ address, state, code, desc, eventAt }: Delivery): StatusqueryResult {
  return { 'event-time': eventAt, 'message-state': state, code, desc, addresses: [address] };
}

/** PAP 10, for why a MESSAGE was not taken. [SIPPUSH PAP-19] */
export function codeOf(failure: WakeFailure): number {
  switch (failure) {
    case 'not-found':
      return PAP_CODES.addressNotFound;
    case 'unsupported':
      return PAP_CODES.capabilitiesMismatch;
    case 'forbidden':
      return PAP_CODES.forbidden;
    case 'overload':
    case 'unavailable':
      return PAP_CODES.serviceUnavailable;
    default:
      return PAP_CODES.serviceFailure;
  }
}
