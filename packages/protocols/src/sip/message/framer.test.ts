import { describe, expect, test } from 'vitest';
import { concatBytes, encodeUtf8 } from '../../bytes.ts';
import { decodeSip } from './decode.ts';
import { Framer, PING, PONG } from './framer.ts';
import { MESSAGE_BYTES_MAX } from './message.ts';

const message = (length: string, body = '') =>
  encodeUtf8(
    [
      'MESSAGE sip:ue@home.example SIP/2.0',
      'v: SIP/2.0/TCP core.example;branch=z9hG4bK1',
      'f: <sip:a@home.example>;tag=1',
      't: <sip:ue@home.example>',
      'i: c1',
      'CSeq: 1 MESSAGE',
      ...(length === '' ? [] : [length]),
      '',
      body,
    ].join('\r\n'),
  );
const EMPTY = message('l: 0');
const BODY = message('Content-Length: 11', 'a\r\n\r\nb\n\nc\r\n');

/** One text per frame. */
function framesOf(pieces: readonly Uint8Array[]): string[] {
  const framer = new Framer();
  return pieces
    .flatMap((piece) => framer.push(piece))
    .map((frame) => {
      if (frame.kind === 'broken') return frame.error.code;
      return frame.kind === 'message' ? text(frame.bytes) : frame.kind;
    });
}
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const octetsOf = (bytes: Uint8Array) => [...bytes].map((octet) => Uint8Array.of(octet));

describe('one stream', () => {
  const stream = concatBytes(EMPTY, PING, BODY, PONG, EMPTY, PING, PONG, BODY);
  const frames = [
    text(EMPTY),
    'pong',
    'ping',
    text(BODY),
    'pong',
    text(EMPTY),
    'pong',
    'ping',
    'pong',
    text(BODY),
  ];

  test('is cut where Content-Length says, line breaks between messages are keep-alives [SIPPUSH RFC3261.18.3-1]', () => {
    expect(framesOf([stream])).toEqual(frames);
  });

  test('byte by byte it is the same', () => {
    expect(framesOf(octetsOf(stream))).toEqual(frames);
  });

  test.each([2, 3, 7, 100, 512, 513])('in pieces of %i octets it is the same', (size) => {
    const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
      stream.subarray(index * size, (index + 1) * size),
    );
    expect(framesOf(pieces)).toEqual(frames);
  });
});

test('each frame is a message that decodes, and keeps its octets when more comes', () => {
  const framer = new Framer();
  const [first] = framer.push(BODY);
  framer.push(EMPTY);
  expect(first?.kind === 'message' && decodeSip(first.bytes).body).toEqual(
    encodeUtf8('a\r\n\r\nb\n\nc\r\n'),
  );
});

test('the length may be folded, in compact form, with blanks, and said twice alike', () => {
  for (const length of ['l :\r\n 2', 'CONTENT-LENGTH\t: 02 ', 'l: 2\r\nContent-Length: 2']) {
    expect(framesOf([message(length, 'ab'), EMPTY])).toEqual([
      text(message(length, 'ab')),
      text(EMPTY),
    ]);
  }
});

test('lines may end with LF alone, as in a datagram', () => {
  const bytes = encodeUtf8(text(BODY).replace(/\r\n(?=.*CSeq|Content)/gs, '\n'));
  expect(framesOf([bytes])).toHaveLength(1);
  expect(framesOf(octetsOf(bytes))).toEqual([text(bytes)]);
});

test('whether part of a message is there', () => {
  const framer = new Framer();
  expect(framer.isInside).toBe(false);
  framer.push(BODY.subarray(0, BODY.length - 1));
  expect(framer.isInside).toBe(true);
  framer.push(BODY.subarray(BODY.length - 1));
  framer.push(PING);
  expect(framer.isInside).toBe(false);
});

describe('refused, as nobody can tell where the message ends [AC-27]', () => {
  test.each([
    ['no Content-Length', message(''), 'SIP_CONTENT_LENGTH'],
    ['two different ones', message('l: 0\r\nContent-Length: 1'), 'SIP_CONTENT_LENGTH'],
    ['a negative one', message('l: -1'), 'SIP_NUMBER'],
    ['one that is no number', message('l: x'), 'SIP_NUMBER'],
    ['a bare CR before the start line', encodeUtf8('\rMESSAGE'), 'SIP_START_LINE'],
  ])('%s [SIPPUSH RFC3261.18.3-1]', (_, bytes, code) => {
    const stream = concatBytes(EMPTY, PONG, bytes, EMPTY);
    // What came before is not lost, what comes after is not heard.
    expect(framesOf([stream])).toEqual([text(EMPTY), 'pong', code]);
    expect(framesOf(octetsOf(stream))).toEqual([text(EMPTY), 'pong', code]);
  });
});

describe('bounds', () => {
  const head = message('l: 65000').length;

  test('of a message', () => {
    const most = MESSAGE_BYTES_MAX - head;
    const longest = message(`l: ${most}`, 'x'.repeat(most));
    expect(framesOf([longest, message(`l: ${most + 1}`)])).toEqual([text(longest), 'SIP_LENGTH']);
  });

  test('of a head that does not end', () => {
    const head = new Uint8Array(MESSAGE_BYTES_MAX).fill(0x41);
    expect(framesOf([head])).toEqual([]);
    expect(framesOf([head, Uint8Array.of(0x41)])).toEqual(['SIP_LENGTH']);
  });
});
