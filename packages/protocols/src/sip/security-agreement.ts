/**
 * RFC 3329: agreeing with the first proxy on how SIP is protected. Of the mechanisms `tls` is spoken
 * (spec/exceptions.md says why not ipsec-3gpp). Used by registration.ts.
 */

import type { SipResponse } from './message/index.ts';
import { decodeNumber, type Header, headersOf, listOf, splitList } from './message/index.ts';

/** What was agreed: the list of the server goes back to it as it came. [SIPPUSH RFC3329.2.3.1-2] */
export interface SecurityAgreement {
  /** Values of Security-Server, for Security-Verify. */
  readonly verify: readonly string[];
  /** `port-s` of the mechanism, where the server listens for protected requests. */
  readonly port?: number;
}

const MECHANISM = 'tls';
const OPTION = 'sec-agree';
/** More than anybody offers. */
export const MECHANISM_COUNT_MAX = 16;

/**
 * RFC 3329 §2.3.1: what goes with every REGISTER until, and after, there is an agreement.
 * [SIPPUSH RFC3329.2.3.1-1]
 */
export function agreementHeaders(agreement: SecurityAgreement | undefined): readonly Header[] {
  return [
    { name: 'Security-Client', value: MECHANISM },
    { name: 'Require', value: OPTION },
    { name: 'Proxy-Require', value: OPTION },
    ...(agreement?.verify ?? []).map((value) => ({ name: 'Security-Verify', value })),
  ];
}

/** Undefined if the response offers nothing that is spoken here. */
export function agreementOf(response: SipResponse): SecurityAgreement | undefined {
  const verify = headersOf(response, 'Security-Server');
  const offers = verify.flatMap(splitList).slice(0, MECHANISM_COUNT_MAX);
  const tls = offers.find((offer) => /^tls[\t ]*(?:;|$)/i.test(offer));
  if (tls === undefined) return undefined;
  const port = /;[\t ]*port-s[\t ]*=[\t ]*([0-9]+)/i.exec(tls)?.[1];
  return port === undefined
    ? { verify }
    : { verify, port: decodeNumber(port, 65_535, 'Security-Server') };
}

/** Whether a 420 says that the network knows nothing of agreements. */
export function isAgreementUnknown(response: SipResponse): boolean {
  const unsupported = listOf(response, 'Unsupported').map((tag) => tag.toLowerCase());
  return response.status === 420 && unsupported.includes(OPTION);
}
