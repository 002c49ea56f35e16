/**
 * Who is reachable (UE-2): what a third-party REGISTER tells the Provisioning Server in its role of application server.
 *
 * PKT-SP-UE-PROV 6.7 Table 3 UE-2; PKT 24.229 5.7.1.1. The S-CSCF sends one per service profile; the UE's own
 * REGISTER, with Contact and feature tags, comes along only if the filter criteria include it, and so does the 200.
 */
import { ProtocolError } from '@ueprov/protocols';
import { boundaryOf, decodeMultipart, isMediaType } from '@ueprov/protocols/mime';
import {
  acceptsDmPush,
  addresses,
  contacts,
  decodeSip,
  encodeNameAddr,
  encodeUri,
  expires,
  type Header,
  headerOf,
  type NameAddr,
  routes,
  type SipMessage,
  type SipRequest,
  to,
} from '@ueprov/protocols/sip';

/** Without Expires a registration lasts an hour (RFC 3261 10.2.1.1). */
const EXPIRES_DEFAULT_S = 3600;
/** Identities of one implicit registration set that are looked at. */
export const IDENTITIES_MAX = 32;

export interface ThirdPartyRegister {
  /** Whose registration it is, and the others of the implicit set as far as they are told. */
  readonly identities: readonly string[];
  /** 0: de-registered. [SIPPUSH TS24229.5.7.1.1-2] */
  readonly expiresS: number;
  /** Where requests for this user enter the core: the S-CSCF. */
  readonly route: string | undefined;
  /** The UE's own Contact, if the S-CSCF passed it on. */
  readonly contact: string | undefined;
  /** undefined: not told; the feature tags did not come along. */
  readonly acceptsPush: boolean | undefined;
  /** Host and port of the first proxy of the UE, if Path tells it. */
  readonly pCscf: string | undefined;
}

export interface OfferedContact {
  /** As a header value, without the time that is left. */
  readonly contact: string;
  readonly acceptsPush: boolean;
}

/**
 * Throws ProtocolError for a header or an embedded message that cannot be read. [R-6.7-4] [R-6.7-i1]
 * [SIPPUSH TS24229.5.7.1.1-1]
 */
export function readThirdPartyRegister(request: SipRequest): ThirdPartyRegister {
  const [sCscf] = contacts(request);
  const embedded = embeddedMessages(request);
  const own = embedded.find((message) => message.kind === 'request');
  const all = [request, ...embedded];
  const offered = own && offeredContact(contacts(own));
  const associated = all.flatMap((message) => addresses(message, 'P-Associated-URI'));
  const identities = [to(request), ...associated].map(plainUri);
  return {
    identities: [...new Set(identities)].slice(0, IDENTITIES_MAX),
    expiresS: expires(request) ?? EXPIRES_DEFAULT_S,
    route: sCscf && encodeUri(sCscf.uri),
    contact: offered?.contact,
    acceptsPush: offered?.acceptsPush,
    pCscf: all.map(firstProxy).findLast((host) => host !== undefined),
  };
}

/**
 * PKT 24.229: iFC IncludeRegisterRequest and IncludeRegisterResponse put the UE's REGISTER and its 200 into the body
 * as message/sip, more than one part as multipart/mixed; service information beside them is not ours to read.
 * [SIPPUSH TS24229.5.7.1.1-3]
 */
function embeddedMessages(request: SipRequest): readonly SipMessage[] {
  const type = headerOf(request, 'Content-Type');
  if (request.body.length === 0 || type === undefined) return [];
  if (!type.trim().toLowerCase().startsWith('multipart/')) {
    return isMediaType(type, SIP_MESSAGE) ? [embedded(request.body)] : [];
  }
  return decodeMultipart(request.body, boundaryOf(type))
    .filter(({ headers }) => isMediaType(contentTypeOf(headers), SIP_MESSAGE))
    .map(({ content }) => embedded(content));
}

const SIP_MESSAGE = 'message/sip';

function embedded(content: Uint8Array): SipMessage {
  const message = decodeSip(content);
  const isRegister = message.kind === 'response' || message.method === 'REGISTER';
  if (!isRegister) {
    throw new ProtocolError('REGISTER_BODY', 'the message/sip body is not a REGISTER', {
      path: 'body',
    });
  }
  return message;
}

function contentTypeOf(headers: readonly Header[]): string | undefined {
  return headerOf({ headers }, 'Content-Type');
}

/** RFC 3327: each proxy puts itself on top, so the last is the one that the UE spoke to. */
function firstProxy(message: SipMessage): string | undefined {
  const uri = routes(message, 'Path').at(-1)?.uri;
  if (uri?.kind !== 'sip') return undefined;
  return uri.port === undefined ? uri.host : `${uri.host}:${uri.port}`;
}

/** Of all contacts of a user the one that takes push, else the first. */
export function offeredContact(all: readonly NameAddr[]): OfferedContact | undefined {
  const contact = all.find(acceptsDmPush) ?? all[0];
  if (contact === undefined) return undefined;
  return { contact: encodeNameAddr(lasting(contact)), acceptsPush: acceptsDmPush(contact) };
}

/** A contact is the same after a refresh, although the time that it has left is not. */
function lasting(contact: NameAddr): NameAddr {
  const parameters = contact.parameters.filter(({ name }) => name.toLowerCase() !== 'expires');
  return { ...contact, parameters };
}

/** An identity as a name: without parameters, host in lower case. */
export function plainUri({ uri }: NameAddr): string {
  if (uri.kind !== 'sip') return encodeUri(uri);
  return encodeUri({
    kind: 'sip',
    scheme: uri.scheme,
    ...(uri.user !== undefined && { user: uri.user }),
    host: uri.host.toLowerCase(),
    ...(uri.port !== undefined && { port: uri.port }),
    parameters: [],
  });
}
