/**
 * The way of a request between users and application servers: originating and terminating services, then the contact.
 *
 * TS 24.229 5.4.3.2 and 5.4.3.3, RFC 3841 (which contact), RFC 5626 §5.3 (which flow), RFC 5627 (which device). Used by
 * s-cscf.ts for MESSAGE.
 */
import type { Instant, Random } from '@ueprov/protocols';
import {
  addressOf,
  decodeUri,
  encodeUri,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
  type Uri,
  withHeader,
  withoutTopVia,
} from '@ueprov/protocols/sip';
import type { Binding } from './binding.ts';
import { selectBindings } from './contact-selection.ts';
import type { CscfEffect } from './cscf.ts';
import type { Element, ElementOptions } from './element.ts';
import { type FilterCriterion, fittingCriteria } from './filter-criteria.ts';
import {
  addressOfUri,
  hostPortOf,
  isAtAny,
  popRoutes,
  refusalOf,
  withOneHopLess,
  withRoutes,
} from './forwarding.ts';
import { bindingsOf } from './gruus.ts';
import type { Hss, IdentitySet } from './hss.ts';
import type { Registrar } from './registrar.ts';
import { servedSet } from './served-user.ts';
import { Services, type Session } from './services.ts';

/** A request that waits for an answer of the one to whom it was passed on. */
interface Passed {
  readonly key: string;
  readonly request: SipRequest;
}

export type SessionPending =
  | (Passed & { readonly kind: 'delivery'; readonly others: readonly Binding[] })
  | (Passed & {
      readonly kind: 'service';
      readonly criterion: FilterCriterion;
      readonly session: Session;
      readonly token: string;
    });

export interface SessionControlOptions extends Pick<ElementOptions, 'address' | 'ports'> {
  readonly random: Random;
  readonly hss: Hss;
  readonly registrar: Registrar;
  readonly isPCscf: (source: TransportAddress) => boolean;
  readonly element: Pick<Element<SessionPending>, 'send' | 'answer' | 'respond'>;
}

const NOT_HERE = { status: 404 } as const;
/** Through every application server there may be, and back. */
const SERVICE_PASSES_MAX = 10;
/** User part of the Service-Route. */
export const ORIGINATING = 'orig';

export class SessionControl {
  readonly #options: SessionControlOptions;
  readonly #services: Services;

  constructor(options: SessionControlOptions) {
    this.#options = options;
    this.#services = new Services(options.random);
  }

