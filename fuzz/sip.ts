/**
 * Any octets give a SIP message or a ProtocolError; what was decoded stays the same through encode
 * and decode.
 */
import assert from 'node:assert';
import { ProtocolError } from '@ueprov/protocols';
import {
  contacts,
  decodeAcceptContacts,
  decodeSip,
  encodeNameAddr,
  encodeSip,
  encodeVia,
  type Frame,
  Framer,
  from,
  headersOf,
  PING,
  PONG,
  preferredContacts,
  responseTo,
  type SipRequest,
  TransactionLayer,
  to,
  vias,
} from '@ueprov/protocols/sip';
import type { FuzzTarget } from './target.ts';

const text = (lines: readonly string[], body = '') =>
  new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n${body}`);

const REGISTER = text([
  'REGISTER sip:home.example SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKa1;rport, SIP/2.0/TCP [2001:db8::1];received=::1',
  'Max-Forwards: 70',
  'f: "A \\"quoted\\" name" <sip:alice@home.example>;tag=17',
  'To: <sip:alice@home.example>',
  'i: a1@192.0.2.7',
  'CSeq: 2 REGISTER',
  'm: <sip:alice@192.0.2.7:5060;transport=udp>;expires=3600;methods="MESSAGE"',
  ' ;+g.oma.pusheventapp="x-wap-application:syncml.dm";+sip.instance="<urn:uuid:0c6f>"',
  'Authorization: Digest username="a@home.example", realm="home.example", nonce="n", response=""',
  'Path: <sip:pcscf.home.example;lr>, <sip:edge.home.example;lr>',
  'l: 0',
]);
const MESSAGE = text(
  [
    'MESSAGE tel:+1-555-0100;phone-context=example.com SIP/2.0',
    'Via: SIP/2.0/UDP prov.home.example;branch=z9hG4bKp1',
    'From: sip:prov@home.example;tag=1',
    'To: tel:+15550100',
    'Call-ID: 9f2',
    'CSeq: 1 MESSAGE',
    'Accept-Contact: *;+g.oma.pusheventapp="x-wap-application:syncml.dm";require;explicit',
    'Content-Type: application/vnd.oma.push',
    'Content-Length: 4',
  ],
  'body',
);
const RESPONSE = text([
  'SIP/2.0 401 Unauthorized',
  'v: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKa1;received=192.0.2.8;rport=5060',
  'f: <sips:alice:pw@[::1]:5061;lr?a=b>;tag=1',
  't: token token <sip:alice@home.example>;tag=2',
  'i: a1',
  'CSeq: 4 REGISTER',
  'WWW-Authenticate: Digest realm="home.example", nonce="abc", qop="auth", algorithm=MD5',
]);

/** What a connection carries: messages of several senders, and keep-alives. */
const STREAM = Buffer.concat([PING, REGISTER, PONG, MESSAGE, PING, REGISTER]);

const SOURCE = { address: '192.0.2.1', port: 5060 };
const AT_A_LIMIT_BYTES = 1000;
const OCTET_BY_OCTET_MAX = 4096;

export const target: FuzzTarget = {
  name: 'sip',
  seeds: [REGISTER, MESSAGE, RESPONSE, STREAM],
  decode: decodeOrRefuse,
  run(bytes) {
    const message = decodeOrRefuse(bytes);
    runLayer(bytes);
    runFramer(bytes);
    if (message === undefined) return;
    const octets = encodeSip(message);
    const again = decodeOrRefuse(octets);
    // Written-out names and a Content-Length make it longer: only what stood at a limit may pass
    // it.
    if (again === undefined) {
      assert(octets.length > AT_A_LIMIT_BYTES);
      return;
    }
    assert.deepEqual(encodeSip(again), octets);
    assert.deepEqual({ ...again, headers: [] }, { ...message, headers: [] });
    for (const each of vias(message)) encodeVia(each);
    for (const each of [from(message), to(message), ...contacts(message)]) encodeNameAddr(each);
    if (message.kind === 'request') encodeSip(responseTo(message, 200, { toTag: 't' }));
  },
};

/** Whatever arrives, the layer goes on: it delivers, answers or drops. */
function runLayer(bytes: Uint8Array): void {
  const random = (length: number) => new Uint8Array(length);
  const layer = new TransactionLayer({ sentBy: SOURCE, random });
  for (const effect of layer.step({ kind: 'octets', bytes, source: SOURCE }, 0)) {
    if (effect.kind !== 'request') continue;
    acceptContactsOf(effect.request);
    const response = responseTo(effect.request, 200, { toTag: 't' });
    const [sent] = layer.step({ kind: 'respond', key: effect.key, response }, 1);
    assert(sent?.kind === 'send');
    // A copy gets the same answer.
    assert.deepEqual(layer.step({ kind: 'octets', bytes, source: SOURCE }, 2), [sent]);
  }
}

/** A stream means the same however it is cut; what it holds are messages as their senders wrote them. */
function runFramer(bytes: Uint8Array): void {
  const whole = new Framer().push(bytes);
  const size = bytes.length <= OCTET_BY_OCTET_MAX ? 1 : 1 + (bytes[0] ?? 0);
  const framer = new Framer();
  const pieces: Frame[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    pieces.push(...framer.push(bytes.subarray(at, at + size)));
  }
  assert.deepEqual(pieces, whole);
  const octets = whole.map((frame) => (frame.kind === 'message' ? frame.bytes.length : 0));
  assert(octets.reduce((sum, each) => sum + each, 0) <= bytes.length);
  for (const frame of whole) if (frame.kind === 'message') runLayer(frame.bytes);
}

function acceptContactsOf(request: SipRequest): void {
  try {
    const preferences = headersOf(request, 'Accept-Contact').flatMap(decodeAcceptContacts);
    preferredContacts(contacts(request), preferences);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

function decodeOrRefuse(bytes: Uint8Array) {
  try {
    return decodeSip(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}
