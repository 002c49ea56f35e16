/**
 * The registrar in the S-CSCF: who is registered, with which contacts, until when.
 *
 * RFC 3261 §10.3 with Path (RFC 3327); TS 24.229 5.4.1: one registration per implicit registration set.
 * Pure: s-cscf.ts brings the requests, sends the answers, and tells the application servers.
 */
import type { Instant, Random } from '@ueprov/protocols';
import {
  callId,
  contacts,
  cSeq,
  encodeNameAddr,
  encodeUri,
  expires,
  from,
  type Header,
  isContactWildcard,
  listOf,
  type NameAddr,
  parameterValue,
  routes,
  type SipRequest,
  to,
  withParameter,
} from '@ueprov/protocols/sip';
import { Authenticator } from './authentication.ts';
import { type Hss, identityOf, type Subscriber } from './hss.ts';

export interface Binding {
  /** The Contact as registered, without its `expires`. */
  readonly contact: NameAddr;
  /** Top first: the way back to the UE, to be sent as Route. */
  readonly path: readonly NameAddr[];
  readonly callId: string;
  readonly cSeq: number;
  readonly expiresAt: Instant;
}

export interface Registration {
  readonly subscriber: Subscriber;
  readonly bindings: readonly Binding[];
  /** The REGISTER that made it what it is. */
  readonly request: SipRequest;
}

export interface RegisterAnswer {
  readonly status: number;
  readonly reason?: string;
  readonly headers: readonly Header[];
  /** What the registration became, without bindings if it ended; undefined if nothing changed. */
  readonly registration?: Registration;
}

/** Seconds that a registration lasts: at least, at most and unless the UE says (TS 24.229 5.4.1.2.2). */
export interface ExpiresPolicy {
  readonly min: number;
  readonly max: number;
}

export const EXPIRES_POLICY: ExpiresPolicy = { min: 60, max: 600_000 };
/** Of one subscriber: a handful of devices share an identity, not hundreds. */
export const BINDINGS_MAX = 10;

const OUT_OF_ORDER: RegisterAnswer = { status: 500, reason: 'CSeq out of order', headers: [] };

export interface RegistrarOptions {
  readonly domain: string;
  readonly hss: Hss;
  readonly random: Random;
  readonly expires: ExpiresPolicy;
}

