/**
 * Package #0: the General Notification that asks a UE to open a DM session.
 *
 * OMA-TS-DM_Notification-V1_2 6.2: a digest of 16 octets, then the trigger: a header of 8 octets,
 * the server identifier, and vendor data up to the end. Big-endian, most significant bit first.
 * The notifier of the Provisioning Server encodes it; the UE decodes and verifies it.
 */
import assert from 'node:assert';
import { timingSafeEqual } from 'node:crypto';
import { concatBytes, decodeUtf8, encodeUtf8 } from '../bytes.ts';
import { NONCE_ZERO, triggerDigest } from '../digest/index.ts';
import { ProtocolError } from '../error.ts';

/** What the user may be told before the session, by its two bits (OMA-DMNOT 6.2.2.2). */
export const UI_MODES = ['unspecified', 'background', 'informative', 'user-interaction'] as const;
export type UiMode = (typeof UI_MODES)[number];

/** Who wanted the session; information only (OMA-DMNOT 6.2.2.3). */
export type Initiator = 'client' | 'server';

export interface Trigger {
  /** Version of the notification times 10; 11 unless said otherwise. */
  readonly version?: number;
  readonly uiMode: UiMode;
  readonly initiator: Initiator;
  /** 1 to 0xFFFF. */
  readonly SessionID: number;
  /** `<X>/ServerID` of the DMAcc object at the UE: 1 to 255 octets of UTF-8. */
  readonly ServerID: string;
  readonly vendor?: Uint8Array;
}

export interface Package0 extends Required<Trigger> {
  readonly digest: Uint8Array;
  /** Everything after the digest, as it came: what the digest covers. */
  readonly trigger: Uint8Array;
}

export type Package0ErrorCode =
  | 'PACKAGE0_TRUNCATED'
  | 'PACKAGE0_TOO_LONG'
  | 'PACKAGE0_VERSION'
  | 'PACKAGE0_SESSIONID'
  | 'PACKAGE0_SERVERID';

/** `ok-default-nonce`: both sides go on with `NONCE_ZERO` until they have exchanged new ones. */
export type Package0Verdict = 'ok' | 'ok-default-nonce' | 'wrong';

/** OMA-DMNOT 6.2.2.1: 1.1 is the version of DM 1.2's notification. */
export const PACKAGE0_VERSION = 11;
/** What peers were seen to send: 1.0, 1.1 and 1.2 have the same layout. */
export const PACKAGE0_VERSIONS_ACCEPTED: readonly number[] = [10, 11, 12];

/** OMA-DMNOT 6.2.1 writes the special nonce as 0x00000000; some read it as these ten characters. */
const NONCE_ZERO_TEXT = encodeUtf8('0x00000000');

/** No notification known comes near it; a MESSAGE over UDP stops at 1300 octets (RFC 3428 §8). */
export const PACKAGE0_BYTES_MAX = 2048;
export const SERVER_ID_BYTES_MAX = 255;
export const SESSION_ID_MAX = 0xffff;

const DIGEST_BYTES = 16;
const HEADER_BYTES = 8;
const SERVER_ID_AT = DIGEST_BYTES + HEADER_BYTES;
const VERSION_MAX = 1023;

/** [DMNOT 6.2-2] The octets to send; `hash` is B64(MD5(ServerID:password)) of the SRVCRED entry, `nonce` its raw nonce. */
export function encodePackage0(fields: Trigger, hash: string, nonce: Uint8Array): Uint8Array {
  const trigger = encodeTrigger(fields);
  const package0 = concatBytes(triggerDigest(hash, nonce, trigger), trigger);
  assert(package0.length <= PACKAGE0_BYTES_MAX, 'the vendor data is too long');
  return package0;
}

/** [DMNOT 6.2-1] OMA-DMNOT 6.2.2. */
function encodeTrigger(fields: Trigger): Uint8Array {
  const { version = PACKAGE0_VERSION, uiMode, initiator, SessionID, ServerID } = fields;
  const serverId = encodeUtf8(ServerID);
  assert(Number.isInteger(version) && version >= 0 && version <= VERSION_MAX, 'version');
  assert(isSessionId(SessionID), 'SessionID is 1 to 0xFFFF');
  assert(serverId.length >= 1 && serverId.length <= SERVER_ID_BYTES_MAX, 'length of ServerID');
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  // 10 bits version, 2 ui-mode, 1 initiator, then 27 bits of future use, all 0.
  const initiatorBit = initiator === 'server' ? 1 : 0;
  view.setUint16(0, (version << 6) | (UI_MODES.indexOf(uiMode) << 4) | (initiatorBit << 3));
  view.setUint16(5, SessionID);
  view.setUint8(7, serverId.length);
  return concatBytes(header, serverId, fields.vendor ?? new Uint8Array());
}

