/**
 * `application/vnd.oma.push`: push headers, an empty line, and the content of the push.
 *
 * OMA-TS-PushOTA-V2_2 and OMA-TS-SIP_Push-V1_0. Written as text, which is what the Push Sender Agent
 * and the sample of PKT-SP-UE-PROV Appendix I use; read as text, as WSP, or as a bare package #0.
 */
import assert from 'node:assert';
import { concatBytes, decodeBase64, decodeUtf8, encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
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
  | 'PUSH_HEADERS'
  | 'PUSH_CONTENT_TYPE'
  | 'PUSH_CONTENT_ENCODING'
  | 'PUSH_WSP';

export const OMA_PUSH_BYTES_MAX = 65_535;
export const OMA_PUSH_HEADER_BYTES_MAX = 4096;
export const OMA_PUSH_HEADERS_MAX = 32;

interface Field {
  readonly name: string;
  readonly value: string;
}

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9-]{0,63}[\t ]*:/;
const MEDIA_TYPE = /^[!#$&^_.+\-\w]+\/[!#$&^_.+\-\w]+$/;
const PRINTABLE = /^[^\p{Cc}]*$/u;
const LF = 0x0a;
const CR = 0x0d;

export function encodeOmaPush(push: OmaPush): Uint8Array {
  const lines = [`Content-Type: ${push.contentType}`];
  if (push.applicationId !== undefined) lines.push(`X-Wap-Application-Id: ${push.applicationId}`);
  assert(!lines.some((line) => /[\r\n]/.test(line)), 'a push header is one line');
  return concatBytes(encodeUtf8(`${lines.join('\r\n')}\r\n\r\n`), push.content);
}

/** The push in the body of a MESSAGE. Throws an `OmaPushErrorCode`. */
export function decodeOmaPush(bytes: Uint8Array): OmaPush {
  if (bytes.length > OMA_PUSH_BYTES_MAX) {
    throw invalid('PUSH_TOO_LONG', 'longer than a SIP message may be', OMA_PUSH_BYTES_MAX);
  }
  if (startsWithField(bytes)) {
    const end = headerBlockEnd(bytes);
    if (end !== undefined) return textPush(bytes, end);
  }
  if (isWspNotification(bytes)) return wspPush(bytes);
  // A peer that left out the push headers: the trigger of package #0 is recognised by its shape.
  if (isPackage0Like(bytes)) return { contentType: NOTIFICATION, content: bytes.slice() };
  if (startsWithField(bytes)) {
    throw invalid('PUSH_HEADERS', 'no empty line ends the push headers', bytes.length);
  }
  return wspPush(bytes);
}

/** Application ids are compared without case, with or without their prefix. */
export function isDmApplication(applicationId: string): boolean {
  return (
    applicationId
      .trim()
      .toLowerCase()
      .replace(/^x-(?:wap|oma)-application:/, '') === 'syncml.dm'
  );
}

/** Whether the first line reads `name:`, as no digest does but by rare chance. */
function startsWithField(bytes: Uint8Array): boolean {
  return FIELD_NAME.test(asLatin1(bytes.subarray(0, 80)));
}

/** Offset of the content: behind the first empty line, be the lines ended by CRLF or by LF. */
function headerBlockEnd(bytes: Uint8Array): number | undefined {
  const limit = Math.min(bytes.length, OMA_PUSH_HEADER_BYTES_MAX);
  for (let at = bytes.indexOf(LF); at >= 0 && at < limit; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return undefined;
}

function textPush(bytes: Uint8Array, contentAt: number): OmaPush {
  const fields = textFields(decodeUtf8(bytes.slice(0, contentAt)));
  const content = bytes.slice(contentAt);
  return pushOf(fields, transferDecoded(fields, content));
}

function textFields(block: string): Field[] {
  // RFC 822 3.1.1: a line that begins with white space goes on with the one before.
  const lines = block
    .replace(/\r?\n[\t ]+/g, ' ')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  if (lines.length > OMA_PUSH_HEADERS_MAX)
    throw invalid('PUSH_HEADERS', 'too many push headers', 0);
  return lines.map((line, index) => {
    if (!FIELD_NAME.test(line)) {
      throw new ProtocolError('PUSH_HEADERS', 'not a header line', { line: index + 1 });
    }
    const colon = line.indexOf(':');
    return { name: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() };
  });
}

function wspPush(bytes: Uint8Array): OmaPush {
  const { contentType, fields, content } = decodeWspPush(bytes);
  return pushOf([...fields, { name: 'Content-Type', value: contentType }], content);
}

function pushOf(fields: readonly Field[], content: Uint8Array): OmaPush {
  const contentType = fieldValue(fields, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!MEDIA_TYPE.test(contentType)) {
    throw invalid('PUSH_CONTENT_TYPE', 'the push has no Content-Type that names a media type', 0);
  }
  const encoding = fieldValue(fields, 'content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') {
    throw new ProtocolError('PUSH_CONTENT_ENCODING', `Content-Encoding ${encoding} is not taken`);
  }
  const applicationId = fieldValue(fields, 'x-wap-application-id');
  if (applicationId === undefined) return { contentType, content };
  if (!PRINTABLE.test(applicationId)) {
    throw invalid('PUSH_HEADERS', 'the application id has control characters', 0);
  }
  return { contentType, applicationId, content };
}

/** Some SIP stacks are not clean for eight bits, so that their senders write base64. */
function transferDecoded(fields: readonly Field[], content: Uint8Array): Uint8Array {
  const encoding = fieldValue(fields, 'content-transfer-encoding')?.toLowerCase() ?? 'binary';
  if (encoding === 'base64') return decodeBase64(asLatin1(content));
  if (encoding === 'binary' || encoding === '8bit' || encoding === '7bit') return content;
  throw new ProtocolError('PUSH_CONTENT_ENCODING', `Content-Transfer-Encoding ${encoding}`);
}

function fieldValue(fields: readonly Field[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name)?.value;
}

function asLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function invalid(code: OmaPushErrorCode, message: string, byte: number): ProtocolError {
  return new ProtocolError(code, message, { byte });
}
