/**
 * What a registrar says of the registrations of a user, as values (RFC 3680 §5, RFC 5628 §4 for the
 * GRUUs). Read by reginfo-decode.ts, written by reginfo-encode.ts, put together by reginfo-view.ts.
 */

export const REGINFO_NAMESPACE = 'urn:ietf:params:xml:ns:reginfo';
export const GRUUINFO_NAMESPACE = 'urn:ietf:params:xml:ns:gruuinfo';
export const REGINFO = 'application/reginfo+xml';

/** Twice what one UDP datagram holds: an identity with a handful of devices takes some 4 kB. */
export const REGINFO_BYTES_MAX = 131_072;
/** Identities of one implicit registration set. */
export const REGISTRATION_COUNT_MAX = 128;
/** Contacts of one identity. */
export const CONTACT_COUNT_MAX = 64;
/** Parameters of one contact. */
export const UNKNOWN_PARAM_COUNT_MAX = 64;
/** Characters of one attribute or text. */
export const REGINFO_TEXT_LENGTH_MAX = 4096;
/** Version, seconds and CSeq: the schema bounds them by 64 bits or not at all, we by 32. */
export const REGINFO_NUMBER_MAX = 2 ** 32 - 1;

export type ReginfoErrorCode =
  | 'REGINFO_LENGTH'
  | 'REGINFO_ROOT'
  | 'REGINFO_VALUE'
  | 'REGINFO_COUNT';

/** RFC 3680 §5.2.1. */
export const REGISTRATION_STATES = ['init', 'active', 'terminated'] as const;
export type ReginfoRegistrationState = (typeof REGISTRATION_STATES)[number];

export const CONTACT_STATES = ['active', 'terminated'] as const;
export type ReginfoContactState = (typeof CONTACT_STATES)[number];

/** RFC 3680 §4.7.2, Figure 2: what made the contact what it is. */
export const CONTACT_EVENTS = [
  'registered',
  'created',
  'refreshed',
  'shortened',
  'expired',
  'deactivated',
  'probation',
  'unregistered',
  'rejected',
] as const;
export type ReginfoContactEvent = (typeof CONTACT_EVENTS)[number];

export interface Reginfo {
  /** From 0, one more with each document to this subscriber. */
  readonly version: number;
  /** `full`: every registration that the subscription is about; `partial`: what has changed. */
  readonly state: 'full' | 'partial';
  readonly registrations: readonly ReginfoRegistration[];
}

export interface ReginfoRegistration {
  /** The public identity. */
  readonly aor: string;
  /** Names it in later documents. */
  readonly id: string;
  readonly state: ReginfoRegistrationState;
  readonly contacts: readonly ReginfoContact[];
}

export interface ReginfoContact {
  readonly id: string;
  readonly state: ReginfoContactState;
  readonly event: ReginfoContactEvent;
  readonly uri: string;
  readonly displayName?: string;
  /** Parameters of the Contact, by name; a value is as the Contact has it, quotes included. */
  readonly unknownParams: readonly UnknownParam[];
  /** Seconds. */
  readonly durationRegistered?: number;
  /** Seconds. */
  readonly expires?: number;
  /** Seconds; with the event `probation`. */
  readonly retryAfter?: number;
  readonly q?: string;
  readonly callid?: string;
  readonly cseq?: number;
  /** RFC 5628 §4. */
  readonly pubGruu?: string;
  readonly tempGruu?: { readonly uri: string; readonly firstCseq: number };
}

export interface UnknownParam {
  readonly name: string;
  /** Empty for a parameter without value. */
  readonly value: string;
}
