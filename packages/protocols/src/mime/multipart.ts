/**
 * `multipart/*` bodies (RFC 2046 §5.1, RFC 2387): parts with headers of their own between boundaries. Used by PAP,
 * whose push message is a multipart/related, and by SIP bodies of several parts (RFC 3261 §7.4.1).
 */
import assert from 'node:assert';
import { concatBytes, encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import { decodeHeaderBlock, encodeHeaderBlock, type Header } from './header-block.ts';
import { decodeMediaType, type MediaType } from './media-type.ts';

export interface BodyPart {
  readonly headers: readonly Header[];
  /** What the part carries, without the line break before the boundary: a view on the input. */
  readonly content: Uint8Array;
}

export const MULTIPART_PART_COUNT_MAX = 16;
/** RFC 2046 §5.1.1. */
export const BOUNDARY_LENGTH_MAX = 70;

/** RFC 2046 §5.1.1, bchars; a blank does not end it. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]*[0-9A-Za-z'()+_,./:=?-]$/;
const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;

/** The `boundary` of a multipart media type. Throws `MIME_MEDIA_TYPE`, `MIME_BOUNDARY`. */
export function boundaryOf(contentType: string | MediaType): string {
  const { parameters } =
    typeof contentType === 'string' ? decodeMediaType(contentType) : contentType;
  const boundary = parameters.get('boundary') ?? '';
  if (boundary.length > BOUNDARY_LENGTH_MAX || !BOUNDARY.test(boundary)) {
    throw new ProtocolError('MIME_BOUNDARY', 'no boundary, or none that may be', {
      path: 'Content-Type',
    });
  }
  return boundary;
}

/**
 * The parts in order; what stands before the first boundary and after the last is dropped. Throws `MIME_MULTIPART`,
 * `MIME_COUNT`, or what the headers of a part throw.
 */
export function decodeMultipart(bytes: Uint8Array, boundary: string): readonly BodyPart[] {
  const delimiter = encodeUtf8(`--${boundary}`);
  const parts: BodyPart[] = [];
  let line = delimiterLine(bytes, delimiter, 0);
  while (line !== undefined && !line.isLast) {
    const next = delimiterLine(bytes, delimiter, line.end);
    if (next === undefined) break;
    if (parts.length === MULTIPART_PART_COUNT_MAX) {
      throw new ProtocolError('MIME_COUNT', 'too many parts', { byte: line.start });
    }
    const { headers, rest } = decodeHeaderBlock(bytes.subarray(line.end, next.contentEnd));
    parts.push({ headers, content: rest });
    line = next;
  }
  if (line?.isLast === true && parts.length > 0) return parts;
  throw new ProtocolError('MIME_MULTIPART', 'the last boundary is missing', {
    byte: bytes.length,
  });
}

/** Asserts that `boundary` may be one and stands in no part. */
export function encodeMultipart(parts: readonly BodyPart[], boundary: string): Uint8Array {
  assert(boundary.length <= BOUNDARY_LENGTH_MAX && BOUNDARY.test(boundary), 'not a boundary');
  const delimiter = encodeUtf8(`--${boundary}`);
  assert(
    parts.every(({ content }) => delimiterLine(content, delimiter, 0) === undefined),
    'the boundary stands in a part',
  );
  return concatBytes(
    ...parts.flatMap(({ headers, content }) => [
      encodeUtf8(`--${boundary}\r\n`),
      encodeHeaderBlock(headers),
      content,
      encodeUtf8('\r\n'),
    ]),
    encodeUtf8(`--${boundary}--\r\n`),
  );
}

interface DelimiterLine {
  readonly start: number;
  /** Where the content before it ends: the line break belongs to the delimiter (RFC 2046 §5.1.1). */
  readonly contentEnd: number;
  /** After its own line break. */
  readonly end: number;
  readonly isLast: boolean;
}

/** The next line that is the delimiter, from `from` on, which begins a line. */
function delimiterLine(
  bytes: Uint8Array,
  delimiter: Uint8Array,
  from: number,
): DelimiterLine | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = text.indexOf(delimiter, from); at >= 0; at = text.indexOf(delimiter, at + 1)) {
    if (at !== from && bytes[at - 1] !== LF) continue;
    let end = at + delimiter.length;
    const isLast = bytes[end] === DASH && bytes[end + 1] === DASH;
    if (isLast) end += 2;
    while (bytes[end] === 0x20 || bytes[end] === 0x09) end += 1;
    if (bytes[end] === CR) end += 1;
    // A longer boundary that begins like ours is text.
    if (end < bytes.length && bytes[end] !== LF) continue;
    const before = bytes[at - 2] === CR ? at - 2 : at - 1;
    const contentEnd = Math.max(from, at === from ? at : before);
    return { start: at, contentEnd, end: Math.min(end + 1, bytes.length), isLast };
  }
  return undefined;
}
