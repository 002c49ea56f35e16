/**
 * P-CSCF: the first proxy that a UE meets, and the last on the way to it.
 *
 * TS 24.229 5.2, RFC 3261 §16, RFC 3327 (Path), RFC 3608 (Service-Route), RFC 3455 (P- headers). It stands in for the
 * I-CSCF as well: the lab has one S-CSCF, so no HSS needs to be asked which. A pure engine; shell/udp.ts moves its octets.
 */
import { type Engine, encodeHex, type Instant, type Random, type Timeout } from '@ueprov/protocols';
import {
  addresses,
  addressOf,
  contacts,
  decodeUri,
  encodeNameAddr,
  expires,
  from,
  type LayerEffect,
  listOf,
  parameterValue,
  responseTo,
  routes,
  type SipRequest,
  type SipResponse,
  type Timing,
  TransactionLayer,
  type TransportAddress,
  to,
  withHeader,
  withoutHeader,
  withoutTopVia,
} from '@ueprov/protocols/sip';
import type { CscfEffect, CscfInput } from './cscf.ts';
import { type Flow, Flows } from './flows.ts';
import {
  hostPortOf,
  isAt,
  popRoute,
  type Refusal,
  refusalOf,
  withOneHopLess,
  withRoutes,
} from './forwarding.ts';
import { identityOf } from './hss.ts';

export interface PCscfOptions {
  readonly domain: string;
  readonly address: TransportAddress;
  readonly sCscf: TransportAddress;
  readonly random: Random;
  readonly timing?: Timing;
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

export class PCscf implements Engine<CscfInput, CscfEffect> {
  readonly #options: PCscfOptions;
  readonly #layer: TransactionLayer;
  readonly #flows: Flows;
  readonly #forwarded = new Map<string, Forwarded>();

