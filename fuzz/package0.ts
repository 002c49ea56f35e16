/**
 * Fuzz target `package0`: any octets, taken as a notification and as `application/vnd.oma.push`, give a value
 * or a ProtocolError; what was read can be written and read again; nothing forged ever verifies.
 */
import assert from 'node:assert';
import { decodeHex, ProtocolError } from '@ueprov/protocols';
import { syncmlHash } from '@ueprov/protocols/digest';
import {
  DM_APPLICATION_ID,
  decodeOmaPush,
  decodePackage0,
  encodeOmaPush,
  encodePackage0,
  NOTIFICATION,
  type Package0,
  verifyPackage0,
} from '@ueprov/protocols/push';
import type { FuzzTarget } from './target.ts';

const HASH = syncmlHash('srv1', 'pwd1');
const NONCE = decodeHex('0102030405060708');
const PACKAGE0 = encodePackage0(
  { uiMode: 'background', initiator: 'server', SessionID: 1, ServerID: 'srv1' },
  HASH,
  NONCE,
);
const GOOD_TRIGGER = Buffer.from(PACKAGE0.subarray(16)).toString('hex');

const seeds: Uint8Array[] = [
  PACKAGE0,
  encodeOmaPush({
    contentType: NOTIFICATION,
    applicationId: DM_APPLICATION_ID,
    content: PACKAGE0,
  }),
  Buffer.concat([decodeHex('010603c4af87'), PACKAGE0]),
  Buffer.concat([decodeHex('0dc4b4858d021234782d61006200'), PACKAGE0]),
  Buffer.from('Content-Type:\n a/b; c=d\nContent-Transfer-Encoding: base64\n\nAAECAw=='),
];

function run(bytes: Uint8Array): void {
  const bare = attempt(() => decodePackage0(bytes));
  if (bare !== undefined) checkPackage0(bare);
  const push = attempt(() => decodeOmaPush(bytes));
  if (push === undefined) return;
  const again = attempt(() => decodeOmaPush(encodeOmaPush(push)));
  if (again !== undefined) assert.deepEqual(again, push, 'a push changes when written and read');
  const inner = attempt(() => decodePackage0(push.content));
  if (inner !== undefined) checkPackage0(inner);
}

function checkPackage0(package0: Package0): void {
  const again = decodePackage0(encodePackage0(package0, HASH, NONCE));
  const { digest: _digest, trigger: _trigger, ...fields } = package0;
  assert.partialDeepStrictEqual(again, fields, 'a notification changes when written and read');
  assert.equal(verifyPackage0(again, HASH, NONCE), 'ok');
  const isGood = Buffer.from(package0.trigger).toString('hex') === GOOD_TRIGGER;
  if (!isGood) assert.equal(verifyPackage0(package0, HASH, NONCE), 'wrong', 'a forgery verifies');
}

function attempt<Value>(decode: () => Value): Value | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function decode(bytes: Uint8Array): unknown {
  return [attempt(() => decodePackage0(bytes)), attempt(() => decodeOmaPush(bytes))];
}

export const target: FuzzTarget = { name: 'package0', seeds, run, decode };
