/**
 * The request behind octets that could not be decoded, as far as an answer needs it (RFC 3261
 * §8.2.6, §18.3).
 */
import { ProtocolError } from '../../error.ts';
import { decodeHeaderBlock } from '../../mime/index.ts';
import { from, to, vias } from './fields.ts';
import { longHeaderName, REQUIRED_HEADERS } from './header-name.ts';
import { headerOf } from './headers.ts';
import { NO_BODY, type SipRequest } from './message.ts';

const BROKEN_REQUEST_LINE = /^(?!ACK )([A-Z]+) .*SIP\/[0-9.]+[\t ]*$/;

/**
 * Something that `responseTo` can answer with `statusOfError`; undefined where nothing may or can
 * be answered: a response, an ACK, what has no readable Via, or lacks a header that a response
 * repeats.
 */
export function answerableRequest(bytes: Uint8Array): SipRequest | undefined {
  try {
    const block = decodeHeaderBlock(bytes, { startLine: true });
    const method = BROKEN_REQUEST_LINE.exec(block.startLine)?.[1];
    const headers = block.headers.map(({ name, value }) => ({ name: longHeaderName(name), value }));
    if (method === undefined) return undefined;
    if (REQUIRED_HEADERS.some((name) => !headerOf({ headers }, name))) return undefined;
    vias({ headers });
    from({ headers });
    to({ headers });
    return { kind: 'request', method, uri: '', headers, body: NO_BODY };
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
