/**
 * Who is reachable (UE-2): what a third-party REGISTER tells the Provisioning Server in its role of application server.
 *
 * PKT-SP-UE-PROV 6.7 Table 3 UE-2; PKT 24.229 5.7.1.1. The S-CSCF sends one per service profile; the UE's own
 * REGISTER, with Contact and feature tags, comes along only if the filter criteria include it.
 */
import { ProtocolError } from '@ueprov/protocols';
import {
  acceptsDmPush,
  contacts,
  decodeSip,
  encodeNameAddr,
  encodeUri,
  expires,
  headerOf,
  type NameAddr,
  type SipRequest,
  to,
} from '@ueprov/protocols/sip';

/** Without Expires a registration lasts an hour (RFC 3261 10.2.1.1). */
const EXPIRES_DEFAULT_S = 3600;

export interface ThirdPartyRegister {
  readonly IMPU: string;
  /** 0: de-registered. */
  readonly expiresS: number;
  /** Where requests for this user enter the core: the S-CSCF. */
  readonly route: string | undefined;
  /** The UE's own Contact, if the S-CSCF passed it on. */
  readonly contact: string | undefined;
  /** undefined: not told; the feature tags did not come along. */
  readonly acceptsPush: boolean | undefined;
}

/** Throws ProtocolError for a header or an embedded message that cannot be read. [R-6.7-4] [R-6.7-i1] */
export function readThirdPartyRegister(request: SipRequest): ThirdPartyRegister {
  const [sCscf] = contacts(request);
  const contact = embeddedContact(request);
  return {
    IMPU: plainUri(to(request)),
    expiresS: expires(request) ?? EXPIRES_DEFAULT_S,
    route: sCscf && encodeUri(sCscf.uri),
    contact: contact && encodeNameAddr(contact),
    acceptsPush: contact && acceptsDmPush(contact),
  };
}

/** PKT 24.229: iFC IncludeRegisterRequest puts the UE's REGISTER into the body as message/sip. */
function embeddedContact(request: SipRequest): NameAddr | undefined {
  const type = headerOf(request, 'Content-Type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'message/sip' || request.body.length === 0) return undefined;
  const embedded = decodeSip(request.body);
  if (embedded.kind !== 'request' || embedded.method !== 'REGISTER') {
    throw new ProtocolError('REGISTER_BODY', 'the message/sip body is not a REGISTER', {
      path: 'body',
    });
  }
  return contacts(embedded)[0];
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
