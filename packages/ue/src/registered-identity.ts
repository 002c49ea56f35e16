/**
 * One public identity in the network: its registration, and what the network says about it (RFC 3680). Used by
 * operator-access.ts, which knows the way to the network.
 *
 * PKT-SP-UE-PROV 6.7 UE-1; TS 24.229 5.1.1.
 */
import { type Instant, ProtocolError, type Timeout } from '@ueprov/protocols';
import {
  decodeReginfo,
  decodeUri,
  type Header,
  isSameUri,
  type NameAddr,
  type ReginfoContact,
  type ReginfoView,
  Registration,
  type RegistrationEffect,
  type RegistrationInput,
  type RegistrationOptions,
  type SipRequest,
  Subscription,
  type SubscriptionEffect,
  type SubscriptionInput,
  takeReginfo,
} from '@ueprov/protocols/sip';
import type { SipIdentity } from './identity.ts';

export type IdentityEffect =
  /** A REGISTER or SUBSCRIBE, to the P-CSCF. */
  | { readonly kind: 'send'; readonly request: SipRequest }
  /** Answers the NOTIFY that was given. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers: readonly Header[] }
  | { readonly kind: 'protect'; readonly port?: number }
  | { readonly kind: 'card' }
  | { readonly kind: 'registered'; readonly isNew: boolean }
  | { readonly kind: 'failed'; readonly words: string; readonly isRefused: boolean }
  /** Not registered any more; `isWanted`: by our own wish. */
  | { readonly kind: 'lost'; readonly isWanted: boolean };

export interface IdentityOptions extends RegistrationOptions {
  /** Whether to subscribe to what the network says of the registration. */
  readonly monitors: boolean;
  readonly subscribeRetryMs: number;
}

/** What the 200 of the last REGISTER gave. */
interface Bound {
  readonly associated: readonly string[];
  readonly serviceRoute: readonly NameAddr[];
  readonly gruu: string | undefined;
  readonly isOutbound: boolean;
}

export class RegisteredIdentity {
  readonly identity: SipIdentity;
  readonly #options: IdentityOptions;
  readonly #registration: Registration;
  #contact: string;
  #bound: Bound | undefined;
  #subscription: Subscription | undefined;
  #view: ReginfoView | undefined;

  constructor(identity: SipIdentity, options: IdentityOptions) {
    this.identity = identity;
    this.#options = options;
    this.#contact = options.contact;
    this.#registration = new Registration(options);
  }

  get contact(): string {
    return this.#contact;
  }

  get isRegistered(): boolean {
    return this.#bound !== undefined;
  }

  get state() {
    return this.#registration.state;
  }

  /** RFC 5626: requests to this identity come over the flow of its REGISTER, and no other way. */
  get isOutbound(): boolean {
    return this.#bound?.isOutbound ?? false;
  }

