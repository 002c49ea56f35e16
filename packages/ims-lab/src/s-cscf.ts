/**
 * S-CSCF: the registrar of the home network, and the switch between application servers and UEs.
 *
 * TS 24.229 5.4: registration with SIP Digest (5.4.1.2), third-party REGISTER by filter criteria (5.4.1.7), MESSAGE to a
 * registered identity (5.4.3.3) with RFC 3841. A pure engine; shell/sip-shell.ts moves its octets.
 */
import {
  type Engine,
  encodeHex,
  type Instant,
  ProtocolError,
  type Random,
  type Timeout,
} from '@ueprov/protocols';
import {
  decodeUri,
  encodeUri,
  type LayerEffect,
  responseTo,
  type SipRequest,
  type SipResponse,
  statusOfError,
  type Timing,
  TransactionLayer,
  type TransportAddress,
  type Uri,
  withHeader,
  withoutTopVia,
} from '@ueprov/protocols/sip';
import { selectBinding } from './contact-selection.ts';
import type { CscfEffect, CscfInput } from './cscf.ts';
import {
  addressOfUri,
  hostPortOf,
  isAt,
  type Refusal,
  refusalOf,
  withOneHopLess,
  withRoutes,
} from './forwarding.ts';
import type { FilterCriterion, Hss, Subscriber } from './hss.ts';
import {
  type Binding,
  EXPIRES_POLICY,
  type ExpiresPolicy,
  Registrar,
  type Registration,
} from './registrar.ts';
import { ThirdPartyRegister } from './third-party-register.ts';

export interface SCscfOptions {
  readonly domain: string;
  readonly address: TransportAddress;
  /** The only elements that UEs may come through. */
  readonly pCscfs: readonly TransportAddress[];
  readonly hss: Hss;
  readonly random: Random;
  readonly timing?: Timing;
  readonly expires?: ExpiresPolicy;
}

type Pending =
  | { readonly kind: 'forwarded'; readonly key: string; readonly request: SipRequest }
  | {
      readonly kind: 'third-party';
      readonly criterion: FilterCriterion;
      readonly registration: Registration;
    };

export class SCscf implements Engine<CscfInput, CscfEffect> {
  readonly #options: SCscfOptions;
  readonly #layer: TransactionLayer;
  readonly #registrar: Registrar;
  readonly #thirdParty: ThirdPartyRegister;
  readonly #pending = new Map<string, Pending>();
  #thirdPartyFailures = 0;

