import { expect, test } from 'vitest';
import { concatBytes, decodeHex, encodeBase64, encodeHex, encodeUtf8 } from '../bytes.ts';
import {
  DM_APPLICATION_ID,
  decodeOmaPush,
  encodeOmaPush,
  isDmApplication,
  NOTIFICATION,
  OMA_PUSH_BYTES_MAX,
} from './oma-push.ts';
import { isPackage0Like } from './package0.ts';
import { WSP_FIELDS_MAX, WSP_HEADER_BYTES_MAX } from './wsp.ts';

const PACKAGE0 = decodeHex('737ac751c5d139526a2f91d39ef9ffc602d800000000010473727631');
const PUSH = { contentType: NOTIFICATION, applicationId: DM_APPLICATION_ID, content: PACKAGE0 };

const text = (head: string, content = PACKAGE0) => concatBytes(encodeUtf8(head), content);
const failing = (bytes: Uint8Array) => {
  try {
    return decodeOmaPush(bytes);
  } catch (error) {
    return error;
  }
};

test('a push of package #0 is two text headers, an empty line and the octets [SIPPUSH OTA-1]', () => {
  const bytes = encodeOmaPush(PUSH);
  expect(bytes.length).toBe(132);
  expect(bytes).toEqual(
    text(
      'Content-Type: application/vnd.syncml.notification\r\n' +
        'X-Wap-Application-Id: x-wap-application:syncml.dm\r\n\r\n',
    ),
  );
  expect(decodeOmaPush(bytes)).toEqual(PUSH);
});

test('a header with a line break asserts: nothing can be smuggled in', () => {
  expect(() => encodeOmaPush({ ...PUSH, applicationId: 'a\r\nb: c' })).toThrow('one line');
});

test.each([
  ['LF line ends', `Content-Type: ${NOTIFICATION}\nx-wap-application-id: ${DM_APPLICATION_ID}\n\n`],
  [
    'other order and case',
    `X-WAP-APPLICATION-ID:${DM_APPLICATION_ID}\r\ncontent-type:${NOTIFICATION}\r\n\r\n`,
  ],
  [
    'folding',
    `Content-Type:\r\n ${NOTIFICATION}\r\nX-Wap-Application-Id:\r\n\t${DM_APPLICATION_ID}\r\n\r\n`,
  ],
  [
    'parameters and other headers',
    `Push-Flag: 3\r\nContent-Type: Application/vnd.syncml.notification; v=1\r\nX-Wap-Application-Id: ${DM_APPLICATION_ID}\r\nContent-Length: 28\r\n\r\n`,
  ],
])('text headers are read with %s', (_what, head) => {
  expect(decodeOmaPush(text(head))).toEqual(PUSH);
});

test('content that contains an empty line is kept whole [SIPPUSH OTA-2]', () => {
  const content = encodeUtf8('\r\n\r\na: b\n\n');
  expect(decodeOmaPush(encodeOmaPush({ ...PUSH, content })).content).toEqual(content);
});

test('base64 content is taken, compressed content is not [SIPPUSH OTA-2]', () => {
  const head = `Content-Type: ${NOTIFICATION}\r\n`;
  const encoded = encodeUtf8(encodeBase64(PACKAGE0));
  expect(
    decodeOmaPush(text(`${head}Content-Transfer-Encoding: base64\r\n\r\n`, encoded)).content,
  ).toEqual(PACKAGE0);
  expect(failing(text(`${head}Content-Encoding: gzip\r\n\r\n`))).toMatchObject({
    code: 'PUSH_CONTENT_ENCODING',
  });
  expect(failing(text(`${head}Content-Transfer-Encoding: x-other\r\n\r\n`))).toMatchObject({
    code: 'PUSH_CONTENT_ENCODING',
  });
});

test.each([
  ['as the notification specification prints it', '010603c4af87'],
  ['without transaction id and type', '03c4af87'],
  ['with the application id as text', `1ec4af${encodeHex(encodeUtf8(DM_APPLICATION_ID))}00`],
])('the WSP form is read %s [SIPPUSH OTA-3]', (_what, head) => {
  expect(decodeOmaPush(concatBytes(decodeHex(head), PACKAGE0))).toEqual(PUSH);
});

test('a WSP content type in text, with parameters, and unknown fields are read', () => {
  const typed = `0d${encodeHex(encodeUtf8('text/plain'))}008183`;
  const pushFlag = 'b485';
  const contentLength = '8d021234';
  const ownField = `${encodeHex(encodeUtf8('x-a'))}00${encodeHex(encodeUtf8('b'))}00`;
  const head = decodeHex(typed + pushFlag + contentLength + ownField);
  const bytes = concatBytes(Uint8Array.of(1, 6, head.length), head, PACKAGE0);
  expect(decodeOmaPush(bytes)).toEqual({ contentType: 'text/plain', content: PACKAGE0 });
});

