/**
 * The way into one operator's network: its P-CSCFs with fail-over, and the identities that register through them.
 *
 * PKT-SP-UE-PROV 6.9.2 and 6.7 UE-1; RFC 3263 §4.3; RFC 5626 §4.5. Used by sip-access.ts, which owns the transactions.
 */
import type { Instant } from '@ueprov/protocols';
import type { Answer, Question } from '@ueprov/protocols/dns';
import {
  type Header,
  type Hop,
  NextHop,
  type NextHopEffect,
  type NextHopOptions,
  type RegistrationInput,
  retryAfter,
  SIPS_PORT,
  type SipRequest,
  type SipResponse,
  type Transport,
  type TransportAddress,
  transportOf,
} from '@ueprov/protocols/sip';
import type { ConfiguredPCscf } from './identity.ts';
import type { IdentityEffect, RegisteredIdentity } from './registered-identity.ts';

export type OperatorEffect =
  /** `key` names it in the answer. */
  | {
      readonly kind: 'send';
      readonly key: string;
      readonly request: SipRequest;
      readonly target: TransportAddress;
    }
  | { readonly kind: 'ask'; readonly question: Question }
  /** Answers the NOTIFY that was given. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers: readonly Header[] }
  | {
      readonly kind: 'registered';
      readonly who: RegisteredIdentity;
      readonly target: TransportAddress;
      readonly pCscf: ConfiguredPCscf | undefined;
      readonly isNew: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly who: RegisteredIdentity;
      readonly words: string;
      readonly isRefused: boolean;
    }
  | { readonly kind: 'lost'; readonly who: RegisteredIdentity; readonly isWanted: boolean }
  /** What the cards remember has to be kept before the next `send`. */
  | { readonly kind: 'cards' };

export interface OperatorOptions extends Omit<NextHopOptions, 'hops'> {
  readonly pCscfs: readonly ConfiguredPCscf[];
  readonly identities: readonly RegisteredIdentity[];
  /** Where an identity is reached by that transport. */
  readonly contactOf: (IMPU: string, transport: Transport) => string;
}

type Method = 'REGISTER' | 'SUBSCRIBE';

interface Sent {
  readonly who: RegisteredIdentity;
  readonly method: Method;
  readonly target: TransportAddress;
}

/** What waits until there is a way: a request, or a failure that another P-CSCF may make good. */
type Parked =
  | { readonly who: RegisteredIdentity; readonly request: SipRequest }
  | { readonly who: RegisteredIdentity; readonly failure: RegistrationInput };

/** TS 24.229 5.1.1.2: what another P-CSCF may do better. */
const FAIL_OVER: ReadonlySet<number> = new Set([408, 500, 503, 504]);

export class OperatorAccess {
  readonly #options: OperatorOptions;
  readonly #hops: NextHop;
  readonly #sent = new Map<string, Sent>();
  #parked: Parked[] = [];
  #target: TransportAddress | undefined;
  #hop: Hop | undefined;
  #count = 0;
  /** Those after the first begin when it is known what the first brings along. */
  #others: 'unasked' | 'asked' = 'unasked';

  constructor(options: OperatorOptions) {
    this.#options = options;
    this.#hops = new NextHop({ ...options, hops: options.pCscfs.map(({ hop }) => hop) });
  }

  get identities(): readonly RegisteredIdentity[] {
    return this.#options.identities;
  }

  get deadline(): Instant | undefined {
    const deadlines = this.identities.map(({ deadline }) => deadline);
    const set = deadlines.filter((deadline) => deadline !== undefined);
    return set.length === 0 ? undefined : Math.min(...set);
  }

  start(now: Instant): OperatorEffect[] {
    const [first] = this.identities;
    return first === undefined ? [] : this.#register(first, { kind: 'register' }, now);
  }

