/**
 * The OMA DM messages in a capture: pcap, pcapng or HAR. Whatever else it holds is left out.
 *
 * Pure: octets in, bodies out, in the order of their time. Used by `ueprov syncml`.
 */
import { isMediaType } from '@ueprov/protocols/mime';
import { CONTENT_TYPES } from '@ueprov/protocols/syncml';
import { type Segment, tcpSegmentOf } from './frame.ts';
import { decodeHar } from './har.ts';
import { httpBodies } from './http.ts';
import type { Packet } from './packet.ts';
import { decodePcap, isPcap } from './pcap.ts';
import { decodePcapng, isPcapng } from './pcapng.ts';
import { type Run, reassembleTcp } from './tcp.ts';

/** One HTTP body that is a DM message, and who sent it when to whom. */
export interface CapturedBody {
  /** Milliseconds since 1970; undefined where the file does not say. */
  readonly at: number | undefined;
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
}

/** Do the octets start a file of captured packets? */
export function isPacketCapture(bytes: Uint8Array): boolean {
  return isPcap(bytes) || isPcapng(bytes);
}

/** Throws `CAPTURE_…` if the file itself cannot be read. */
export function decodePacketCapture(bytes: Uint8Array): readonly CapturedBody[] {
  const packets = isPcap(bytes) ? decodePcap(bytes) : decodePcapng(bytes);
  return inOrderOfTime(reassembleTcp(segmentsOf(packets)).flatMap(bodiesOf));
}

/** The DM messages of a parsed HAR file. */
export function decodeHarCapture(json: unknown): readonly CapturedBody[] {
  return decodeHar(json)
    .filter(({ contentType }) => isDmType(contentType))
    .map(({ at, from, to, bytes }) => ({ at, from, to, bytes }));
}

function segmentsOf(packets: readonly Packet[]): Iterable<Segment> {
  return packets.values().flatMap((packet) => {
    const segment = tcpSegmentOf(packet);
    return segment === undefined ? [] : [segment];
  });
}

function bodiesOf(run: Run): readonly CapturedBody[] {
  const { from, to } = run;
  return httpBodies(run.bytes)
    .filter(({ contentType }) => isDmType(contentType))
    .map(({ bytes, offset }) => ({ at: run.at(offset), from, to, bytes }));
}

/** Those of OMA DM, and those of SyncML before it, which old clients send. */
function isDmType(contentType: string): boolean {
  return DM_TYPES.some((type) => isMediaType(contentType, type));
}

const DM_TYPES: readonly string[] = [
  ...Object.values(CONTENT_TYPES),
  'application/vnd.syncml+xml',
  'application/vnd.syncml+wbxml',
];

function inOrderOfTime(bodies: readonly CapturedBody[]): readonly CapturedBody[] {
  return bodies.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
}