  get deadline(): Instant | undefined {
    const deadlines = [this.#registration.deadline, this.#subscription?.deadline];
    const set = deadlines.filter((deadline) => deadline !== undefined);
    return set.length === 0 ? undefined : Math.min(...set);
  }

  /**
   * TS 24.229 5.1.1.4: identities that the network has registered along with this one.
   * [SIPPUSH TS24229.5.1.1.2-3]
   */
  isAssociated(IMPU: string): boolean {
    const uri = decodeUri(IMPU);
    return this.#bound?.associated.some((each) => isSameUri(decodeUri(each), uri)) ?? false;
  }

  /** Whether a NOTIFY is about this identity. */
  isSubscribedBy(callId: string): boolean {
    return this.#subscription?.callId === callId;
  }

  /** The UE is reached there from the next REGISTER on. */
  moveTo(contact: string): void {
    this.#contact = contact;
    this.#registration.moveTo(contact);
    // What was subscribed over the old way would be notified there.
    this.#subscription = undefined;
  }

  register(input: RegistrationInput, now: Instant): IdentityEffect[] {
    return this.#registered(input, now);
  }

  subscribe(input: SubscriptionInput, now: Instant): IdentityEffect[] {
    return this.#subscribed(input, now);
  }

  timeout(now: Instant): IdentityEffect[] {
    const isDue = (deadline: Instant | undefined) => deadline !== undefined && deadline <= now;
    const timeout: Timeout = { kind: 'timeout' };
    return [
      ...(isDue(this.#registration.deadline) ? this.#registered(timeout, now) : []),
      ...(isDue(this.#subscription?.deadline) ? this.#subscribed(timeout, now) : []),
    ];
  }

  #registered(input: RegistrationInput | Timeout, now: Instant): IdentityEffect[] {
    const effects = this.#registration.step(input, now);
    return effects.flatMap((effect) => this.#registrationEffect(effect, now));
  }

  #registrationEffect(effect: RegistrationEffect, now: Instant): IdentityEffect[] {
    switch (effect.kind) {
      case 'send':
      case 'protect':
      case 'card':
        return [effect];
      case 'registered': {
        const isNew = this.#bound === undefined;
        const { associated, serviceRoute, pubGruu: gruu, isOutbound } = effect;
        this.#bound = { associated, serviceRoute, gruu, isOutbound };
        return [{ kind: 'registered', isNew }, ...this.#monitor(now)];
      }
      case 'failed': {
        const { status, reason, isRefused } = effect;
        const words = `${status === undefined ? '' : `${status} `}${reason}`;
        const lost = isRefused ? this.#lost(false) : [];
        return [{ kind: 'failed', words, isRefused }, ...lost];
      }
      case 'deregistered':
        return this.#lost(effect.reason === 'requested');
    }
  }

  #lost(isWanted: boolean): IdentityEffect[] {
    const wasRegistered = this.#bound !== undefined;
    this.#bound = undefined;
    this.#subscription = undefined;
    return wasRegistered || isWanted ? [{ kind: 'lost', isWanted }] : [];
  }

  /**
   * TS 24.229 5.1.1.3: to what the network does with this registration.
   * [SIPPUSH TS24229.5.1.1.3-1]
   */
  #monitor(now: Instant): IdentityEffect[] {
    const { identity, monitors, random, subscribeRetryMs } = this.#options;
    if (!monitors || this.#subscription !== undefined || this.#bound === undefined) return [];
    this.#view = undefined;
    this.#subscription = new Subscription({
      resource: identity,
      identity,
      contact: this.#bound.gruu ?? this.#contact,
      random,
      route: this.#bound.serviceRoute,
      headers: [{ name: 'P-Preferred-Identity', value: `<${identity}>` }],
      retryMs: subscribeRetryMs,
    });
    return this.#subscribed({ kind: 'subscribe' }, now);
  }

  #subscribed(input: SubscriptionInput | Timeout, now: Instant): IdentityEffect[] {
    const effects = this.#subscription?.step(input, now) ?? [];
    return effects.flatMap((effect) => this.#subscriptionEffect(effect, now));
  }

  #subscriptionEffect(effect: SubscriptionEffect, now: Instant): IdentityEffect[] {
    switch (effect.kind) {
      case 'send':
      case 'answer':
        return [effect];
      case 'established':
        this.#view = undefined;
        return [];
      case 'notified':
        return this.#notified(effect.request, now);
      case 'ended':
        return [];
    }
  }

  #notified(request: SipRequest, now: Instant): IdentityEffect[] {
    if (request.body.length === 0) return [];
    try {
      const document = decodeReginfo(request.body);
      const outcome = takeReginfo(this.#view, document);
      if (outcome.kind === 'old') return [];
      this.#view = outcome.view;
      const ended = document.registrations
        .flatMap(({ contacts }) => contacts)
        .find((contact) => this.#isOurs(contact) && DECISIONS.has(contact.event));
      const refreshed = outcome.kind === 'gap' ? this.#subscribed({ kind: 'refresh' }, now) : [];
      return ended === undefined ? refreshed : [...refreshed, ...this.#decided(ended, now)];
    } catch (error) {
      // What it says is of no use; the registration goes on by its own clock.
      if (error instanceof ProtocolError) return [];
      throw error;
    }
  }

  /**
   * RFC 3680 §4.7.2, TS 24.229 5.1.1.5A and 5.1.1.7: what the network decided about our contact.
   * [SIPPUSH RFC3680.4.7-2] [SIPPUSH TS24229.5.1.1.5A-1]
   */
  #decided({ event, retryAfter }: ReginfoContact, now: Instant): IdentityEffect[] {
    if (event === 'shortened') return this.#registered({ kind: 'register' }, now);
    if (event === 'rejected') return this.#registered({ kind: 'rejected' }, now);
    const after = event === 'probation' && retryAfter !== undefined ? { retryAfter } : {};
    return this.#registered({ kind: 'deactivated', ...after }, now);
  }

  #isOurs({ uri, unknownParams }: ReginfoContact): boolean {
    const instance = unknownParams.find(({ name }) => name === '+sip.instance')?.value;
    const isInstance = instance?.includes(`<${this.#options.instanceId}>`) ?? true;
    // A contact that we have left may end as it likes.
    return isInstance && isSameUri(decodeUri(uri), decodeUri(this.#contact));
  }
}

const DECISIONS: ReadonlySet<string> = new Set([
  'shortened',
  'deactivated',
  'probation',
  'rejected',
  'unregistered',
  'expired',
]);