export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #authenticator: Authenticator;
  /** By IMPI. */
  readonly #registrations = new Map<string, Registration>();
  #deadline: Instant | undefined;

  constructor(options: RegistrarOptions) {
    this.#options = options;
    this.#authenticator = new Authenticator(options.domain, options.random);
  }

  get registrations(): readonly Registration[] {
    return [...this.#registrations.values()];
  }

  /** When the next binding expires, or some time before: `expire` finds out. */
  get deadline(): Instant | undefined {
    return this.#deadline;
  }

  of(subscriber: Subscriber): Registration | undefined {
    return this.#registrations.get(subscriber.IMPI);
  }

  /** Forgets the bindings that are due; gives back the registrations that ended by it. */
  expire(now: Instant): Registration[] {
    const ended: Registration[] = [];
    this.#deadline = undefined;
    for (const registration of this.registrations) {
      const bindings = registration.bindings.filter(({ expiresAt }) => now < expiresAt);
      const isSame = bindings.length === registration.bindings.length;
      const rest = this.#keep(isSame ? registration : { ...registration, bindings });
      if (bindings.length === 0) ended.push(rest);
    }
    return ended;
  }

  /** Ends a registration by decision of the network; what it was, if there was one. */
  remove(subscriber: Subscriber): Registration | undefined {
    const registration = this.of(subscriber);
    return registration && this.#keep({ ...registration, bindings: [] });
  }

  register(request: SipRequest, now: Instant): RegisterAnswer {
    // RFC 3261 §10.3 step 2: options that we do not know.
    const unsupported = listOf(request, 'Require').filter((tag) => tag.toLowerCase() !== 'path');
    if (unsupported.length > 0) {
      return { status: 420, headers: [{ name: 'Unsupported', value: unsupported.join(', ') }] };
    }
    const IMPU = to(request).uri;
    const subscriber = this.#options.hss.byIMPU(IMPU);
    // RFC 3261 §10.3 step 5: the To is nobody here.
    if (subscriber === undefined) return { status: 404, headers: [] };
    if (identityOf(from(request).uri) !== identityOf(IMPU)) {
      return { status: 403, reason: 'Third-party registration not taken', headers: [] };
    }
    const authentication = this.#authenticator.authenticate(request, subscriber, now);
    if (authentication.kind === 'answer') return authentication;
    const update = this.#update(request, subscriber, now);
    if ('status' in update) return update;
    const answer = this.#accepted(subscriber, update, request, now);
    const expiresAt = now + this.#options.expires.max * 1000;
    const info = this.#authenticator.authenticationInfo(
      authentication.credentials,
      subscriber,
      expiresAt,
    );
    return { ...answer, headers: [...answer.headers, info] };
  }

  /** RFC 3261 §10.3 steps 6 and 7: the bindings as the request wants them, or why not. */
  #update(
    request: SipRequest,
    subscriber: Subscriber,
    now: Instant,
  ): readonly Binding[] | RegisterAnswer {
    let bindings = this.of(subscriber)?.bindings ?? [];
    if (isContactWildcard(request)) {
      if (expires(request) !== 0) return { status: 400, reason: '* needs Expires: 0', headers: [] };
      return bindings.some((binding) => isOutOfOrder(request, binding)) ? OUT_OF_ORDER : [];
    }
    for (const contact of contacts(request)) {
      const lifetime = this.#lifetime(request, contact);
      if (lifetime instanceof RangeError) {
        return { status: 400, reason: 'expires is no number', headers: [] };
      }
      if (lifetime > 0 && lifetime < this.#options.expires.min) {
        const value = String(this.#options.expires.min);
        return { status: 423, headers: [{ name: 'Min-Expires', value }] };
      }
      const old = bindings.find((binding) => isSameDevice(binding.contact, contact));
      if (old !== undefined && isOutOfOrder(request, old)) return OUT_OF_ORDER;
      bindings = bindings.filter((binding) => binding !== old);
      if (lifetime > 0)
        bindings = [...bindings, bindingOf(request, contact, now + lifetime * 1000)];
    }
    if (bindings.length > BINDINGS_MAX) {
      return { status: 403, reason: 'Too many contacts', headers: [] };
    }
    return bindings;
  }

  #lifetime(request: SipRequest, contact: NameAddr): number | RangeError {
    const own = parameterValue(contact, 'expires');
    if (own !== undefined && !/^[0-9]{1,10}$/.test(own)) return new RangeError(own);
    const { max } = this.#options.expires;
    return Math.min(own === undefined ? (expires(request) ?? max) : Number(own), max);
  }

  #accepted(
    subscriber: Subscriber,
    bindings: readonly Binding[],
    request: SipRequest,
    now: Instant,
  ): RegisterAnswer {
    const headers = [
      ...bindings.map((binding) => ({ name: 'Contact', value: contactValue(binding, now) })),
      // RFC 3327 §5.3: the UE sees which way its requests will come.
      ...routes(request, 'Path').map((path) => ({ name: 'Path', value: encodeNameAddr(path) })),
      {
        name: 'P-Associated-URI',
        value: subscriber.IMPUs.map((IMPU) => `<${IMPU}>`).join(', '),
      },
    ];
    // RFC 3261 §10.2.3: without a Contact the request only asks.
    const isQuery = contacts(request).length === 0 && !isContactWildcard(request);
    if (isQuery) return { status: 200, headers };
    return { status: 200, headers, registration: this.#keep({ subscriber, bindings, request }) };
  }

  #keep(registration: Registration): Registration {
    const { IMPI } = registration.subscriber;
    if (registration.bindings.length === 0) this.#registrations.delete(IMPI);
    else this.#registrations.set(IMPI, registration);
    for (const { expiresAt } of registration.bindings) {
      this.#deadline = Math.min(this.#deadline ?? expiresAt, expiresAt);
    }
    return registration;
  }
}

/** The latest end of a registration's bindings. */
export function endOf({ bindings }: Registration): Instant | undefined {
  const ends = bindings.map(({ expiresAt }) => expiresAt);
  return ends.length === 0 ? undefined : Math.max(...ends);
}

function bindingOf(request: SipRequest, contact: NameAddr, expiresAt: Instant): Binding {
  const parameters = contact.parameters.filter(({ name }) => name.toLowerCase() !== 'expires');
  return {
    contact: { ...contact, parameters },
    path: routes(request, 'Path'),
    callId: callId(request),
    cSeq: cSeq(request).number,
    expiresAt,
  };
}

function contactValue({ contact, expiresAt }: Binding, now: Instant): string {
  const value = String(Math.ceil((expiresAt - now) / 1000));
  const parameters = withParameter(contact.parameters, { name: 'expires', value });
  return encodeNameAddr({ ...contact, parameters });
}

/** RFC 5626 §6: an instance-id names the device whatever its address; without one, the URI does. */
function isSameDevice(a: NameAddr, b: NameAddr): boolean {
  const [instanceA, instanceB] = [a, b].map((each) => parameterValue(each, '+sip.instance'));
  if (instanceA !== undefined && instanceB !== undefined) return instanceA === instanceB;
  return encodeUri(a.uri) === encodeUri(b.uri);
}

/** RFC 3261 §10.3 step 7. */
function isOutOfOrder(request: SipRequest, binding: Binding): boolean {
  return binding.callId === callId(request) && cSeq(request).number <= binding.cSeq;
}
