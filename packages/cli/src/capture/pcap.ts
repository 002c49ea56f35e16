/**
 * The classic capture file of libpcap: a header of 24 octets, then records, in the byte order of who wrote it.
 *
 * draft-ietf-opsawg-pcap. Pure; lengths that a record claims bound views of the file. Used by capture.ts.
 */
import { ProtocolError } from '@ueprov/protocols';
import { PACKETS_MAX, type Packet, tooManyPackets, truncatedCapture } from './packet.ts';

const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

/** Do the first four octets start such a file? */
export function isPcap(bytes: Uint8Array): boolean {
  return orderOf(bytes) !== undefined;
}

/** Throws `CAPTURE_TRUNCATED` or `CAPTURE_PACKETS` with the offset in the file. */
export function decodePcap(bytes: Uint8Array): readonly Packet[] {
  const order = orderOf(bytes);
  if (order === undefined) throw new ProtocolError('CAPTURE_MAGIC', 'not a pcap file', { byte: 0 });
  if (bytes.length < FILE_HEADER_BYTES) throw truncatedCapture(bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { isLittle, fractionsPerMs } = order;
  // The upper bits say whether frames end with a checksum, which IP's own length leaves out.
  const linkType = view.getUint32(20, isLittle) & 0xffff;
  const packets: Packet[] = [];
  for (let at = FILE_HEADER_BYTES; at < bytes.length; ) {
    if (packets.length === PACKETS_MAX) throw tooManyPackets(at);
    const start = at + RECORD_HEADER_BYTES;
    if (start > bytes.length) throw truncatedCapture(bytes.length);
    const end = start + view.getUint32(at + 8, isLittle);
    if (end > bytes.length) throw truncatedCapture(bytes.length);
    const seconds = view.getUint32(at, isLittle);
    const fraction = view.getUint32(at + 4, isLittle);
    packets.push({
      at: seconds * 1000 + fraction / fractionsPerMs,
      linkType,
      bytes: bytes.subarray(start, end),
    });
    at = end;
  }
  return packets;
}

interface Order {
  readonly isLittle: boolean;
  readonly fractionsPerMs: number;
}

function orderOf(bytes: Uint8Array): Order | undefined {
  if (bytes.length < 4) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 4);
  for (const isLittle of [false, true]) {
    const magic = view.getUint32(0, isLittle);
    if (magic === MICROSECONDS) return { isLittle, fractionsPerMs: 1e3 };
    if (magic === NANOSECONDS) return { isLittle, fractionsPerMs: 1e6 };
  }
  return undefined;
}