  constructor(options: SCscfOptions) {
    const { domain, address, hss, random, timing, expires = EXPIRES_POLICY } = options;
    this.#options = options;
    this.#registrar = new Registrar({ domain, hss, random, expires });
    this.#thirdParty = new ThirdPartyRegister(`sip:${hostPortOf(address)}`, random);
    this.#layer = new TransactionLayer({
      sentBy: address,
      random,
      ...(timing === undefined ? {} : { timing }),
    });
  }

  get deadline(): Instant | undefined {
    const [a, b] = [this.#layer.deadline, this.#registrar.deadline];
    return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
  }

  get registrations(): readonly Registration[] {
    return this.#registrar.registrations;
  }

  get counters() {
    return { ...this.#layer.counters, thirdPartyFailures: this.#thirdPartyFailures };
  }

  step(input: CscfInput | Timeout, now: Instant): CscfEffect[] {
    const effects = this.#perform(this.#layer.step(input, now), now);
    const { deadline } = this.#registrar;
    if (deadline === undefined || now < deadline) return effects;
    const ended = this.#registrar.expire(now);
    return [...effects, ...ended.flatMap((each) => this.#tellAll(each, undefined, now))];
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
    switch (request.method) {
      case 'REGISTER':
        return this.#register(key, request, source, now);
      case 'MESSAGE':
        return this.#message(key, request, source, now);
      default: {
        const allow = { name: 'Allow', value: 'REGISTER, MESSAGE' };
        return this.#answer(key, request, { status: 405, headers: [allow] }, now);
      }
    }
  }

  #register(
    key: string,
    request: SipRequest,
    source: TransportAddress,
    now: Instant,
  ): CscfEffect[] {
    if (!this.#options.pCscfs.some((pCscf) => isSame(pCscf, source))) {
      return this.#answer(key, request, { status: 403, reason: 'Come through the P-CSCF' }, now);
    }
    if (!this.#isHome(decodeUri(request.uri))) return this.#answer(key, request, NOT_HERE, now);
    const { registration, headers, ...status } = this.#registrar.register(request, now);
    const serviceRoute = {
      name: 'Service-Route',
      value: `<sip:orig@${hostPortOf(this.#options.address)};lr>`,
    };
    const isAccepted = status.status === 200;
    const answer = { ...status, headers: isAccepted ? [...headers, serviceRoute] : headers };
    return [
      ...this.#answer(key, request, answer, now),
      ...(registration === undefined ? [] : this.#tellAll(registration, request, now)),
    ];
  }

  /** TS 24.229 5.4.1.7: every application server whose criterion fits, by priority. */
  #tellAll(
    registration: Registration,
    cause: SipRequest | undefined,
    now: Instant,
    except?: FilterCriterion,
  ): CscfEffect[] {
    return registration.subscriber.filterCriteria
      .filter((criterion) => criterion !== except)
      .toSorted((a, b) => a.priority - b.priority)
      .flatMap((criterion) => this.#tell(criterion, registration, cause, now));
  }

  #tell(
    criterion: FilterCriterion,
    registration: Registration,
    cause: SipRequest | undefined,
    now: Instant,
  ): CscfEffect[] {
    const server = this.#options.hss.applicationServer(criterion.applicationServer);
    if (server === undefined) return [];
    const request = this.#thirdParty.request(criterion, registration, cause, now);
    const pending = { kind: 'third-party', criterion, registration } as const;
    return this.#send(request, server.address, pending, now);
  }

  #message(key: string, request: SipRequest, source: TransportAddress, now: Instant): CscfEffect[] {
    const { hss, address } = this.#options;
    const refusal = refusalOf(request, address);
    if (refusal !== undefined) return this.#answer(key, request, refusal, now);
    if (hss.applicationServerAt(source) === undefined) {
      const reason = 'Only application servers may send here';
      return this.#answer(key, request, { status: 403, reason }, now);
    }
    const uri = decodeUri(request.uri);
    const subscriber = hss.byIMPU(uri);
    if (subscriber === undefined) return this.#answer(key, request, NOT_HERE, now);
    const binding = this.#bindingFor(subscriber, request);
    if ('status' in binding) return this.#answer(key, request, binding, now);
    return this.#deliver(key, request, binding, now);
  }

  #bindingFor(subscriber: Subscriber, request: SipRequest): Binding | Refusal {
    const registration = this.#registrar.of(subscriber);
    if (registration === undefined) return { status: 480, reason: 'Not registered' };
    try {
      // RFC 3841 §7.2.4: 480 when no contact is left.
      const none = { status: 480, reason: 'No contact takes this' };
      return selectBinding(registration.bindings, request) ?? none;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { status: statusOfError(error), reason: `Accept-Contact (${error.code})` };
    }
  }

  /** TS 24.229 5.4.3.3: towards the contact, by the Path that its registration left. */
  #deliver(key: string, request: SipRequest, binding: Binding, now: Instant): CscfEffect[] {
    const { contact, path } = binding;
    const first = path[0]?.uri ?? contact.uri;
    if (first.kind !== 'sip') {
      return this.#answer(key, request, { status: 480, reason: 'Contact is no SIP URI' }, now);
    }
    // Whatever Route brought the request here ends here: no application server routes through to UEs.
    let forwarded = withRoutes(withOneHopLess(request), 'Route', path);
    forwarded = withHeader(forwarded, 'P-Called-Party-ID', `<${request.uri}>`);
    forwarded = { ...forwarded, uri: requestUriOf(contact.uri) };
    const pending = { kind: 'forwarded', key, request } as const;
    return this.#send(forwarded, addressOfUri(first), pending, now);
  }

  #send(
    request: SipRequest,
    target: TransportAddress,
    pending: Pending,
    now: Instant,
  ): CscfEffect[] {
    const key = encodeHex(this.#options.random(8));
    this.#pending.set(key, pending);
    return this.#perform(this.#layer.step({ kind: 'request', request, target, key }, now), now);
  }

  #response(key: string, response: SipResponse, now: Instant): CscfEffect[] {
    const pending = this.#pending.get(key);
    // RFC 3261 §16.7 step 5: a 100 goes no further.
    if (pending === undefined || response.status === 100) return [];
    if (response.status >= 200) this.#pending.delete(key);
    if (pending.kind === 'forwarded') {
      return this.#respond(pending.key, withoutTopVia(response), now);
    }
    return response.status < 300 ? [] : this.#applicationServerFailed(pending, now);
  }

  #failed(key: string, now: Instant): CscfEffect[] {
    const pending = this.#pending.get(key);
    if (pending === undefined) return [];
    this.#pending.delete(key);
    if (pending.kind === 'third-party') return this.#applicationServerFailed(pending, now);
    // RFC 4320 §4.2: no 408 to what is not INVITE.
    const refusal = { status: 480, reason: 'No answer from the UE' };
    return this.#answer(pending.key, pending.request, refusal, now);
  }

  /** TS 24.229 5.4.1.7: default handling decides what a registration is worth without this server. */
  #applicationServerFailed(
    { criterion, registration }: Extract<Pending, { kind: 'third-party' }>,
    now: Instant,
  ): CscfEffect[] {
    this.#thirdPartyFailures += 1;
    if (criterion.defaultHandling === 'SESSION_CONTINUED') return [];
    // A registration that has been renewed since has its own REGISTER under way.
    if (this.#registrar.of(registration.subscriber) !== registration) return [];
    const ended = this.#registrar.remove(registration.subscriber);
    return ended === undefined ? [] : this.#tellAll(ended, undefined, now, criterion);
  }

  #answer(key: string, request: SipRequest, answer: Refusal, now: Instant): CscfEffect[] {
    const { status, reason, headers = [] } = answer;
    const toTag = encodeHex(this.#options.random(8));
    const said = reason === undefined ? {} : { reason };
    return this.#respond(key, responseTo(request, status, { ...said, headers, toTag }), now);
  }

  #respond(key: string, response: SipResponse, now: Instant): CscfEffect[] {
    return this.#perform(this.#layer.step({ kind: 'respond', key, response }, now), now);
  }

  #isHome(uri: Uri): boolean {
    return uri.kind === 'sip' && uri.host.toLowerCase() === this.#options.domain;
  }
}

const NOT_HERE: Refusal = { status: 404 };

/** RFC 3261 §16.6 step 2, §19.1.1: a Request-URI has neither headers nor `method`. */
function requestUriOf(uri: Uri): string {
  if (uri.kind !== 'sip') return encodeUri(uri);
  const { headers: _headers, ...bare } = uri;
  return encodeUri(bare);
}

function isSame(a: TransportAddress, b: TransportAddress): boolean {
  return isAt({ host: a.address, port: a.port }, b);
}
