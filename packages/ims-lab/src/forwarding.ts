/**
 * What every proxy does to a request before it lets it pass, and to the response on its way back.
 *
 * RFC 3261 §16.3, §16.6 and §16.7. Used by the P-CSCF and the S-CSCF.
 */
import {
  bracketed,
  encodeNameAddr,
  type Header,
  listOf,
  MAX_FORWARDS_DEFAULT,
  maxForwards,
  type NameAddr,
  routes,
  SIP_PORT,
  type SipMessage,
  type SipRequest,
  type SipUri,
  type TransportAddress,
  vias,
  withHeader,
  withoutHeader,
} from '@ueprov/protocols/sip';

export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly Header[];
}

/** RFC 3261 §16.3: why this request must not pass `self`, if so. */
export function refusalOf(request: SipRequest, self: TransportAddress): Refusal | undefined {
  // RFC 3261 §16.3 step 3.
  if (maxForwards(request) === 0) return { status: 483 };
  // RFC 3261 §16.3 step 4. No way through the lab passes one element twice, so no spiral is refused.
  if (vias(request).some((via) => isAt(via, self))) return { status: 482 };
  // RFC 3261 §16.3 step 5.
  const unsupported = listOf(request, 'Proxy-Require');
  if (unsupported.length === 0) return undefined;
  return { status: 420, headers: [{ name: 'Unsupported', value: unsupported.join(', ') }] };
}

/** RFC 3261 §16.6 step 3. */
export function withOneHopLess(request: SipRequest): SipRequest {
  const hops = maxForwards(request) ?? MAX_FORWARDS_DEFAULT + 1;
  return withHeader(request, 'Max-Forwards', String(hops - 1));
}

/** The message with this list of addresses in place of those of that name. */
export function withRoutes<M extends SipMessage>(
  message: M,
  name: 'Route' | 'Path' | 'Service-Route',
  addresses: readonly NameAddr[],
): M {
  const { headers } = withoutHeader(message, name);
  const values = addresses.map((address) => ({ name, value: encodeNameAddr(address) }));
  return { ...message, headers: [...headers, ...values] };
}

/** RFC 3261 §16.4: the top Route if it names `self`, and the request without it. */
export function popRoute(
  request: SipRequest,
  self: TransportAddress,
): { readonly route: SipUri | undefined; readonly request: SipRequest } {
  const [top, ...others] = routes(request, 'Route');
  if (top?.uri.kind !== 'sip' || !isAt(top.uri, self)) return { route: undefined, request };
  return { route: top.uri, request: withRoutes(request, 'Route', others) };
}

/** Whether a URI or a Via names this address; the lab's elements have addresses for names. */
export function isAt(
  { host, port = SIP_PORT }: { readonly host: string; readonly port?: number },
  self: TransportAddress,
): boolean {
  return port === self.port && unbracketed(host) === unbracketed(self.address);
}

/** Where a URI that holds an IP address points to. */
export function addressOfUri({ host, port = SIP_PORT }: SipUri): TransportAddress {
  return { address: unbracketed(host), port };
}

/** `host:port` of a URI. */
export function hostPortOf({ address, port }: TransportAddress): string {
  return `${bracketed(address)}:${port}`;
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}
