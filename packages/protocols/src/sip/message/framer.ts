/**
 * One octet stream to SIP messages (RFC 3261 §18.3: Content-Length says where a message ends) and
 * the line breaks between them, which keep a connection alive (RFC 5626 §4.4.1). What comes out
 * does not depend on how the stream was cut into pieces. Used by the shells' TCP and TLS
 * connections, one per connection.
 */
import { ProtocolError } from '../../error.ts';
import { decodeNumber } from './fields.ts';
import { longHeaderName } from './header-name.ts';
import { MESSAGE_BYTES_MAX } from './message.ts';

export type Frame =
  /** One message, to be decoded by `decodeSip`; the octets are the caller's. */
  | { readonly kind: 'message'; readonly bytes: Uint8Array }
  /** CRLF between messages: to the one who sent a ping, its pong. */
  | { readonly kind: 'pong' }
  /** The second CRLF in a row: to the one who was connected to, a ping, to be answered by CRLF. */
  | { readonly kind: 'ping' }
  /**
   * Nobody can tell any more where a message ends: nothing follows, and the connection is to be
   * closed. `SIP_LENGTH`, `SIP_NUMBER`, `SIP_CONTENT_LENGTH` or `SIP_START_LINE`.
   */
  | { readonly kind: 'broken'; readonly error: ProtocolError };

export const PING: Uint8Array = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a);
export const PONG: Uint8Array = Uint8Array.of(0x0d, 0x0a);

const CR = 0x0d;
const LF = 0x0a;
const EMPTY = new Uint8Array(0);
const CAPACITY_MIN = 512;

export class Framer {
  #state: 'whole' | 'broken' = 'whole';
  /** What has come of the next message: octets `#start` to `#end`. */
  #buffer: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;
  /** Where the search for the end of the head goes on. */
  #searchedTo = 0;
  /** Octets of the message that has begun, once its head is there. */
  #length: number | undefined;
  /** A CRLF that has no second one yet came last. */
  #lineBreaks = 0;

  /** Takes what came; gives what is complete now. */
  push(bytes: Uint8Array): Frame[] {
    if (this.#state === 'broken') return [];
    this.#append(bytes);
    const frames: Frame[] = [];
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) frames.push(next);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#state = 'broken';
      this.#release();
      return [...frames, { kind: 'broken', error }];
    }
    if (this.#start === this.#end) this.#release();
    return frames;
  }

  /** Part of a message is there. */
  get isInside(): boolean {
    return this.#end > this.#start;
  }

  #next(): Frame | undefined {
    if (this.#length === undefined) {
      const lineBreak = this.#lineBreak();
      if (lineBreak !== undefined) return lineBreak;
      this.#length = this.#lengthOfMessage();
    }
    if (this.#length === undefined || this.#end - this.#start < this.#length) return undefined;
    const bytes = this.#buffer.slice(this.#start, this.#start + this.#length);
    this.#start += this.#length;
    this.#length = undefined;
    this.#searchedTo = 0;
    this.#lineBreaks = 0;
    return { kind: 'message', bytes };
  }

  /** RFC 3261 §7.5: line breaks before the start line are no part of the message. */
  #lineBreak(): Frame | undefined {
    if (this.#start === this.#end || this.#buffer[this.#start] !== CR) return undefined;
    if (this.#start + 1 === this.#end) return undefined;
    if (this.#buffer[this.#start + 1] !== LF) {
      throw new ProtocolError('SIP_START_LINE', 'a bare CR before the start line', { byte: 0 });
    }
    this.#start += 2;
    this.#lineBreaks = (this.#lineBreaks + 1) % 2;
    return { kind: this.#lineBreaks === 0 ? 'ping' : 'pong' };
  }

  #lengthOfMessage(): number | undefined {
    const head = this.#lengthOfHead();
    const there = this.#end - this.#start;
    // One that has not ended may end within the next octets, but not beyond the limit.
    if ((head ?? there) > MESSAGE_BYTES_MAX) throw tooLong();
    if (head === undefined) return undefined;
    const text = Buffer.from(this.#buffer.buffer, this.#buffer.byteOffset + this.#start, head);
    const length = head + contentLengthIn(text.toString('latin1'));
    if (length > MESSAGE_BYTES_MAX) throw tooLong();
    return length;
  }

  /** Octets up to and with the empty line, as `decodeHeaderBlock` finds it. */
  #lengthOfHead(): number | undefined {
    const bytes = this.#buffer;
    let at = bytes.indexOf(LF, this.#start + this.#searchedTo);
    for (; at >= 0 && at + 1 < this.#end; at = bytes.indexOf(LF, at + 1)) {
      if (bytes[at + 1] === LF) return at + 2 - this.#start;
      if (bytes[at + 1] !== CR) continue;
      if (at + 2 >= this.#end) break;
      if (bytes[at + 2] === LF) return at + 3 - this.#start;
    }
    const searchedTo = at >= 0 && at < this.#end ? at : this.#end;
    this.#searchedTo = searchedTo - this.#start;
    return undefined;
  }

  #append(bytes: Uint8Array): void {
    const length = this.#end - this.#start + bytes.length;
    if (this.#start + length > this.#buffer.length) {
      const kept = this.#buffer.subarray(this.#start, this.#end);
      this.#buffer = new Uint8Array(Math.max(CAPACITY_MIN, 2 * length));
      this.#buffer.set(kept);
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** A connection that waits holds no memory. */
  #release(): void {
    this.#buffer = EMPTY;
    this.#start = 0;
    this.#end = 0;
  }
}

/** RFC 3261 §20.14: over a stream it has to be there, and only one. [SIPPUSH RFC3261.18.3-1] */
function contentLengthIn(head: string): number {
  const values = head
    .replace(/\r?\n[\t ]+/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const colon = line.indexOf(':');
      const name = longHeaderName(line.slice(0, Math.max(colon, 0)).trim());
      return name.toLowerCase() === 'content-length' ? [line.slice(colon + 1).trim()] : [];
    });
  const [value, ...others] = new Set(values);
  if (value === undefined || others.length > 0) {
    const message = value === undefined ? 'no Content-Length' : 'two Content-Lengths';
    throw new ProtocolError('SIP_CONTENT_LENGTH', message, { path: 'Content-Length' });
  }
  return decodeNumber(value, MESSAGE_BYTES_MAX, 'Content-Length');
}

function tooLong(): ProtocolError {
  return new ProtocolError('SIP_LENGTH', 'message too long', { byte: MESSAGE_BYTES_MAX });
}
