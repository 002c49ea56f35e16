import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../bytes.ts';
import { request, responseTo } from './build.ts';
import { decodeSip } from './decode.ts';
import { encodeSip } from './encode.ts';
import {
  contacts,
  expires,
  isContactWildcard,
  maxForwards,
  minExpires,
  retryAfter,
  routes,
  tagOf,
  to,
  via,
  vias,
} from './fields.ts';
import {
  headerOf,
  headersOf,
  listOf,
  prependHeader,
  splitList,
  withHeader,
  withoutHeader,
} from './headers.ts';
import { ADDRESS_COUNT_MAX, MESSAGE_BYTES_MAX, type SipRequest, VIA_COUNT_MAX } from './message.ts';

const refused = (code: string, path?: string) =>
  expect.objectContaining(path === undefined ? { code } : { code, at: { path } });

const BASE = [
  'Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKa1',
  'Max-Forwards: 70',
  'From: <sip:a@b>;tag=1',
  'To: <sip:c@d>',
  'Call-ID: x',
  'CSeq: 1 MESSAGE',
];

/** A MESSAGE with lines replaced (by name) or added. */
function message(changes: readonly string[] = [], body = ''): Uint8Array {
  const nameOf = (line: string) => line.slice(0, line.indexOf(':'));
  const kept = BASE.filter((line) => !changes.some((each) => nameOf(each) === nameOf(line)));
  const lines = [
    'MESSAGE sip:c@d SIP/2.0',
    ...kept,
    ...changes.filter((line) => !/: -$/.test(line)),
  ];
  return encodeUtf8(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
const decode = (...changes: string[]) => decodeSip(message(changes));

describe('the body', () => {
  test('ends where Content-Length says (RFC 3261 §18.3)', () => {
    expect(decodeSip(message(['l: 2'], 'abcd')).body).toEqual(encodeUtf8('ab'));
    expect(decodeSip(message(['l: 4'], 'abcd')).body).toEqual(encodeUtf8('abcd'));
    expect(() => decodeSip(message(['l: 5'], 'abcd'))).toThrow(
      refused('SIP_CONTENT_LENGTH', 'Content-Length'),
    );
  });

  test('is the rest of the datagram without it', () => {
    expect(decodeSip(message([], 'abcd')).body).toEqual(encodeUtf8('abcd'));
  });
});

describe('headers', () => {
  test('compact names are written out, others stay as they are', () => {
    const { headers } = decode('k: path', 'a: *;audio', 'x-Own: 1', 'q: 2');
    expect(headers.slice(-4).map(({ name }) => name)).toEqual([
      'Supported',
      'Accept-Contact',
      'x-Own',
      'q',
    ]);
  });

  test.each(['Via', 'From', 'To', 'Call-ID', 'CSeq'])('none goes without %s', (name) => {
    expect(() => decode(`${name}: -`)).toThrow(refused('SIP_MISSING', name));
    expect(() => decode(`${name}:`)).toThrow(refused('SIP_MISSING', name));
  });

  test.each([
    'From: <sip:a@b>',
    'To: <sip:a@b>',
    'Call-ID: y',
    'CSeq: 1 MESSAGE',
    'Max-Forwards: 1',
  ])('%s twice is refused', (line) => {
    const [name = ''] = line.split(':');
    const twice = [...BASE, line];
    const bytes = encodeUtf8(`MESSAGE sip:c@d SIP/2.0\r\n${twice.join('\r\n')}\r\n\r\n`);
    expect(() => decodeSip(bytes)).toThrow(refused('SIP_DUPLICATE', name));
  });

  test.each([
    ['CSeq: 2147483647 MESSAGE', true],
    ['CSeq: 2147483648 MESSAGE', false],
    ['CSeq: -1 MESSAGE', false],
    ['CSeq: 1 OPTIONS', false],
    ['CSeq: 1', false],
    ['Max-Forwards: 255', true],
    ['Max-Forwards: 256', false],
    ['Max-Forwards: -1', false],
    ['Expires: 4294967295', true],
    ['Expires: 4294967296', false],
    ['Min-Expires: x', false],
    ['Contact: *', true],
    ['Contact: <sip:a@b>, *', false],
    ['Route: <sip:a@b;lr>, <sip:c@d;lr>', true],
    ['Route: sip:a@b?x=y', false],
    ['Path: <>', false],
  ])('%s is well-formed: %s', (line, expected) => {
    if (expected) expect(decode(line).kind).toBe('request');
    else expect(() => decode(line)).toThrow(expect.objectContaining({ name: 'ProtocolError' }));
  });

  test.each([
    'Via: SIP/2.0/UDP',
    'Via: SIP/2.0 192.0.2.7',
    'Via: SIP/3.0/UDP 192.0.2.7',
    'Via: HTTP/2.0/UDP 192.0.2.7',
    'Via: SIP/2.0/UDP 192.0.2.7:99999',
    'Via: SIP/2.0/UDP 192.0.2.7;branch=',
    'Via: SIP/2.0/UDP 192.0.2.7;branch',
    'Via: SIP/2.0/UDP 192.0.2.7,',
    'Via: SIP/2.0/UDP [::1',
  ])('%s is refused', (line) => {
    expect(() => decode(line)).toThrow(expect.objectContaining({ name: 'ProtocolError' }));
  });

  test('Via with an IPv6 address and white space', () => {
    const message = decode('Via: SIP / 2.0 / tcp  [2001:db8::9] : 5062 ; branch=z9hG4bK1');
    expect(via(message)).toEqual({
      transport: 'TCP',
      host: '[2001:db8::9]',
      port: 5062,
      parameters: [{ name: 'branch', value: 'z9hG4bK1' }],
    });
  });

  test('the number of Vias is bounded, over all lines', () => {
    const lines = (count: number) =>
      Array.from({ length: count }, (_, index) => `Via: SIP/2.0/UDP h${index};branch=z9hG4bK1`);
    expect(vias(decode(...lines(VIA_COUNT_MAX)))).toHaveLength(VIA_COUNT_MAX);
    expect(() => decode(...lines(VIA_COUNT_MAX + 1))).toThrow(refused('SIP_COUNT', 'Via'));
  });
});

test('the number of addresses is bounded, over all lines', () => {
  const lines = (count: number) => Array.from({ length: count }, () => 'Route: <sip:a@b;lr>');
  expect(routes(decode(...lines(ADDRESS_COUNT_MAX)), 'Route')).toHaveLength(ADDRESS_COUNT_MAX);
  expect(() => decode(...lines(ADDRESS_COUNT_MAX + 1))).toThrow(refused('SIP_COUNT', 'Route'));
});

describe('the datagram', () => {
  test('empty lines before the start line are ignored', () => {
    const bytes = encodeUtf8(`\r\n\r\n${new TextDecoder().decode(message())}`);
    expect(decodeSip(bytes)).toEqual(decodeSip(message()));
  });

  test('nothing but empty lines is no message', () => {
    expect(() => decodeSip(encodeUtf8('\r\n\r\n'))).toThrow(refused('SIP_EMPTY'));
  });

  test('its length is bounded', () => {
    const head = message().length;
    const longest = message([], 'x'.repeat(MESSAGE_BYTES_MAX - head));
    expect(decodeSip(longest).body).toHaveLength(MESSAGE_BYTES_MAX - head);
    const longer = message([], 'x'.repeat(MESSAGE_BYTES_MAX - head + 1));
    expect(() => decodeSip(longer)).toThrow(refused('SIP_LENGTH'));
  });
});

describe('typed readers', () => {
  test('numbers, and none where there is none', () => {
    const full = decode('Expires: 60', 'Min-Expires: 70', 'Retry-After: 18000;duration=3600');
    expect([expires(full), minExpires(full), retryAfter(full)]).toEqual([60, 70, 18_000]);
    const bare = decode('Max-Forwards: -');
    const none = [expires(bare), minExpires(bare), retryAfter(bare), maxForwards(bare)];
    expect(none).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('contacts and routes over several lines; the wildcard is none', () => {
    const message = decode('Contact: <sip:a@b>, <sip:c@d>', 'm: sip:e@f', 'Route: <sip:r;lr>');
    expect(contacts(message)).toHaveLength(3);
    expect(routes(message, 'Route')).toHaveLength(1);
    expect(routes(message, 'Path')).toEqual([]);
    const wildcard = decode('Contact: *');
    expect(isContactWildcard(wildcard)).toBe(true);
    expect(contacts(wildcard)).toEqual([]);
  });

  test('lists are split outside quotes and brackets', () => {
    expect(splitList('a, "b, \\", c" , <sip:d,e>;f ,,')).toEqual([
      'a',
      '"b, \\", c"',
      '<sip:d,e>;f',
    ]);
    expect(listOf(decode('Supported: path, gruu', 'k: outbound'), 'supported')).toEqual([
      'path',
      'gruu',
      'outbound',
    ]);
  });
});

describe('changes', () => {
  const base = decode('Route: <sip:a;lr>', 'Route: <sip:b;lr>', 'Own: 1');

  test('a header is replaced in its place, all of its name', () => {
    const changed = withHeader(base, 'route', '<sip:c;lr>');
    expect(headersOf(changed, 'Route')).toEqual(['<sip:c;lr>']);
    expect(changed.headers).toHaveLength(base.headers.length - 1);
    expect(changed.headers.at(-1)).toEqual({ name: 'Own', value: '1' });
    expect(withHeader(base, 'Y', '2').headers.at(-1)).toEqual({ name: 'Y', value: '2' });
  });

  test('a header goes above those of its name', () => {
    expect(headersOf(prependHeader(base, 'Route', '<sip:z;lr>'), 'Route')[0]).toBe('<sip:z;lr>');
    expect(prependHeader(base, 'Path', '<sip:z;lr>').headers[0]?.name).toBe('Path');
  });

  test('a header goes away', () => {
    expect(headersOf(withoutHeader(base, 'ROUTE'), 'Route')).toEqual([]);
    expect(headersOf(base, 'Route')).toHaveLength(2);
  });
});

describe('the response to a request (RFC 3261 §8.2.6.2)', () => {
  const received = decode(
    'Via: SIP/2.0/UDP a, SIP/2.0/UDP b',
    'Via: SIP/2.0/UDP c',
    'Timestamp: 5',
  );

  test('repeats Via, From, To, Call-ID and CSeq, with a tag in To', () => {
    const response = responseTo(received as SipRequest, 200, { toTag: '2' });
    expect(response).toMatchObject({ status: 200, reason: 'OK' });
    expect(headersOf(response, 'Via')).toEqual(headersOf(received, 'Via'));
    for (const name of ['From', 'Call-ID', 'CSeq']) {
      expect(headerOf(response, name)).toBe(headerOf(received, name));
    }
    expect(tagOf(to(response))).toBe('2');
    expect(headerOf(response, 'Timestamp')).toBeUndefined();
    expect(decodeSip(encodeSip(response))).toMatchObject({ status: 200 });
  });

  test('keeps a tag that is there, and a 100 gets none but the Timestamp', () => {
    const tagged = withHeader(received as SipRequest, 'To', 'sip:c@d;tag=9');
    expect(tagOf(to(responseTo(tagged, 404, { toTag: '2' })))).toBe('9');
    const trying = responseTo(received as SipRequest, 100, { toTag: '2' });
    expect(tagOf(to(trying))).toBeUndefined();
    expect(headerOf(trying, 'Timestamp')).toBe('5');
  });

  test('takes a reason, headers and a body', () => {
    const headers = [{ name: 'Accept', value: 'text/plain' }];
    const parts = { reason: 'No', headers, body: encodeUtf8('x') };
    const response = responseTo(received as SipRequest, 415, parts);
    const text = new TextDecoder().decode(encodeSip(response));
    expect(text.startsWith('SIP/2.0 415 No\r\n')).toBe(true);
    expect(text.endsWith('\r\nAccept: text/plain\r\nContent-Length: 1\r\n\r\nx')).toBe(true);
  });

  test('an unknown status has the phrase of its class', () => {
    expect(responseTo(received as SipRequest, 499).reason).toBe('Bad Request');
  });
});

test('no value can start a line of its own', () => {
  const parts = {
    method: 'MESSAGE',
    uri: 'sip:c@d',
    from: '<sip:a@b>;tag=1',
    callId: 'x',
    cSeq: 1,
  };
  const injected = request({ ...parts, to: '<sip:c@d>\r\nX: 1' });
  expect(() => encodeSip(injected)).toThrow();
  expect(() => encodeSip(request({ ...parts, to: '<sip:c@d>', uri: 'sip:c@d\n' }))).toThrow();
});
