/**
 * The UE's side of SIP: transactions, the way to its P-CSCFs, its registrations. Requests for the UE come out of it;
 * octets and questions to the DNS go through its shell. Pure. Used by device.ts.
 *
 * PKT-SP-UE-PROV 6.2.2, 6.2.4 [R-6.2.4-1], 6.7 UE-1 and 6.9.2.
 */
import { type Engine, encodeHex, type Instant, type Random, type Timeout } from '@ueprov/protocols';
import { Card } from '@ueprov/protocols/digest';
import { type Answer, DnsClient, type DnsClientEffect, type Question } from '@ueprov/protocols/dns';
import {
  bracketed,
  callId,
  isAddress,
  type LayerEffect,
  type LayerInput,
  type Parameter,
  responseTo,
  type SipRequest,
  type SipResponse,
  TransactionLayer,
  type Transport,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import type { ConfiguredPCscf, SipIdentity, SipNetwork } from './identity.ts';
import { OperatorAccess, type OperatorEffect } from './operator-access.ts';
import { RegisteredIdentity } from './registered-identity.ts';

export type SipAccessInput =
  | { readonly kind: 'start' }
  /** Leave the network. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'octets'; readonly bytes: Uint8Array; readonly source: TransportAddress }
  | { readonly kind: 'unreachable'; readonly target: TransportAddress }
  | { readonly kind: 'resolved'; readonly question: Question; readonly answer: Answer }
  /** Answers the request that was delivered with this key. */
  | { readonly kind: 'respond'; readonly key: string; readonly response: SipResponse };

export type SipAccessEffect =
  | { readonly kind: 'datagram'; readonly bytes: Uint8Array; readonly target: TransportAddress }
  | { readonly kind: 'resolve'; readonly question: Question }
  /** A request of the network for this UE. */
  | { readonly kind: 'request'; readonly key: string; readonly request: SipRequest }
  /** An identity is registered, for the first time or again. */
  | {
      readonly kind: 'registered';
      readonly identity: SipIdentity;
      readonly pCscf: ConfiguredPCscf | undefined;
      readonly target: TransportAddress;
      readonly isNew: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly identity: SipIdentity;
      readonly words: string;
      readonly isRefused: boolean;
    }
  /** No identity is registered any more. */
  | { readonly kind: 'lost' }
  /** By our own wish, none is left. */
  | { readonly kind: 'left' }
  /** Keep these before what follows leaves: by IMPI, what its card has accepted (TS 33.102 C.2). */
  | { readonly kind: 'keep-cards'; readonly cards: CardMemory };

export type CardMemory = Readonly<Record<string, readonly number[]>>;

export interface SipAccessOptions {
  readonly networks: readonly SipNetwork[];
  /** Of the SIP socket. */
  readonly address: TransportAddress;
  /** Where another transport listens elsewhere. */
  readonly ports?: Readonly<Partial<Record<Transport, number>>>;
  /** What the shell sends over, the preferred first; UDP alone unless given. */
  readonly transports?: readonly Transport[];
  readonly instanceId: string;
  readonly random: Random;
  readonly featureTags?: readonly Parameter[];
  readonly cards?: CardMemory;
  /** Whether to subscribe to the state of the registrations (RFC 3680). */
  readonly monitors: boolean;
  /** RFC 5626: ask for flows. */
  readonly isOutbound: boolean;
}

/** RFC 5626 §4.2.1: one flow at a time (spec/exceptions.md). */
const REG_ID = 1;

export class SipAccess implements Engine<SipAccessInput, SipAccessEffect> {
  readonly #options: SipAccessOptions;
  readonly #layer: TransactionLayer;
  readonly #dns = new DnsClient();
  readonly #operators: readonly OperatorAccess[];
  readonly #cards = new Map<string, Card>();
  /** Addresses that requests for us may come from: those of P-CSCFs that were chosen. (AC-23) */
  readonly #pCscfs = new Set<string>();

  constructor(options: SipAccessOptions) {
    this.#options = options;
    const { address: sentBy, random, ports, transports, networks } = options;
    const [first] = networks;
    this.#layer = new TransactionLayer({
      sentBy,
      random,
      allow: ['MESSAGE', 'NOTIFY'],
      ...(ports !== undefined && { ports }),
      ...(transports !== undefined && { transports }),
      ...(first !== undefined && { timing: first.timing }),
    });
    this.#operators = networks.map((network) => this.#operator(network));
  }

  get deadline(): Instant | undefined {
    const deadlines = [this.#layer, ...this.#operators].map(({ deadline }) => deadline);
    const set = deadlines.filter((deadline) => deadline !== undefined);
    return set.length === 0 ? undefined : Math.min(...set);
  }

  step(input: SipAccessInput | Timeout, now: Instant): SipAccessEffect[] {
    switch (input.kind) {
      case 'start':
        return this.#each((operator) => operator.start(now), now);
      case 'stop':
        return [...this.#each((operator) => operator.stop(now), now), ...this.#left()];
      case 'resolved':
        return this.#dnsStep(this.#dns.step({ ...input, kind: 'answered' }, now), now);
      case 'unreachable':
        return this.#unreachable(input.target, now);
      case 'octets':
      case 'respond':
        return this.#sip(input, now);
      case 'timeout':
        return this.#timeout(now);
    }
  }

  #timeout(now: Instant): SipAccessEffect[] {
    const isDue = ({ deadline }: { readonly deadline: Instant | undefined }) =>
      deadline !== undefined && deadline <= now;
    return [
      ...(isDue(this.#layer) ? this.#sip({ kind: 'timeout' }, now) : []),
      ...this.#operators.filter(isDue).flatMap((operator) => {
        return this.#operated(operator, operator.timeout(now), now);
      }),
    ];
  }

  #unreachable(target: TransportAddress, now: Instant): SipAccessEffect[] {
    const failed = this.#sip({ kind: 'unreachable', target }, now);
    if (target.flow === undefined) return failed;
    return [...failed, ...this.#each((operator) => operator.flowLost(target, now), now)];
  }

  #sip(input: LayerInput | Timeout, now: Instant): SipAccessEffect[] {
    return this.#layer.step(input, now).flatMap((effect) => this.#sipEffect(effect, now));
  }

  #sipEffect(effect: LayerEffect, now: Instant): SipAccessEffect[] {
    switch (effect.kind) {
      case 'send':
        return [{ kind: 'datagram', bytes: effect.bytes, target: effect.target }];
      case 'response':
      case 'failed':
        return this.#outcome(effect, now);
      case 'request':
        return this.#requested(effect, now);
    }
  }

  /** Of a request of ours: its key begins with the index of the operator. */
  #outcome(
    effect: Extract<LayerEffect, { kind: 'response' | 'failed' }>,
    now: Instant,
  ): SipAccessEffect[] {
    const [index, ...rest] = effect.key.split(' ');
    const operator = this.#operators[Number(index)];
    if (operator === undefined) return [];
    const key = rest.join(' ');
    const effects =
      effect.kind === 'response'
        ? operator.response(key, effect.response, now)
        : operator.unanswered(key, effect.reason, now);
    return this.#operated(operator, effects, now);
  }

  /** AC-23: what does not come from a P-CSCF of ours gets no answer at all. */
  #requested(
    { key, request, source }: Extract<LayerEffect, { kind: 'request' }>,
    now: Instant,
  ): SipAccessEffect[] {
    if (!this.#pCscfs.has(source.address)) return [];
    if (request.method !== 'NOTIFY') return [{ kind: 'request', key, request }];
    for (const operator of this.#operators) {
      const who = operator.identities.find((each) => each.isSubscribedBy(callId(request)));
      if (who === undefined) continue;
      return operator.notify(who, request, now).flatMap((effect) => {
        return effect.kind === 'answer'
          ? this.#answer(request, key, effect.status, effect.headers, now)
          : this.#operated(operator, [effect], now);
      });
    }
    // RFC 6665 §4.1.3.
    return this.#answer(request, key, 481, [], now);
  }

  #answer(
    request: SipRequest,
    key: string,
    status: number,
    headers: Extract<OperatorEffect, { kind: 'answer' }>['headers'],
    now: Instant,
  ): SipAccessEffect[] {
    const toTag = encodeHex(this.#options.random(6));
    return this.#sip(
      { kind: 'respond', key, response: responseTo(request, status, { headers, toTag }) },
      now,
    );
  }

  #each(
    step: (operator: OperatorAccess) => readonly OperatorEffect[],
    now: Instant,
  ): SipAccessEffect[] {
    return this.#operators.flatMap((operator) => this.#operated(operator, step(operator), now));
  }

  #operated(
    operator: OperatorAccess,
    effects: readonly OperatorEffect[],
    now: Instant,
  ): SipAccessEffect[] {
    return effects.flatMap((effect) => this.#operatorEffect(operator, effect, now));
  }

  #operatorEffect(
    operator: OperatorAccess,
    effect: OperatorEffect,
    now: Instant,
  ): SipAccessEffect[] {
    const index = this.#operators.indexOf(operator);
    switch (effect.kind) {
      case 'send': {
        const { request, target } = effect;
        this.#pCscfs.add(target.address);
        return this.#sip({ kind: 'request', request, target, key: `${index} ${effect.key}` }, now);
      }
      case 'ask': {
        const { question } = effect;
        return this.#dnsStep(this.#dns.step({ kind: 'ask', question, key: `${index}` }, now), now);
      }
      case 'answer':
        return [];
      case 'cards':
        return [{ kind: 'keep-cards', cards: this.#cardMemory() }];
      case 'registered': {
        const { who, pCscf, target, isNew } = effect;
        return [{ kind: 'registered', identity: who.identity, pCscf, target, isNew }];
      }
      case 'failed': {
        const { who, words, isRefused } = effect;
        return [{ kind: 'failed', identity: who.identity, words, isRefused }];
      }
      case 'lost':
        return this.#lost(effect.isWanted);
    }
  }

  #dnsStep(effects: readonly DnsClientEffect[], now: Instant): SipAccessEffect[] {
    return effects.flatMap((effect) => {
      if (effect.kind === 'query') return [{ kind: 'resolve', question: effect.question }];
      const operator = this.#operators[Number(effect.key)];
      if (operator === undefined) return [];
      return this.#operated(operator, operator.located(effect.question, effect.answer, now), now);
    });
  }

  #lost(isWanted: boolean): SipAccessEffect[] {
    const identities = this.#operators.flatMap((operator) => operator.identities);
    const lost = identities.some((who) => who.isRegistered) ? [] : [{ kind: 'lost' } as const];
    return isWanted ? [...lost, ...this.#left()] : lost;
  }

  #left(): SipAccessEffect[] {
    const identities = this.#operators.flatMap((operator) => operator.identities);
    const isLeft = identities.every(({ state }) => state === 'Unregistered');
    return isLeft ? [{ kind: 'left' }] : [];
  }

  #operator(network: SipNetwork): OperatorAccess {
    const { transports = ['udp'], address, random } = this.#options;
    const hosts = network.pCscfs.map(({ hop }) => hop.host).filter(isAddress);
    for (const host of hosts) this.#pCscfs.add(host.replace(/^\[|\]$/g, ''));
    return new OperatorAccess({
      pCscfs: network.pCscfs,
      transports,
      // [R-6.9.2-3] The family of our own address is the one that reaches anybody.
      families: [address.address.includes(':') ? 'AAAA' : 'A'],
      random,
      identities: network.identities.map((identity) => this.#identity(identity, network)),
      contactOf: (IMPU, transport) => this.#contactOf(IMPU, transport),
    });
  }

  #identity(identity: SipIdentity, network: SipNetwork): RegisteredIdentity {
    const { transports = ['udp'], instanceId, random, featureTags } = this.#options;
    const { IMPU, IMPI, credentials, SigSecurity } = identity;
    return new RegisteredIdentity(identity, {
      registrar: `sip:${network.domain}`,
      identity: IMPU,
      username: IMPI,
      contact: this.#contactOf(IMPU, transports[0] ?? 'udp'),
      instanceId,
      random,
      backOff: network.backOff,
      monitors: this.#options.monitors,
      subscribeRetryMs: network.subscribeRetryMs,
      // Over TLS from the start there is nothing to agree on.
      wantsProtection: SigSecurity && transports.indexOf('tls') > 0,
      ...(this.#options.isOutbound && { regId: REG_ID }),
      ...(featureTags !== undefined && { featureTags }),
      ...(credentials.kind === 'password'
        ? { password: credentials.password }
        : { card: this.#card(IMPI, credentials) }),
    });
  }

  /** One card for all identities of one IMPI. */
  #card(IMPI: string, { key }: Extract<SipIdentity['credentials'], { kind: 'card' }>): Card {
    const card = this.#cards.get(IMPI) ?? new Card(key, this.#options.cards?.[IMPI]);
    this.#cards.set(IMPI, card);
    return card;
  }

  #cardMemory(): CardMemory {
    return Object.fromEntries([...this.#cards].map(([IMPI, card]) => [IMPI, card.sequences]));
  }

  #contactOf(IMPU: string, transport: Transport): string {
    const { address, ports } = this.#options;
    const port = ports?.[transport] ?? address.port;
    const hostPort = `${bracketed(address.address)}:${port}`;
    const parameter = transport === 'udp' ? '' : `;transport=${transport}`;
    return `sip:${userOf(IMPU)}@${hostPort}${parameter}`;
  }
}

function userOf(IMPU: string): string {
  return /^sips?:([^@;]+)@/.exec(IMPU)?.[1] ?? 'ue';
}
