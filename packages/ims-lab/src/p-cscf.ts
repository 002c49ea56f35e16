/**
 * P-CSCF: the first proxy that a UE meets, and the last on the way to it.
 *
 * TS 24.229 5.2, RFC 3261 §16, RFC 3327 (Path), RFC 3608 (Service-Route), RFC 3455 (P- headers), RFC 5626 (outbound),
 * RFC 3329 (sec-agree). It stands in for the I-CSCF as well: the lab has one S-CSCF, so no HSS needs to be asked which.
 * A pure engine; the shell moves its octets.
 */
import { encodeHex, type Instant, type Timeout } from '@ueprov/protocols';
import {
  addresses,
  addressOf,
  contacts,
  decodeUri,
  encodeNameAddr,
  expires,
  from,
  isContactWildcard,
  listOf,
  type NameAddr,
  parameterValue,
  routes,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
  tagOf,
  to,
  transportOf,
  withHeader,
  withoutTopVia,
} from '@ueprov/protocols/sip';
import type { CscfEffect, CscfInput } from './cscf.ts';
import { Element, type ElementOptions, type ElementUser } from './element.ts';
import type { Refusable } from './faults.ts';
import { type Flow, Flows } from './flows.ts';
import {
  hostPortOf,
  isAtAny,
  isSameSource,
  popRoutes,
  type Refusal,
  refusalOf,
  withOneHopLess,
  withoutHeaders,
  withRoutes,
} from './forwarding.ts';
import { identityOf } from './identity.ts';
import {
  agreementRefusal,
  SEC_AGREE,
  SECURITY_SERVER,
  wantsAgreement,
  withoutAgreement,
} from './security-agreement.ts';

export interface PCscfOptions extends ElementOptions {
  readonly domain: string;
  readonly sCscf: TransportAddress;
  /** Is this the S-CSCF? Its address alone unless given. */
  readonly isSCscf?: (source: TransportAddress) => boolean;
  readonly flowsMax?: number;
}

interface Forwarded {
  /** Of the server transaction that waits for the answer. */
  readonly key: string;
  readonly request: SipRequest;
  /** Set for a REGISTER. */
  readonly flow: Flow | undefined;
}

/** TS 24.229 5.2.6.3: what only a trusted element may say, and a UE therefore may not. */
const NOT_FROM_UE = [
  'Path',
  'Service-Route',
  'P-Asserted-Identity',
  'P-Charging-Vector',
  'P-Charging-Function-Addresses',
  'P-Visited-Network-ID',
  'P-Called-Party-ID',
];
/** TS 24.229 5.2.6.4: what stays inside the trust domain. */
const NOT_TO_UE = ['P-Charging-Vector', 'P-Charging-Function-Addresses'];
/** Seconds. */
const OVERLOAD_RETRY_AFTER = 30;
/** RFC 5626 §5.4: how long a flow may be silent, seconds. */
export const FLOW_TIMER = 120;
/** From one UE to another a request passes here twice. */
const PASSES_MAX = 1;

export class PCscf implements Refusable, ElementUser<Forwarded> {
  readonly #options: PCscfOptions;
  readonly #element: Element<Forwarded>;
  readonly #flows: Flows;

  constructor(options: PCscfOptions) {
    this.#options = options;
    this.#flows = new Flows(options.random, options.flowsMax);
    this.#element = new Element(options, this);
  }

  get deadline(): Instant | undefined {
    return this.#element.deadline;
  }

  get counters() {
    return this.#element.counters;
  }

  get refusal(): Refusal | undefined {
    return this.#element.refusal;
  }

  set refusal(refusal: Refusal | undefined) {
    this.#element.refusal = refusal;
  }

  step(input: CscfInput | Timeout, now: Instant): CscfEffect[] {
    // RFC 5626 §5.3: nothing comes back over a connection that is gone.
    if (input.kind === 'unreachable' && input.target.flow !== undefined) {
      this.#flows.lose(input.target);
    }
    return this.#element.step(input, now);
  }

