/**
 * The registrar in the S-CSCF: who is registered, with which contacts, until when.
 *
 * RFC 3261 §10.3 with Path (RFC 3327), outbound (RFC 5626 §6) and GRUU (RFC 5627 §5); TS 24.229 5.4.1: one
 * registration per implicit registration set. Pure: s-cscf.ts brings the requests, sends the answers, and tells the
 * application servers and the watchers.
 */
import { encodeHex, type Instant, type Random } from '@ueprov/protocols';
import {
  contacts,
  encodeNameAddr,
  encodeUri,
  expires,
  from,
  type Header,
  isContactWildcard,
  listOf,
  type NameAddr,
  parameterValue,
  type ReginfoContactEvent,
  routes,
  type SipRequest,
  to,
} from '@ueprov/protocols/sip';
import { Authenticator } from './authentication.ts';
import {
  type Binding,
  bindingOf,
  contactValue,
  hasOutboundHop,
  isOutOfOrder,
  isSameBinding,
  supports,
  wantsFlow,
} from './binding.ts';
import type { RegistrationType } from './filter-criteria.ts';
import { Gruus } from './gruus.ts';
import type { Hss, IdentitySet, Subscriber } from './hss.ts';
import { identityOf } from './identity.ts';

export interface Registration {
  readonly set: IdentitySet;
  readonly subscriber: Subscriber;
  readonly bindings: readonly Binding[];
  /** The REGISTER that made it what it is. */
  readonly request: SipRequest;
  /** The bindings that the last change made, moved or ended. */
  readonly changed: readonly Binding[];
}

export interface RegisterAnswer {
  readonly status: number;
  readonly reason?: string;
  readonly headers: readonly Header[];
  /** What the registration became, without bindings if it ended; undefined if nothing changed. */
  readonly registration?: Registration;
  readonly type?: RegistrationType;
}

/** Seconds that a registration lasts: at least, at most and unless the UE says (TS 24.229 5.4.1.2.2). */
export interface ExpiresPolicy {
  readonly min: number;
  readonly max: number;
}

export const EXPIRES_POLICY: ExpiresPolicy = { min: 60, max: 600_000 };
/** Of one subscriber: a handful of devices share an identity, not hundreds. */
export const BINDINGS_MAX = 10;

const UNDERSTOOD: readonly string[] = ['path', 'gruu', 'outbound'];
const OUT_OF_ORDER: RegisterAnswer = { status: 500, reason: 'CSeq out of order', headers: [] };
const ID_BYTES = 4;

export interface RegistrarOptions {
  readonly domain: string;
  readonly hss: Hss;
  readonly random: Random;
  readonly expires: ExpiresPolicy;
}

interface Update {
  readonly bindings: readonly Binding[];
  readonly changed: readonly Binding[];
}

export class Registrar {
  readonly gruus: Gruus;
  readonly #options: RegistrarOptions;
  readonly #authenticator: Authenticator;
  /** By the id of the implicit registration set. */
  readonly #registrations = new Map<string, Registration>();
  #deadline: Instant | undefined;

  constructor(options: RegistrarOptions) {
    const { domain, hss, random } = options;
    this.#options = options;
    this.#authenticator = new Authenticator({ realm: domain, hss, random });
    this.gruus = new Gruus(domain, random);
  }

  get registrations(): readonly Registration[] {
    return [...this.#registrations.values()];
  }

  /** When the next binding expires, or some time before: `expire` finds out. */
  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  of(set: IdentitySet): Registration | undefined {
    return this.#registrations.get(set.id);
  }

  /** Forgets the bindings that are due; gives back the registrations that changed by it. */
  expire(now: Instant): Registration[] {
    const changed: Registration[] = [];
    this.#deadline = undefined;
    for (const registration of this.registrations) {
      const due = registration.bindings.filter(({ expiresAt }) => expiresAt <= now);
      const bindings = registration.bindings.filter(({ expiresAt }) => now < expiresAt);
      const rest = { ...registration, bindings, changed: ended(due, 'expired') };
      this.#keep(due.length === 0 ? registration : rest);
      if (due.length > 0) changed.push(rest);
    }
    return changed;
  }

  /** Ends a registration by decision of the network; what it was, if there was one. */
  remove(
    set: IdentitySet,
    event: ReginfoContactEvent,
    retryAfter?: number,
  ): Registration | undefined {
    const registration = this.of(set);
    if (registration === undefined) return undefined;
    const changed = ended(registration.bindings, event, retryAfter);
    return this.#keep({ ...registration, bindings: [], changed });
  }

  register(request: SipRequest, now: Instant): RegisterAnswer {
    // RFC 3261 §10.3 step 2: options that we do not know.
    const unsupported = listOf(request, 'Require').filter(
      (tag) => !UNDERSTOOD.includes(tag.toLowerCase()),
    );
    if (unsupported.length > 0) {
      return { status: 420, headers: [{ name: 'Unsupported', value: unsupported.join(', ') }] };
    }
    const IMPU = to(request).uri;
    const set = this.#options.hss.setOf(IMPU);
    // RFC 3261 §10.3 step 5: the To is nobody here.
    if (set === undefined) return { status: 404, headers: [] };
    if (identityOf(from(request).uri) !== identityOf(IMPU)) {
      return { status: 403, reason: 'Third-party registration not taken', headers: [] };
    }
    const authentication = this.#authenticator.authenticate(request, set.subscriber, now);
    if (authentication.kind === 'answer') return authentication;
    const update = this.#update(request, set, now);
    if ('status' in update) return update;
    const answer = this.#accepted(set, update, request, now);
    const { credentials, secret } = authentication;
    const expiresAt = now + this.#options.expires.max * 1000;
    const info = this.#authenticator.authenticationInfo(
      credentials,
      secret,
      set.subscriber,
      expiresAt,
    );
    return { ...answer, headers: [...answer.headers, info] };
  }

