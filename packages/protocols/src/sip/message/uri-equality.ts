/**
 * Do two URIs mean the same (RFC 3261 §19.1.4, RFC 3966 section 4)? Used where a binding is looked
 * for.
 */
import { encodeUri, type SipUri, type TelUri, type Uri, type UriParameter } from './uri.ts';

/** RFC 3261 §19.1.4: these matter even if only one of the two has them. */
const DECISIVE: readonly string[] = ['user', 'ttl', 'method', 'maddr', 'transport'];

export function isSameUri(a: Uri, b: Uri): boolean {
  if (a.kind === 'sip' && b.kind === 'sip') return isSameSipUri(a, b);
  if (a.kind === 'tel' && b.kind === 'tel') return isSameTelUri(a, b);
  return a.kind === b.kind && encodeUri(a) === encodeUri(b);
}

function isSameSipUri(a: SipUri, b: SipUri): boolean {
  return (
    a.scheme === b.scheme &&
    // User and password are compared with case, all else without.
    unescaped(a.user) === unescaped(b.user) &&
    unescaped(a.password) === unescaped(b.password) &&
    a.host.toLowerCase() === b.host.toLowerCase() &&
    // No port is not the default port.
    a.port === b.port &&
    isSameParameters(a.parameters, b.parameters) &&
    isSameHeaders(a.headers, b.headers)
  );
}

function isSameParameters(a: readonly UriParameter[], b: readonly UriParameter[]): boolean {
  const [mapA, mapB] = [mapOf(a), mapOf(b)];
  return [...new Set([...mapA.keys(), ...mapB.keys()])].every((name) => {
    const [valueA, valueB] = [mapA.get(name), mapB.get(name)];
    if (valueA !== undefined && valueB !== undefined) return valueA === valueB;
    return !DECISIVE.includes(name);
  });
}

/** Headers are never ignored; their order is. */
function isSameHeaders(a: string | undefined, b: string | undefined): boolean {
  const listOf = (headers: string | undefined) =>
    (headers ?? '')
      .split('&')
      .map((header) => unescaped(header)?.toLowerCase())
      .sort();
  return listOf(a).join('&') === listOf(b).join('&');
}

function isSameTelUri(a: TelUri, b: TelUri): boolean {
  // RFC 3966 section 3: visual separators mean nothing.
  const digits = ({ number }: TelUri) => number.replace(/[-.()]/g, '').toLowerCase();
  const list = ({ parameters }: TelUri) =>
    [...mapOf(parameters)].map(([name, value]) => `${name}=${value}`).sort();
  return digits(a) === digits(b) && list(a).join(';') === list(b).join(';');
}

function mapOf(parameters: readonly UriParameter[]): ReadonlyMap<string, string> {
  return new Map(
    parameters.map(({ name, value = '' }) => [
      unescaped(name)?.toLowerCase() ?? '',
      unescaped(value)?.toLowerCase() ?? '',
    ]),
  );
}

/**
 * RFC 3261 §19.1.4: an escape equals what it stands for, octet by octet; reserved characters must
 * not gain a meaning.
 */
function unescaped(text: string | undefined): string | undefined {
  return text?.replace(/%([0-9A-Fa-f]{2})/g, (escaped, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-_.!~*'()]/.test(character) ? character : escaped.toUpperCase();
  });
}
