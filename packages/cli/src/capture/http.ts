/**
 * HTTP/1.x messages with their bodies in a run of octets. RFC 9112 §6, §7.1.
 *
 * A run may begin in the middle of a message: reading starts at the next start line. A body that the capture does not
 * hold whole is given as far as it goes, and its reader says where it ends. Pure. Used by capture.ts.
 */
import { gunzipSync, inflateSync } from 'node:zlib';
import { ProtocolError } from '@ueprov/protocols';
import { decodeHeaderBlock, type Header, headerValue } from '@ueprov/protocols/mime';

export interface HttpBody {
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** Where the message begins in the run. */
  readonly offset: number;
}

/** A body after decompression. */
export const BODY_BYTES_MAX = 1024 * 1024;
/** Start lines of one run that no header block follows: a run with more is not HTTP. */
export const FALSE_STARTS_MAX = 1_000;

/** Only POST carries DM messages; answers to anything may be there. */
const START_LINE = /POST [!-~]{1,2048} HTTP\/1\.[01]\r?\n|HTTP\/1\.[01] \d{3}[ \r\n]/g;

export function httpBodies(run: Uint8Array): readonly HttpBody[] {
  const text = Buffer.from(run.buffer, run.byteOffset, run.byteLength).toString('latin1');
  const bodies: HttpBody[] = [];
  let falseStarts = 0;
  for (let at = 0; falseStarts <= FALSE_STARTS_MAX; ) {
    START_LINE.lastIndex = at;
    const found = START_LINE.exec(text);
    if (found === null) break;
    const message = messageAt(run, found.index);
    if (message === undefined) {
      at = START_LINE.lastIndex;
      falseStarts += 1;
      continue;
    }
    const { headers, body, end } = message;
    const contentType = headerValue(headers, 'Content-Type');
    if (contentType !== undefined && body.length > 0) {
      bodies.push({ contentType, bytes: decompressed(headers, body), offset: found.index });
    }
    at = end;
  }
  return bodies;
}

interface Message {
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  readonly end: number;
}

/** Undefined if no header block stands there. */
function messageAt(run: Uint8Array, start: number): Message | undefined {
  const block = headerBlock(run.subarray(start));
  if (block === undefined) return undefined;
  const { startLine, headers, rest } = block;
  const bodyAt = run.length - rest.length;
  if (/\bchunked\b/i.test(headerValue(headers, 'Transfer-Encoding') ?? '')) {
    const { body, length } = dechunked(rest);
    return { headers, body, end: bodyAt + length };
  }
  const claimed = headerValue(headers, 'Content-Length');
  const length = claimed === undefined ? impliedLength(startLine, rest) : Number(claimed);
  if (!Number.isInteger(length) || length < 0) return undefined;
  return { headers, body: rest.subarray(0, length), end: Math.min(bodyAt + length, run.length) };
}

function headerBlock(bytes: Uint8Array): ReturnType<typeof decodeHeaderBlock> | undefined {
  try {
    return decodeHeaderBlock(bytes, { startLine: true });
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** RFC 9112 §6.3: without a length a request has no body, and a response lasts to the end of its connection. */
function impliedLength(startLine: string, rest: Uint8Array): number {
  return /^HTTP\/1\.[01] (?!1\d\d|204|304)/.test(startLine) ? rest.length : 0;
}

/** RFC 9112 §7.1: the chunks joined, as far as they are there; trailers are stepped over by the next start line. */
function dechunked(bytes: Uint8Array): { readonly body: Uint8Array; readonly length: number } {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(0x0a, at);
    if (lineEnd < 0) break;
    const line = Buffer.from(bytes.subarray(at, Math.min(lineEnd, at + 64))).toString('latin1');
    const [, digits] = /^([0-9A-Fa-f]{1,8})[\t ]*(?:;|\r?$)/.exec(line) ?? [];
    if (digits === undefined) break;
    const start = lineEnd + 1;
    const size = Number.parseInt(digits, 16);
    at = start + size;
    if (size === 0) break;
    chunks.push(bytes.subarray(start, at));
    // The line end behind the chunk.
    at += bytes[at] === 0x0d ? 2 : 1;
  }
  return { body: Buffer.concat(chunks), length: Math.min(at, bytes.length) };
}

/** RFC 9110 §8.4.1. What cannot be decompressed stays as it is: its reader says that it is no message. */
function decompressed(headers: readonly Header[], body: Uint8Array): Uint8Array {
  const coding = headerValue(headers, 'Content-Encoding')?.trim().toLowerCase();
  const limits = { maxOutputLength: BODY_BYTES_MAX };
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return new Uint8Array(gunzipSync(body, limits));
    if (coding === 'deflate') return new Uint8Array(inflateSync(body, limits));
  } catch {
    return body;
  }
  return body;
}
