import { expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../bytes.ts';
import { decodePap, encodePap, PAP_BODY_BYTES_MAX } from './pap.ts';
import {
  BAD_FRAGMENT_LENGTH_MAX,
  badFragment,
  decodePapDocument,
  PAP_ATTRIBUTE_LENGTH_MAX,
  PAP_CHILDREN_MAX,
  PAP_DOCUMENT_BYTES_MAX,
} from './pap-decode.ts';
import { encodePapDocument } from './pap-encode.ts';
import type { PapMessage } from './pap-message.ts';

const ADDRESS = 'WAPPUSH=alice%40home.example/TYPE=USER@ppg.home.example';
const AT = Date.UTC(2008, 8, 1, 11, 0, 1);
const decode = (xml: string) => decodePapDocument(encodeUtf8(xml));
const refused = (code: string) => expect.objectContaining({ name: 'ProtocolError', code });

/** One of each kind, with all that it may have. */
const SAMPLES: readonly PapMessage[] = [
  {
    kind: 'push-message',
    'push-id': 'dm-0007@prov.home.example',
    'replace-push-id': 'dm-0006@prov.home.example',
    'replace-method': 'pending-only',
    'deliver-before-timestamp': AT + 3_600_000,
    'deliver-after-timestamp': AT,
    'source-reference': 'dm & "more"',
    'ppg-notify-requested-to': 'http://prov.home.example/notify',
    'progress-notes-requested': true,
    addresses: [ADDRESS, 'WAPPUSH=+15551230000/TYPE=PLMN'],
    'quality-of-service': {
      priority: 'high',
      'delivery-method': 'unconfirmed',
      network: 'IMS',
      'network-required': false,
      bearer: 'SIP',
      'bearer-required': true,
    },
  },
  {
    kind: 'push-response',
    'push-id': 'p',
    'sender-address': 'http://ppg',
    'sender-name': 'ppg',
    'reply-time': AT,
    'progress-notes': [{ stage: '1', note: 'n', time: AT }],
    'response-result': { code: 1001, desc: 'accepted' },
  },
  { kind: 'cancel-message', 'push-id': 'p', addresses: [ADDRESS] },
  {
    kind: 'cancel-response',
    'push-id': 'p',
    'cancel-results': [{ code: 1000, desc: 'ok', addresses: [ADDRESS] }],
  },
  {
    kind: 'resultnotification-message',
    'push-id': 'p',
    'sender-address': 'a',
    'sender-name': 'n',
    'received-time': AT,
    'event-time': AT + 4000,
    'message-state': 'delivered',
    code: 1000,
    desc: 'ok',
    address: ADDRESS,
    'quality-of-service': { priority: 'low' },
  },
  {
    kind: 'resultnotification-response',
    'push-id': 'p',
    code: 1000,
    desc: 'ok',
    address: ADDRESS,
  },
  { kind: 'statusquery-message', 'push-id': 'p', addresses: [] },
  {
    kind: 'statusquery-response',
    'push-id': 'p',
    'statusquery-results': [
      {
        'event-time': AT,
        'message-state': 'pending',
        code: 1000,
        desc: 'd',
        addresses: [ADDRESS],
        'quality-of-service': {},
      },
    ],
  },
  { kind: 'ccq-message', 'query-id': 'q', 'app-id': 'a', address: ADDRESS },
  { kind: 'ccq-response', 'query-id': 'q', code: 3001, desc: 'no', address: ADDRESS },
  { kind: 'badmessage-response', code: 2000, desc: 'bad', 'bad-message-fragment': '<pap' },
];

test.each(SAMPLES)('$kind: what is written is read again', (message) => {
  expect(decodePapDocument(encodePapDocument(message))).toEqual(message);
});

test('a push message, to the letter: attributes in the order of the DTD [SIPPUSH PAP-1] [SIPPUSH PAP-4]', () => {
  const message: PapMessage = {
    addresses: [ADDRESS],
    'quality-of-service': { 'delivery-method': 'unconfirmed', priority: 'high' },
    'ppg-notify-requested-to': 'http://prov.home.example/notify',
    'deliver-before-timestamp': AT,
    'push-id': 'dm-0007@prov.home.example',
    kind: 'push-message',
  };
  expect(decodeUtf8(encodePapDocument(message)).split('\n')).toEqual([
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE pap PUBLIC "-//WAPFORUM//DTD PAP 2.1//EN" "http://www.openmobilealliance.org/tech/DTD/pap_2.1.dtd">',
    '<?wap-pap-ver supported-versions="2.2,2.1,2.0,1.0"?>',
    '<pap><push-message push-id="dm-0007@prov.home.example" ' +
      'deliver-before-timestamp="2008-09-01T11:00:01Z" ' +
      'ppg-notify-requested-to="http://prov.home.example/notify">' +
      `<address address-value="${ADDRESS}"/>` +
      '<quality-of-service priority="high" delivery-method="unconfirmed"/></push-message></pap>',
  ]);
});

test('spaces, comments, attributes of nobody and the other versions are taken', () => {
  const message = decode(`<?xml version="1.0"?>
    <!DOCTYPE pap PUBLIC "-//WAPFORUM//DTD PAP 1.0//EN" "http://www.wapforum.org/DTD/pap_1.0.dtd">
    <pap product-name="x"><!-- y -->
      <cancel-message push-id="p" colour="red"> <address address-value="a"></address>\n</cancel-message>
    </pap>`);
  expect(message).toEqual({ kind: 'cancel-message', 'push-id': 'p', addresses: ['a'] });
});

test.each([
  ['another version', '<!DOCTYPE pap PUBLIC "-//X//DTD PAP 9//EN" "x"><pap/>', 'PAP_VERSION'],
  ['another root', '<pop/>', 'PAP_ELEMENT'],
  ['no message', '<pap/>', 'PAP_ELEMENT'],
  ['two', '<pap><ccq-message><address address-value="a"/></ccq-message><x/></pap>', 'PAP_ELEMENT'],
  ['an unknown one', '<pap><push-order/></pap>', 'PAP_ELEMENT'],
  ['a name of every object', '<pap><constructor/></pap>', 'PAP_ELEMENT'],
  [
    'a child out of place',
    '<pap><cancel-message push-id="p"><quality-of-service/></cancel-message></pap>',
    'PAP_ELEMENT',
  ],
  ['text', '<pap><cancel-message push-id="p">now</cancel-message></pap>', 'PAP_ELEMENT'],
  ['no push-id', '<pap><cancel-message/></pap>', 'PAP_MISSING'],
  ['no address', '<pap><push-message push-id="p"/></pap>', 'PAP_MISSING'],
  [
    'two of one',
    '<pap><ccq-message><address address-value="a"/><address address-value="b"/></ccq-message></pap>',
    'PAP_COUNT',
  ],
  ['a code of words', '<pap><ccq-response code="ok"/></pap>', 'PAP_ATTRIBUTE'],
  [
    'a time without zone',
    '<pap><push-response push-id="p" reply-time="2008-09-01T11:00:01"/></pap>',
    'PAP_ATTRIBUTE',
  ],
  [
    'a day that is none',
    '<pap><push-response push-id="p" reply-time="2008-02-30T11:00:01Z"/></pap>',
    'PAP_ATTRIBUTE',
  ],
  [
    'a state of ours',
    '<pap><statusquery-response push-id="p"><statusquery-result code="1000" message-state="lost"/></statusquery-response></pap>',
    'PAP_ATTRIBUTE',
  ],
])('refused: %s [SIPPUSH PAP-3] [SIPPUSH PAP-4]', (_what, xml, code) => {
  expect(() => decode(xml)).toThrow(refused(code));
});

test('AC-01: a DOCTYPE that declares is refused', () => {
  const xml = '<!DOCTYPE pap [<!ENTITY a "b">]><pap><ccq-response code="1000" desc="&a;"/></pap>';
  expect(() => decode(xml)).toThrow(refused('XML_DTD_REFUSED'));
});

test('document, attributes and children are bounded', () => {
  const query = (addresses: number, id = 'p') =>
    `<pap><statusquery-message push-id="${id}">${'<address address-value="a"/>'.repeat(addresses)}</statusquery-message></pap>`;
  expect(decode(query(PAP_CHILDREN_MAX))).toBeDefined();
  expect(() => decode(query(PAP_CHILDREN_MAX + 1))).toThrow(refused('PAP_COUNT'));
  expect(decode(query(0, 'x'.repeat(PAP_ATTRIBUTE_LENGTH_MAX)))).toBeDefined();
  const long = 'x'.repeat(PAP_ATTRIBUTE_LENGTH_MAX + 1);
  expect(() => decode(query(0, long))).toThrow(refused('PAP_LENGTH'));
  const padded = (length: number) => `${query(0)}${' '.repeat(length - query(0).length)}`;
  expect(decode(padded(PAP_DOCUMENT_BYTES_MAX))).toBeDefined();
  expect(() => decode(padded(PAP_DOCUMENT_BYTES_MAX + 1))).toThrow(refused('PAP_BYTES'));
});

test('what could not be read is repeated in part, and in characters that XML carries', () => {
  const bytes = Uint8Array.from({ length: BAD_FRAGMENT_LENGTH_MAX + 1 }, () => 0x41);
  expect(badFragment(bytes)).toHaveLength(BAD_FRAGMENT_LENGTH_MAX);
  expect(badFragment(Uint8Array.of(0, 0xff, 0x3c))).toBe('??<');
});

const [PUSH] = SAMPLES;
const CONTENT = {
  headers: [
    { name: 'Content-Type', value: 'application/vnd.syncml.notification' },
    { name: 'X-Wap-Application-Id', value: 'x-wap-application:syncml.dm' },
  ],
  content: Uint8Array.from([0, 1, 2, 0xff, 0x0d, 0x0a]),
};

test('a push with its content is a multipart/related, and comes back whole [SIPPUSH PAP-5]', () => {
  if (PUSH === undefined) throw new Error('no sample');
  const capabilities = encodeUtf8('<rdf/>');
  for (const entity of [
    { message: PUSH },
    { message: PUSH, content: CONTENT },
    { message: PUSH, content: CONTENT, capabilities },
  ]) {
    const { contentType, body } = encodePap(entity, 'b77');
    expect(decodePap(contentType, body)).toEqual(entity);
  }
  const { contentType } = encodePap({ message: PUSH, content: CONTENT }, 'b77');
  expect(contentType).toBe('multipart/related; boundary="b77"; type="application/xml"');
});

test('the answer to a query brings its capabilities as second part', () => {
  const message: PapMessage = { kind: 'ccq-response', code: 1000 };
  const entity = { message, capabilities: encodeUtf8('<rdf/>') };
  const { contentType, body } = encodePap(entity, 'b');
  expect(decodePap(contentType, body)).toEqual(entity);
});

test.each([
  ['no type', undefined, '', 'PAP_MEDIA_TYPE'],
  ['another type', 'text/plain', '', 'PAP_MEDIA_TYPE'],
  ['no boundary', 'multipart/related', '', 'MIME_BOUNDARY'],
  [
    'a first part of another type',
    'multipart/related; boundary=b',
    '--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b--',
    'PAP_PARTS',
  ],
  [
    'a fourth part',
    'multipart/related; boundary=b',
    `--b\r\nContent-Type: text/xml\r\n\r\n<pap><cancel-message push-id="p"/></pap>\r\n${'--b\r\n\r\nx\r\n'.repeat(3)}--b--`,
    'PAP_PARTS',
  ],
])('a body of %s is refused', (_what, type, body, code) => {
  expect(() => decodePap(type, encodeUtf8(body))).toThrow(refused(code));
});

test('a body is bounded before it is looked at', () => {
  const body = new Uint8Array(PAP_BODY_BYTES_MAX + 1);
  expect(() => decodePap('text/plain', body)).toThrow(refused('PAP_BYTES'));
  expect(() => decodePap('text/plain', body.subarray(1))).toThrow(refused('PAP_MEDIA_TYPE'));
});
