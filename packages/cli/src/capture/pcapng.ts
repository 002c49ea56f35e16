/**
 * The next generation capture file: blocks in sections, each section with its byte order and its interfaces.
 *
 * draft-ietf-opsawg-pcapng §3, §4. Enhanced and Simple Packet Blocks are read, with the obsolete Packet Block; all
 * others are stepped over. Pure. Used by capture.ts.
 */
import { ProtocolError } from '@ueprov/protocols';
import { PACKETS_MAX, type Packet, tooManyPackets, truncatedCapture } from './packet.ts';

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

/** Type and length before a block's body, and the length again behind it. */
const BLOCK_FRAME_BYTES = 12;
const OPTION_TIMESTAMP_RESOLUTION = 9;
/** Interfaces of one section. */
export const INTERFACES_MAX = 1_000;

interface Interface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly ticksPerMs: number;
}

interface Block {
  readonly type: number;
  /** Where the body starts in the file. */
  readonly offset: number;
  readonly body: DataView;
}

export function isPcapng(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0) === SECTION_HEADER;
}

/** Throws `CAPTURE_…` with the offset in the file. */
export function decodePcapng(bytes: Uint8Array): readonly Packet[] {
  const packets: Packet[] = [];
  let isLittle = false;
  let interfaces: Interface[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (isSectionHeader(bytes, at)) {
      isLittle = isLittleSection(bytes, at);
      interfaces = [];
    }
    const block = blockAt(bytes, at, isLittle);
    if (block.type === INTERFACE_DESCRIPTION) {
      if (interfaces.length === INTERFACES_MAX) {
        throw new ProtocolError('CAPTURE_INTERFACES', 'too many interfaces', { byte: at });
      }
      interfaces.push(decodeInterface(block, isLittle));
    } else {
      const packet = decodePacket(bytes, block, interfaces, isLittle);
      if (packet !== undefined && packets.length === PACKETS_MAX) throw tooManyPackets(at);
      if (packet !== undefined) packets.push(packet);
    }
    at = block.offset + block.body.byteLength + 4;
  }
  return packets;
}

function isSectionHeader(bytes: Uint8Array, at: number): boolean {
  // The type of a section header reads the same in both byte orders.
  return at + 4 <= bytes.length && viewOf(bytes).getUint32(at) === SECTION_HEADER;
}

function isLittleSection(bytes: Uint8Array, at: number): boolean {
  if (at + BLOCK_FRAME_BYTES > bytes.length) throw truncatedCapture(bytes.length);
  const view = viewOf(bytes);
  if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) return true;
  if (view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC) return false;
  throw new ProtocolError('CAPTURE_MAGIC', 'no byte order in a section', { byte: at + 8 });
}

function blockAt(bytes: Uint8Array, at: number, isLittle: boolean): Block {
  if (at + BLOCK_FRAME_BYTES > bytes.length) throw truncatedCapture(bytes.length);
  const view = viewOf(bytes);
  const length = view.getUint32(at + 4, isLittle);
  if (length < BLOCK_FRAME_BYTES || length % 4 !== 0) {
    throw new ProtocolError('CAPTURE_BLOCK', `a block of ${length} octets`, { byte: at + 4 });
  }
  if (at + length > bytes.length) throw truncatedCapture(bytes.length);
  const body = new DataView(bytes.buffer, bytes.byteOffset + at + 8, length - BLOCK_FRAME_BYTES);
  return { type: view.getUint32(at, isLittle), offset: at + 8, body };
}

/** §4.2. */
function decodeInterface({ body, offset }: Block, isLittle: boolean): Interface {
  if (body.byteLength < 8) throw truncatedCapture(offset + body.byteLength);
  return {
    linkType: body.getUint16(0, isLittle),
    snapLength: body.getUint32(4, isLittle),
    ticksPerMs: ticksPerMs(body, isLittle),
  };
}

/** §4.2, if_tsresol: a power of ten, or of two when the top bit is set; microseconds unless said otherwise. */
function ticksPerMs(body: DataView, isLittle: boolean): number {
  for (let at = 8; at + 4 <= body.byteLength; ) {
    const code = body.getUint16(at, isLittle);
    const length = body.getUint16(at + 2, isLittle);
    if (code === 0 || at + 4 + length > body.byteLength) break;
    if (code === OPTION_TIMESTAMP_RESOLUTION && length > 0) {
      const resolution = body.getUint8(at + 4);
      const ticks = resolution < 0x80 ? 10 ** resolution : 2 ** (resolution & 0x7f);
      return ticks / 1000;
    }
    at += 4 + length + padding(length);
  }
  return 1000;
}

/** The packet of a block; undefined if the block has none. */
function decodePacket(
  file: Uint8Array,
  { type, offset, body }: Block,
  interfaces: readonly Interface[],
  isLittle: boolean,
): Packet | undefined {
  if (type === SIMPLE_PACKET) {
    const from = interfaceAt(interfaces, 0, offset);
    if (body.byteLength < 4) throw truncatedCapture(offset + body.byteLength);
    // §4.4: what was captured is not written, only what there was on the wire.
    const limit = from.snapLength === 0 ? body.byteLength : from.snapLength;
    const length = Math.min(body.getUint32(0, isLittle), limit);
    return packetOf(file, from, 0, offset + 4, length, offset + body.byteLength);
  }
  if (type !== ENHANCED_PACKET && type !== OBSOLETE_PACKET) return undefined;
  if (body.byteLength < 20) throw truncatedCapture(offset + body.byteLength);
  const id = type === ENHANCED_PACKET ? body.getUint32(0, isLittle) : body.getUint16(0, isLittle);
  const from = interfaceAt(interfaces, id, offset);
  const ticks = body.getUint32(4, isLittle) * 2 ** 32 + body.getUint32(8, isLittle);
  const length = body.getUint32(12, isLittle);
  return packetOf(file, from, ticks, offset + 20, length, offset + body.byteLength);
}

function packetOf(
  file: Uint8Array,
  { linkType, ticksPerMs }: Interface,
  ticks: number,
  start: number,
  length: number,
  limit: number,
): Packet {
  if (start + length > limit) throw truncatedCapture(limit);
  return { at: ticks / ticksPerMs, linkType, bytes: file.subarray(start, start + length) };
}

function interfaceAt(interfaces: readonly Interface[], id: number, byte: number): Interface {
  const found = interfaces[id];
  if (found !== undefined) return found;
  throw new ProtocolError('CAPTURE_INTERFACE', `no interface ${id} was described`, { byte });
}

/** Octets that fill up to a multiple of four. */
function padding(length: number): number {
  return (4 - (length % 4)) % 4;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
