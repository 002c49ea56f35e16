/** A UE's SIP side among several P-CSCFs and a DNS, on virtual time. For the tests of sip-access.ts. */
import type { Instant } from '@ueprov/protocols';
import type { Answer, Question } from '@ueprov/protocols/dns';
import { decodeSip, type SipRequest, type TransportAddress } from '@ueprov/protocols/sip';
import { bootstrapTree } from '../bootstrap.ts';
import { sipNetworks } from '../identity.ts';
import { SipAccess, type SipAccessEffect, type SipAccessInput } from '../sip-access.ts';
import { seededRandom, UE_ADDRESS } from './network.ts';
import { type Datagram, TestRegistrar } from './registrar.ts';
import { sampleConfig, sampleSip } from './sample-config.ts';

const LATENCY_MS = 5;
export const FIRST = '192.0.2.1';
export const SECOND = '192.0.2.2';

interface Arrival {
  readonly at: Instant;
  readonly arrive: () => void;
}

export class AccessWorld {
  readonly access: SipAccess;
  /** By address. */
  readonly pCscfs: ReadonlyMap<string, TestRegistrar>;
  /** Whoever is not there. */
  readonly gone = new Set<string>();
  /** `REGISTER 192.0.2.1`, `registered sip:…`, `ask NAPTR ims.test`, in order. */
  readonly trace: string[] = [];
  /** Requests that the UE sent, in order. */
  readonly requests: SipRequest[] = [];
  now: Instant = 0;
  #arrivals: Arrival[] = [];
  readonly #zone: Readonly<Record<string, Answer>>;

  constructor(
    sip: Record<string, unknown> = {},
    options: { readonly zone?: Readonly<Record<string, Answer>> } = {},
  ) {
    const config = sampleConfig({ sip: sampleSip(sip) });
    this.#zone = options.zone ?? {};
    this.pCscfs = new Map(
      [FIRST, SECOND].map((address, index) => {
        return [address, new TestRegistrar({ address, port: 5060 }, seededRandom(index + 2))];
      }),
    );
    this.access = new SipAccess({
      networks: sipNetworks(bootstrapTree(config, 0)),
      address: UE_ADDRESS,
      instanceId: config.sip.instance,
      random: seededRandom(1),
      monitors: config.sip.regEvent,
      isOutbound: config.sip.outbound,
    });
  }

  pCscf(address: string): TestRegistrar {
    const found = this.pCscfs.get(address);
    if (found === undefined) throw new Error(`nobody is at ${address}`);
    return found;
  }

  start(): this {
    this.step({ kind: 'start' });
    return this.run(1000);
  }

  step(input: SipAccessInput): void {
    this.#perform(this.access.step(input, this.now));
  }

  /** A request of that P-CSCF to the UE. */
  send(address: string, request: SipRequest): this {
    this.#carry(address, this.pCscf(address).send(request, UE_ADDRESS, this.now));
    return this;
  }

  run(durationMs: number): this {
    const until = this.now + durationMs;
    for (;;) {
      const next = this.#next();
      if (next === undefined || next > until) break;
      this.now = Math.max(this.now, next);
      this.#turn();
    }
    this.now = until;
    return this;
  }

  #next(): Instant | undefined {
    const registrars = [...this.pCscfs.values()].map(({ deadline }) => deadline);
    const all = [...this.#arrivals.map(({ at }) => at), this.access.deadline, ...registrars];
    const set = all.filter((at) => at !== undefined);
    return set.length === 0 ? undefined : Math.min(...set);
  }

  #turn(): void {
    const due = this.#arrivals.filter(({ at }) => at <= this.now);
    this.#arrivals = this.#arrivals.filter(({ at }) => at > this.now);
    for (const { arrive } of due) arrive();
    const isDue = (deadline: Instant | undefined) => deadline !== undefined && deadline <= this.now;
    if (isDue(this.access.deadline)) this.#perform(this.access.step({ kind: 'timeout' }, this.now));
    for (const [address, pCscf] of this.pCscfs) {
      if (isDue(pCscf.deadline)) this.#carry(address, pCscf.step({ kind: 'timeout' }, this.now));
    }
  }

  #perform(effects: readonly SipAccessEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'datagram') this.#datagram(effect.bytes, effect.target);
      else if (effect.kind === 'resolve') this.#resolve(effect.question);
      else this.trace.push(wordsOf(effect));
    }
  }

  #datagram(bytes: Uint8Array, { address }: TransportAddress): void {
    const message = decodeSip(bytes);
    this.trace.push(`${message.kind === 'request' ? message.method : message.status} ${address}`);
    if (message.kind === 'request') this.requests.push(message);
    const pCscf = this.pCscfs.get(address);
    if (pCscf === undefined || this.gone.has(address)) return;
    this.#later(() => {
      this.#carry(address, pCscf.step({ kind: 'octets', bytes, source: UE_ADDRESS }, this.now));
    });
  }

  #resolve(question: Question): void {
    const text = `${question.type} ${question.name}`;
    this.trace.push(`ask ${text}`);
    const answer = this.#zone[text] ?? { kind: 'none', ttl: 60 };
    this.#later(() => this.step({ kind: 'resolved', question, answer }));
  }

  #carry(address: string, datagrams: readonly Datagram[]): void {
    for (const { bytes } of datagrams) {
      const source = { address, port: 5060 };
      if (!this.gone.has(address)) {
        this.#later(() => this.step({ kind: 'octets', bytes, source }));
      }
    }
  }

  #later(arrive: () => void): void {
    this.#arrivals.push({ at: this.now + LATENCY_MS, arrive });
  }
}

function wordsOf(effect: Exclude<SipAccessEffect, { kind: 'datagram' | 'resolve' }>): string {
  switch (effect.kind) {
    case 'registered':
      return `registered ${effect.identity.IMPU} by ${effect.target.address}`;
    case 'failed':
      return `failed ${effect.identity.IMPU}: ${effect.words}`;
    case 'request':
      return `request ${effect.request.method}`;
    case 'keep-cards':
      return `keep ${Object.keys(effect.cards).join(' ')}`;
    default:
      return effect.kind;
  }
}
