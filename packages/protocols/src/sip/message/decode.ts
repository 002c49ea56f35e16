/**
 * One datagram to one SIP message, checked (RFC 3261 §7, §18.3, §25). What comes out has every
 * header that a message needs, each once where once is the rule, and all that the typed readers
 * read is well-formed.
 */
import { ProtocolError } from '../../error.ts';
import { decodeHeaderBlock, type HeaderBlock } from '../../mime/index.ts';
import {
  addresses,
  contacts,
  cSeq,
  decodeNumber,
  expires,
  from,
  maxForwards,
  minExpires,
  to,
  vias,
} from './fields.ts';
import {
  ADDRESS_LIST_HEADERS,
  longHeaderName,
  REQUIRED_HEADERS,
  SINGLE_HEADERS,
} from './header-name.ts';
import { headerOf } from './headers.ts';
import { type Header, MESSAGE_BYTES_MAX, type SipMessage } from './message.ts';
import { decodeUri } from './uri.ts';

const CR = 0x0d;
const LF = 0x0a;
const REQUEST_LINE = /^([A-Za-z0-9\-.!%*_+`'~]+) (\S+) (SIP\/[0-9]+\.[0-9]+)$/i;
const STATUS_LINE = /^(SIP\/[0-9]+\.[0-9]+) ([0-9]+)(?: (.*))?$/is;

/** Throws `SIP_…`, `MIME_…` or `BYTES_NOT_UTF8`. The body is a view on `bytes`. */
export function decodeSip(bytes: Uint8Array): SipMessage {
  if (bytes.length > MESSAGE_BYTES_MAX) {
    throw new ProtocolError('SIP_LENGTH', 'message too long', { byte: MESSAGE_BYTES_MAX });
  }
  // RFC 3261 §7.5: empty lines before the start line are ignored.
  let start = 0;
  while (bytes[start] === CR || bytes[start] === LF) start++;
  if (start === bytes.length) throw new ProtocolError('SIP_EMPTY', 'no message');
  const block = decodeHeaderBlock(bytes.subarray(start), { startLine: true });
  const headers = block.headers.map(({ name, value }) => ({ name: longHeaderName(name), value }));
  const message = { ...startLine(block), headers, body: bodyOf(headers, block.rest) };
  check(message);
  return message;
}

type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string };

function startLine({ startLine: line }: HeaderBlock): StartLine {
  const response = STATUS_LINE.exec(line);
  if (response !== null) {
    checkVersion(response[1] ?? '');
    // RFC 3261 §7.2: three digits, of which the first is 1 to 6.
    if (!/^[1-6][0-9][0-9]$/.test(response[2] ?? '')) {
      throw new ProtocolError('SIP_STATUS', 'not a status code', { line: 1 });
    }
    return { kind: 'response', status: Number(response[2]), reason: response[3] ?? '' };
  }
  const request = REQUEST_LINE.exec(line);
  if (request === null) {
    throw new ProtocolError('SIP_START_LINE', 'neither request nor status line', { line: 1 });
  }
  checkVersion(request[3] ?? '');
  const uri = request[2] ?? '';
  const decoded = decodeUri(uri, 'Request-URI');
  // RFC 3261 §19.1.1, table 1: no headers in a Request-URI.
  if (decoded.kind === 'sip' && decoded.headers !== undefined) {
    throw new ProtocolError('SIP_URI', 'headers in the Request-URI', { path: 'Request-URI' });
  }
  return { kind: 'request', method: request[1] ?? '', uri };
}

function checkVersion(version: string): void {
  if (version.toUpperCase() !== 'SIP/2.0') {
    throw new ProtocolError('SIP_VERSION', `${version} is not SIP/2.0`, { line: 1 });
  }
}

/** RFC 3261 §18.3: a datagram is cut where Content-Length says, and refused if it is shorter. */
function bodyOf(headers: readonly Header[], rest: Uint8Array): Uint8Array {
  const length = headerOf({ headers }, 'Content-Length');
  if (length === undefined) return rest;
  const bytes = decodeNumber(length, Number.MAX_SAFE_INTEGER, 'Content-Length');
  if (bytes > rest.length) {
    const message = `${bytes} octets announced, ${rest.length} there`;
    throw new ProtocolError('SIP_CONTENT_LENGTH', message, { path: 'Content-Length' });
  }
  return rest.subarray(0, bytes);
}

function check(message: SipMessage): void {
  const seen = new Set<string>();
  for (const { name } of message.headers) {
    const lower = name.toLowerCase();
    if (seen.has(lower) && SINGLE_HEADERS.includes(lower)) throw duplicate(name);
    seen.add(lower);
  }
  for (const name of REQUIRED_HEADERS) {
    const value = headerOf(message, name);
    if (value === undefined || value === '') {
      throw new ProtocolError('SIP_MISSING', `no ${name}`, { path: name });
    }
  }
  vias(message);
  from(message);
  to(message);
  maxForwards(message);
  expires(message);
  minExpires(message);
  if (seen.has('contact')) contacts(message);
  for (const name of ADDRESS_LIST_HEADERS) {
    if (name !== 'Contact' && seen.has(name.toLowerCase())) addresses(message, name);
  }
  const { method } = cSeq(message);
  // RFC 3261 §8.1.1.5: the method of CSeq is that of the request.
  if (message.kind === 'request' && method !== message.method) {
    const text = `CSeq says ${method}, the request ${message.method}`;
    throw new ProtocolError('SIP_CSEQ', text, { path: 'CSeq' });
  }
}

function duplicate(path: string): ProtocolError {
  return new ProtocolError('SIP_DUPLICATE', `${path} occurs twice`, { path });
}
