// What enemies of a SIP parser send: AC-27 and AC-29 of the abuse cases, beside the messages of RFC 4475 (AC-26).
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../bytes.ts';
import { ProtocolError } from '../../error.ts';
import { HEADER_COUNT_MAX, HEADER_LENGTH_MAX } from '../../mime/index.ts';
import { statusOfError } from '../status.ts';
import { request } from './build.ts';
import { decodeSip } from './decode.ts';
import { encodeSip } from './encode.ts';
import { callId, contacts, to, vias } from './fields.ts';
import { headerOf } from './headers.ts';
import { encodeNameAddr } from './name-addr.ts';

const HEADERS: Readonly<Record<string, string>> = {
  Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
  From: '<sip:a@home.example>;tag=1',
  To: '<sip:b@home.example>',
  'Call-ID': 'c1',
  CSeq: '1 MESSAGE',
};

/** A MESSAGE with these headers in place of, or besides, the usual ones. */
function message(changes: Readonly<Record<string, string>>, more: readonly string[] = []) {
  const lines = Object.entries({ ...HEADERS, ...changes }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return encodeUtf8(['MESSAGE sip:b@home.example SIP/2.0', ...lines, ...more, '', ''].join('\r\n'));
}

function refusal(bytes: Uint8Array): readonly [code: string, status: number] | 'taken' {
  try {
    decodeSip(bytes);
    return 'taken';
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return [error.code, statusOfError(error)];
  }
}

describe('refused [AC-27]', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[], string, number]>([
    ['two To', {}, ['To: <sip:c@home.example>'], 'SIP_DUPLICATE', 400],
    ['two To, one of them compact', {}, ['t: <sip:c@home.example>'], 'SIP_DUPLICATE', 400],
    ['a To without address', { To: ';tag=1' }, [], 'SIP_NAME_ADDR', 400],
    [
      'a From with an open quote',
      { From: '"a <sip:a@home.example>;tag=1' },
      [],
      'SIP_NAME_ADDR',
      400,
    ],
    [
      'a From that escapes its end',
      { From: '"a\\" <sip:a@home.example>' },
      [],
      'SIP_NAME_ADDR',
      400,
    ],
    ['a Via of another protocol', { Via: 'HTTP/1.1/TCP a;branch=z9hG4bK1' }, [], 'SIP_VIA', 400],
    ['a Via without host', { Via: 'SIP/2.0/UDP ;branch=z9hG4bK1' }, [], 'SIP_VIA', 400],
    ['a Via with port 65536', { Via: 'SIP/2.0/UDP a:65536' }, [], 'SIP_URI', 400],
    ['an empty branch', { Via: 'SIP/2.0/UDP a;branch=' }, [], 'SIP_PARAMETER', 400],
    ['a negative Content-Length', {}, ['Content-Length: -1'], 'SIP_NUMBER', 400],
    ['a huge Content-Length', {}, ['l: 99999999999999999999999'], 'SIP_NUMBER', 400],
    ['a Content-Length beyond the datagram', {}, ['l: 1'], 'SIP_CONTENT_LENGTH', 400],
    ['two Content-Lengths', {}, ['l: 0', 'Content-Length: 0'], 'SIP_DUPLICATE', 400],
    ['a CSeq of 2**31', { CSeq: '2147483648 MESSAGE' }, [], 'SIP_NUMBER', 400],
    ['a Max-Forwards of 256', {}, ['Max-Forwards: 256'], 'SIP_NUMBER', 400],
    ['10,000 headers', {}, Array<string>(10_000).fill('X: y'), 'MIME_COUNT', 513],
    ['one header too many', {}, Array<string>(HEADER_COUNT_MAX).fill('X: y'), 'MIME_COUNT', 513],
    ['a Call-ID of 64 KB', { 'Call-ID': 'c'.repeat(65_536) }, [], 'SIP_LENGTH', 513],
    [
      'a Call-ID beyond a header',
      { 'Call-ID': 'c'.repeat(HEADER_LENGTH_MAX) },
      [],
      'MIME_LENGTH',
      513,
    ],
    ['a header folded without end', { Subject: 'a\r\n b'.repeat(4000) }, [], 'MIME_LENGTH', 513],
    ['71 Vias', { Via: `${HEADERS.Via},`.repeat(70) + HEADERS.Via }, [], 'SIP_COUNT', 400],
    ['a header name with a blank', {}, ['X Y: z'], 'MIME_SYNTAX', 400],
    ['a NUL as name', {}, ['\u0000: z'], 'MIME_SYNTAX', 400],
  ])('%s', (_, changes, more, code, status) => {
    const bytes = message(changes, more);
    expect(refusal(bytes)).toEqual([code, status]);
  });

  test('octets that are no UTF-8', () => {
    const bytes = message({ Subject: 'x' });
    bytes[bytes.indexOf(0x78)] = 0xff;
    expect(refusal(bytes)).toEqual(['BYTES_NOT_UTF8', 400]);
  });

  test('a message cut anywhere is refused, but in its empty body', () => {
    const bytes = message({});
    for (let end = 0; end < bytes.length; end++) {
      expect(refusal(bytes.subarray(0, end))).not.toBe('taken');
    }
  });
});

