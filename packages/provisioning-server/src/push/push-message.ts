/** The SIP MESSAGE that carries a push of any application: OMA SIP Push by feature match. Used by gateway-service.ts. */

import { concatBytes, decodeBase64, decodeUtf8, ProtocolError } from '@ueprov/protocols';
import { type BodyPart, encodeHeaderBlock, headerValue } from '@ueprov/protocols/mime';
import { OMA_PUSH } from '@ueprov/protocols/push';
import { request, type SipRequest } from '@ueprov/protocols/sip';

export interface PushParts {
  readonly IMPU: string;
  readonly identity: string;
  readonly fromTag: string;
  readonly callId: string;
  readonly content: BodyPart;
}

/** Headers of the content that go with it; those of the multipart are used up (facts: PAP to OTA-SIP). */
const CARRIED = [
  'Content-Type',
  'X-Wap-Application-Id',
  'Content-Encoding',
  'X-Wap-Content-URI',
  'X-Wap-Initiator-URI',
  'Push-Flag',
];
const APPLICATION_ID = /^[A-Za-z0-9:._*-]{1,128}$/;

/**
 * Without Route: the caller knows the way. Throws `PUSH_CONTENT` for what cannot be carried.
 * [SIPPUSH OTA-4]
 */
export function pushRequest({ IMPU, identity, fromTag, callId, content }: PushParts): SipRequest {
  const applicationId = headerValue(content.headers, 'X-Wap-Application-Id');
  const type = headerValue(content.headers, 'Content-Type');
  if (type === undefined) throw refused('the content has no Content-Type');
  if (applicationId !== undefined && !APPLICATION_ID.test(applicationId)) {
    throw refused('the application id is none');
  }
  const carried = CARRIED.flatMap((name) => {
    const value = headerValue(content.headers, name);
    return value === undefined ? [] : [{ name, value }];
  });
  return request({
    method: 'MESSAGE',
    uri: IMPU,
    from: `<${identity}>;tag=${fromTag}`,
    to: `<${IMPU}>`,
    callId,
    cSeq: 1,
    headers: [
      { name: 'P-Asserted-Identity', value: `<${identity}>` },
      ...(applicationId === undefined
        ? []
        : [{ name: 'Accept-Contact', value: `*;+g.oma.pusheventapp="${applicationId}"` }]),
      { name: 'Content-Type', value: OMA_PUSH },
    ],
    body: concatBytes(encodeHeaderBlock(carried), octetsOf(content)),
  });
}

/** RFC 2045 6: the encoding is that of the multipart, not of the push. */
function octetsOf({ headers, content }: BodyPart): Uint8Array {
  const encoding = headerValue(headers, 'Content-Transfer-Encoding')?.toLowerCase() ?? 'binary';
  if (['binary', '8bit', '7bit'].includes(encoding)) return content;
  if (encoding === 'base64') return decodeBase64(decodeUtf8(content));
  throw refused(`Content-Transfer-Encoding ${encoding} is not taken`);
}

function refused(message: string): ProtocolError {
  return new ProtocolError('PUSH_CONTENT', message, { path: 'content' });
}
