/**
 * Lines of `name: value` up to an empty line, and the octets after it (RFC 822, RFC 3261 §7.3.1).
 * One reader for SIP messages, the push headers of application/vnd.oma.push, and the parts of a
 * multipart body.
 */
import { decodeUtf8, encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';

export interface Header {
  /** As it was written. Compare without case. */
  readonly name: string;
  /** Unfolded, without white space at both ends. */
  readonly value: string;
}

export interface HeaderBlock {
  /** The first line, where the caller said that there is one. */
  readonly startLine: string;
  readonly headers: readonly Header[];
  /** What follows the empty line: a view on the input. */
  readonly rest: Uint8Array;
}

export const HEADER_BLOCK_BYTES_MAX = 65_536;
export const HEADER_COUNT_MAX = 256;
/** Of one header after unfolding, in UTF-16 units. */
export const HEADER_LENGTH_MAX = 8192;

const CR = 0x0d;
const LF = 0x0a;
/** The name is a token; white space may stand before the colon (RFC 3261 §7.3.1, HCOLON). */
const HEADER = /^([A-Za-z0-9\-.!%*_+`'~#$&^|]+)[\t ]*:[\t ]*(.*)$/s;

/** Splits `bytes` at the first empty line. Throws `MIME_…` with the line, or `BYTES_NOT_UTF8`. */
export function decodeHeaderBlock(
  bytes: Uint8Array,
  { startLine: hasStartLine = false }: { readonly startLine?: boolean } = {},
): HeaderBlock {
  const end = endOfBlock(bytes);
  const lines = decodeUtf8(bytes.subarray(0, end.head)).split(/\r?\n/);
  // The last line ends with a line break of its own.
  lines.pop();
  const startLine = hasStartLine ? (lines.shift() ?? '') : '';
  if (startLine.length > HEADER_LENGTH_MAX) throw malformed('LENGTH', 'start line too long', 1);
  if (startLine.includes('\r')) throw malformed('SYNTAX', 'a bare CR', 1);
  const headers = decodeLines(lines, hasStartLine ? 2 : 1);
  return { startLine, headers, rest: bytes.subarray(end.rest) };
}

/** The lines of a block with the empty line that ends it. */
export function encodeHeaderBlock(headers: readonly Header[]): Uint8Array {
  const lines = headers.map(({ name, value }) => `${name}: ${value}\r\n`);
  return encodeUtf8(`${lines.join('')}\r\n`);
}

/** First value of a header, by name without case. */
export function headerValue(headers: readonly Header[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find((header) => header.name.toLowerCase() === wanted)?.value;
}

function decodeLines(lines: readonly string[], firstLine: number): Header[] {
  const headers: Header[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = firstLine + at;
    let text = lines[at++] ?? '';
    // RFC 3261 §7.3.1: a line that starts with white space continues the one before.
    while (/^[\t ]/.test(lines[at] ?? '')) {
      text = `${text.trimEnd()} ${(lines[at++] ?? '').trimStart()}`;
      if (text.length > HEADER_LENGTH_MAX) break;
    }
    if (text.length > HEADER_LENGTH_MAX) throw malformed('LENGTH', 'header too long', line);
    if (headers.length === HEADER_COUNT_MAX) throw malformed('COUNT', 'too many headers', line);
    const match = HEADER.exec(text);
    if (match === null) throw malformed('SYNTAX', 'not a header', line);
    const value = withoutSpaceAtEnd(match[2] ?? '');
    if (value.includes('\r')) throw malformed('SYNTAX', 'a bare CR', line);
    headers.push({ name: match[1] ?? '', value });
  }
  return headers;
}

/**
 * Only blanks and tabs are white space of a header; a regular expression would look at every run of
 * them.
 */
function withoutSpaceAtEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--;
  return text.slice(0, end);
}

function endOfBlock(bytes: Uint8Array): { readonly head: number; readonly rest: number } {
  if (bytes[0] === LF) return { head: 0, rest: 1 };
  if (bytes[0] === CR && bytes[1] === LF) return { head: 0, rest: 2 };
  const limit = Math.min(bytes.length, HEADER_BLOCK_BYTES_MAX);
  for (let at = bytes.indexOf(LF); at >= 0 && at < limit; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return { head: at + 1, rest: at + 2 };
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return { head: at + 1, rest: at + 3 };
  }
  throw new ProtocolError('MIME_NO_END', 'no empty line ends the headers', { byte: limit });
}

function malformed(what: 'LENGTH' | 'COUNT' | 'SYNTAX', message: string, line: number) {
  return new ProtocolError(`MIME_${what}`, message, { line });
}