describe('taken, as it is legal [AC-27]', () => {
  test('a Call-ID of 4 KB', () => {
    const id = 'c'.repeat(4096);
    expect(callId(decodeSip(message({ 'Call-ID': id })))).toBe(id);
  });

  test('a To with an empty display name, folds and blanks', () => {
    const { parameters } = to(
      decodeSip(message({ To: '""\r\n\t<sip:b@home.example>\r\n ; tag = 7' })),
    );
    expect(parameters).toEqual([{ name: 'tag', value: '7' }]);
  });

  test('every compact name', () => {
    const bytes = Buffer.from(message({}))
      .toString()
      .replace('Via', 'v')
      .replace('From', 'f')
      .replace('\r\nTo', '\r\nt')
      .replace('Call-ID', 'i');
    const decoded = decodeSip(encodeUtf8(bytes));
    for (const [name, value] of Object.entries(HEADERS))
      expect(headerOf(decoded, name)).toBe(value);
  });

  test('IPv6 wherever a host stands', () => {
    const decoded = decodeSip(
      message({
        Via: 'SIP/2.0/UDP [2001:db8::9:1]:5070;received=2001:db8::9:255;branch=z9hG4bK1',
        Contact: '<sip:b@[2001:db8::10]:5070;transport=tcp>, <sip:b@[::ffff:192.0.2.1]>',
      }),
    );
    expect(vias(decoded)[0]).toMatchObject({ host: '[2001:db8::9:1]', port: 5070 });
    expect(contacts(decoded).map(({ uri }) => uri.kind === 'sip' && uri.host)).toEqual([
      '[2001:db8::10]',
      '[::ffff:192.0.2.1]',
    ]);
  });
});

describe('nothing that a value says becomes a line of its own [AC-29]', () => {
  const build = (parts: Partial<Parameters<typeof request>[0]>) =>
    request({
      method: 'MESSAGE',
      uri: 'sip:b@home.example',
      from: '<sip:a@home.example>;tag=1',
      to: '<sip:b@home.example>',
      callId: 'c1',
      cSeq: 1,
      ...parts,
    });

  test.each([
    ['Request-URI', { uri: 'sip:b@home.example SIP/2.0\r\nX: y' }],
    ['From', { from: '<sip:a@home.example>;tag=1\r\nX: y' }],
    ['To', { to: '<sip:b@home.example>\nX: y' }],
    ['Call-ID', { callId: 'c1\r\n\r\nbody' }],
    ['header', { headers: [{ name: 'Subject', value: 'a\rb' }] }],
    ['header name', { headers: [{ name: 'X: y\r\nZ', value: 'a' }] }],
  ])('a line break in %s is not sent', (_, parts) => {
    expect(() => encodeSip(build(parts))).toThrow();
  });

  test('a display name keeps its quotes, backslashes and brackets to itself', () => {
    const displayName = '"\\" <sip:evil@evil.example>;tag=2, <';
    const uri = {
      kind: 'sip',
      scheme: 'sip',
      user: 'a',
      host: 'home.example',
      parameters: [],
    } as const;
    const from = encodeNameAddr({ displayName, uri, parameters: [{ name: 'tag', value: '1' }] });
    const decoded = decodeSip(message({ To: from }));
    expect(to(decoded)).toMatchObject({ displayName, uri: { host: 'home.example' } });
  });
});
