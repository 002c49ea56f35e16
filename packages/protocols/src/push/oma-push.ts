/**
 * `application/vnd.oma.push`: push headers, an empty line, and the content of the push.
 *
 * OMA-TS-PushOTA-V2_2 and OMA-TS-SIP_Push-V1_0. Written as text, which is what the Push Sender Agent
 * and the sample of PKT-SP-UE-PROV Appendix I use; read as text, as WSP, or as a bare package #0.
 */
import assert from 'node:assert';
import { concatBytes, decodeBase64 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import {
  decodeHeaderBlock,
  decodeMediaType,
  encodeHeaderBlock,
  type Header,
  headerValue,
} from '../mime/index.ts';
import { isPackage0Like } from './package0.ts';
import { decodeWspPush, isWspNotification } from './wsp.ts';

export const OMA_PUSH = 'application/vnd.oma.push';
export const NOTIFICATION = 'application/vnd.syncml.notification';
/** OMNA: the application that takes package #0, code 0x07. [R-6.2.4-9] [R-6.2.4-10] */
export const DM_APPLICATION_ID = 'x-wap-application:syncml.dm';

export interface OmaPush {
  /** Media type of the content, lower case, without parameters. */
  readonly contentType: string;
  /** As it was sent; compare with `isDmApplication`. */
  readonly applicationId?: string;
  readonly content: Uint8Array;
}

export type OmaPushErrorCode =
  | 'PUSH_TOO_LONG'
  | 'PUSH_CONTENT_TYPE'
  | 'PUSH_APPLICATION_ID'
  | 'PUSH_CONTENT_ENCODING'
  | 'PUSH_WSP';

export const OMA_PUSH_BYTES_MAX = 65_535;

const FIELD_START = /^[A-Za-z][A-Za-z0-9-]*[\t ]*:/;
const FIELD_START_BYTES_MAX = 80;
const PRINTABLE = /^[^\p{Cc}]*$/u;

/** [SIPPUSH OTA-1] */
export function encodeOmaPush(push: OmaPush): Uint8Array {
  const { contentType, applicationId, content } = push;
  const headers = [{ name: 'Content-Type', value: contentType }];
  if (applicationId !== undefined) {
    headers.push({ name: 'X-Wap-Application-Id', value: applicationId });
  }
  assert(
    headers.every(({ value }) => PRINTABLE.test(value)),
    'a push header is one line',
  );
  return concatBytes(encodeHeaderBlock(headers), content);
}

/** The push in the body of a MESSAGE. Throws an `OmaPushErrorCode`, or what mime/ throws. */
export function decodeOmaPush(bytes: Uint8Array): OmaPush {
  if (bytes.length > OMA_PUSH_BYTES_MAX) {
    const at = { byte: OMA_PUSH_BYTES_MAX };
    throw new ProtocolError('PUSH_TOO_LONG', 'longer than a SIP message may be', at);
  }
  if (isWspNotification(bytes)) return wspPush(bytes);
  // A peer that left out the push headers. Text cannot be taken for it: a version octet is no letter.
  if (isPackage0Like(bytes)) return { contentType: NOTIFICATION, content: bytes.slice() };
  return FIELD_START.test(latin1(bytes.subarray(0, FIELD_START_BYTES_MAX)))
    ? textPush(bytes)
    : wspPush(bytes);
}

/** Application ids are compared without case, with or without their prefix. [SIPPUSH OTA-6] */
export function isDmApplication(applicationId: string): boolean {
  const id = applicationId.trim().toLowerCase();
  return id.replace(/^x-(?:wap|oma)-application:/, '') === 'syncml.dm';
}

function textPush(bytes: Uint8Array): OmaPush {
  const { headers, rest } = decodeHeaderBlock(bytes);
  return pushOf(headers, transferDecoded(headers, rest));
}

/** The form of classic WAP push, as some gateways pass it on. [SIPPUSH OTA-3] */
function wspPush(bytes: Uint8Array): OmaPush {
  const { contentType, fields, content } = decodeWspPush(bytes);
  return pushOf([{ name: 'Content-Type', value: contentType }, ...fields], content);
}

function pushOf(headers: readonly Header[], content: Uint8Array): OmaPush {
  const mediaType = headerValue(headers, 'Content-Type');
  if (mediaType === undefined) {
    throw new ProtocolError('PUSH_CONTENT_TYPE', 'the push has no Content-Type');
  }
  const contentType = decodeMediaType(mediaType).essence;
  const encoding = headerValue(headers, 'Content-Encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') {
    throw new ProtocolError('PUSH_CONTENT_ENCODING', `Content-Encoding ${encoding} is not taken`);
  }
  const applicationId = headerValue(headers, 'X-Wap-Application-Id');
  if (applicationId === undefined) return { contentType, content };
  if (!PRINTABLE.test(applicationId)) {
    throw new ProtocolError('PUSH_APPLICATION_ID', 'the application id has control characters');
  }
  return { contentType, applicationId, content };
}

/**
 * Some SIP stacks are not clean for eight bits, so that their senders write base64.
 * [SIPPUSH OTA-2]
 */
function transferDecoded(headers: readonly Header[], content: Uint8Array): Uint8Array {
  const encoding = headerValue(headers, 'Content-Transfer-Encoding')?.toLowerCase() ?? 'binary';
  if (encoding === 'base64') return decodeBase64(latin1(content));
  if (['binary', '8bit', '7bit'].includes(encoding)) return content.slice();
  throw new ProtocolError('PUSH_CONTENT_ENCODING', `Content-Transfer-Encoding ${encoding}`);
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
