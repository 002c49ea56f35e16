/**
 * The messages of the Push Access Protocol, by which a Push Initiator speaks to a Push Proxy Gateway. Elements and
 * attributes keep the names of the DTD (WAP-247-PAP; see spec/notes.md for what of it is from memory).
 *
 * Times are instants; on the wire `YYYY-MM-DDThh:mm:ssZ`. Used by pap.ts; the Provisioning Server is on both ends.
 */
import type { Instant } from '../engine.ts';

export const MESSAGE_STATES = [
  'rejected',
  'pending',
  'delivered',
  'undeliverable',
  'expired',
  'aborted',
  'timeout',
  'cancelled',
  'unknown',
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** PAP 10: the class is the first digit; the words are ours to choose. [SIPPUSH PAP-19] */
export const PAP_CODES = {
  ok: 1000,
  accepted: 1001,
  badRequest: 2000,
  forbidden: 2001,
  addressError: 2002,
  addressNotFound: 2003,
  pushIdNotFound: 2004,
  capabilitiesMismatch: 2005,
  requiredCapabilitiesNotSupported: 2006,
  duplicatePushId: 2007,
  cancellationNotPossible: 2008,
  internalServerError: 3000,
  notImplemented: 3001,
  versionNotSupported: 3002,
  notPossible: 3003,
  capabilityMatchingNotSupported: 3004,
  multipleAddressesNotSupported: 3005,
  transformationFailure: 3006,
  deliveryMethodNotPossible: 3007,
  capabilitiesNotAvailable: 3008,
  requiredNetworkNotAvailable: 3009,
  requiredBearerNotAvailable: 3010,
  replacementNotSupported: 3011,
  serviceFailure: 4000,
  serviceUnavailable: 4001,
} as const;

export interface QualityOfService {
  readonly priority?: 'high' | 'medium' | 'low';
  readonly 'delivery-method'?:
    | 'confirmed'
    | 'preferconfirmed'
    | 'unconfirmed'
    | 'notspecified'
    | undefined;
  readonly network?: string;
  readonly 'network-required'?: boolean;
  readonly bearer?: string;
  readonly 'bearer-required'?: boolean;
}

/** Who answers, and when. */
interface Sender {
  readonly 'sender-address'?: string;
  readonly 'sender-name'?: string;
}

interface Result {
  readonly code: number;
  readonly desc?: string;
}

export interface PushMessage {
  readonly kind: 'push-message';
  readonly 'push-id': string;
  readonly 'replace-push-id'?: string;
  readonly 'replace-method'?: 'pending-only' | 'all';
  readonly 'deliver-before-timestamp'?: Instant;
  readonly 'deliver-after-timestamp'?: Instant;
  readonly 'source-reference'?: string;
  readonly 'ppg-notify-requested-to'?: string;
  readonly 'progress-notes-requested'?: boolean;
  /** Values of `address-value`; decodeWapAddress reads one. */
  readonly addresses: readonly string[];
  readonly 'quality-of-service'?: QualityOfService;
}

export interface ProgressNote {
  readonly stage: string;
  readonly note?: string;
  readonly time?: Instant;
}

export interface PushResponse extends Sender {
  readonly kind: 'push-response';
  readonly 'push-id': string;
  readonly 'reply-time'?: Instant;
  readonly 'progress-notes': readonly ProgressNote[];
  readonly 'response-result': Result;
}

export interface CancelMessage {
  readonly kind: 'cancel-message';
  readonly 'push-id': string;
  /** None: all. */
  readonly addresses: readonly string[];
}

export interface CancelResult extends Result {
  readonly addresses: readonly string[];
}

export interface CancelResponse {
  readonly kind: 'cancel-response';
  readonly 'push-id': string;
  readonly 'cancel-results': readonly CancelResult[];
}

export interface ResultnotificationMessage extends Sender, Result {
  readonly kind: 'resultnotification-message';
  readonly 'push-id': string;
  readonly 'received-time'?: Instant;
  readonly 'event-time'?: Instant;
  readonly 'message-state': MessageState;
  readonly address: string;
  readonly 'quality-of-service'?: QualityOfService;
}

export interface ResultnotificationResponse extends Result {
  readonly kind: 'resultnotification-response';
  readonly 'push-id': string;
  readonly address: string;
}

export interface StatusqueryMessage {
  readonly kind: 'statusquery-message';
  readonly 'push-id': string;
  /** None: all. */
  readonly addresses: readonly string[];
}

export interface StatusqueryResult extends Result {
  readonly 'event-time'?: Instant;
  readonly 'message-state': MessageState;
  readonly addresses: readonly string[];
  readonly 'quality-of-service'?: QualityOfService;
}

export interface StatusqueryResponse {
  readonly kind: 'statusquery-response';
  readonly 'push-id': string;
  readonly 'statusquery-results': readonly StatusqueryResult[];
}

export interface CcqMessage {
  readonly kind: 'ccq-message';
  readonly 'query-id'?: string;
  readonly 'app-id'?: string;
  readonly address: string;
}

export interface CcqResponse extends Result {
  readonly kind: 'ccq-response';
  readonly 'query-id'?: string;
  readonly address?: string;
}

export interface BadmessageResponse extends Result {
  readonly kind: 'badmessage-response';
  /** The begin of what could not be read. */
  readonly 'bad-message-fragment': string;
}

export type PapMessage =
  | PushMessage
  | PushResponse
  | CancelMessage
  | CancelResponse
  | ResultnotificationMessage
  | ResultnotificationResponse
  | StatusqueryMessage
  | StatusqueryResponse
  | CcqMessage
  | CcqResponse
  | BadmessageResponse;
