/**
 * SIP, SIPS and tel URIs, and whatever other URI a header may carry (RFC 3261 §19.1 and §25.1, RFC
 * 3966). Parts keep their escapes as written, so that what is decoded encodes to the same text;
 * comparison undoes them.
 */
import { ProtocolError } from '../../error.ts';
import { PARAMETER_COUNT_MAX } from './message.ts';

export interface UriParameter {
  readonly name: string;
  readonly value?: string;
}

export interface SipUri {
  readonly kind: 'sip';
  readonly scheme: 'sip' | 'sips';
  readonly user?: string;
  readonly password?: string;
  /** A name, an IPv4 address, or an IPv6 address in brackets. */
  readonly host: string;
  readonly port?: number;
  readonly parameters: readonly UriParameter[];
  /** What follows `?`, as written. */
  readonly headers?: string;
}

export interface TelUri {
  readonly kind: 'tel';
  readonly number: string;
  readonly parameters: readonly UriParameter[];
}

export interface OtherUri {
  readonly kind: 'other';
  readonly scheme: string;
  readonly opaque: string;
}

export type Uri = SipUri | TelUri | OtherUri;

export const URI_LENGTH_MAX = 4096;

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
const OPAQUE = /^[^\s<>"]+$/;
const USER = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})+$/;
const PASSWORD = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,]|%[0-9A-Fa-f]{2})*$/;
const HEADERS = /^(?:[A-Za-z0-9\-_.!~*'()[\]/?:+$&=]|%[0-9A-Fa-f]{2})+$/;
const PARAMETER_TEXT = /^(?:[A-Za-z0-9\-_.!~*'()[\]/:&+$]|%[0-9A-Fa-f]{2})+$/;
const HOST_PORT = /^([A-Za-z0-9_](?:[A-Za-z0-9_.-]*)|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?$/;
const TEL_NUMBER = /^\+?[0-9A-Fa-f*#().-]+$/;

/** Throws `SIP_URI`. `path` names the header for the error. */
export function decodeUri(text: string, path = 'uri'): Uri {
  if (text.length > URI_LENGTH_MAX) throw malformed('URI too long', path);
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) throw malformed('no scheme', path);
  const rest = text.slice(scheme.length + 1);
  if (scheme === 'sip' || scheme === 'sips') return decodeSipUri(scheme, rest, path);
  if (scheme === 'tel') return decodeTelUri(rest, path);
  if (!OPAQUE.test(rest)) throw malformed('not a URI', path);
  return { kind: 'other', scheme, opaque: rest };
}

/** The same, for places where only sip: and sips: make sense. Throws `SIP_URI`. */
export function decodeSipOnlyUri(text: string, path = 'uri'): SipUri {
  const uri = decodeUri(text, path);
  if (uri.kind !== 'sip') throw malformed('not a SIP URI', path);
  return uri;
}

export function encodeUri(uri: Uri): string {
  if (uri.kind === 'other') return `${uri.scheme}:${uri.opaque}`;
  if (uri.kind === 'tel') return `tel:${uri.number}${encodeUriParameters(uri.parameters)}`;
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const user = uri.user === undefined ? '' : `${uri.user}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers === undefined ? '' : `?${uri.headers}`;
  const parameters = encodeUriParameters(uri.parameters);
  return `${uri.scheme}:${user}${uri.host}${port}${parameters}${headers}`;
}

/** Value of a URI parameter, without case; '' if it stands without a value (`lr`). */
export function uriParameter(uri: Uri, name: string): string | undefined {
  if (uri.kind === 'other') return undefined;
  const found = uri.parameters.find((each) => each.name.toLowerCase() === name);
  return found === undefined ? undefined : (found.value ?? '');
}

/** Octets of a host and port, `host[:port]`. Throws `SIP_URI`. */
export function decodeHostPort(
  text: string,
  path: string,
): { readonly host: string; readonly port?: number } {
  const match = HOST_PORT.exec(text);
  if (match === null) throw malformed('no host', path);
  const host = match[1] ?? '';
  if (match[2] === undefined) return { host };
  const port = Number(match[2]);
  if (port > 65_535) throw malformed('port above 65535', path);
  return { host, port };
}

function decodeSipUri(scheme: 'sip' | 'sips', text: string, path: string): SipUri {
  // No unescaped @ stands anywhere but between user and host.
  const at = text.indexOf('@');
  const question = text.indexOf('?', at + 1);
  const end = question < 0 ? text.length : question;
  const [hostPort = '', ...parameters] = text.slice(at + 1, end).split(';');
  const headers = question < 0 ? undefined : text.slice(question + 1);
  if (headers !== undefined && !HEADERS.test(headers)) throw malformed('bad headers', path);
  return {
    kind: 'sip',
    scheme,
    ...(at < 0 ? {} : decodeUserInfo(text.slice(0, at), path)),
    ...decodeHostPort(hostPort, path),
    parameters: decodeUriParameters(parameters, path),
    ...(headers === undefined ? {} : { headers }),
  };
}

function decodeUserInfo(
  text: string,
  path: string,
): { readonly user: string; readonly password?: string } {
  const colon = text.indexOf(':');
  const user = colon < 0 ? text : text.slice(0, colon);
  if (!USER.test(user)) throw malformed('bad user part', path);
  if (colon < 0) return { user };
  const password = text.slice(colon + 1);
  if (!PASSWORD.test(password)) throw malformed('bad password', path);
  return { user, password };
}

function decodeTelUri(text: string, path: string): TelUri {
  const [number = '', ...parameters] = text.split(';');
  if (!TEL_NUMBER.test(number)) throw malformed('bad telephone number', path);
  return { kind: 'tel', number, parameters: decodeUriParameters(parameters, path) };
}

function decodeUriParameters(parts: readonly string[], path: string): readonly UriParameter[] {
  if (parts.length > PARAMETER_COUNT_MAX) throw malformed('too many parameters', path);
  return parts.map((part) => {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    const value = equals < 0 ? undefined : part.slice(equals + 1);
    if (!PARAMETER_TEXT.test(name)) throw malformed('bad parameter', path);
    if (value === undefined) return { name };
    if (!PARAMETER_TEXT.test(value)) throw malformed('bad parameter value', path);
    return { name, value };
  });
}

function encodeUriParameters(parameters: readonly UriParameter[]): string {
  return parameters
    .map(({ name, value }) => (value === undefined ? `;${name}` : `;${name}=${value}`))
    .join('');
}

function malformed(message: string, path: string): ProtocolError {
  return new ProtocolError('SIP_URI', message, { path });
}