  /** A request that comes from a UE, from an application server, or back from one. */
  request(key: string, received: SipRequest, source: TransportAddress, now: Instant): CscfEffect[] {
    const { route, request } = popRoutes(received, this.#isSelf);
    // What comes from a P-CSCF is of a UE, wherever application servers may have their connections from.
    const isFromUe = this.#options.isPCscf(source);
    const fromService = isFromUe ? undefined : this.#options.hss.applicationServerAt(source);
    const session = fromService && this.#services.of(route?.user);
    const passesMax = session === undefined ? 0 : SERVICE_PASSES_MAX;
    const refusal = refusalOf(request, { isSelf: this.#isSelf, passesMax });
    if (refusal !== undefined) return this.#options.element.answer(key, request, refusal, now);
    if (session !== undefined) return this.#serve(key, request, session, now);
    if (fromService !== undefined) return this.#terminate(key, request, now);
    const served = this.#options.isPCscf(source)
      ? servedSet(this.#options.hss, request)
      : undefined;
    if (served === undefined || route?.user !== ORIGINATING) {
      return this.#refuse(key, request, 403, 'Only application servers may send here', now);
    }
    return this.#originate(key, request, served, now);
  }

  response(pending: SessionPending, response: SipResponse, now: Instant): CscfEffect[] {
    const { key, request } = pending;
    if (pending.kind === 'delivery') {
      // RFC 5626 §5.3: the next flow of the same device.
      return response.status === 430 && pending.others.length > 0
        ? this.#deliver(key, request, pending.others, now)
        : this.#options.element.respond(key, withoutTopVia(response), now);
    }
    // TS 24.229 5.4.3.2: 408 and 5xx are no answers of the service.
    const isFailure = response.status >= 500 && response.status <= 599;
    if (response.status === 408 || isFailure) return this.#serviceFailed(pending, now);
    if (response.status >= 200) this.#services.close(pending.token);
    return this.#options.element.respond(key, withoutTopVia(response), now);
  }

  failed(pending: SessionPending, now: Instant): CscfEffect[] {
    if (pending.kind === 'service') return this.#serviceFailed(pending, now);
    const { key, request, others } = pending;
    if (others.length > 0) return this.#deliver(key, request, others, now);
    // RFC 4320 §4.2: no 408 to what is not INVITE.
    return this.#refuse(key, request, 480, 'No answer from the UE', now);
  }

  /** TS 24.229 5.4.3.2: a request of a registered UE. */
  #originate(key: string, request: SipRequest, set: IdentitySet, now: Instant): CscfEffect[] {
    if (this.#options.registrar.of(set) === undefined) {
      return this.#refuse(key, request, 403, 'Not registered', now);
    }
    const occasion = { request, sessionCase: 'originating registered' } as const;
    const criteria = fittingCriteria(set.subscriber.filterCriteria, occasion);
    return this.#serve(key, request, { side: 'originating', set, criteria }, now);
  }

  /** TS 24.229 5.4.3.3: a request for one of our users. */
  #terminate(key: string, request: SipRequest, now: Instant): CscfEffect[] {
    const wanted = this.#options.registrar.gruus.resolve(decodeUri(request.uri));
    const set = wanted && this.#options.hss.setOf(wanted.identity);
    if (set === undefined) return this.#options.element.answer(key, request, NOT_HERE, now);
    const isRegistered = this.#options.registrar.of(set) !== undefined;
    const sessionCase = isRegistered ? 'terminating registered' : 'terminating unregistered';
    const criteria = fittingCriteria(set.subscriber.filterCriteria, { request, sessionCase });
    return this.#serve(key, request, { side: 'terminating', set, criteria }, now);
  }

  /** To the next application server of the session, or on if there is none left. */
  #serve(key: string, request: SipRequest, session: Session, now: Instant): CscfEffect[] {
    const { side, set, criteria } = session;
    const [criterion, ...rest] = criteria;
    if (criterion === undefined) {
      return side === 'originating'
        ? this.#terminate(key, request, now)
        : this.#toUser(key, request, set, now);
    }
    const server = this.#options.hss.applicationServer(criterion.applicationServer);
    const left = { side, set, criteria: rest };
    if (server === undefined) return this.#serve(key, request, left, now);
    const token = this.#services.open(left);
    const way = [
      addressOf(`${server.uri};lr`),
      addressOf(`sip:${token}@${hostPortOf(this.#options.address)};lr`),
    ];
    const forwarded = withRoutes(withOneHopLess(request), 'Route', way);
    const pending = { kind: 'service', key, request, criterion, session: left, token } as const;
    return this.#options.element.send(forwarded, server.address, pending, now);
  }

  /** TS 24.229 5.4.3.2: default handling decides whether the request goes on without this server. */
  #serviceFailed(
    pending: Extract<SessionPending, { kind: 'service' }>,
    now: Instant,
  ): CscfEffect[] {
    const { key, request, criterion, session, token } = pending;
    this.#services.close(token);
    return criterion.defaultHandling === 'SESSION_CONTINUED'
      ? this.#serve(key, request, session, now)
      : this.#refuse(key, request, 504, 'Application server failed', now);
  }

  #toUser(key: string, request: SipRequest, set: IdentitySet, now: Instant): CscfEffect[] {
    const registration = this.#options.registrar.of(set);
    if (registration === undefined) return this.#refuse(key, request, 480, 'Not registered', now);
    const instance = this.#options.registrar.gruus.resolve(decodeUri(request.uri))?.instance;
    const bindings = selectBindings(bindingsOf(registration.bindings, instance), request);
    // RFC 3841 §7.2.4: 480 when no contact is left.
    return bindings.length === 0
      ? this.#refuse(key, request, 480, 'No contact takes this', now)
      : this.#deliver(key, request, bindings, now);
  }

  /** TS 24.229 5.4.3.3: towards the contact, by the Path that its registration left. */
  #deliver(
    key: string,
    request: SipRequest,
    [binding, ...others]: readonly Binding[],
    now: Instant,
  ): CscfEffect[] {
    const first = binding && (binding.path[0]?.uri ?? binding.contact.uri);
    if (binding === undefined || first?.kind !== 'sip') {
      return this.#refuse(key, request, 480, 'Contact is no SIP URI', now);
    }
    // Whatever Route brought the request here ends here: nobody routes through to UEs.
    let forwarded = withRoutes(withOneHopLess(request), 'Route', binding.path);
    forwarded = withHeader(forwarded, 'P-Called-Party-ID', `<${request.uri}>`);
    forwarded = { ...forwarded, uri: requestUriOf(binding.contact.uri) };
    const pending = { kind: 'delivery', key, request, others } as const;
    return this.#options.element.send(forwarded, addressOfUri(first), pending, now);
  }

  #refuse(
    key: string,
    request: SipRequest,
    status: number,
    reason: string,
    now: Instant,
  ): CscfEffect[] {
    return this.#options.element.answer(key, request, { status, reason }, now);
  }

  readonly #isSelf = (place: { readonly host: string; readonly port?: number }): boolean =>
    isAtAny(place, this.#options);
}

/** RFC 3261 §16.6 step 2, §19.1.1: a Request-URI has neither headers nor `method`. */
function requestUriOf(uri: Uri): string {
  if (uri.kind !== 'sip') return encodeUri(uri);
  const { headers: _headers, ...bare } = uri;
  return encodeUri(bare);
}
