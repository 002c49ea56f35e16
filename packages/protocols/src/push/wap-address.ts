/**
 * The address of a PAP message: `WAPPUSH=alice%40home.example/TYPE=USER@ppg.home.example` (WAP-247-PAP 4.1, PPG
 * service 7.1). A SIP identity is a USER whose name is the escaped URI, with or without its scheme.
 */
import { ProtocolError } from '../error.ts';

export interface WapAddress {
  /** USER, PLMN, IPV4, IPV6 or another, upper case. */
  readonly type: string;
  /** Unescaped. */
  readonly address: string;
  /** What follows `@`: which gateway is meant. */
  readonly ppg?: string;
}

export const WAP_ADDRESS_LENGTH_MAX = 512;

const ADDRESS =
  /^\/?WAPPUSH=([^/@=]+)((?:\/[A-Za-z0-9-]+=[^/@=]*)*)\/TYPE=([A-Za-z0-9]+)(?:@(.+))?$/i;

/**
 * Throws `PAP_ADDRESS`. Extensions between the address and its type are left out.
 * [SIPPUSH PAP-7]
 */
export function decodeWapAddress(text: string): WapAddress {
  const match = text.length > WAP_ADDRESS_LENGTH_MAX ? null : ADDRESS.exec(text.trim());
  if (match === null) throw malformed(text);
  const [, escaped = '', , type = '', ppg] = match;
  const address = unescaped(escaped);
  if (address === undefined || /\p{Cc}/u.test(address)) throw malformed(text);
  return { type: type.toUpperCase(), address, ...(ppg !== undefined && { ppg }) };
}

/** [SIPPUSH PAP-7] */
export function encodeWapAddress({ type, address, ppg }: WapAddress): string {
  const escaped = encodeURIComponent(address);
  // A number keeps its plus, an IPv6 address its colons.
  const name = type === 'USER' ? escaped : escaped.replace(/%2B|%3A/g, decodeURIComponent);
  return `WAPPUSH=${name}/TYPE=${type}${ppg === undefined ? '' : `@${ppg}`}`;
}

/** The public identity that an address means: a USER's URI, a PLMN's number; undefined for what is none. */
export function identityOf({ type, address }: WapAddress): string | undefined {
  if (type === 'PLMN') return `tel:${address}`;
  if (type !== 'USER') return undefined;
  return /^(?:sips?|tel):/i.test(address) ? address : `sip:${address}`;
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function malformed(text: string): ProtocolError {
  const shown = text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?');
  return new ProtocolError('PAP_ADDRESS', `${shown} is no address of a push`, { path: 'address' });
}
