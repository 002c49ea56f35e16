/**
 * S-CSCF: the registrar of the home network, and the switch between application servers and UEs.
 *
 * TS 24.229 5.4: registration (5.4.1.2), third-party REGISTER by filter criteria (5.4.1.7), the end that the network
 * makes (5.4.1.5), the `reg` event package (5.4.2.1); what becomes of MESSAGE is in session-control.ts. A pure engine;
 * the shell moves its octets.
 */
import type { Instant, Timeout } from '@ueprov/protocols';
import {
  decodeUri,
  type ReginfoContactEvent,
  responseTo,
  type SipRequest,
  type SipResponse,
  type TransportAddress,
  to,
  transportOf,
  type Uri,
} from '@ueprov/protocols/sip';
import type { CscfEffect, CscfInput } from './cscf.ts';
import { Element, type ElementOptions, type ElementUser } from './element.ts';
import type { Refusable } from './faults.ts';
import { type FilterCriterion, fittingCriteria, type RegistrationType } from './filter-criteria.ts';
import { hostPortOf, isAtAny, type Refusal, refusalOf } from './forwarding.ts';
import type { Hss, IdentitySet } from './hss.ts';
import { EXPIRES_POLICY, type ExpiresPolicy, Registrar, type Registration } from './registrar.ts';
import { servedSet } from './served-user.ts';
import { ORIGINATING, SessionControl, type SessionPending } from './session-control.ts';
import { type RegisterExchange, ThirdPartyRegister } from './third-party-register.ts';
import { type Notification, type Watcher, Watchers } from './watchers.ts';

export interface SCscfOptions extends ElementOptions {
  readonly domain: string;
  /** Is this one of the elements that UEs may come through? */
  readonly isPCscf: (source: TransportAddress) => boolean;
  readonly hss: Hss;
  readonly expires?: ExpiresPolicy;
}

type Pending =
  | SessionPending
  | {
      readonly kind: 'third-party';
      readonly criterion: FilterCriterion;
      readonly registration: Registration;
    }
  | { readonly kind: 'notify'; readonly watcher: Watcher };

const NOT_HERE: Refusal = { status: 404 };

export class SCscf implements Refusable, ElementUser<Pending> {
  readonly #options: SCscfOptions;
  readonly #element: Element<Pending>;
  readonly #registrar: Registrar;
  readonly #thirdParty: ThirdPartyRegister;
  readonly #watchers: Watchers;
  readonly #sessions: SessionControl;
  #thirdPartyFailures = 0;

