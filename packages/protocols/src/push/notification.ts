/**
 * The SIP MESSAGE that carries package #0 from the DM notifier through the core to the UE.
 *
 * PKT-SP-UE-PROV 6.2.4 and Appendix I; RFC 3428; OMA-TS-SIP_Push-V1_0. The notifier of the Provisioning Server
 * is the Push Sender Agent and makes the request; the UE is the Push Receiver Agent and reads it.
 */
import { ProtocolError } from '../error.ts';
import { isMediaType } from '../mime/index.ts';
import { type Header, headerOf, request, type SipRequest } from '../sip/index.ts';
import {
  DM_APPLICATION_ID,
  decodeOmaPush,
  encodeOmaPush,
  isDmApplication,
  NOTIFICATION,
  OMA_PUSH,
  type OmaPush,
} from './oma-push.ts';
import { decodePackage0, type Package0 } from './package0.ts';

export interface Notification {
  /** The UE's registered public identity, or a GRUU to reach one device of several. */
  readonly IMPU: string;
  /** The server's own SIP URI, which the core trusts it to assert. */
  readonly from: string;
  readonly fromTag: string;
  readonly callId: string;
  readonly cSeq: number;
  /** URI of the S-CSCF that serves the UE, if one is known: the Contact of its third-party REGISTER. */
  readonly route?: string;
  readonly package0: Uint8Array;
}

export type Reception =
  /** Well-formed, which is not yet authentic: answer 200, then `verifyPackage0`. */
  | { readonly kind: 'package0'; readonly package0: Package0 }
  /** A push that is no notification we know: answer 200 and forget it. */
  | { readonly kind: 'ignored'; readonly error: ProtocolError }
  | {
      readonly kind: 'refused';
      readonly status: 400 | 405 | 415;
      readonly reason: string;
      readonly headers: readonly Header[];
    };

/** Appendix I, step 3: only contacts that take package #0 are asked for. [SIPPUSH OTA-4] */
export const ACCEPT_CONTACT = `*;+g.oma.pusheventapp="${DM_APPLICATION_ID}"`;

/** What a 415 says that the UE takes instead. [SIPPUSH OTA-8] */
const ACCEPT: Header = { name: 'Accept', value: `${OMA_PUSH}, ${NOTIFICATION}` };

/** A request without Via: the transaction layer adds it. [R-6.2.4-1] [R-6.2.4-7] [R-6.2.4-8] */
export function notificationRequest(notification: Notification): SipRequest {
  const { IMPU, from, fromTag, callId, cSeq, route, package0 } = notification;
  return request({
    method: 'MESSAGE',
    uri: IMPU,
    from: `<${from}>;tag=${fromTag}`,
    to: `<${IMPU}>`,
    callId,
    cSeq,
    // RFC 3428 §4: no Contact in a MESSAGE. [SIPPUSH RFC3428.4-1]
    headers: [
      ...(route === undefined ? [] : [{ name: 'Route', value: `<${looseRoute(route)}>` }]),
      { name: 'P-Asserted-Identity', value: `<${from}>` },
      { name: 'Accept-Contact', value: ACCEPT_CONTACT },
      { name: 'Content-Type', value: OMA_PUSH },
    ],
    body: encodeOmaPush({
      contentType: NOTIFICATION,
      applicationId: DM_APPLICATION_ID,
      content: package0,
    }),
  });
}

/** What the UE makes of a MESSAGE. [R-6.2.4-2] [R-6.2.4-3] */
export function receiveNotification(message: SipRequest): Reception {
  if (message.method !== 'MESSAGE') {
    return refused(405, 'only MESSAGE carries pushes', { name: 'Allow', value: 'MESSAGE' });
  }
  const encoding = headerOf(message, 'Content-Encoding') ?? 'identity';
  if (encoding.toLowerCase() !== 'identity') {
    const acceptEncoding = { name: 'Accept-Encoding', value: 'identity' };
    return refused(415, `Content-Encoding ${encoding} is not taken`, acceptEncoding);
  }
  const contentType = headerOf(message, 'Content-Type');
  if (isMediaType(contentType, NOTIFICATION)) return package0Of(message.body);
  if (!isMediaType(contentType, OMA_PUSH)) {
    return refused(415, `Content-Type ${contentType ?? '(none)'} is not taken`, ACCEPT);
  }
  return ofPush(message.body);
}

function ofPush(body: Uint8Array): Reception {
  const push = attempt(() => decodeOmaPush(body));
  if (push instanceof ProtocolError) {
    return push.code === 'PUSH_CONTENT_ENCODING'
      ? refused(415, push.message, ACCEPT)
      : refused(400, push.message);
  }
  const foreign = whatIsForeign(push);
  return foreign === undefined ? package0Of(push.content) : refused(415, foreign, ACCEPT);
}

function whatIsForeign({ contentType, applicationId }: OmaPush): string | undefined {
  if (contentType !== NOTIFICATION) return `a push of ${contentType} is not taken`;
  // Without an application id the content type says enough.
  if (applicationId === undefined || isDmApplication(applicationId)) return undefined;
  return `application ${applicationId} is not here`;
}

/**
 * OMA-DMNOT 6.2.1: what is wrong inside a notification is ignored; no answer helps a forger. [R-6.7-7]
 * [SIPPUSH OTA-7]
 */
function package0Of(content: Uint8Array): Reception {
  const package0 = attempt(() => decodePackage0(content));
  return package0 instanceof ProtocolError
    ? { kind: 'ignored', error: package0 }
    : { kind: 'package0', package0 };
}

/** RFC 3261 §19.1.1: without `lr` a Route asks for the strict routing of RFC 2543. */
function looseRoute(uri: string): string {
  return /;lr(?:[;=?]|$)/i.test(uri) ? uri : `${uri};lr`;
}

function refused(
  status: 400 | 405 | 415,
  reason: string,
  ...headers: readonly Header[]
): Reception {
  return { kind: 'refused', status, reason, headers };
}

function attempt<Value>(decode: () => Value): Value | ProtocolError {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}