test('WSP headers are not taken for the digest of a bare package #0', () => {
  // Seen from two WSP octets further on, this content would have a version, and a length that fits.
  const content = concatBytes(PACKAGE0, new Uint8Array(256)).with(10, 0x02).with(11, 0xc0);
  const bytes = concatBytes(decodeHex('010603c4af87'), content);
  expect(isPackage0Like(bytes)).toBe(true);
  expect(decodeOmaPush(bytes)).toEqual({ ...PUSH, content });
});

test('a WSP text that begins with the top bit set stands behind a quote', () => {
  const head = decodeHex(`08c4af7f${encodeHex(encodeUtf8('éé'))}00`);
  expect(decodeOmaPush(concatBytes(head, PACKAGE0)).applicationId).toBe('éé');
});

test('a bare package #0 is recognised by its shape', () => {
  expect(decodeOmaPush(PACKAGE0)).toEqual({ contentType: NOTIFICATION, content: PACKAGE0 });
});

test.each([
  ['text headers without an end', encodeUtf8('Content-Type: a/b\r\nX: y'), 'MIME_NO_END'],
  ['a line that is no header', encodeUtf8('Content-Type: a/b\r\nno header\r\n\r\n'), 'MIME_SYNTAX'],
  ['no Content-Type', encodeUtf8('X-Other: a\r\n\r\n'), 'PUSH_CONTENT_TYPE'],
  [
    'a Content-Type that is none',
    encodeUtf8('Content-Type: notification\r\n\r\n'),
    'MIME_MEDIA_TYPE',
  ],
  [
    'a lone CR in a value',
    encodeUtf8('Content-Type: a/b\r\nX-Wap-Application-Id: a\rb\r\n\r\n'),
    'MIME_SYNTAX',
  ],
  ['nothing', new Uint8Array(), 'PUSH_WSP'],
  ['WSP headers cut short', decodeHex('010605c4af'), 'PUSH_WSP'],
  ['a WSP length without end', decodeHex('ffffffffffff'), 'PUSH_WSP'],
  ['a WSP text without its NUL', decodeHex('03616263'), 'PUSH_WSP'],
  ['a WSP code page shift', decodeHex('04c401b485'), 'PUSH_WSP'],
  [
    'octets that are not UTF-8',
    text('Content-Type: \xff\r\n\r\n').with(14, 0xff),
    'BYTES_NOT_UTF8',
  ],
])('%s is a typed error', (_what, bytes, code) => {
  expect(failing(bytes)).toMatchObject({ name: 'ProtocolError', code });
});

test('the greatest push is taken, one octet more is refused', () => {
  const room = OMA_PUSH_BYTES_MAX - encodeOmaPush({ ...PUSH, content: new Uint8Array() }).length;
  const longest = encodeOmaPush({ ...PUSH, content: new Uint8Array(room) });
  expect(decodeOmaPush(longest).content.length).toBe(room);
  expect(failing(concatBytes(longest, Uint8Array.of(0)))).toMatchObject({ code: 'PUSH_TOO_LONG' });
});

test('WSP headers may be so many and so long, and no more', () => {
  const push = (head: Uint8Array) => {
    const length = Uint8Array.of(0x80 | (head.length >> 7), head.length & 0x7f);
    return concatBytes(Uint8Array.of(1, 6), length, head, PACKAGE0);
  };
  const fields = (count: number) => decodeHex(`c4${'b485'.repeat(count)}`);
  expect(decodeOmaPush(push(fields(WSP_FIELDS_MAX))).content).toEqual(PACKAGE0);
  expect(failing(push(fields(WSP_FIELDS_MAX + 1)))).toMatchObject({ code: 'PUSH_WSP' });
  const long = (bytes: number) => decodeHex(`c4b1${'61'.repeat(bytes - 3)}00`);
  expect(decodeOmaPush(push(long(WSP_HEADER_BYTES_MAX))).content).toEqual(PACKAGE0);
  expect(failing(push(long(WSP_HEADER_BYTES_MAX + 1)))).toMatchObject({ code: 'PUSH_WSP' });
});

test.each([
  'x-wap-application:syncml.dm',
  'SyncML.DM',
  'X-OMA-Application:syncml.dm',
  ' syncml.dm ',
])('the application id %s is that of package #0 [R-6.2.4-10] [SIPPUSH OTA-6]', (id) =>
  expect(isDmApplication(id)).toBe(true),
);

test.each(['x-wap-application:mms.ua', 'syncml.dm2', 'x-wap-application:', ''])(
  'the application id %s is another one',
  (id) => expect(isDmApplication(id)).toBe(false),
);

test('the application id that we send is that of package #0 [R-6.2.4-9]', () => {
  expect(DM_APPLICATION_ID).toBe('x-wap-application:syncml.dm');
});