  constructor(options: SCscfOptions) {
    const { domain, address, hss, random, expires = EXPIRES_POLICY } = options;
    const contact = `sip:${hostPortOf(address)}`;
    this.#options = options;
    this.#registrar = new Registrar({ domain, hss, random, expires });
    this.#thirdParty = new ThirdPartyRegister(contact, random);
    this.#watchers = new Watchers({ contact, random });
    this.#element = new Element(options, this);
    this.#sessions = new SessionControl({
      ...options,
      registrar: this.#registrar,
      element: this.#element,
    });
  }

  get deadline(): Instant | undefined {
    const all = [this.#element.deadline, this.#registrar.deadline, this.#watchers.deadline];
    const set = all.filter((each) => each !== undefined);
    return set.length === 0 ? undefined : Math.min(...set);
  }

  get registrations(): readonly Registration[] {
    return this.#registrar.registrations;
  }

  get counters() {
    const watchers = this.#watchers.count;
    return { ...this.#element.counters, thirdPartyFailures: this.#thirdPartyFailures, watchers };
  }

  get refusal(): Refusal | undefined {
    return this.#element.refusal;
  }

  set refusal(refusal: Refusal | undefined) {
    this.#element.refusal = refusal;
  }

  step(input: CscfInput | Timeout, now: Instant): CscfEffect[] {
    const effects = this.#element.step(input, now);
    if (input.kind !== 'timeout') return effects;
    const isDue = (this.#registrar.deadline ?? Number.POSITIVE_INFINITY) <= now;
    const changed = isDue ? this.#registrar.expire(now) : [];
    const notifications = this.#watchers.expire((set) => this.#registrar.of(set), now);
    return [
      ...effects,
      ...changed.flatMap((registration) => this.#changed(registration, undefined, now)),
      ...this.#notify(notifications, now),
    ];
  }

  /** TS 24.229 5.4.1.5: the network ends a registration; nothing happens if there is none. */
  deregister(
    IMPU: string,
    event: Extract<ReginfoContactEvent, 'deactivated' | 'probation' | 'rejected'>,
    now: Instant,
    retryAfter?: number,
  ): CscfEffect[] {
    const set = this.#options.hss.setOf(IMPU);
    const ended = set && this.#registrar.remove(set, event, retryAfter);
    return ended === undefined ? [] : this.#changed(ended, undefined, now);
  }

  request(key: string, request: SipRequest, source: TransportAddress, now: Instant): CscfEffect[] {
    switch (request.method) {
      case 'REGISTER':
        return this.#register(key, request, source, now);
      case 'SUBSCRIBE':
        return this.#subscribe(key, request, source, now);
      case 'MESSAGE':
        return this.#sessions.request(key, request, source, now);
      default: {
        const allow = { name: 'Allow', value: 'REGISTER, SUBSCRIBE, MESSAGE' };
        return this.#element.answer(key, request, { status: 405, headers: [allow] }, now);
      }
    }
  }

  response(pending: Pending, response: SipResponse, now: Instant): CscfEffect[] {
    switch (pending.kind) {
      case 'notify': {
        const registration = this.#registrar.of(pending.watcher.set);
        const { watcher } = pending;
        return this.#notify(this.#watchers.response(watcher, response, registration, now), now);
      }
      case 'third-party':
        return response.status < 300 ? [] : this.#applicationServerFailed(pending, now);
      case 'delivery':
      case 'service':
        return this.#sessions.response(pending, response, now);
    }
  }

  failed(pending: Pending, now: Instant): CscfEffect[] {
    switch (pending.kind) {
      case 'notify':
        return this.#notify(this.#watchers.unanswered(pending.watcher, now), now);
      case 'third-party':
        return this.#applicationServerFailed(pending, now);
      case 'delivery':
      case 'service':
        return this.#sessions.failed(pending, now);
    }
  }

  #register(
    key: string,
    request: SipRequest,
    source: TransportAddress,
    now: Instant,
  ): CscfEffect[] {
    if (!this.#options.isPCscf(source)) {
      return this.#refuse(key, request, 403, 'Come through the P-CSCF', now);
    }
    if (!this.#isHome(decodeUri(request.uri))) {
      return this.#element.answer(key, request, NOT_HERE, now);
    }
    const { registration, type, headers, ...status } = this.#registrar.register(request, now);
    const serviceRoute = {
      name: 'Service-Route',
      value: `<sip:${ORIGINATING}@${hostPortOf(this.#options.address)};lr>`,
    };
    const isAccepted = status.status === 200;
    const answer = { ...status, headers: isAccepted ? [...headers, serviceRoute] : headers };
    const cause = { request, response: responseTo(request, answer.status, answer) };
    return [
      ...this.#element.answer(key, request, answer, now),
      ...(registration === undefined || type === undefined
        ? []
        : this.#changed(registration, { ...cause, type }, now)),
    ];
  }

  /** TS 24.229 5.4.1.7 and 5.4.2.1.2: everybody who wants to know of it. */
  #changed(
    registration: Registration,
    cause: (RegisterExchange & { readonly type: RegistrationType }) | undefined,
    now: Instant,
    except?: FilterCriterion,
  ): CscfEffect[] {
    const isOver = registration.bindings.length === 0;
    // A contact of several that expires is no news to application servers: their Expires is the longest.
    const isTold = cause !== undefined || isOver;
    const occasion = {
      request: registration.request,
      registration: cause?.type ?? ('de-registration' as const),
    };
    const criteria = fittingCriteria(registration.subscriber.filterCriteria, occasion);
    return [
      ...criteria
        .filter((criterion) => isTold && criterion !== except)
        .flatMap((criterion) => this.#tell(criterion, registration, cause, now)),
      ...this.#notify(this.#watchers.changed(registration, now), now),
    ];
  }

  #tell(
    criterion: FilterCriterion,
    registration: Registration,
    cause: RegisterExchange | undefined,
    now: Instant,
  ): CscfEffect[] {
    const server = this.#options.hss.applicationServer(criterion.applicationServer);
    if (server === undefined) return [];
    const contact = this.#contactFor(server.address);
    const request = this.#thirdParty.request(criterion, registration, cause, contact, now);
    const pending = { kind: 'third-party', criterion, registration } as const;
    return this.#element.send(request, server.address, pending, now);
  }

  /**
   * TS 24.229 5.4.1.7: default handling decides what a registration is worth without this server.
   * [SIPPUSH TS24229.5.4.1.7-3]
   */
  #applicationServerFailed(
    { criterion, registration }: Extract<Pending, { kind: 'third-party' }>,
    now: Instant,
  ): CscfEffect[] {
    this.#thirdPartyFailures += 1;
    if (criterion.defaultHandling === 'SESSION_CONTINUED') return [];
    // A registration that has been renewed since has its own REGISTER under way.
    if (this.#registrar.of(registration.set) !== registration) return [];
    const ended = this.#registrar.remove(registration.set, 'deactivated');
    return ended === undefined ? [] : this.#changed(ended, undefined, now, criterion);
  }

  /** TS 24.229 5.4.2.1.1: the user, and the application servers that its filter criteria name. */
  #subscribe(
    key: string,
    request: SipRequest,
    source: TransportAddress,
    now: Instant,
  ): CscfEffect[] {
    const { hss } = this.#options;
    const refusal = refusalOf(request, { isSelf: this.#isSelf });
    if (refusal !== undefined) return this.#element.answer(key, request, refusal, now);
    const watched = this.#registrar.gruus.resolve(to(request).uri);
    const set = watched && hss.setOf(watched.identity);
    if (set === undefined) return this.#element.answer(key, request, NOT_HERE, now);
    if (!this.#mayWatch(request, source, set)) {
      return this.#refuse(key, request, 403, 'Not yours to watch', now);
    }
    const registration = this.#registrar.of(set);
    const { answer, notifications } = this.#watchers.subscribe(
      request,
      source,
      set,
      registration,
      now,
    );
    return [
      ...this.#element.answer(key, request, answer, now),
      ...this.#notify(notifications, now),
    ];
  }

  #mayWatch(request: SipRequest, source: TransportAddress, set: IdentitySet): boolean {
    const { hss, isPCscf } = this.#options;
    if (isPCscf(source)) return servedSet(hss, request)?.id === set.id;
    const server = hss.applicationServerAt(source);
    const { filterCriteria } = set.subscriber;
    return filterCriteria.some(({ applicationServer }) => applicationServer === server?.uri);
  }

  #notify(notifications: readonly Notification[], now: Instant): CscfEffect[] {
    return notifications.flatMap(({ watcher, request }) =>
      this.#element.send(request, watcher.target, { kind: 'notify', watcher }, now),
    );
  }

  #refuse(
    key: string,
    request: SipRequest,
    status: number,
    reason: string,
    now: Instant,
  ): CscfEffect[] {
    return this.#element.answer(key, request, { status, reason }, now);
  }

  readonly #isSelf = (place: { readonly host: string; readonly port?: number }): boolean =>
    isAtAny(place, this.#options);

  /** The URI by which that peer reaches us as we reach it. */
  #contactFor(peer: TransportAddress): string {
    const { address, ports } = this.#options;
    const transport = transportOf(peer);
    if (transport === 'udp') return `sip:${hostPortOf(address)}`;
    const port = ports?.[transport] ?? address.port;
    return `sip:${hostPortOf({ ...address, port })};transport=${transport}`;
  }

  #isHome(uri: Uri): boolean {
    return uri.kind === 'sip' && uri.host.toLowerCase() === this.#options.domain;
  }
}
