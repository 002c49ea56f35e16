/** One SIP message to the octets of one datagram (RFC 3261 §7). */
import assert from 'node:assert';
import { concatBytes, encodeUtf8 } from '../../bytes.ts';
import { encodeHeaderBlock } from '../../mime/index.ts';
import type { SipMessage } from './message.ts';

/**
 * Content-Length is written from the body, whatever the headers say; no value can start a line of
 * its own.
 */
export function encodeSip(message: SipMessage): Uint8Array {
  const headers = message.headers.filter(({ name }) => name.toLowerCase() !== 'content-length');
  const length = { name: 'Content-Length', value: String(message.body.length) };
  const line = startLineOf(message);
  const isOneLine = (text: string) => !/[\r\n]/.test(text);
  assert(isOneLine(line) && headers.every(({ name, value }) => isOneLine(`${name}${value}`)));
  const head = encodeHeaderBlock([...headers, length]);
  return concatBytes(encodeUtf8(`${line}\r\n`), head, message.body);
}

/** The first line of a message, as logs and ladders show it. */
export function startLineOf(message: SipMessage): string {
  return message.kind === 'request'
    ? `${message.method} ${message.uri} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reason}`;
}
