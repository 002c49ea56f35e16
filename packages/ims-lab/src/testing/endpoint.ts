/** A UE or an application server as the tests play it: a transaction layer and a script. */
import type { Engine, Instant, Random, Timeout } from '@ueprov/protocols';
import {
  type LayerEffect,
  type ResponseParts,
  responseTo,
  type SipRequest,
  type SipResponse,
  TransactionLayer,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import type { CscfEffect, CscfInput } from '../cscf.ts';
import type { Network } from './network.ts';

export type Answer = ResponseParts & { readonly status: number };

export class Endpoint implements Engine<CscfInput, CscfEffect> {
  readonly address: TransportAddress;
  readonly requests: SipRequest[] = [];
  readonly responses: SipResponse[] = [];
  readonly failures: string[] = [];
  /** What it answers; undefined: nothing at all. */
  answer: (request: SipRequest) => Answer | undefined = () => ({ status: 200 });
  /** How long `ask` waits. */
  patienceMs = 0;
  readonly #layer: TransactionLayer;
  readonly #network: Network;
  #count = 0;

  constructor(network: Network, address: TransportAddress, random: Random) {
    this.address = address;
    this.#network = network;
    this.#layer = new TransactionLayer({ sentBy: address, random });
    network.attach(address, this);
  }

  get deadline(): Instant | undefined {
    return this.#layer.deadline;
  }

  step(input: CscfInput | Timeout, now: Instant): CscfEffect[] {
    return this.#perform(this.#layer.step(input, now), now);
  }

  /** Sends the request, lets the network come to rest, and gives back what was answered, if anything. */
  ask(request: SipRequest, target: TransportAddress): SipResponse | undefined {
    const key = `request ${this.#count++}`;
    const before = this.responses.length;
    const { now } = this.#network;
    const effects = this.#layer.step({ kind: 'request', request, target, key }, now);
    this.#network.send(this.address, this.#perform(effects, now));
    this.#network.run(this.patienceMs);
    return this.responses[before];
  }

  #perform(effects: LayerEffect[], now: Instant): CscfEffect[] {
    return effects.flatMap((effect) => this.#performOne(effect, now));
  }

  #performOne(effect: LayerEffect, now: Instant): CscfEffect[] {
    switch (effect.kind) {
      case 'send':
        return [effect];
      case 'request': {
        this.requests.push(effect.request);
        const answer = this.answer(effect.request);
        if (answer === undefined) return [];
        const { status, ...parts } = answer;
        const response = responseTo(effect.request, status, { toTag: 'endpoint', ...parts });
        const respond = { kind: 'respond', key: effect.key, response } as const;
        return this.#perform(this.#layer.step(respond, now), now);
      }
      case 'response':
        this.responses.push(effect.response);
        return [];
      case 'failed':
        this.failures.push(effect.reason);
        return [];
    }
  }
}

/** The same octets in every run. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
}
