/**
 * Where messages go: what a server writes into Via, and where the response then goes (RFC 3261
 * §18.2, RFC 3581).
 */
import {
  encodeVia,
  headerOf,
  parameterValue,
  type SipMessage,
  type SipRequest,
  splitList,
  type Via,
  via,
  withHeader,
  withParameter,
} from '../message/index.ts';
import { isReliable, SIP_PORT, SIPS_PORT, type TransportAddress } from './transport-address.ts';

/**
 * The request with `received` and `rport` in its topmost Via, as the one who received it writes
 * them.
 */
export function stampVia(request: SipRequest, source: TransportAddress): SipRequest {
  const top = via(request);
  const wantsRport = parameterValue(top, 'rport') !== undefined;
  const isForged = parameterValue(top, 'received') !== undefined;
  let { parameters } = top;
  // RFC 3261 §18.2.1: when the host is not the source address. RFC 3581 §4: always together with
  // rport. And over what the sender wrote there: it would aim the response at somebody else.
  // [SIPPUSH RFC3261.18.2.1-1]
  if (wantsRport || isForged || unbracketed(top.host) !== source.address) {
    parameters = withParameter(parameters, { name: 'received', value: source.address });
  }
  if (wantsRport) {
    parameters = withParameter(parameters, { name: 'rport', value: String(source.port) });
  }
  return withTopVia(request, { ...top, parameters });
}

/**
 * RFC 3261 §18.2.2: over TCP and TLS the connection that the request came on. For UDP, RFC 3581 §4:
 * `received` before sent-by, `rport` before its port. `maddr` is not followed: it would let anyone
 * aim responses at a third party, and multicast is no use here. [SIPPUSH RFC3261.18.2.2-1]
 */
export function responseTarget(message: SipMessage, source: TransportAddress): TransportAddress {
  if (isReliable(source)) return source;
  const top = via(message);
  const rport = Number(parameterValue(top, 'rport') ?? '');
  const isPort = Number.isInteger(rport) && rport > 0 && rport <= 65_535;
  return {
    address: unbracketed(parameterValue(top, 'received') ?? top.host),
    port: isPort ? rport : portOf(top),
  };
}

/**
 * RFC 3261 §18.2.2: when the connection that the request came on is gone, a new one to where the
 * sender listens.
 */
export function reconnectTarget(message: SipMessage, source: TransportAddress): TransportAddress {
  const { flow: _flow, ...peer } = source;
  return { ...peer, port: portOf(via(message)) };
}

/** The message with another topmost Via. */
export function withTopVia<M extends SipMessage>(message: M, top: Via): M {
  const [, ...others] = splitList(headerOf(message, 'Via') ?? '');
  const value = [encodeVia(top), ...others].join(', ');
  const at = message.headers.findIndex(({ name }) => name.toLowerCase() === 'via');
  if (at < 0) return withHeader(message, 'Via', value);
  return { ...message, headers: message.headers.with(at, { name: 'Via', value }) };
}

/** The message without its topmost Via, as a proxy forwards a response (RFC 3261 §16.7, 3). */
export function withoutTopVia<M extends SipMessage>(message: M): M {
  const [, ...others] = splitList(headerOf(message, 'Via') ?? '');
  const at = message.headers.findIndex(({ name }) => name.toLowerCase() === 'via');
  const rest = others.length === 0 ? [] : [{ name: 'Via', value: others.join(', ') }];
  return { ...message, headers: message.headers.toSpliced(at, 1, ...rest) };
}

/**
 * sent-by as transactions compare it: the default port written out, no difference of case (RFC 3261
 * §17.2.3).
 */
export function sentByOf(top: Via): string {
  return `${top.host.toLowerCase()}:${portOf(top)}`;
}

/** An address as it stands in a URI or a Via: IPv6 in brackets. */
export function bracketed(address: string): string {
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}

function portOf({ port, transport }: Via): number {
  return port ?? (transport === 'TLS' ? SIPS_PORT : SIP_PORT);
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
