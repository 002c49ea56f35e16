import { concatBytes, decodeHex } from '@ueprov/protocols';
import { expect, test } from 'vitest';
import { tcpSegmentOf } from './frame.ts';
import { ethernet, ipv4, ipv6, tcp } from './testing/frames.ts';

const IPV4 = ipv4(tcp('hello'));
const IPV6 = ipv6(tcp('hello'));
const SEGMENT = { at: 7, sequence: 1000, isSyn: false, payload: Buffer.from('hello') };
const OVER_IPV4 = { ...SEGMENT, from: '192.0.2.1:40000', to: '192.0.2.2:80' };
const OVER_IPV6 = { ...SEGMENT, from: '[2001:db8::1]:40000', to: '[::1]:80' };
const COOKED = (type: string) => decodeHex(`0000000100060000000000000000${type}`);
const COOKED2 = (type: string) => decodeHex(`${type}000000000001000100060000000000000000`);

function segmentIn(linkType: number, bytes: Uint8Array) {
  const segment = tcpSegmentOf({ at: 7, linkType, bytes });
  return segment && { ...segment, payload: Buffer.from(segment.payload) };
}

test.each([
  ['Ethernet', 1, ethernet(IPV4)],
  ['Ethernet with a VLAN tag', 1, ethernet(IPV4, 0x0800, decodeHex('8100000a'))],
  ['Ethernet with two tags', 1, ethernet(IPV4, 0x0800, decodeHex('88a8000a8100000b'))],
  ['Ethernet, padded', 1, concatBytes(ethernet(IPV4), new Uint8Array(9))],
  ['BSD loopback, little-endian', 0, concatBytes(decodeHex('02000000'), IPV4)],
  ['OpenBSD loopback', 108, concatBytes(decodeHex('00000002'), IPV4)],
  ['Linux cooked', 113, concatBytes(COOKED('0800'), IPV4)],
  ['Linux cooked, version 2', 276, concatBytes(COOKED2('0800'), IPV4)],
  ['raw IP', 101, IPV4],
  ['raw IPv4', 228, IPV4],
])('IPv4 over %s', (_what, linkType, frame) => {
  expect(segmentIn(linkType, frame)).toEqual(OVER_IPV4);
});

test.each([
  ['Ethernet', 1, ethernet(IPV6, 0x86dd)],
  ['BSD loopback, as macOS has it', 0, concatBytes(decodeHex('1e000000'), IPV6)],
  ['Linux cooked', 113, concatBytes(COOKED('86dd'), IPV6)],
  ['raw IPv6', 229, IPV6],
  ['raw IP, behind hop-by-hop options', 101, ipv6(tcp('hello'), 0, decodeHex('0600010400000000'))],
])('IPv6 over %s', (_what, linkType, frame) => {
  expect(segmentIn(linkType, frame)).toEqual(OVER_IPV6);
});

test('an address in IPv6 leaves out its longest run of zeros only', () => {
  const ip = ipv6(tcp('x'));
  ip.set(decodeHex('20010db8000000010000000000000abc'), 8);
  expect(tcpSegmentOf({ at: 0, linkType: 101, bytes: ip })?.from).toBe('[2001:db8:0:1::abc]:40000');
  ip.set(decodeHex('20010db8000100020003000400050006'), 8);
  expect(tcpSegmentOf({ at: 0, linkType: 101, bytes: ip })?.from).toBe(
    '[2001:db8:1:2:3:4:5:6]:40000',
  );
});

test('a datagram whose length the adapter was to fill in is read to its end', () => {
  expect(segmentIn(101, ipv4(tcp('hello'), { totalLength: 0 }))).toEqual(OVER_IPV4);
});

test.each([
  ['UDP', 1, ethernet(ipv4(tcp('hello'), { protocol: 17 }))],
  ['a first fragment', 1, ethernet(ipv4(tcp('hello'), { fragment: 0x2000 }))],
  ['a later fragment', 1, ethernet(ipv4(tcp('hello'), { fragment: 2 }))],
  ['ARP', 1, ethernet(IPV4, 0x0806)],
  ['a link type that is not read', 147, IPV4],
  ['IP of version 5', 101, IPV4.with(0, 0x55)],
  ['a TCP header of four octets', 101, ipv4(tcp('hello').with(12, 0x10))],
  ['a TCP header longer than the segment', 101, ipv4(tcp('').with(12, 0xf0))],
  ['an IPv4 header of four octets', 101, IPV4.with(0, 0x41)],
  ['IPv6 with a fragment header', 101, ipv6(tcp('hello'), 44, new Uint8Array(8))],
  ['IPv6 with nine extensions', 101, ipv6(tcp('hello'), 0, new Uint8Array(72))],
])('no segment: %s', (_what, linkType, frame) => {
  expect(segmentIn(linkType, frame)).toBeUndefined();
});

test('a frame that the capture cut anywhere before its payload is no segment, and no fault', () => {
  for (const [frame, front] of [
    [ethernet(ipv4(tcp('hello'), { totalLength: 0 })), 14 + 20 + 24],
    [ethernet(ipv6(tcp('hello')), 0x86dd), 14 + 40 + 24],
  ] as const) {
    for (let length = 0; length < front; length++) {
      expect(segmentIn(1, frame.subarray(0, length))).toBeUndefined();
    }
    expect(segmentIn(1, frame.subarray(0, front))?.payload).toEqual(Buffer.alloc(0));
  }
});
