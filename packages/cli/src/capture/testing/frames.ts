/** Frames and capture files, octet by octet, for the tests of this folder and of `syncml`. */
import { concatBytes, decodeHex, encodeUtf8 } from '@ueprov/protocols';

export interface TcpOptions {
  readonly from?: number;
  readonly to?: number;
  readonly sequence?: number;
  readonly isSyn?: boolean;
}

/** A TCP segment with one word of options, so that the data offset matters. */
export function tcp(payload: Uint8Array | string, options: TcpOptions = {}): Uint8Array {
  const { from = 40000, to = 80, sequence = 1000, isSyn = false } = options;
  const header = new Uint8Array(24);
  const view = new DataView(header.buffer);
  view.setUint16(0, from);
  view.setUint16(2, to);
  view.setUint32(4, sequence);
  view.setUint8(12, 6 << 4);
  view.setUint8(13, isSyn ? 0x02 : 0x18);
  return concatBytes(header, typeof payload === 'string' ? encodeUtf8(payload) : payload);
}

export interface Ipv4Options {
  readonly protocol?: number;
  readonly fragment?: number;
  readonly source?: string;
  readonly destination?: string;
  /** 0: the length is left to the adapter. */
  readonly totalLength?: number;
}

export function ipv4(content: Uint8Array, options: Ipv4Options = {}): Uint8Array {
  const { protocol = 6, fragment = 0, source = '192.0.2.1', destination = '192.0.2.2' } = options;
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x45);
  view.setUint16(2, options.totalLength ?? 20 + content.length);
  view.setUint16(6, fragment);
  view.setUint8(9, protocol);
  header.set(source.split('.').map(Number), 12);
  header.set(destination.split('.').map(Number), 16);
  return concatBytes(header, content);
}

/** From 2001:db8::1 to ::1; `extensions` stand between, the first of type `next`. */
export function ipv6(
  content: Uint8Array,
  next = 6,
  extensions: Uint8Array = new Uint8Array(),
): Uint8Array {
  const header = new Uint8Array(40);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x60);
  view.setUint16(4, extensions.length + content.length);
  view.setUint8(6, next);
  header.set(decodeHex('20010db8000000000000000000000001'), 8);
  header.set([1], 39);
  return concatBytes(header, extensions, content);
}

/** `tags` are VLAN tags of four octets each. */
export function ethernet(
  datagram: Uint8Array,
  type = 0x0800,
  tags: Uint8Array = new Uint8Array(),
): Uint8Array {
  return concatBytes(new Uint8Array(12), tags, new Uint8Array([type >> 8, type & 0xff]), datagram);
}

export interface PcapOptions {
  readonly linkType?: number;
  readonly isLittle?: boolean;
  readonly isNano?: boolean;
}

/** Packet number n has the time of n seconds and 250 ms. */
export function pcap(frames: readonly Uint8Array[], options: PcapOptions = {}): Uint8Array {
  const { linkType = 1, isLittle = true, isNano = false } = options;
  const header = new Uint8Array(24);
  const view = new DataView(header.buffer);
  view.setUint32(0, isNano ? 0xa1b23c4d : 0xa1b2c3d4, isLittle);
  view.setUint16(4, 2, isLittle);
  view.setUint16(6, 4, isLittle);
  view.setUint32(16, 262144, isLittle);
  view.setUint32(20, linkType, isLittle);
  const records = frames.map((frame, index) => {
    const record = new Uint8Array(16);
    const fields = new DataView(record.buffer);
    fields.setUint32(0, index, isLittle);
    fields.setUint32(4, isNano ? 250_000_000 : 250_000, isLittle);
    fields.setUint32(8, frame.length, isLittle);
    fields.setUint32(12, frame.length, isLittle);
    return concatBytes(record, frame);
  });
  return concatBytes(header, ...records);
}

/** A block of pcapng with its length before and behind. */
export function block(type: number, body: Uint8Array, isLittle = true): Uint8Array {
  const padded = concatBytes(body, new Uint8Array((4 - (body.length % 4)) % 4));
  const bytes = new Uint8Array(12 + padded.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, isLittle);
  view.setUint32(4, bytes.length, isLittle);
  bytes.set(padded, 8);
  view.setUint32(bytes.length - 4, bytes.length, isLittle);
  return bytes;
}

/** Words of 16 or 32 bits one after the other. */
export function words(bits: 16 | 32, values: readonly number[], isLittle = true): Uint8Array {
  const bytes = new Uint8Array((values.length * bits) / 8);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    if (bits === 16) view.setUint16(index * 2, value, isLittle);
    else view.setUint32(index * 4, value, isLittle);
  }
  return bytes;
}

export function section(isLittle = true): Uint8Array {
  const body = concatBytes(
    words(32, [0x1a2b3c4d], isLittle),
    words(16, [1, 0], isLittle),
    words(32, [0xffffffff, 0xffffffff], isLittle),
  );
  return block(0x0a0d0d0a, body, isLittle);
}

export function interfaceBlock(
  linkType: number,
  options: Uint8Array = new Uint8Array(),
  isLittle = true,
): Uint8Array {
  const body = concatBytes(words(16, [linkType, 0], isLittle), words(32, [262144], isLittle));
  return block(1, concatBytes(body, options), isLittle);
}

export function enhancedPacket(
  id: number,
  ticks: number,
  frame: Uint8Array,
  isLittle = true,
): Uint8Array {
  const { length } = frame;
  const head = words(32, [id, Math.floor(ticks / 2 ** 32), ticks >>> 0, length, length], isLittle);
  return block(6, concatBytes(head, frame), isLittle);
}

/** A request with one DM body. */
export function post(body: Uint8Array, type = 'application/vnd.syncml.dm+wbxml'): Uint8Array {
  const head = `POST /dm HTTP/1.1\r\nHost: dm.example\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return concatBytes(encodeUtf8(head), body);
}

/** The response to it, in chunks of `size` octets. */
export function chunkedAnswer(body: Uint8Array, size: number): Uint8Array {
  const head =
    'HTTP/1.1 200 OK\r\nContent-Type: application/vnd.syncml.dm+wbxml; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n';
  const parts: Uint8Array[] = [encodeUtf8(head)];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    parts.push(encodeUtf8(`${chunk.length.toString(16)};x=1\r\n`), chunk, encodeUtf8('\r\n'));
  }
  return concatBytes(...parts, encodeUtf8('0\r\n\r\n'));
}
