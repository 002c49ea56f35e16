/**
 * What a P-CSCF and an S-CSCF have in common: a transaction layer, the requests that they have sent and
 * what each was for, and answers of their own. Each of them is the user of one.
 */
import {
  encodeHex,
  type Instant,
  ProtocolError,
  type Random,
  type Timeout,
} from '@ueprov/protocols';
import {
  type LayerCounters,
  type LayerEffect,
  responseTo,
  type SipRequest,
  type SipResponse,
  statusOfError,
  type Timing,
  TransactionLayer,
  type Transport,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import type { CscfEffect, CscfInput } from './cscf.ts';
import type { Refusal } from './forwarding.ts';

export interface ElementOptions {
  readonly address: TransportAddress;
  readonly random: Random;
  readonly timing?: Timing;
  /** UDP alone unless given. */
  readonly transports?: readonly Transport[];
  /** Where a transport listens elsewhere than at the port of `address`. */
  readonly ports?: Readonly<Partial<Record<Transport, number>>>;
}

/** What is different in them. `Pending` is what is kept of a request that was sent. */
export interface ElementUser<Pending> {
  /** May throw what a decoder throws: the request is answered with its status. */
  request(key: string, request: SipRequest, source: TransportAddress, now: Instant): CscfEffect[];
  response(pending: Pending, response: SipResponse, now: Instant): CscfEffect[];
  /** No answer, or no way there. */
  failed(pending: Pending, now: Instant): CscfEffect[];
}

const TAG_BYTES = 8;

export class Element<Pending> {
  /** What every request is answered with, while it is set: see faults.ts. */
  refusal: Refusal | undefined;
  readonly #random: Random;
  readonly #layer: TransactionLayer;
  readonly #user: ElementUser<Pending>;
  readonly #pending = new Map<string, Pending>();

  constructor({ address, ...options }: ElementOptions, user: ElementUser<Pending>) {
    this.#random = options.random;
    this.#user = user;
    this.#layer = new TransactionLayer({ ...options, sentBy: address });
  }

  get deadline(): Instant | undefined {
    return this.#layer.deadline;
  }

  get counters(): LayerCounters {
    return this.#layer.counters;
  }

  step(input: CscfInput | Timeout, now: Instant): CscfEffect[] {
    return this.#perform(this.#layer.step(input, now), now);
  }

  send(
    request: SipRequest,
    target: TransportAddress,
    pending: Pending,
    now: Instant,
  ): CscfEffect[] {
    const key = encodeHex(this.#random(TAG_BYTES));
    this.#pending.set(key, pending);
    return this.#perform(this.#layer.step({ kind: 'request', request, target, key }, now), now);
  }

  respond(key: string, response: SipResponse, now: Instant): CscfEffect[] {
    return this.#perform(this.#layer.step({ kind: 'respond', key, response }, now), now);
  }

  answer(key: string, request: SipRequest, answer: Refusal, now: Instant): CscfEffect[] {
    const { status, reason, toTag = encodeHex(this.#random(TAG_BYTES)), headers = [] } = answer;
    const said = reason === undefined ? {} : { reason };
    return this.respond(key, responseTo(request, status, { ...said, headers, toTag }), now);
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
      case 'failed': {
        const pending = this.#pending.get(effect.key);
        this.#pending.delete(effect.key);
        return pending === undefined ? [] : this.#user.failed(pending, now);
      }
    }
  }

  /** The one place where a request that makes no sense to its reader is answered. */
  #request(key: string, request: SipRequest, source: TransportAddress, now: Instant): CscfEffect[] {
    if (this.refusal !== undefined) return this.answer(key, request, this.refusal, now);
    try {
      return this.#user.request(key, request, source, now);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      const refusal = { status: statusOfError(error), reason: `${error.at.path} (${error.code})` };
      return this.answer(key, request, refusal, now);
    }
  }

  #response(key: string, response: SipResponse, now: Instant): CscfEffect[] {
    const pending = this.#pending.get(key);
    // RFC 3261 §16.7 step 5: a 100 goes no further.
    if (pending === undefined || response.status === 100) return [];
    if (response.status >= 200) this.#pending.delete(key);
    return this.#user.response(pending, response, now);
  }
}
