/**
 * The two SIP messages (RFC 3261 §7) as plain values. Headers keep their order; compact names are
 * written out by the decoder; typed readers are in fields.ts. Used by every SIP speaker of the
 * project.
 */
import type { Header } from '../../mime/index.ts';

export type { Header };

export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  /** The Request-URI as written; `decodeUri` reads it. */
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
}

export type SipMessage = SipRequest | SipResponse;

export type SipErrorCode =
  | 'SIP_LENGTH'
  | 'SIP_EMPTY'
  | 'SIP_START_LINE'
  | 'SIP_VERSION'
  | 'SIP_STATUS'
  | 'SIP_MISSING'
  | 'SIP_DUPLICATE'
  | 'SIP_COUNT'
  | 'SIP_NUMBER'
  | 'SIP_CSEQ'
  | 'SIP_VIA'
  | 'SIP_URI'
  | 'SIP_NAME_ADDR'
  | 'SIP_PARAMETER'
  | 'SIP_CONTENT_LENGTH';

/** One UDP datagram holds no more. */
export const MESSAGE_BYTES_MAX = 65_535;
/** Max-Forwards starts at 70 (RFC 3261 §8.1.1.6), so no honest path is longer. */
export const VIA_COUNT_MAX = 70;
/** Contact, Route, Record-Route, Path, Service-Route: values of one kind in a message. */
export const ADDRESS_COUNT_MAX = 70;
export const PARAMETER_COUNT_MAX = 64;
/** RFC 3261 §8.1.1.5: less than 2**31. */
export const CSEQ_MAX = 2 ** 31 - 1;
/** RFC 3261 §20.22. */
export const MAX_FORWARDS_MAX = 255;
/** RFC 3261 §20.19 and §25.1: delta-seconds are at most 2**32 - 1. */
export const DELTA_SECONDS_MAX = 2 ** 32 - 1;

export const NO_BODY: Uint8Array = new Uint8Array(0);
