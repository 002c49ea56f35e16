import { expect, test } from 'vitest';
import { decodeHex, encodeUtf8 } from '../bytes.ts';
import {
  decodeSip,
  encodeSip,
  headersOf,
  prependHeader,
  withHeader,
  withoutHeader,
} from '../sip/index.ts';
import { ACCEPT_CONTACT, notificationRequest, receiveNotification } from './notification.ts';
import { encodeOmaPush, NOTIFICATION } from './oma-push.ts';

const PACKAGE0 = decodeHex('737ac751c5d139526a2f91d39ef9ffc602d800000000010473727631');
const MESSAGE = notificationRequest({
  IMPU: 'sip:alice@home.example',
  from: 'sip:prov@home.example',
  fromTag: '17',
  callId: '9f2@prov.home.example',
  cSeq: 1,
  route: 'sip:scscf1.home.example',
  package0: PACKAGE0,
});

const withBody = (contentType: string, body: Uint8Array) =>
  withHeader({ ...MESSAGE, body }, 'Content-Type', contentType);
const pushed = (contentType: string, applicationId: string, content = PACKAGE0) =>
  withBody('application/vnd.oma.push', encodeOmaPush({ contentType, applicationId, content }));

test('the MESSAGE of a notification, octet for octet [R-6.2.4-1] [R-6.2.4-7] [R-6.2.4-8]', () => {
  const text = Buffer.from(encodeSip(MESSAGE)).toString('latin1');
  expect(text).toBe(
    [
      'MESSAGE sip:alice@home.example SIP/2.0',
      'Max-Forwards: 70',
      'From: <sip:prov@home.example>;tag=17',
      'To: <sip:alice@home.example>',
      'Call-ID: 9f2@prov.home.example',
      'CSeq: 1 MESSAGE',
      'Route: <sip:scscf1.home.example;lr>',
      'P-Asserted-Identity: <sip:prov@home.example>',
      'Accept-Contact: *;+g.oma.pusheventapp="x-wap-application:syncml.dm"',
      'Content-Type: application/vnd.oma.push',
      'Content-Length: 132',
      '',
      'Content-Type: application/vnd.syncml.notification',
      'X-Wap-Application-Id: x-wap-application:syncml.dm',
      '',
      Buffer.from(PACKAGE0).toString('latin1'),
    ].join('\r\n'),
  );
});

test('a MESSAGE has no Contact (RFC 3428), and stays under 1300 octets [SIPPUSH RFC3428.4-1]', () => {
  expect(headersOf(MESSAGE, 'Contact')).toEqual([]);
  expect(encodeSip(MESSAGE).length).toBeLessThan(1300);
});

test('Accept-Contact asks for the DM application alone [R-6.2.4-9] [SIPPUSH OTA-4]', () => {
  expect(ACCEPT_CONTACT).toBe('*;+g.oma.pusheventapp="x-wap-application:syncml.dm"');
});

test.each([
  ['sip:scscf1.home.example;lr', '<sip:scscf1.home.example;lr>'],
  ['sip:scscf1.home.example;lr=on', '<sip:scscf1.home.example;lr=on>'],
  ['sip:scscf1.home.example;transport=udp', '<sip:scscf1.home.example;transport=udp;lr>'],
])('the route %s is loose', (route, value) => {
  const message = notificationRequest({
    IMPU: 'sip:a@b.example',
    from: 'sip:p@b.example',
    fromTag: '1',
    callId: 'c',
    cSeq: 1,
    route,
    package0: PACKAGE0,
  });
  expect(headersOf(message, 'Route')).toEqual([value]);
});

test('a UE takes the notification off the wire [R-6.2.4-2] [R-6.2.4-3] [R-6.2.4-10]', () => {
  const sent = prependHeader(MESSAGE, 'Via', 'SIP/2.0/UDP prov.home.example;branch=z9hG4bKp1');
  const message = decodeSip(encodeSip(sent));
  expect(message.kind === 'request' && receiveNotification(message)).toMatchObject({
    kind: 'package0',
    package0: { ServerID: 'srv1', SessionID: 1 },
  });
});

test('a bare notification is taken as well', () => {
  expect(receiveNotification(withBody(NOTIFICATION, PACKAGE0))).toMatchObject({ kind: 'package0' });
});

test('without an application id the content type says enough', () => {
  const body = encodeOmaPush({ contentType: NOTIFICATION, content: PACKAGE0 });
  const message = withBody('application/vnd.oma.push', body);
  expect(receiveNotification(message)).toMatchObject({ kind: 'package0' });
});

test.each([
  ['another type', withBody('text/plain', PACKAGE0)],
  ['no type', withoutHeader(MESSAGE, 'Content-Type')],
  ['another inner type', pushed('text/plain', 'x-wap-application:syncml.dm')],
  ['another application', pushed(NOTIFICATION, 'x-wap-application:mms.ua')],
  [
    'inner compression',
    withBody(
      'application/vnd.oma.push',
      encodeUtf8('Content-Type: a/b\r\nContent-Encoding: gzip\r\n\r\n'),
    ),
  ],
])('a push of %s is refused by 415 and told what is taken [SIPPUSH OTA-8]', (_what, message) => {
  expect(receiveNotification(message)).toMatchObject({
    kind: 'refused',
    status: 415,
    headers: [
      { name: 'Accept', value: 'application/vnd.oma.push, application/vnd.syncml.notification' },
    ],
  });
});

test('a compressed body is refused by 415 and told that identity is taken', () => {
  expect(receiveNotification(withHeader(MESSAGE, 'Content-Encoding', 'gzip'))).toMatchObject({
    status: 415,
    headers: [{ name: 'Accept-Encoding', value: 'identity' }],
  });
});

test('an envelope that cannot be read is refused by 400', () => {
  const message = withBody('application/vnd.oma.push', encodeUtf8('Content-Type: a/b\r\n'));
  expect(receiveNotification(message)).toMatchObject({ kind: 'refused', status: 400 });
});

test('another method is refused by 405', () => {
  expect(receiveNotification({ ...MESSAGE, method: 'NOTIFY' })).toMatchObject({ status: 405 });
});

test.each([
  ['truncated', PACKAGE0.slice(0, 20), 'PACKAGE0_TRUNCATED'],
  ['of an unknown version', PACKAGE0.with(16, 0xff), 'PACKAGE0_VERSION'],
])(
  'a notification that is %s is ignored without a word to its sender [R-6.7-7] [SIPPUSH OTA-7]',
  (_what, content, code) => {
    const message = pushed(NOTIFICATION, 'x-wap-application:syncml.dm', content);
    expect(receiveNotification(message)).toMatchObject({ kind: 'ignored', error: { code } });
  },
);
