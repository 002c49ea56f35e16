/**
 * Fuzz target `oma-push`: any octets as the body of a MESSAGE are received, ignored or refused, and never anything
 * else; as `application/vnd.oma.push` in text or WSP they give a push that reads the same when written again.
 */
import assert from 'node:assert';
import { decodeHex, ProtocolError } from '@ueprov/protocols';
import { syncmlHash } from '@ueprov/protocols/digest';
import {
  DM_APPLICATION_ID,
  decodeOmaPush,
  decodeWspPush,
  encodeOmaPush,
  encodePackage0,
  NOTIFICATION,
  notificationRequest,
  type OmaPush,
  receiveNotification,
} from '@ueprov/protocols/push';
import type { FuzzTarget } from './target.ts';

const PACKAGE0 = encodePackage0(
  { uiMode: 'background', initiator: 'server', SessionID: 1, ServerID: 'srv1' },
  syncmlHash('srv1', 'pwd1'),
  decodeHex('0102030405060708'),
);
const MESSAGE = notificationRequest({
  ...{ IMPU: 'sip:a@b.example', from: 'sip:p@b.example', fromTag: '1', callId: 'c', cSeq: 1 },
  package0: PACKAGE0,
});

const seeds: Uint8Array[] = [
  MESSAGE.body,
  encodeOmaPush({
    contentType: NOTIFICATION,
    applicationId: DM_APPLICATION_ID,
    content: PACKAGE0,
  }),
  encodeOmaPush({
    contentType: 'text/plain',
    applicationId: 'x-wap-application:mms.ua',
    content: PACKAGE0,
  }),
  Buffer.concat([decodeHex('010603c4af87'), PACKAGE0]),
  Buffer.concat([decodeHex('1ec4af'), Buffer.from(`${DM_APPLICATION_ID}\0`), PACKAGE0]),
  Buffer.from(
    'X-Wap-Application-Id: 7\nContent-Type: a/b;c="d"\nContent-Transfer-Encoding: base64\n\nAAEC',
  ),
];

function decode(bytes: Uint8Array): OmaPush | undefined {
  return attempt(() => decodeOmaPush(bytes));
}

function run(bytes: Uint8Array): void {
  const reception = receiveNotification({ ...MESSAGE, body: bytes });
  if (reception.kind === 'refused') assert([400, 415].includes(reception.status));
  attempt(() => decodeWspPush(bytes));
  const push = decode(bytes);
  if (push === undefined) return;
  const again = attempt(() => decodeOmaPush(encodeOmaPush(push)));
  if (again !== undefined) assert.deepEqual(again, push, 'a push changes when written and read');
}

function attempt<Value>(decode: () => Value): Value | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

export const target: FuzzTarget = { name: 'oma-push', seeds, run, decode };