  stop(now: Instant): OperatorEffect[] {
    this.#others = 'asked';
    return this.identities
      .filter(({ state }) => state !== 'Unregistered')
      .flatMap((who) => this.#register(who, { kind: 'deregister' }, now));
  }

  timeout(now: Instant): OperatorEffect[] {
    return this.identities.flatMap((who) => this.#effects(who, who.timeout(now), now));
  }

  located(question: Question, answer: Answer, now: Instant): OperatorEffect[] {
    return this.#found(this.#hops.step({ kind: 'answer', question, answer }, now), now);
  }

  notify(who: RegisteredIdentity, request: SipRequest, now: Instant): OperatorEffect[] {
    return this.#effects(who, who.subscribe({ kind: 'notify', request }, now), now);
  }

  response(key: string, response: SipResponse, now: Instant): OperatorEffect[] {
    const sent = this.#sent.get(key);
    if (sent === undefined) return [];
    if (response.status >= 200) this.#sent.delete(key);
    const { who, method, target } = sent;
    if (method === 'SUBSCRIBE') {
      return this.#effects(who, who.subscribe({ kind: 'response', response }, now), now);
    }
    const input = { kind: 'response', response } as const;
    if (FAIL_OVER.has(response.status)) {
      return this.#elsewhere({ who, failure: input }, target, now, retryAfter(response));
    }
    const isHeard = response.status >= 200 && this.#isCurrent(target);
    if (isHeard) this.#hops.step({ kind: 'worked' }, now);
    return this.#register(who, input, now);
  }

  unanswered(key: string, reason: 'timeout' | 'transport', now: Instant): OperatorEffect[] {
    const sent = this.#sent.get(key);
    this.#sent.delete(key);
    if (sent === undefined) return [];
    const { who, method, target } = sent;
    const failure = { kind: 'unanswered', reason } as const;
    if (method === 'REGISTER') return this.#elsewhere({ who, failure }, target, now);
    return this.#effects(who, who.subscribe(failure, now), now);
  }

  /** RFC 5626 §4.5: the connection that our registrations live on is gone. */
  flowLost(lost: TransportAddress, now: Instant): OperatorEffect[] {
    const hit = this.identities.filter((who) => who.isOutbound);
    if (hit.length === 0 || !this.#isCurrent(lost)) return [];
    const failed = this.#hops.step({ kind: 'failed' }, now);
    this.#parked.push(...hit.map((who) => ({ who, failure: { kind: 'flowLost' } as const })));
    return this.#found(failed, now);
  }

  #register(who: RegisteredIdentity, input: RegistrationInput, now: Instant): OperatorEffect[] {
    return this.#effects(who, who.register(input, now), now);
  }

  /** Another target for what this one did not do, if there is one; else the failure stands. */
  #elsewhere(
    parked: Parked,
    target: TransportAddress,
    now: Instant,
    seconds?: number,
  ): OperatorEffect[] {
    this.#parked.push(parked);
    // Somebody else may have given this target up already.
    if (!this.#isCurrent(target)) return this.#found(this.#hops.step({ kind: 'choose' }, now), now);
    const after = seconds === undefined ? {} : { retryAfter: seconds };
    return this.#found(this.#hops.step({ kind: 'failed', ...after }, now), now);
  }

  #found(effects: readonly NextHopEffect[], now: Instant): OperatorEffect[] {
    return effects.flatMap((effect) => {
      if (effect.kind === 'ask') return [effect];
      if (effect.kind === 'chosen') return this.#chosen(effect.target, effect.hop, now);
      this.#target = undefined;
      return this.#unpark().flatMap((parked) => {
        const nowhere = { kind: 'unanswered', reason: 'transport' } as const;
        const failure = 'failure' in parked ? parked.failure : nowhere;
        return this.#register(parked.who, failure, now);
      });
    });
  }

  #chosen(target: TransportAddress, hop: Hop, now: Instant): OperatorEffect[] {
    const isMoved = this.#hop !== undefined && !this.#isCurrent(target);
    if (!this.#isCurrent(target)) this.#target = target;
    this.#hop = hop;
    const waiting = this.#unpark();
    const begun = waiting.flatMap((parked) => this.#unparked(parked, now));
    if (!isMoved) return begun;
    // Requests to the others still come by the P-CSCF that is gone.
    const others = this.identities.filter(
      (who) => who.isRegistered && !waiting.some((parked) => parked.who === who),
    );
    return [...begun, ...others.flatMap((who) => this.#again(who, { kind: 'register' }, now))];
  }

  #unparked(parked: Parked, now: Instant): OperatorEffect[] {
    const { who } = parked;
    const contact = this.#contactOf(who);
    if ('request' in parked && contact === who.contact) {
      return this.#send(who, parked.request, now);
    }
    const isLost = 'failure' in parked && parked.failure.kind === 'flowLost';
    return this.#again(who, { kind: isLost ? 'register' : 'elsewhere' }, now);
  }

  #again(who: RegisteredIdentity, input: RegistrationInput, now: Instant): OperatorEffect[] {
    who.moveTo(this.#contactOf(who));
    return this.#register(who, input, now);
  }

  #unpark(): readonly Parked[] {
    const parked = this.#parked;
    this.#parked = [];
    return parked;
  }

  #effects(
    who: RegisteredIdentity,
    effects: readonly IdentityEffect[],
    now: Instant,
  ): OperatorEffect[] {
    return effects.flatMap((effect) => this.#effect(who, effect, now));
  }

  #effect(who: RegisteredIdentity, effect: IdentityEffect, now: Instant): OperatorEffect[] {
    switch (effect.kind) {
      case 'send':
        return this.#send(who, effect.request, now);
      case 'answer':
        return [effect];
      case 'card':
        return [{ kind: 'cards' }];
      case 'protect':
        return this.#protect(effect.port, who);
      case 'registered':
        return [...this.#registered(who, effect.isNew), ...this.#beginOthers(now)];
      case 'failed':
        return [{ ...effect, who }, ...this.#beginOthers(now)];
      case 'lost':
        return [{ ...effect, who }];
    }
  }

  #send(who: RegisteredIdentity, request: SipRequest, now: Instant): OperatorEffect[] {
    const target = this.#target;
    if (target === undefined) {
      this.#parked.push({ who, request });
      // One search serves all who wait.
      const isFirst = this.#parked.length === 1;
      return isFirst ? this.#found(this.#hops.step({ kind: 'choose' }, now), now) : [];
    }
    this.#count += 1;
    const key = `${request.method} ${this.#count}`;
    const method = request.method === 'REGISTER' ? 'REGISTER' : 'SUBSCRIBE';
    this.#sent.set(key, { who, method, target });
    return [{ kind: 'send', key, request, target }];
  }

  #registered(who: RegisteredIdentity, isNew: boolean): OperatorEffect[] {
    const target = this.#target;
    if (target === undefined) return [];
    const pCscf = this.#options.pCscfs.find(({ hop }) => hop === this.#hop);
    return [{ kind: 'registered', who, target, pCscf, isNew }];
  }

  /** [R-6.7-13] Each identity that the first one did not bring along registers by itself. */
  #beginOthers(now: Instant): OperatorEffect[] {
    if (this.#others === 'asked') return [];
    this.#others = 'asked';
    const [first, ...others] = this.identities;
    return others
      .filter(({ identity }) => !this.#isBroughtBy(first, identity.IMPU, identity.IMPI))
      .flatMap((who) => this.#register(who, { kind: 'register' }, now));
  }

  #isBroughtBy(first: RegisteredIdentity | undefined, IMPU: string, IMPI: string): boolean {
    return first?.identity.IMPI === IMPI && first.isAssociated(IMPU);
  }

  /** RFC 3329: the same P-CSCF, over TLS. */
  #protect(port: number | undefined, who: RegisteredIdentity): OperatorEffect[] {
    const target = this.#target;
    if (target === undefined || transportOf(target) === 'tls') return [];
    const host = this.#hop?.host ?? target.address;
    const domain = host === target.address ? {} : { domain: host };
    this.#target = {
      address: target.address,
      port: port ?? SIPS_PORT,
      transport: 'tls',
      ...domain,
    };
    who.moveTo(this.#contactOf(who));
    return [];
  }

  #contactOf({ identity }: RegisteredIdentity): string {
    const transport = this.#target === undefined ? 'udp' : transportOf(this.#target);
    return this.#options.contactOf(identity.IMPU, transport);
  }

  #isCurrent({ address, port, transport = 'udp' }: TransportAddress): boolean {
    const target = this.#target;
    return target?.address === address && target.port === port && transportOf(target) === transport;
  }
}
