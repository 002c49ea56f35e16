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
  decodeSipOnlyUri,
  decodeUri,
  encodeNameAddr,
  encodeUri,
  expires,
  type Header,
  headerOf,
  isSameUri,
  listOf,
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
  /** RFC 5626 §4.1, `urn:uuid:…`, the same for the life of the device. [SIPPUSH RFC5626.4.1-1] */
  readonly instanceId: string;
  /**
   * RFC 5626 §4.2: the flow that this REGISTER comes on, among those of the instance.
   * [SIPPUSH RFC5626.4.2-1]
   */
  readonly regId?: number;
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
  /** RFC 5627: URIs that reach this UE alone, if the network gives them. */
  readonly pubGruu?: string;
  readonly tempGruu?: string;
  /**
   * RFC 5626 §6: the network sends what is for us over the flow of this REGISTER.
   * [SIPPUSH RFC5626.4.2-1]
   */
  readonly isOutbound: boolean;
  /** RFC 5626 §4.4: seconds after which a silent flow counts as dead. */
  readonly flowTimer?: number;
}

/** RFC 3261 §10.2 with the Contact of Appendix I step 1. [SIPPUSH OTA-5] */
export function registerRequest(parts: RegisterParts): SipRequest {
  const instance: Parameter = {
    name: '+sip.instance',
    value: `<${parts.instanceId}>`,
    quoted: true,
  };
  const isFlow = parts.regId !== undefined;
  const contact = addressOf(
    // RFC 5626 §4.3: requests to this contact come by the flow. [SIPPUSH RFC5626.4.3-1]
    isFlow ? `${parts.contact};ob` : parts.contact,
    instance,
    ...(isFlow ? [{ name: 'reg-id', value: String(parts.regId) }] : []),
    ...parts.featureTags,
    { name: 'expires', value: String(parts.expires) },
  );
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
      // RFC 3327 §5.1: without `path` a P-CSCF may not add Path. RFC 5627 §4.1, RFC 5626 §4.2.1.
      { name: 'Supported', value: isFlow ? 'path, gruu, outbound' : 'path, gruu' },
      ...parts.headers,
    ],
  });
}

/** What a 200 bound for `contact`; undefined if it lists bindings and ours is none of them. */
export function bindingOf(response: SipResponse, parts: RegisterParts): Binding | undefined {
  const listed = contacts(response);
  const ours = listed.find((each) => isOurs(each, parts));
  if (listed.length > 0 && ours === undefined) return undefined;
  // RFC 3261 §10.2.4: the parameter of the Contact before the header before what we asked.
  // [SIPPUSH RFC3261.10.2.4-1]
  const ofContact = ours === undefined ? undefined : parameterValue(ours, 'expires');
  const seconds =
    ofContact === undefined
      ? (expires(response) ?? parts.expires)
      : decodeNumber(ofContact, DELTA_SECONDS_MAX, 'Contact');
  const [pubGruu, tempGruu] = ['pub-gruu', 'temp-gruu'].map((name) =>
    ours === undefined ? undefined : gruuOf(ours, name),
  );
  const isOutbound = listOf(response, 'Require').some((tag) => tag.toLowerCase() === 'outbound');
  const flowTimer = isOutbound ? headerOf(response, 'Flow-Timer') : undefined;
  return {
    expires: seconds,
    serviceRoute: routes(response, 'Service-Route'),
    path: routes(response, 'Path'),
    associated: addresses(response, 'P-Associated-URI').map(({ uri }) => encodeUri(uri)),
    isOutbound,
    ...(pubGruu !== undefined && { pubGruu }),
    ...(tempGruu !== undefined && { tempGruu }),
    ...(flowTimer !== undefined && {
      flowTimer: decodeNumber(flowTimer, DELTA_SECONDS_MAX, 'Flow-Timer'),
    }),
  };
}

/** RFC 5626 §6: instance and flow name a binding, whatever its address; else the address does. */
function isOurs(listed: NameAddr, { contact, instanceId, regId }: RegisterParts): boolean {
  const isInstance = parameterValue(listed, '+sip.instance') === `<${instanceId}>`;
  const flow = parameterValue(listed, 'reg-id');
  const isFlow = flow === undefined || regId === undefined || flow === String(regId);
  return isInstance ? isFlow : isSameUri(listed.uri, decodeUri(contact));
}

/** Only a SIP URI is of use as a Contact. */
function gruuOf(contact: NameAddr, name: string): string | undefined {
  const text = parameterValue(contact, name);
  if (text === undefined) return undefined;
  return encodeUri(decodeSipOnlyUri(text, 'Contact'));
}
