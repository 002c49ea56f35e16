import { encodeUtf8, ProtocolError } from '@ueprov/protocols';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHarCapture, decodePacketCapture, isPacketCapture } from './capture.ts';
import {
  chunkedAnswer,
  enhancedPacket,
  ethernet,
  interfaceBlock,
  ipv4,
  pcap,
  post,
  section,
  tcp,
} from './testing/frames.ts';

const REQUEST = post(encodeUtf8('request'));
const ANSWER = chunkedAnswer(encodeUtf8('answer'), 4);
const SERVER = { source: '192.0.2.2', destination: '192.0.2.1' };
/** The second half of the request comes first and twice; the answer in between. */
const FRAMES = [
  tcp(REQUEST.subarray(40), { sequence: 1040 }),
  tcp(REQUEST.subarray(0, 40), { sequence: 1000 }),
  tcp(REQUEST.subarray(40), { sequence: 1040 }),
].map((segment) => ethernet(ipv4(segment)));
const BACK = ethernet(ipv4(tcp(ANSWER, { from: 80, to: 40000, sequence: 5 }), SERVER));
const EXPECTED = [
  { from: '192.0.2.1:40000', to: '192.0.2.2:80', text: 'request' },
  { from: '192.0.2.2:80', to: '192.0.2.1:40000', text: 'answer' },
];

function bodiesOf(file: Uint8Array) {
  return decodePacketCapture(file).map(({ from, to, bytes }) => ({
    from,
    to,
    text: Buffer.from(bytes).toString(),
  }));
}

test('request and answer of a pcap, in order of time', () => {
  const file = pcap([...FRAMES, BACK]);
  expect(isPacketCapture(file)).toBe(true);
  expect(bodiesOf(file)).toEqual(EXPECTED);
  expect(decodePacketCapture(file).map(({ at }) => at)).toEqual([1250, 3250]);
  expect(bodiesOf(pcap([BACK, ...FRAMES]))).toEqual(EXPECTED.toReversed());
});

test('messages of two connections, in order of time', () => {
  const sent = (text: string, from: number, sequence = 1000) =>
    ethernet(ipv4(tcp(post(encodeUtf8(text)), { from, sequence })));
  const next = 1000 + post(encodeUtf8('one')).length;
  const file = pcap([sent('one', 40000), sent('two', 40001), sent('three', 40000, next)]);
  expect(bodiesOf(file).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
});

test('the same of a pcapng', () => {
  const packets = [...FRAMES, BACK].map((frame, index) => enhancedPacket(0, index, frame));
  const file = Buffer.concat([section(), interfaceBlock(1), ...packets]);
  expect(isPacketCapture(file)).toBe(true);
  expect(bodiesOf(file)).toEqual(EXPECTED);
});

test.each([
  ['application/vnd.syncml.dm+xml', 1],
  ['Application/Vnd.SyncML.DM+WBXML; charset=utf-8', 1],
  ['application/vnd.syncml+xml', 1],
  ['text/html', 0],
  ['application/vnd.syncml.dm+xmlx', 0],
])('only the media types of OMA DM and SyncML are taken: %s', (type, count) => {
  expect(bodiesOf(pcap([ethernet(ipv4(tcp(post(encodeUtf8('x'), type))))]))).toHaveLength(count);
  const entry = { request: { postData: { mimeType: type, text: 'x' } } };
  expect(decodeHarCapture({ log: { entries: [entry] } })).toHaveLength(count);
});

test.each(['', '\n\r\r', '<SyncML/>', '{}'])('no capture: %j', (text) => {
  expect(isPacketCapture(encodeUtf8(text))).toBe(false);
});

test('a damaged file gives bodies or one ProtocolError', () => {
  const files = [
    pcap([...FRAMES, BACK]),
    Buffer.concat([section(), interfaceBlock(1), enhancedPacket(0, 1, FRAMES[0]!)]),
  ];
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...files), changes, (file, places) => {
      const damaged = new Uint8Array(file);
      for (const [place, octet] of places) damaged[4 + (place % (file.length - 4))] = octet;
      try {
        expect(Array.isArray(decodePacketCapture(damaged))).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { seed: 11, numRuns: 2_000 },
  );
});
