/**
 * New messages: a request outside a dialog (RFC 3261 §8.1.1) and the response to a request
 * (§8.2.6).
 */
import { reasonPhrase } from '../status.ts';
import { to } from './fields.ts';
import { headerOf, headersOf } from './headers.ts';
import { type Header, NO_BODY, type SipRequest, type SipResponse } from './message.ts';
import { parameterValue } from './scanner.ts';

/** RFC 3261 §8.1.1.6. */
export const MAX_FORWARDS_DEFAULT = 70;

export interface RequestParts {
  readonly method: string;
  readonly uri: string;
  /** Value of From, with its tag. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cSeq: number;
  readonly maxForwards?: number;
  /** All other headers; Via is put on top by the transaction layer. */
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
}

/** A request without Via. */
export function request(parts: RequestParts): SipRequest {
  const { method, uri, callId, cSeq, maxForwards = MAX_FORWARDS_DEFAULT } = parts;
  return {
    kind: 'request',
    method,
    uri,
    headers: [
      { name: 'Max-Forwards', value: String(maxForwards) },
      { name: 'From', value: parts.from },
      { name: 'To', value: parts.to },
      { name: 'Call-ID', value: callId },
      { name: 'CSeq', value: `${cSeq} ${method}` },
      ...(parts.headers ?? []),
    ],
    body: parts.body ?? NO_BODY,
  };
}

export interface ResponseParts {
  /** The standard's phrase unless given. */
  readonly reason?: string;
  readonly headers?: readonly Header[];
  readonly body?: Uint8Array;
  /** The tag that To gets if it has none; every status but 100 needs one. */
  readonly toTag?: string;
}

/** RFC 3261 §8.2.6.2: From, Call-ID, CSeq, all Via and To are the request's, To with a tag. */
export function responseTo(
  request: SipRequest,
  status: number,
  { reason = reasonPhrase(status), headers = [], body = NO_BODY, toTag }: ResponseParts = {},
): SipResponse {
  const copied = ['From', 'To', 'Call-ID', 'CSeq'].map((name) => {
    const value = headerOf(request, name) ?? '';
    return { name, value: name === 'To' ? taggedTo(request, value, status, toTag) : value };
  });
  // RFC 3261 §8.2.6.1: a 100 repeats the Timestamp; other responses may.
  const timestamp = headersOf(request, 'Timestamp').map((value) => ({ name: 'Timestamp', value }));
  const via = headersOf(request, 'Via').map((value) => ({ name: 'Via', value }));
  return {
    kind: 'response',
    status,
    reason,
    headers: [...via, ...copied, ...(status === 100 ? timestamp : []), ...headers],
    body,
  };
}

function taggedTo(
  request: SipRequest,
  value: string,
  status: number,
  toTag: string | undefined,
): string {
  if (status === 100 || toTag === undefined) return value;
  const hasTag = parameterValue(to(request), 'tag') !== undefined;
  return hasTag ? value : `${value};tag=${toTag}`;
}
