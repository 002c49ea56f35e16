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
import type { ElementOptions } from './element.ts';

export interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: readonly Header[];
  /** Random unless given. */
  readonly toTag?: string;
}

/** Is this host and port one of an element's own? */
export type IsSelf = (place: HostPort) => boolean;

interface HostPort {
  readonly host: string;
  readonly port?: number;
}

export interface ProxyRules {
  readonly isSelf: IsSelf;
  /** How often a request may have been here before without being a loop; never unless given. */
  readonly passesMax?: number;
  /** Options of Proxy-Require that are understood. */
  readonly understood?: readonly string[];
}

/** RFC 3261 §16.3: why this request must not pass, if so. */
export function refusalOf(request: SipRequest, rules: ProxyRules): Refusal | undefined {
  const { isSelf, passesMax = 0, understood = [] } = rules;
  // RFC 3261 §16.3 step 3.
  if (maxForwards(request) === 0) return { status: 483 };
  // RFC 3261 §16.3 step 4.
  if (vias(request).filter(isSelf).length > passesMax) return { status: 482 };
  // RFC 3261 §16.3 step 5.
  const required = listOf(request, 'Proxy-Require');
  const unsupported = required.filter((option) => !understood.includes(option.toLowerCase()));
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
  name: 'Route' | 'Record-Route' | 'Path',
  addresses: readonly NameAddr[],
): M {
  const { headers } = withoutHeader(message, name);
  const values = addresses.map((address) => ({ name, value: encodeNameAddr(address) }));
  return { ...message, headers: [...headers, ...values] };
}

/** RFC 3261 §16.4: the Routes on top that name `self`, and the request without them. */
export function popRoutes(
  request: SipRequest,
  isSelf: IsSelf,
): { readonly route: SipUri | undefined; readonly request: SipRequest } {
  const all = routes(request, 'Route');
  const other = all.findIndex(({ uri }) => uri.kind !== 'sip' || !isSelf(uri));
  const count = other < 0 ? all.length : other;
  const route = all[0]?.uri;
  if (count === 0 || route?.kind !== 'sip') return { route: undefined, request };
  return { route, request: withRoutes(request, 'Route', all.slice(count)) };
}

/** Whether a URI or a Via names this address; the lab's elements have addresses for names. */
export function isAt({ host, port = SIP_PORT }: HostPort, self: TransportAddress): boolean {
  return port === self.port && unbracketed(host) === unbracketed(self.address);
}

/** The same, with all the ports that it listens on. */
export function isAtAny(
  place: HostPort,
  { address, ports = {} }: Pick<ElementOptions, 'address' | 'ports'>,
): boolean {
  return [address.port, ...Object.values(ports)].some((port) => isAt(place, { ...address, port }));
}

/** Whether two addresses are one; a connection is one of its own, whatever its port. */
export function isSameSource(a: TransportAddress, b: TransportAddress): boolean {
  return a.flow === b.flow && isAt({ host: a.address, port: a.port }, b);
}

/** Where a URI that holds an IP address points to. */
export function addressOfUri({ host, port = SIP_PORT }: SipUri): TransportAddress {
  return { address: unbracketed(host), port };
}

/** `host:port` of a URI. */
export function hostPortOf({ address, port }: TransportAddress): string {
  return `${bracketed(address)}:${port}`;
}

/** The message without headers of these names. */
export function withoutHeaders<M extends SipMessage>(message: M, names: readonly string[]): M {
  return names.reduce((rest, name) => withoutHeader(rest, name), message);
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}