  constructor(options: PCscfOptions) {
    const { address, random, timing, flowsMax } = options;
    this.#options = options;
    this.#flows = new Flows(random, flowsMax);
    this.#layer = new TransactionLayer({
      sentBy: address,
      random,
      ...(timing === undefined ? {} : { timing }),
    });
  }

  get deadline(): Instant | undefined {
    return this.#layer.deadline;
  }

  get counters() {
    return this.#layer.counters;
  }

  step(input: CscfInput | Timeout, now: Instant): CscfEffect[] {
    return this.#perform(this.#layer.step(input, now), now);
  }

  #perform(effects: LayerEffect[], now: Instant): CscfEffect[] {
    return effects.flatMap((effect) => this.#performOne(effect, now));
  }

  #performOne(effect: LayerEffect, now: Instant): CscfEffect[] {
    switch (effect.kind) {
      case 'send':
        return [effect];
      case 'request':
        return this.#request(effect.key, effect.request, effect.source, now);
      case 'response':
        return this.#response(effect.key, effect.response, now);
      case 'failed':
        return this.#failed(effect.key, now);
    }
  }

  #request(key: string, request: SipRequest, source: TransportAddress, now: Instant): CscfEffect[] {
    const refusal = refusalOf(request, this.#options.address);
    if (refusal !== undefined) return this.#refuse(key, request, refusal, now);
    if (isAt({ host: source.address, port: source.port }, this.#options.sCscf)) {
      return this.#terminating(key, request, now);
    }
    return request.method === 'REGISTER'
      ? this.#register(key, request, source, now)
      : this.#originating(key, request, source, now);
  }

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
      return this.#refuse(key, request, { status: 404, reason: `Only ${domain} is here` }, now);
    }
    const flow = this.#flows.open(source, identityOf(to(request).uri), now);
    if (flow === undefined) {
      const retry = { name: 'Retry-After', value: String(OVERLOAD_RETRY_AFTER) };
      return this.#refuse(key, request, { status: 503, headers: [retry] }, now);
    }
    const require = [...listOf(request, 'Require').filter((tag) => tag !== 'path'), 'path'];
    let forwarded = withOneHopLess(withoutHeaders(request, [...NOT_FROM_UE, 'Route']));
    forwarded = withHeader(forwarded, 'Require', require.join(', '));
    const path = addressOf(`sip:${flow.token}@${hostPortOf(address)};lr`);
    forwarded = withRoutes(forwarded, 'Path', [path]);
    forwarded = withHeader(forwarded, 'P-Visited-Network-ID', `"${domain}"`);
    const icid = `icid-value="${encodeHex(random(16))}";icid-generated-at=${address.address}`;
    forwarded = withHeader(forwarded, 'P-Charging-Vector', icid);
    return this.#forward(key, request, forwarded, sCscf, flow, now);
  }

  /** TS 24.229 5.2.6.3: any other request of a UE, on the way that its registration gave it. */
  #originating(
    key: string,
    request: SipRequest,
    source: TransportAddress,
    now: Instant,
  ): CscfEffect[] {
    const registration = this.#flows.bySource(source, identityOf(from(request).uri), now);
    const [identity] = registration?.associated ?? [];
    if (registration === undefined || identity === undefined) {
      return this.#refuse(key, request, { status: 403, reason: 'Not registered here' }, now);
    }
    let forwarded = withoutHeaders(request, [...NOT_FROM_UE, 'P-Preferred-Identity']);
    forwarded = withRoutes(withOneHopLess(forwarded), 'Route', registration.serviceRoute);
    forwarded = withHeader(forwarded, 'P-Asserted-Identity', encodeNameAddr(identity));
    return this.#forward(key, request, forwarded, this.#options.sCscf, undefined, now);
  }

  /** TS 24.229 5.2.6.4: a request for a UE, which the Path of its registration names. */
  #terminating(key: string, request: SipRequest, now: Instant): CscfEffect[] {
    const popped = popRoute(request, this.#options.address);
    const flow = this.#flows.byToken(popped.route?.user ?? '', now);
    // RFC 5626 §5.3.1: the way to the UE is gone.
    if (flow === undefined) return this.#refuse(key, request, { status: 430 }, now);
    const forwarded = withOneHopLess(withoutHeaders(popped.request, NOT_TO_UE));
    return this.#forward(key, request, forwarded, flow.source, undefined, now);
  }

  #forward(
    key: string,
    request: SipRequest,
    forwarded: SipRequest,
    target: TransportAddress,
    flow: Flow | undefined,
    now: Instant,
  ): CscfEffect[] {
    const own = encodeHex(this.#options.random(8));
    this.#forwarded.set(own, { key, request, flow });
    return this.#perform(
      this.#layer.step({ kind: 'request', request: forwarded, target, key: own }, now),
      now,
    );
  }

  #response(own: string, response: SipResponse, now: Instant): CscfEffect[] {
    const forwarded = this.#forwarded.get(own);
    // RFC 3261 §16.7 step 5: a 100 goes no further.
    if (forwarded === undefined || response.status === 100) return [];
    if (response.status >= 200) this.#forwarded.delete(own);
    if (forwarded.flow !== undefined) this.#registered(forwarded.flow, response, now);
    const passed = withoutHeaders(withoutTopVia(response), NOT_TO_UE);
    return this.#respond(forwarded.key, passed, now);
  }

  /** TS 24.229 5.2.2: what the S-CSCF has answered to a REGISTER of this flow. */
  #registered(flow: Flow, response: SipResponse, now: Instant): void {
    if (response.status < 200 || response.status > 299) return;
    const lifetimes = contacts(response).map((contact) => {
      const own = parameterValue(contact, 'expires');
      return own === undefined ? (expires(response) ?? 0) : Number(own);
    });
    const longest = Math.max(0, ...lifetimes.filter(Number.isFinite));
    if (longest === 0) {
      this.#flows.close(flow);
      return;
    }
    const registration = {
      serviceRoute: routes(response, 'Service-Route'),
      associated: addresses(response, 'P-Associated-URI'),
    };
    this.#flows.confirm(flow, registration, now + longest * 1000);
  }

  #failed(own: string, now: Instant): CscfEffect[] {
    const forwarded = this.#forwarded.get(own);
    if (forwarded === undefined) return [];
    this.#forwarded.delete(own);
    // RFC 4320 §4.2 wants no 408 here; which side was silent decides what is said instead.
    const status = forwarded.flow === undefined ? 480 : 504;
    return this.#refuse(forwarded.key, forwarded.request, { status }, now);
  }

  #refuse(key: string, request: SipRequest, refusal: Refusal, now: Instant): CscfEffect[] {
    const { status, reason, headers = [] } = refusal;
    const toTag = encodeHex(this.#options.random(8));
    const said = reason === undefined ? {} : { reason };
    return this.#respond(key, responseTo(request, status, { ...said, headers, toTag }), now);
  }

  #respond(key: string, response: SipResponse, now: Instant): CscfEffect[] {
    return this.#perform(this.#layer.step({ kind: 'respond', key, response }, now), now);
  }
}

function withoutHeaders<M extends SipRequest | SipResponse>(
  message: M,
  names: readonly string[],
): M {
  return names.reduce((rest, name) => withoutHeader(rest, name), message);
}
