/**
 * Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3), as a text to look it up by.
 */
import {
  BRANCH_COOKIE,
  branchOf,
  callId,
  cSeq,
  encodeVia,
  from,
  type SipRequest,
  tagOf,
  to,
  type Via,
  via,
} from '../message/index.ts';
import { sentByOf } from './routing.ts';

/** The registry's methods but ACK and CANCEL. */
const CANCELLABLE_METHODS: readonly string[] = [
  'BYE',
  'INFO',
  'INVITE',
  'MESSAGE',
  'NOTIFY',
  'OPTIONS',
  'PRACK',
  'PUBLISH',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'UPDATE',
];

/**
 * RFC 3261 §17.1.3 and §18.1.2: branch, our own sent-by, and the method of CSeq.
 * [SIPPUSH RFC3261.17.1.3-1] [SIPPUSH RFC3261.18.1.2-1]
 */
export function clientKeyOf(top: Via, method: string): string {
  return `>${branchOf(top) ?? ''} ${sentByOf(top)} ${method}`;
}

/**
 * RFC 3261 §17.2.3: branch, sent-by and method; without the cookie, what RFC 2543 compared.
 * [SIPPUSH RFC3261.17.2.3-1]
 */
export function serverKeyOf(request: SipRequest): string {
  return `${transactionOf(request, tagOf(to(request)))}${request.method}`;
}

/**
 * The keys of all transactions that this CANCEL could mean (RFC 3261 §9.2): it does not tell the
 * method.
 */
export function cancelledKeysOf(cancel: SipRequest): readonly string[] {
  const transaction = transactionOf(cancel, tagOf(to(cancel)));
  return CANCELLABLE_METHODS.map((method) => `${transaction}${method}`);
}

/**
 * The key of the INVITE that this ACK confirms (RFC 3261 §17.2.3). Where RFC 2543's comparison is
 * needed, that INVITE had no tag in To: it was outside a dialog.
 */
export function acknowledgedKeyOf(ack: SipRequest): string {
  return `${transactionOf(ack, undefined)}INVITE`;
}

/** RFC 3261 §8.2.2.2: equal for the copies of one request that came by different ways. */
export function mergeKeyOf(request: SipRequest): string | undefined {
  if (tagOf(to(request)) !== undefined) return undefined;
  const { number, method } = cSeq(request);
  return JSON.stringify([tagOf(from(request)), callId(request), number, method]);
}

function transactionOf(request: SipRequest, toTag: string | undefined): string {
  const top = via(request);
  const branch = branchOf(top);
  // RFC 4475 §3.2.1: the cookie alone identifies nothing.
  if (branch?.startsWith(BRANCH_COOKIE) && branch !== BRANCH_COOKIE) {
    return `${branch} ${sentByOf(top)} `;
  }
  return JSON.stringify([
    request.uri,
    toTag,
    tagOf(from(request)),
    callId(request),
    cSeq(request).number,
    encodeVia(top),
  ]);
}
