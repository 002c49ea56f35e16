/**
 * REGISTER and what its 200 says (RFC 3261 §10.2, §10.2.4, RFC 3327, RFC 3608; TS 24.229 5.1.1.2).
 * Used by registration.ts.
 */
import {
  addresses,
  addressOf,
  contacts,
  DELTA_SECONDS_MAX,
  decodeNumber,
  decodeUri,
  encodeNameAddr,
  encodeUri,
  expires,
  type Header,
  isSameUri,
  type NameAddr,
  type Parameter,
  parameterValue,
  request,
  routes,
  type SipRequest,
  type SipResponse,
} from './message/index.ts';

export interface RegisterParts {
  /** URI of the home network domain. */
  readonly registrar: string;
  /** IMPU: the identity that is registered. */
  readonly identity: string;
  /** Where requests to the UE go. */
  readonly contact: string;
  /** RFC 5626 §4.1, `urn:uuid:…`, the same for the life of the device. */
  readonly instanceId: string;
  readonly featureTags: readonly Parameter[];
  readonly fromTag: string;
  readonly callId: string;
  readonly cSeq: number;
  /** Seconds; 0 removes the binding. */
  readonly expires: number;
  readonly headers: readonly Header[];
}

/** What the network bound, from its 200. */
export interface Binding {
  /** Seconds. */
  readonly expires: number;
  /** RFC 3608: Route of every later request, after the P-CSCF. */
  readonly serviceRoute: readonly NameAddr[];
  readonly path: readonly NameAddr[];
  /** P-Associated-URI: the identities that may be used, the default one first. */
  readonly associated: readonly string[];
}

/** RFC 3261 §10.2 with the Contact of Appendix I step 1. */
export function registerRequest(parts: RegisterParts): SipRequest {
  const instance: Parameter = {
    name: '+sip.instance',
    value: `<${parts.instanceId}>`,
    quoted: true,
  };
  const contact = addressOf(parts.contact, instance, ...parts.featureTags, {
    name: 'expires',
    value: String(parts.expires),
  });
  const identity: NameAddr = { uri: decodeUri(parts.identity), parameters: [] };
  return request({
    method: 'REGISTER',
    uri: parts.registrar,
    from: encodeNameAddr({ ...identity, parameters: [{ name: 'tag', value: parts.fromTag }] }),
    to: encodeNameAddr(identity),
    callId: parts.callId,
    cSeq: parts.cSeq,
    headers: [
      { name: 'Contact', value: encodeNameAddr(contact) },
      { name: 'Expires', value: String(parts.expires) },
      // RFC 3327 §5.1: without it a P-CSCF may not add Path.
      { name: 'Supported', value: 'path' },
      ...parts.headers,
    ],
  });
}

/** What a 200 bound for `contact`; undefined if it lists bindings and ours is none of them. */
export function bindingOf(
  response: SipResponse,
  { contact, instanceId, expires: requested }: RegisterParts,
): Binding | undefined {
  const listed = contacts(response);
  const ours = listed.find(
    (each) =>
      isSameUri(each.uri, decodeUri(contact)) ||
      parameterValue(each, '+sip.instance') === `<${instanceId}>`,
  );
  if (listed.length > 0 && ours === undefined) return undefined;
  // RFC 3261 §10.2.4: the parameter of the Contact before the header before what we asked.
  const ofContact = ours === undefined ? undefined : parameterValue(ours, 'expires');
  const seconds =
    ofContact === undefined
      ? (expires(response) ?? requested)
      : decodeNumber(ofContact, DELTA_SECONDS_MAX, 'Contact');
  return {
    expires: seconds,
    serviceRoute: routes(response, 'Service-Route'),
    path: routes(response, 'Path'),
    associated: addresses(response, 'P-Associated-URI').map(({ uri }) => encodeUri(uri)),
  };
}
