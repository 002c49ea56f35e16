/**
 * What a response to REGISTER means for the registration: one event with what belongs to it. Used
 * by registration.ts.
 */
import type { DigestAlgorithm, DigestCredentials } from '../digest/index.ts';
import { ProtocolError } from '../error.ts';
import {
  type Account,
  type Challenge,
  challengeOf,
  confirmationOf,
  type Proof,
} from './challenge.ts';
import { cSeq, minExpires, retryAfter, type SipResponse } from './message/index.ts';
import { type Binding, bindingOf, type RegisterParts } from './register-request.ts';
import { agreementOf, isAgreementUnknown, type SecurityAgreement } from './security-agreement.ts';

/** What has happened since the first REGISTER of this round. */
export interface Attempt {
  /** Challenges answered with a password, or the RES of a card. */
  readonly answers: number;
  /** Challenges that the card found stale or foreign. */
  readonly refusals: number;
  /** 423s followed. */
  readonly raises: number;
}

/** The last REGISTER sent, and what is needed to judge its answer. */
export interface SentRegister {
  readonly parts: RegisterParts;
  readonly account: Account;
  readonly attempt: Attempt;
  /** What proved us, and how; absent without a challenge. */
  readonly proven?: { readonly credentials: DigestCredentials; readonly proof: Proof };
  /** Nothing weaker answers a challenge any more. */
  readonly least?: DigestAlgorithm;
  /** An offer of protection is asked for and not there yet. */
  readonly isAgreeing: boolean;
}

export interface Success {
  readonly event: 'success';
  readonly binding: Binding;
  /** RFC 2617 §3.2.3: the nonce for the next request. */
  readonly nextnonce?: string;
}

export interface Failure {
  readonly event: 'refused' | 'unavailable';
  readonly status?: number;
  readonly reason: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

export type ResponseOutcome =
  | Success
  | Failure
  | {
      readonly event: 'challenge';
      readonly challenge: Challenge;
      readonly agreement?: SecurityAgreement;
    }
  | { readonly event: 'agreed'; readonly agreement: SecurityAgreement }
  | { readonly event: 'noAgreement' }
  | { readonly event: 'tooBrief'; readonly expires: number };

export const NEW_ATTEMPT: Attempt = { answers: 0, refusals: 0, raises: 0 };
/** TS 24.229 5.1.1.5.3: to so many challenges in a row that the card refuses, it is said so. */
export const REFUSAL_MAX = 2;
/** Answers to challenges in one attempt; the second and third only to `stale=true`. */
export const CHALLENGE_ANSWER_MAX = 3;
/** 423s followed in one attempt. */
export const RAISE_MAX = 2;

const NO_BINDING: Binding = {
  expires: 0,
  serviceRoute: [],
  path: [],
  associated: [],
  isOutbound: false,
};

/** Answers that stay the same if the same is asked again. */
const PERMANENT: readonly number[] = [
  400, 403, 404, 405, 410, 414, 416, 420, 421, 501, 505, 513, 600, 603, 604, 606,
];

/** Undefined if the response is provisional or answers another request than the last. */
export function outcomeOf(response: SipResponse, sent: SentRegister): ResponseOutcome | undefined {
  const { status, reason } = response;
  if (status < 200 || cSeq(response).number !== sent.parts.cSeq) return undefined;
  try {
    if (status < 300) return successOf(response, sent);
    if (status === 401 || status === 407) return challengedBy(response, sent);
    if (sent.isAgreeing && isAgreementUnknown(response)) return { event: 'noAgreement' };
    // RFC 3329 §2.3.1: the offer, and nothing else yet.
    const agreement = sent.isAgreeing && status === 494 ? agreementOf(response) : undefined;
    if (agreement !== undefined) return { event: 'agreed', agreement };
    if (status === 423) return raisedBy(response, sent);
    const seconds = retryAfter(response);
    const event = PERMANENT.includes(status) ? 'refused' : 'unavailable';
    return { event, status, reason, ...(seconds === undefined ? {} : { retryAfter: seconds }) };
  } catch (error) {
    if (error instanceof ProtocolError) {
      return { event: 'unavailable', status, reason: error.message };
    }
    throw error;
  }
}

function successOf(response: SipResponse, sent: SentRegister): ResponseOutcome {
  const { parts, proven } = sent;
  const { status } = response;
  const { isForged, nextnonce } =
    proven?.proof.kind === 'password'
      ? confirmationOf(response, proven.credentials, proven.proof.password)
      : { isForged: false };
  if (isForged) return { event: 'unavailable', status, reason: 'the server’s proof is wrong' };
  const binding = bindingOf(response, parts);
  const isBound = binding !== undefined && binding.expires > 0;
  if (parts.expires > 0 && !isBound) {
    return { event: 'unavailable', status, reason: 'this contact is not among the bindings' };
  }
  return {
    event: 'success',
    binding: binding ?? NO_BINDING,
    ...(nextnonce === undefined ? {} : { nextnonce }),
  };
}

function challengedBy(response: SipResponse, sent: SentRegister): ResponseOutcome {
  const { status } = response;
  const { attempt, account, least, isAgreeing } = sent;
  const challenge = challengeOf(response, account, least);
  if (challenge === undefined) {
    return { event: 'refused', status, reason: 'no challenge that these credentials answer' };
  }
  if (attempt.refusals >= REFUSAL_MAX) {
    return { event: 'refused', status, reason: 'the card does not accept this network' };
  }
  // RFC 2617 §3.2.1: only stale=true says that the password was right. A second plain 401 says that
  // it is wrong.
  const isWorthAnswer = attempt.answers === 0 || challenge.challenge.stale;
  if (isWorthAnswer && attempt.answers < CHALLENGE_ANSWER_MAX) {
    const agreement = isAgreeing ? agreementOf(response) : undefined;
    return { event: 'challenge', challenge, ...(agreement !== undefined && { agreement }) };
  }
  return { event: 'refused', status, reason: 'the credentials are not accepted' };
}

function raisedBy(response: SipResponse, { parts, attempt }: SentRegister): ResponseOutcome {
  const { status, reason } = response;
  const minimum = minExpires(response);
  // RFC 3261 §10.2.8: again, with at least Min-Expires. [SIPPUSH RFC3261.10.2.8-1]
  const isWorthTrying = parts.expires > 0 && attempt.raises < RAISE_MAX;
  if (isWorthTrying && minimum !== undefined && minimum > parts.expires) {
    return { event: 'tooBrief', expires: minimum };
  }
  return { event: 'unavailable', status, reason };
}
