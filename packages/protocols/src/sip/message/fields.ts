/**
 * Typed readers of headers. Each throws a ProtocolError that names its header; `decodeSip` has
 * tried them all once.
 */
import { ProtocolError } from '../../error.ts';
import { headerOf, headersOf } from './headers.ts';
import {
  ADDRESS_COUNT_MAX,
  CSEQ_MAX,
  DELTA_SECONDS_MAX,
  type Header,
  MAX_FORWARDS_MAX,
  VIA_COUNT_MAX,
} from './message.ts';
import { decodeNameAddr, decodeNameAddrList, type NameAddr } from './name-addr.ts';
import { parameterValue } from './scanner.ts';
import { decodeVias, type Via } from './via.ts';

interface HasHeaders {
  readonly headers: readonly Header[];
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

const CSEQ = /^([0-9]+)[\t ]+([A-Za-z0-9\-.!%*_+`'~]+)$/;

/** All Via values, topmost first. */
export function vias(message: HasHeaders): readonly Via[] {
  const all = headersOf(message, 'Via').flatMap(decodeVias);
  if (all.length > VIA_COUNT_MAX) throw tooMany('Via');
  return all;
}

/** The topmost Via. */
export function via(message: HasHeaders): Via {
  const [top] = decodeVias(required(message, 'Via'));
  if (top === undefined) throw missing('Via');
  return top;
}

export function from(message: HasHeaders): NameAddr {
  return decodeNameAddr(required(message, 'From'), 'From');
}

export function to(message: HasHeaders): NameAddr {
  return decodeNameAddr(required(message, 'To'), 'To');
}

/** The `tag` of a From or To. */
export function tagOf(address: NameAddr): string | undefined {
  return parameterValue(address, 'tag');
}

export function callId(message: HasHeaders): string {
  return required(message, 'Call-ID');
}

export function cSeq(message: HasHeaders): CSeq {
  const match = CSEQ.exec(required(message, 'CSeq'));
  if (match === null) throw new ProtocolError('SIP_CSEQ', 'not a CSeq', { path: 'CSeq' });
  const number = decodeNumber(match[1] ?? '', CSEQ_MAX, 'CSeq');
  return { number, method: match[2] ?? '' };
}

/** Undefined for a request of RFC 2543, which has none. */
export function maxForwards(message: HasHeaders): number | undefined {
  return optionalNumber(message, 'Max-Forwards', MAX_FORWARDS_MAX);
}

/** Seconds. */
export function expires(message: HasHeaders): number | undefined {
  return optionalNumber(message, 'Expires', DELTA_SECONDS_MAX);
}

/** Seconds; what follows the number (comment, duration) is left out (RFC 3261 §20.33). */
export function retryAfter(message: HasHeaders): number | undefined {
  const value = headerOf(message, 'Retry-After');
  const digits = value === undefined ? undefined : /^[0-9]+/.exec(value)?.[0];
  if (value === undefined) return undefined;
  return decodeNumber(digits ?? '', DELTA_SECONDS_MAX, 'Retry-After');
}

/** Seconds that a 423 asks for at least (RFC 3261 §20.23). */
export function minExpires(message: HasHeaders): number | undefined {
  return optionalNumber(message, 'Min-Expires', DELTA_SECONDS_MAX);
}

/** Contacts in order; none for `Contact: *`, which `isContactWildcard` tells. */
export function contacts(message: HasHeaders): readonly NameAddr[] {
  return isContactWildcard(message) ? [] : addresses(message, 'Contact');
}

/** `Contact: *`: remove all bindings (RFC 3261 §10.2.2). */
export function isContactWildcard(message: HasHeaders): boolean {
  const values = headersOf(message, 'Contact');
  if (!values.includes('*')) return false;
  if (values.length === 1) return true;
  throw new ProtocolError('SIP_NAME_ADDR', '* stands beside others', { path: 'Contact' });
}

/** Route, Record-Route, Path or Service-Route, topmost first. */
export function routes(
  message: HasHeaders,
  name: 'Route' | 'Record-Route' | 'Path' | 'Service-Route',
): readonly NameAddr[] {
  return addresses(message, name);
}

/** Any header that is a list of addresses (P-Associated-URI, P-Asserted-Identity ...). */
export function addresses(message: HasHeaders, name: string): readonly NameAddr[] {
  const all = headersOf(message, name)
    .filter((value) => value !== '')
    .flatMap((value) => decodeNameAddrList(value, name));
  if (all.length > ADDRESS_COUNT_MAX) throw tooMany(name);
  return all;
}

/** A decimal number up to `max`. Throws `SIP_NUMBER`. */
export function decodeNumber(text: string, max: number, path: string): number {
  const number = /^[0-9]{1,20}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= max)) throw new ProtocolError('SIP_NUMBER', `not 0 to ${max}`, { path });
  return number;
}

function optionalNumber(message: HasHeaders, name: string, max: number): number | undefined {
  const value = headerOf(message, name);
  return value === undefined ? undefined : decodeNumber(value, max, name);
}

function required(message: HasHeaders, name: string): string {
  const value = headerOf(message, name);
  if (value === undefined || value === '') throw missing(name);
  return value;
}

function missing(path: string): ProtocolError {
  return new ProtocolError('SIP_MISSING', `no ${path}`, { path });
}

function tooMany(path: string): ProtocolError {
  return new ProtocolError('SIP_COUNT', `too many ${path}`, { path });
}
