/**
 * What PAP puts into one HTTP body: the control document alone, or with the content of the push, and perhaps the
 * capabilities it is meant for, as multipart/related (WAP-247-PAP 8; RFC 2387).
 */
import { ProtocolError } from '../error.ts';
import {
  type BodyPart,
  boundaryOf,
  decodeMultipart,
  encodeMultipart,
  headerValue,
  isMediaType,
} from '../mime/index.ts';
import { decodePapDocument } from './pap-decode.ts';
import { encodePapDocument } from './pap-encode.ts';
import type { PapMessage } from './pap-message.ts';

export interface PapEntity {
  readonly message: PapMessage;
  /** Headers and octets of what is pushed. */
  readonly content?: BodyPart;
  /** The capability document (RDF) of a push or a query, unread. */
  readonly capabilities?: Uint8Array;
}

export interface PapBody {
  readonly contentType: string;
  readonly body: Uint8Array;
}

export const PAP_BODY_BYTES_MAX = 262_144;
const CONTROL = 'application/xml';
const RELATED = 'multipart/related';

/** Throws `PAP_MEDIA_TYPE`, `PAP_PARTS`, `PAP_BYTES`, and what the document and mime/ throw. */
export function decodePap(contentType: string | undefined, body: Uint8Array): PapEntity {
  if (body.length > PAP_BODY_BYTES_MAX) {
    throw new ProtocolError('PAP_BYTES', 'the body is too long', { byte: PAP_BODY_BYTES_MAX });
  }
  if (isXml(contentType)) return { message: decodePapDocument(body) };
  if (!isMediaType(contentType, RELATED) || contentType === undefined) {
    const what = `${contentType ?? 'a body without type'} is not PAP`;
    throw new ProtocolError('PAP_MEDIA_TYPE', what, { path: 'Content-Type' });
  }
  const [control, ...others] = decodeMultipart(body, boundaryOf(contentType));
  if (control === undefined || !isXml(headerValue(control.headers, 'Content-Type'))) {
    throw new ProtocolError('PAP_PARTS', 'the first part is no control document', { path: '1' });
  }
  const message = decodePapDocument(control.content);
  if (message.kind === 'ccq-response') {
    const [capabilities] = others;
    return { message, ...(capabilities && { capabilities: capabilities.content }) };
  }
  const [content, capabilities, tooMany] = others;
  if (tooMany !== undefined) throw new ProtocolError('PAP_PARTS', 'too many parts', { path: '4' });
  return {
    message,
    ...(content && { content }),
    ...(capabilities && { capabilities: capabilities.content }),
  };
}

/** `boundary` is used where there is content; it must not stand in it. [SIPPUSH PAP-5] */
export function encodePap(entity: PapEntity, boundary: string): PapBody {
  const { message, content, capabilities } = entity;
  const control = encodePapDocument(message);
  if (content === undefined && capabilities === undefined) {
    return { contentType: CONTROL, body: control };
  }
  const parts = [
    xmlPart(control),
    ...(content === undefined ? [] : [content]),
    ...(capabilities === undefined ? [] : [xmlPart(capabilities)]),
  ];
  return {
    contentType: `${RELATED}; boundary="${boundary}"; type="${CONTROL}"`,
    body: encodeMultipart(parts, boundary),
  };
}

function xmlPart(content: Uint8Array): BodyPart {
  return { headers: [{ name: 'Content-Type', value: CONTROL }], content };
}

function isXml(contentType: string | undefined): boolean {
  return isMediaType(contentType, CONTROL) || isMediaType(contentType, 'text/xml');
}