  /**
   * RFC 3261 §10.3 steps 6 and 7: the bindings as the request wants them, or why not.
   * [SIPPUSH RFC3261.10.3-1]
   */
  #update(request: SipRequest, set: IdentitySet, now: Instant): Update | RegisterAnswer {
    let bindings = this.of(set)?.bindings ?? [];
    if (isContactWildcard(request)) {
      if (expires(request) !== 0) return { status: 400, reason: '* needs Expires: 0', headers: [] };
      if (bindings.some((binding) => isOutOfOrder(request, binding))) return OUT_OF_ORDER;
      return { bindings: [], changed: ended(bindings, 'unregistered') };
    }
    let changed: readonly Binding[] = [];
    for (const contact of contacts(request)) {
      const lifetime = this.#lifetime(request, contact);
      if (typeof lifetime !== 'number') return lifetime;
      const isFlow = wantsFlow(request, contact);
      // RFC 5626 §6.
      if (isFlow && lifetime > 0 && !hasOutboundHop(request)) return { status: 439, headers: [] };
      const old = bindings.find((binding) => isSameBinding(binding, contact, isFlow));
      if (old !== undefined && isOutOfOrder(request, old)) return OUT_OF_ORDER;
      bindings = bindings.filter((binding) => binding !== old);
      if (lifetime === 0) {
        changed = [...changed, ...ended(old === undefined ? [] : [old], 'unregistered')];
        continue;
      }
      const binding = this.#bind(request, contact, old, now, lifetime);
      bindings = [...bindings, binding];
      changed = [...changed, binding];
    }
    if (bindings.length > BINDINGS_MAX) {
      return { status: 403, reason: 'Too many contacts', headers: [] };
    }
    return { bindings, changed };
  }

  #bind(
    request: SipRequest,
    contact: NameAddr,
    old: Binding | undefined,
    now: Instant,
    lifetime: number,
  ): Binding {
    const isMoved = old === undefined || encodeUri(old.contact.uri) !== encodeUri(contact.uri);
    const gruu = supports(request, 'gruu')
      ? this.gruus.issue(identityOf(to(request).uri), request, contact)
      : undefined;
    return bindingOf(request, contact, {
      id: old?.id ?? encodeHex(this.#options.random(ID_BYTES)),
      since: old?.since ?? now,
      expiresAt: now + lifetime * 1000,
      event: isMoved ? 'registered' : 'refreshed',
      ...(gruu === undefined ? {} : { gruu }),
    });
  }

  /** Seconds, or why not. */
  #lifetime(request: SipRequest, contact: NameAddr): number | RegisterAnswer {
    const own = parameterValue(contact, 'expires');
    if (own !== undefined && !/^[0-9]{1,10}$/.test(own)) {
      return { status: 400, reason: 'expires is no number', headers: [] };
    }
    const { min, max } = this.#options.expires;
    const lifetime = Math.min(own === undefined ? (expires(request) ?? max) : Number(own), max);
    if (lifetime === 0 || lifetime >= min) return lifetime;
    return { status: 423, headers: [{ name: 'Min-Expires', value: String(min) }] };
  }

  #accepted(set: IdentitySet, update: Update, request: SipRequest, now: Instant): RegisterAnswer {
    const { bindings } = update;
    const headers = [
      ...bindings.map((binding) => ({ name: 'Contact', value: contactValue(binding, now) })),
      // RFC 3327 §5.3: the UE sees which way its requests will come.
      ...routes(request, 'Path').map((path) => ({ name: 'Path', value: encodeNameAddr(path) })),
      {
        name: 'P-Associated-URI',
        value: set.associated.map((IMPU) => `<${IMPU}>`).join(', '),
      },
      // RFC 5626 §6.
      ...(update.changed.some(({ isFlow }) => isFlow) ? [REQUIRES_OUTBOUND] : []),
    ];
    // RFC 3261 §10.2.3: without a Contact the request only asks.
    const isQuery = contacts(request).length === 0 && !isContactWildcard(request);
    if (isQuery) return { status: 200, headers };
    const isKnown = this.of(set) !== undefined;
    const continued = isKnown ? 're-registration' : 'initial';
    const type = bindings.length === 0 ? 'de-registration' : continued;
    const registration = this.#keep({ set, subscriber: set.subscriber, ...update, request });
    return { status: 200, headers, registration, type };
  }

  #keep(registration: Registration): Registration {
    const { id } = registration.set;
    if (registration.bindings.length === 0) this.#registrations.delete(id);
    else this.#registrations.set(id, registration);
    for (const { expiresAt } of registration.bindings) {
      this.#deadline = Math.min(this.#deadline ?? expiresAt, expiresAt);
    }
    return registration;
  }
}

const REQUIRES_OUTBOUND: Header = { name: 'Require', value: 'outbound' };

/** The latest end of a registration's bindings. */
export function endOf({ bindings }: Registration): Instant | undefined {
  const ends = bindings.map(({ expiresAt }) => expiresAt);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function ended(
  bindings: readonly Binding[],
  event: ReginfoContactEvent,
  retryAfter?: number,
): readonly Binding[] {
  const wait = retryAfter === undefined ? {} : { retryAfter };
  return bindings.map((binding) => ({ ...binding, event, ...wait }));
}
