/**
 * From a frame to its TCP segment: Ethernet with VLAN tags, loopback, Linux cooked or bare IP; IPv4 and IPv6.
 *
 * tcpdump.org LINKTYPE_ list; RFC 791 §3.1; RFC 8200 §4; RFC 9293 §3.1. What is anything else, or cut, is no segment:
 * a capture holds whatever was on the wire. Fragments of IP are left out. Pure. Used by capture.ts.
 */
import type { Packet } from './packet.ts';

export interface Segment {
  readonly at: number;
  /** `address:port`, an IPv6 address in brackets. */
  readonly from: string;
  readonly to: string;
  /** Number of the first octet of `payload`, of the SYN where there is one. */
  readonly sequence: number;
  readonly isSyn: boolean;
  readonly payload: Uint8Array;
}

export function tcpSegmentOf({ at, linkType, bytes }: Packet): Segment | undefined {
  try {
    const ip = ipOf(linkType, bytes);
    return ip === undefined ? undefined : segmentOf(at, ip);
  } catch (error) {
    // A read behind the end: the frame was cut by the capture.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLANS: readonly number[] = [0x8100, 0x88a8, 0x9100];

/** The IP datagram in a frame. */
function ipOf(linkType: number, frame: Uint8Array): Uint8Array | undefined {
  switch (linkType) {
    case 1:
      return ofEthernet(frame);
    // BSD loopback: four octets of address family, which differs between systems; IP's own version tells enough.
    case 0:
    case 108:
      return frame.subarray(4);
    // Raw IP, under the numbers that different systems gave it.
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return frame;
    case 113:
      return ofType(viewOf(frame).getUint16(14), frame.subarray(16));
    case 276:
      return ofType(viewOf(frame).getUint16(0), frame.subarray(20));
    default:
      return undefined;
  }
}

function ofEthernet(frame: Uint8Array): Uint8Array | undefined {
  const view = viewOf(frame);
  let at = 12;
  while (VLANS.includes(view.getUint16(at))) at += 4;
  return ofType(view.getUint16(at), frame.subarray(at + 2));
}

function ofType(type: number, payload: Uint8Array): Uint8Array | undefined {
  return type === IPV4 || type === IPV6 ? payload : undefined;
}

/** TCP's part of a datagram, and between which addresses. */
interface Datagram {
  readonly source: string;
  readonly destination: string;
  readonly tcp: Uint8Array;
}

function segmentOf(at: number, ip: Uint8Array): Segment | undefined {
  const version = (ip[0] ?? 0) >> 4;
  const datagram = version === 4 ? ofIpv4(ip) : version === 6 ? ofIpv6(ip) : undefined;
  if (datagram === undefined) return undefined;
  const { source, destination, tcp } = datagram;
  const view = viewOf(tcp);
  const headerLength = (view.getUint8(12) >> 4) * 4;
  if (headerLength < 20 || headerLength > tcp.length) return undefined;
  return {
    at,
    from: `${source}:${view.getUint16(0)}`,
    to: `${destination}:${view.getUint16(2)}`,
    sequence: view.getUint32(4),
    isSyn: (view.getUint8(13) & SYN) !== 0,
    payload: tcp.subarray(headerLength),
  };
}

const TCP = 6;
const SYN = 0x02;

function ofIpv4(ip: Uint8Array): Datagram | undefined {
  const view = viewOf(ip);
  const headerLength = (view.getUint8(0) & 0x0f) * 4;
  const isFragment = (view.getUint16(6) & 0x3fff) !== 0;
  if (view.getUint8(9) !== TCP || isFragment || headerLength < 20) return undefined;
  // What follows the datagram is padding of the frame. A length of 0 is a segment that the adapter was to split.
  const total = view.getUint16(2) || ip.length;
  return {
    source: ip.subarray(12, 16).join('.'),
    destination: ip.subarray(16, 20).join('.'),
    tcp: ip.subarray(headerLength, total),
  };
}

const HOP_BY_HOP = 0;
const ROUTING = 43;
const DESTINATION_OPTIONS = 60;
const IPV6_HEADER_BYTES = 40;
/** Extension headers of one datagram. */
const EXTENSIONS_MAX = 8;

function ofIpv6(ip: Uint8Array): Datagram | undefined {
  const view = viewOf(ip);
  const end = view.getUint16(4) === 0 ? ip.length : IPV6_HEADER_BYTES + view.getUint16(4);
  let next = view.getUint8(6);
  let at = IPV6_HEADER_BYTES;
  for (let count = 0; [HOP_BY_HOP, ROUTING, DESTINATION_OPTIONS].includes(next); count++) {
    if (count === EXTENSIONS_MAX) return undefined;
    next = view.getUint8(at);
    at += (view.getUint8(at + 1) + 1) * 8;
  }
  if (next !== TCP) return undefined;
  return {
    source: ipv6Text(ip.subarray(8, 24)),
    destination: ipv6Text(ip.subarray(24, 40)),
    tcp: ip.subarray(at, end),
  };
}

/** RFC 5952: the longest run of zero groups is left out. */
function ipv6Text(address: Uint8Array): string {
  const view = viewOf(address);
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(index * 2).toString(16));
  const [longest] = [...groups.join(':').matchAll(/\b0(?::0)+\b/g)]
    .map(([run]) => run)
    .sort((a, b) => b.length - a.length);
  const text = groups.join(':');
  if (longest === undefined) return `[${text}]`;
  const start = text.search(new RegExp(`\\b${longest}\\b`));
  const before = text.slice(0, start).replace(/:$/, '');
  const after = text.slice(start + longest.length).replace(/^:/, '');
  return `[${before}::${after}]`;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
