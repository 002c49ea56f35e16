/**
 * What goes into and comes out of the engine of UE-1, and its table. Used by registration.ts and by
 * whoever drives it.
 */
import type { Card, DigestAlgorithm } from '../digest/index.ts';
import type { Instant, Random } from '../engine.ts';
import type { Header, Parameter, SipRequest, SipResponse } from './message/index.ts';
import type { Binding } from './register-request.ts';
import type { BackOff } from './registration-timing.ts';

export type RegistrationState =
  | 'Unregistered'
  /** A REGISTER is out: the first, a refresh, or one more after a failure. */
  | 'Registering'
  | 'Registered'
  /** Between a failure and the next try. */
  | 'Waiting'
  /** The network does not want this UE: asked again, but not soon. */
  | 'Refused'
  /**
   * A REGISTER is out, and its binding is to be removed once it is answered (RFC 3261 §10.2: one at
   * a time). [SIPPUSH RFC3261.10.2-2]
   */
  | 'Leaving'
  | 'Deregistering';

export type RegistrationEvent =
  | 'register'
  | 'deregister'
  /** A 401 or 407 that is worth an answer. */
  | 'challenge'
  /** A 423 that is worth another try. */
  | 'tooBrief'
  /** The first proxy offers a protection that is spoken (RFC 3329). */
  | 'agreed'
  /** The first proxy knows nothing of RFC 3329. */
  | 'noAgreement'
  | 'success'
  /** The network does not want this UE, whatever it does. */
  | 'refused'
  /** The network cannot now. */
  | 'unavailable'
  /** There is another proxy or target to try at once (RFC 3263 §4.3). */
  | 'elsewhere'
  /** The connection to the proxy is gone (RFC 5626 §4.5). */
  | 'flowLost'
  /** The network has taken the registration back, and wants a new one (RFC 3680 `deactivated`). */
  | 'deactivated'
  /** The same, and it does not want one (RFC 3680 `rejected`). */
  | 'rejected'
  | 'timerRefresh'
  | 'timerRetry'
  | 'timerExpiry';

/**
 * RFC 3261 §10.2, RFC 5626 §4.5 and TS 24.229 5.1.1. An event absent from a row is ignored in that
 * state.
 */
export const REGISTRATION_TRANSITIONS: Readonly<
  Record<RegistrationState, Partial<Record<RegistrationEvent, RegistrationState>>>
> = {
  Unregistered: { register: 'Registering' },
  Registering: {
    challenge: 'Registering',
    tooBrief: 'Registering',
    agreed: 'Registering',
    noAgreement: 'Registering',
    elsewhere: 'Registering',
    success: 'Registered',
    refused: 'Refused',
    unavailable: 'Waiting',
    deregister: 'Leaving',
    timerExpiry: 'Registering',
  },
  Registered: {
    register: 'Registering',
    timerRefresh: 'Registering',
    flowLost: 'Waiting',
    deactivated: 'Waiting',
    rejected: 'Refused',
    deregister: 'Deregistering',
  },
  Waiting: {
    register: 'Registering',
    timerRetry: 'Registering',
    deregister: 'Deregistering',
    timerExpiry: 'Waiting',
  },
  Refused: { register: 'Registering', timerRetry: 'Registering', deregister: 'Unregistered' },
  Leaving: {
    challenge: 'Deregistering',
    tooBrief: 'Deregistering',
    agreed: 'Deregistering',
    noAgreement: 'Deregistering',
    elsewhere: 'Deregistering',
    success: 'Deregistering',
    refused: 'Unregistered',
    unavailable: 'Unregistered',
  },
  Deregistering: {
    challenge: 'Deregistering',
    agreed: 'Deregistering',
    noAgreement: 'Deregistering',
    elsewhere: 'Deregistering',
    success: 'Unregistered',
    refused: 'Unregistered',
    unavailable: 'Unregistered',
  },
};

export type RegistrationInput =
  | { readonly kind: 'register' | 'deregister' }
  | { readonly kind: 'response'; readonly response: SipResponse }
  /** What the transaction layer says instead of a response. */
  | { readonly kind: 'unanswered'; readonly reason: 'timeout' | 'transport' }
  /** Instead of a response: the last REGISTER goes to another target. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'flowLost' }
  | { readonly kind: 'deactivated'; readonly retryAfter?: number }
  | { readonly kind: 'rejected' };

export type RegistrationEffect =
  | { readonly kind: 'send'; readonly request: SipRequest }
  /** What follows goes over TLS, to that port if one is said (RFC 3329). */
  | { readonly kind: 'protect'; readonly port?: number }
  /** The card has accepted a challenge: keep what it remembers before the next `send` leaves. */
  | { readonly kind: 'card' }
  | ({
      readonly kind: 'registered';
      readonly expiresAt: Instant;
      readonly refreshAt: Instant;
      /** How this UE proved itself; absent: nobody asked. */
      readonly algorithm?: DigestAlgorithm;
    } & Omit<Binding, 'expires'>)
  | {
      readonly kind: 'failed';
      readonly status?: number;
      readonly reason: string;
      readonly retryAt: Instant;
      /** The network does not want this UE. */
      readonly isRefused: boolean;
    }
  | {
      readonly kind: 'deregistered';
      readonly reason: 'requested' | 'expired' | 'deactivated' | 'rejected';
    };

export interface RegistrationOptions {
  /** URI of the home network domain, `sip:home.example`. */
  readonly registrar: string;
  /** The public identity, IMPU. */
  readonly identity: string;
  /** The private identity, IMPI. */
  readonly username: string;
  readonly password?: string;
  /** Stands for a password: AKAv1-MD5. */
  readonly card?: Card;
  /** `sip:user@address:port` of this UE. */
  readonly contact: string;
  readonly instanceId: string;
  readonly random: Random;
  readonly featureTags?: readonly Parameter[];
  /** Seconds to ask for. */
  readonly expires?: number;
  /**
   * RFC 5626 §4.2.1: the number of this flow, which asks the network to keep it. Absent: requests
   * come to the address in the contact.
   */
  readonly regId?: number;
  /** Ask the first proxy for TLS (RFC 3329). */
  readonly wantsProtection?: boolean;
  /** Bounds of the wait after failures; TS 24.229's unless given. */
  readonly backOff?: BackOff;
  /**
   * Name the private identity before any challenge, as TS 24.229 5.1.1.2 has it for AKA. Without a
   * card off by default: for SIP Digest it may be left out, and stock registrars refuse the empty
   * nonce that goes with it (Kamailio: 400).
   */
  readonly announcesUsername?: boolean;
  /** Further headers of every REGISTER (P-Access-Network-Info ...). */
  readonly headers?: readonly Header[];
}

/** TS 24.229 5.1.1.2, seconds. [SIPPUSH TS24229.5.1.1.2-1] */
export const EXPIRES_DEFAULT = 600_000;
