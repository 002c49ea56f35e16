/**
 * The P-CSCF's half of RFC 3329 with the mechanism `tls` (TS 24.229 5.2.2, TS 33.203 Annex O): what it
 * offers, and whether the UE repeats what it was offered. Used by p-cscf.ts.
 */
import {
  type Header,
  headersOf,
  listOf,
  type SipRequest,
  type TransportAddress,
  transportOf,
  withHeader,
} from '@ueprov/protocols/sip';
import { type Refusal, withoutHeaders } from './forwarding.ts';

export const SEC_AGREE = 'sec-agree';
const OFFER = 'tls;q=0.1';
const HEADERS = ['Security-Client', 'Security-Server', 'Security-Verify'];

/** Of 401, 420 and 494: what the UE repeats in Security-Verify. */
export const SECURITY_SERVER: Header = { name: 'Security-Server', value: OFFER };

/** The UE named mechanisms that it has. */
export function wantsAgreement(request: SipRequest): boolean {
  return headersOf(request, 'Security-Client').length > 0;
}

/** RFC 3329 §2.3.1: why this request does not fit what was agreed, if so. */
export function agreementRefusal(
  request: SipRequest,
  source: TransportAddress,
): Refusal | undefined {
  const required = [...listOf(request, 'Require'), ...listOf(request, 'Proxy-Require')];
  const isRequired = required.some((option) => option.toLowerCase() === SEC_AGREE);
  const verify = headersOf(request, 'Security-Verify');
  const mechanisms = listOf(request, 'Security-Client').map((each) => each.split(';')[0]?.trim());
  if (!isRequired && verify.length === 0) return undefined;
  const isOffered = mechanisms.length === 0 || mechanisms.includes('tls');
  // RFC 3329 §2.3.1: 494 with our list where there is nothing in common, or the list was changed on the way.
  // [SIPPUSH RFC3329.2.3.1-3]
  const isSame = verify.length === 0 || verify.every((value) => isOffer(value));
  const isProtected = verify.length === 0 || transportOf(source) === 'tls';
  if (isOffered && isSame && isProtected) return undefined;
  return { status: 494, headers: [SECURITY_SERVER] };
}

/** RFC 3329 §2.3: the agreement is between the two of them; nothing of it goes further. */
export function withoutAgreement(request: SipRequest): SipRequest {
  let rest = withoutHeaders(request, HEADERS);
  for (const name of ['Require', 'Proxy-Require']) {
    const others = listOf(request, name).filter((option) => option.toLowerCase() !== SEC_AGREE);
    rest =
      others.length > 0 ? withHeader(rest, name, others.join(', ')) : withoutHeaders(rest, [name]);
  }
  return rest;
}

function isOffer(value: string): boolean {
  return value.replace(/\s/g, '').toLowerCase() === OFFER;
}
