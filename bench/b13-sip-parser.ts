/**
 * B13: a REGISTER of 1 kB and a MESSAGE with a binary body, octets to typed message, ours beside npm `sip` 0.0.6 in the
 * same run. Ours checks what it reads, limits included; the peer cuts the text in pieces.
 */
import { createRequire } from 'node:module';
import { decodeHex } from '@ueprov/protocols';
import { syncmlHash } from '@ueprov/protocols/digest';
import { encodePackage0, notificationRequest } from '@ueprov/protocols/push';
import { decodeSip, encodeSip, prependHeader } from '@ueprov/protocols/sip';
import { type Bench, interleave, ownCpuMs, ratios, summary } from './method.ts';

const MESSAGES = 20_000;

const REGISTER = Buffer.from(
  [
    'REGISTER sip:ims.example SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.20:5060;branch=z9hG4bK776asdhds;rport',
    'Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKnashds7;received=192.0.2.7;rport=5060',
    'Max-Forwards: 69',
    'From: <sip:alice@ims.example>;tag=456248',
    'To: <sip:alice@ims.example>',
    'Call-ID: 843817637684230@998sdasdh09',
    'CSeq: 1826 REGISTER',
    'Contact: <sip:alice@192.0.2.7:5060>;expires=600000;methods="MESSAGE"' +
      ';+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"' +
      ';+g.3gpp.app_ref="urn%3Aurn-7%3A3gpp-service.ims.icsi.omapush"' +
      ';+g.oma.pusheventapp="x-wap-application:syncml.dm"',
    'Path: <sip:term@pcscf1.visited.example;lr>',
    'Authorization: Digest username="alice@ims.example", realm="ims.example",' +
      ' nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="sip:ims.example", qop=auth, nc=00000001,' +
      ' cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", algorithm=MD5',
    'Supported: path, gruu, outbound',
    'Require: path',
    'P-Access-Network-Info: DOCSIS',
    'P-Visited-Network-ID: "visited.example"',
    'P-Charging-Vector: icid-value="1234bc9876e";icid-generated-at=192.0.2.6',
    'User-Agent: example',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n'),
);

const PACKAGE0 = encodePackage0(
  { uiMode: 'background', initiator: 'server', SessionID: 1, ServerID: 'prov.example' },
  syncmlHash('prov.example', 'secret'),
  decodeHex('0102030405060708'),
);
const NOTIFICATION = notificationRequest({
  ...{ IMPU: 'sip:alice@ims.example', from: 'sip:prov@ims.example', fromTag: '17', cSeq: 1 },
  callId: '9f2@prov.ims.example',
  route: 'sip:scscf1.ims.example;lr',
  package0: PACKAGE0,
});
const VIA = 'SIP/2.0/UDP prov.ims.example;branch=z9hG4bKp1';
const MESSAGE = Buffer.from(encodeSip(prependHeader(NOTIFICATION, 'Via', VIA)));

/** The library has no types: what is used of it. */
const peer: { parse(message: Buffer): unknown } = createRequire(import.meta.url)('sip');

export const bench: Bench = {
  id: 'B13',
  title: 'SIP parser: microseconds of CPU per message, beside npm sip',
  async *run() {
    for (const [message, octets] of Object.entries({ REGISTER, MESSAGE })) {
      const taken = await interleave(
        async () => usPer(() => decodeSip(octets)),
        async () => usPer(() => peer.parse(octets)),
      );
      yield {
        message,
        bytes: octets.length,
        usPerMessage: summary(taken.ours),
        peer: 'npm sip 0.0.6',
        peerUsPerMessage: summary(taken.floor),
        ratioToPeer: summary(ratios(taken.ours, taken.floor)),
        runs: taken.ours.length,
      };
    }
  },
};

function usPer(parse: () => unknown): number {
  const start = ownCpuMs();
  for (let count = 0; count < MESSAGES; count++) {
    if (parse() === undefined) throw new Error('not parsed');
  }
  return ((ownCpuMs() - start) * 1000) / MESSAGES;
}