  request(key: string, request: SipRequest, source: TransportAddress, now: Instant): CscfEffect[] {
    const understood = this.#offersTls ? [SEC_AGREE] : [];
    const rules = { isSelf: this.#isSelf, passesMax: PASSES_MAX, understood };
    const refusal = refusalOf(request, rules);
    if (refusal !== undefined) return this.#element.answer(key, request, refusal, now);
    if (this.#isSCscf(source)) return this.#terminating(key, request, now);
    const disagreement = this.#offersTls ? agreementRefusal(request, source) : undefined;
    if (disagreement !== undefined) {
      return this.#element.answer(key, request, disagreement, now);
    }
    return request.method === 'REGISTER'
      ? this.#register(key, request, source, now)
      : this.#originating(key, request, source, now);
  }

  response({ key, request, flow }: Forwarded, response: SipResponse, now: Instant): CscfEffect[] {
    let passed = withoutHeaders(withoutTopVia(response), NOT_TO_UE);
    if (flow !== undefined) {
      this.#registered(flow, request, response, now);
      passed = this.#toRegistering(request, passed);
    }
    return this.#element.respond(key, passed, now);
  }

  failed({ key, request, flow }: Forwarded, now: Instant): CscfEffect[] {
    // RFC 4320 §4.2 wants no 408 here; which side was silent decides what is said instead.
    const status = flow === undefined ? 480 : 504;
    return this.#element.answer(key, request, { status }, now);
  }

  #isSCscf(source: TransportAddress): boolean {
    const { sCscf, isSCscf = (other) => isSameSource(other, sCscf) } = this.#options;
    return isSCscf(source);
  }

  get #offersTls(): boolean {
    return this.#options.transports?.includes('tls') ?? false;
  }