/**
 * The fields of a notification. Throws a `Package0ErrorCode`, or `BYTES_NOT_UTF8` for the identifier.
 * Nothing is authentic before `verifyPackage0` has said so.
 */
export function decodePackage0(bytes: Uint8Array): Package0 {
  if (bytes.length > PACKAGE0_BYTES_MAX) {
    throw invalid('PACKAGE0_TOO_LONG', 'longer than a notification may be', PACKAGE0_BYTES_MAX);
  }
  if (bytes.length < SERVER_ID_AT) {
    throw invalid('PACKAGE0_TRUNCATED', 'ends inside digest or header', bytes.length);
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset + DIGEST_BYTES, HEADER_BYTES);
  const version = header.getUint16(0) >> 6;
  if (!PACKAGE0_VERSIONS_ACCEPTED.includes(version)) {
    throw invalid('PACKAGE0_VERSION', `version ${version} is not known`, DIGEST_BYTES);
  }
  const uiMode = UI_MODES[(header.getUint16(0) >> 4) & 3] ?? 'unspecified';
  const initiator = (header.getUint16(0) & 8) === 0 ? 'client' : 'server';
  const SessionID = header.getUint16(5);
  if (!isSessionId(SessionID)) {
    throw invalid('PACKAGE0_SESSIONID', 'sessionid 0 is out of range', DIGEST_BYTES + 5);
  }
  const vendorAt = SERVER_ID_AT + header.getUint8(7);
  if (vendorAt === SERVER_ID_AT) {
    throw invalid('PACKAGE0_SERVERID', 'the server identifier is empty', SERVER_ID_AT - 1);
  }
  if (vendorAt > bytes.length) {
    throw invalid('PACKAGE0_TRUNCATED', 'ends inside the server identifier', bytes.length);
  }
  return {
    version,
    uiMode,
    initiator,
    SessionID,
    ServerID: decodeUtf8(bytes.slice(SERVER_ID_AT, vendorAt), SERVER_ID_AT),
    vendor: bytes.slice(vendorAt),
    digest: bytes.slice(0, DIGEST_BYTES),
    trigger: bytes.slice(DIGEST_BYTES),
  };
}

/** Whether the octets after the digest look like a trigger: what a receiver may guess from. */
export function isPackage0Like(bytes: Uint8Array): boolean {
  if (bytes.length <= SERVER_ID_AT || bytes.length > PACKAGE0_BYTES_MAX) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint8(SERVER_ID_AT - 1);
  return (
    PACKAGE0_VERSIONS_ACCEPTED.includes(view.getUint16(DIGEST_BYTES) >> 6) &&
    length > 0 &&
    SERVER_ID_AT + length <= bytes.length
  );
}

/** Checks the digest: with the nonce known for that server, else with the special one. */
export function verifyPackage0(
  package0: Pick<Package0, 'digest' | 'trigger'>,
  hash: string,
  nonce: Uint8Array,
): Package0Verdict {
  // Each candidate is computed and compared whatever the others gave: the time tells nothing.
  const [own, zero, text] = [nonce, NONCE_ZERO, NONCE_ZERO_TEXT].map((candidate) =>
    timingSafeEqual(package0.digest, triggerDigest(hash, candidate, package0.trigger)),
  );
  if (own) return 'ok';
  // OMA-DMNOT 6.2.1: a digest that fails is tried again with the nonce 0x00000000. [R-6.7-7]
  return zero || text ? 'ok-default-nonce' : 'wrong';
}

/** SessionID of package #1: upper-case hex of the notification's, no leading zeros. */
export function sessionIdText(SessionID: number): string {
  assert(isSessionId(SessionID), 'SessionID is 1 to 0xFFFF');
  return SessionID.toString(16).toUpperCase();
}

function isSessionId(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= SESSION_ID_MAX;
}

function invalid(code: Package0ErrorCode, message: string, byte: number): ProtocolError {
  return new ProtocolError(code, message, { byte });
}