  readonly #isSelf = (place: { readonly host: string; readonly port?: number }): boolean =>
    isAtAny(place, this.#options);

  /** TS 24.229 5.2.2. */
  #register(
    key: string,
    request: SipRequest,
    source: TransportAddress,
    now: Instant,
  ): CscfEffect[] {
    const { domain, address, sCscf, random } = this.#options;
    const uri = decodeUri(request.uri);
    if (uri.kind !== 'sip' || uri.host.toLowerCase() !== domain) {
      const refusal = { status: 404, reason: `Only ${domain} is here` };
      return this.#element.answer(key, request, refusal, now);
    }
    const flow = this.#flows.open(source, identityOf(to(request).uri), now);
    if (flow === undefined) {
      const retry = { name: 'Retry-After', value: String(OVERLOAD_RETRY_AFTER) };
      return this.#element.answer(key, request, { status: 503, headers: [retry] }, now);
    }
    let forwarded = withOneHopLess(withoutHeaders(request, [...NOT_FROM_UE, 'Route']));
    if (this.#offersTls) forwarded = withoutAgreement(forwarded);
    const require = [...listOf(forwarded, 'Require').filter((tag) => tag !== 'path'), 'path'];
    forwarded = withHeader(forwarded, 'Require', require.join(', '));
    // RFC 5626 §5.1: the registrar may trust that this flow can be found again.
    const ob = isOutbound(request) ? ';ob' : '';
    const path = addressOf(`sip:${flow.token}@${hostPortOf(address)};lr${ob}`);
    forwarded = withRoutes(forwarded, 'Path', [path]);
    forwarded = withHeader(forwarded, 'P-Visited-Network-ID', `"${domain}"`);
    const icid = `icid-value="${encodeHex(random(16))}";icid-generated-at=${address.address}`;
    forwarded = withHeader(forwarded, 'P-Charging-Vector', icid);
    return this.#element.send(forwarded, sCscf, { key, request, flow }, now);
  }

  /** TS 24.229 5.2.6.3: any other request of a UE, on the way that its registration gave it. */
  #originating(
    key: string,
    request: SipRequest,
    source: TransportAddress,
    now: Instant,
  ): CscfEffect[] {
    const preferred = addresses(request, 'P-Preferred-Identity');
    const speaker = this.#flows.speaker(source, [...preferred, from(request)], now);
    if (speaker === undefined) {
      const refusal = { status: 403, reason: 'Not registered here' };
      return this.#element.answer(key, request, refusal, now);
    }
    let forwarded = withoutHeaders(request, [...NOT_FROM_UE, 'P-Preferred-Identity']);
    forwarded = withOneHopLess(this.#offersTls ? withoutAgreement(forwarded) : forwarded);
    const isInDialog = tagOf(to(request)) !== undefined;
    forwarded = isInDialog
      ? popRoutes(forwarded, this.#isSelf).request
      : withRoutes(forwarded, 'Route', speaker.serviceRoute);
    // RFC 3325 §5: to those who trust this network.
    forwarded = withHeader(forwarded, 'P-Asserted-Identity', encodeNameAddr(speaker.identity));
    if (request.method === 'SUBSCRIBE') {
      const recorded = [...this.#recordRoutes(speaker.flow), ...routes(forwarded, 'Record-Route')];
      forwarded = withRoutes(forwarded, 'Record-Route', recorded);
    }
    const pending = { key, request, flow: undefined };
    return this.#element.send(forwarded, this.#options.sCscf, pending, now);
  }

  /** RFC 5658 §3.1: one for each side where they differ, the S-CSCF's on top. */
  #recordRoutes({ token, source }: Flow): readonly NameAddr[] {
    const { address, ports = {} } = this.#options;
    const transport = transportOf(source);
    const core = addressOf(`sip:${token}@${hostPortOf(address)};lr`);
    if (transport === 'udp') return [core];
    const own = hostPortOf({ ...address, port: ports[transport] ?? address.port });
    return [core, addressOf(`sip:${token}@${own};transport=${transport};lr`)];
  }

  /** TS 24.229 5.2.6.4: a request for a UE, which the Path of its registration names. */
  #terminating(key: string, request: SipRequest, now: Instant): CscfEffect[] {
    const popped = popRoutes(request, this.#isSelf);
    const flow = this.#flows.byToken(popped.route?.user ?? '', now);
    // RFC 5626 §5.3.1: the way to the UE is gone.
    if (flow === undefined) return this.#element.answer(key, request, { status: 430 }, now);
    const forwarded = withOneHopLess(withoutHeaders(popped.request, NOT_TO_UE));
    return this.#element.send(forwarded, flow.source, { key, request, flow: undefined }, now);
  }

  /** What the P-CSCF adds to the answers that a UE gets to its REGISTER. */
  #toRegistering(request: SipRequest, response: SipResponse): SipResponse {
    if (response.status === 401 && this.#offersTls && wantsAgreement(request)) {
      return withHeader(response, SECURITY_SERVER.name, SECURITY_SERVER.value);
    }
    const isOutboundUsed = listOf(response, 'Require').includes('outbound');
    return response.status === 200 && isOutboundUsed
      ? withHeader(response, 'Flow-Timer', String(FLOW_TIMER))
      : response;
  }

  /** TS 24.229 5.2.2: what the S-CSCF has answered to a REGISTER of this flow. */
  #registered(flow: Flow, request: SipRequest, response: SipResponse, now: Instant): void {
    if (response.status < 200 || response.status > 299) return;
    const lifetimes = contacts(response).map((contact) => {
      const own = parameterValue(contact, 'expires');
      return own === undefined ? (expires(response) ?? 0) : Number(own);
    });
    const longest = Math.max(0, ...lifetimes.filter(Number.isFinite));
    // Other devices of the same identity may be listed still.
    if (longest === 0 || isLeaving(request)) {
      this.#flows.close(flow);
      return;
    }
    const registration = {
      serviceRoute: routes(response, 'Service-Route'),
      associated: addresses(response, 'P-Associated-URI'),
    };
    this.#flows.confirm(flow, registration, now + longest * 1000);
  }
}

/** RFC 5626 §4.2: the UE can keep a flow, and names it. */
function isOutbound(register: SipRequest): boolean {
  const isSupported = listOf(register, 'Supported').some((tag) => tag.toLowerCase() === 'outbound');
  return isSupported && contacts(register).some((each) => parameterValue(each, 'reg-id'));
}

/** RFC 3261 §10.2.2. */
function isLeaving(register: SipRequest): boolean {
  const all = contacts(register);
  const isZero = (own: string | undefined) => Number(own ?? expires(register) ?? 1) === 0;
  if (all.length === 0) return isContactWildcard(register);
  return all.every((contact) => isZero(parameterValue(contact, 'expires')));
}
