/** A subscription to `reg` played by an endpoint of the tests: with the engine that UE and server use. */
import {
  callId,
  decodeReginfo,
  headerOf,
  type Reginfo,
  type ReginfoView,
  type SipRequest,
  Subscription,
  type SubscriptionEffect,
  type SubscriptionInput,
  type SubscriptionOptions,
  type TransportAddress,
  takeReginfo,
} from '@ueprov/protocols/sip';
import type { Answer, Endpoint } from './endpoint.ts';
import { seededRandom } from './endpoint.ts';
import type { Network } from './network.ts';

export class TestWatcher {
  readonly documents: Reginfo[] = [];
  readonly states: (string | undefined)[] = [];
  readonly effects: SubscriptionEffect[] = [];
  view: ReginfoView | undefined;
  gaps = 0;
  readonly #network: Network;
  readonly #endpoint: Endpoint;
  readonly #target: TransportAddress;
  readonly #subscription: Subscription;

  constructor(
    network: Network,
    endpoint: Endpoint,
    target: TransportAddress,
    options: Pick<SubscriptionOptions, 'resource' | 'identity' | 'contact'> &
      Partial<SubscriptionOptions>,
  ) {
    this.#network = network;
    this.#endpoint = endpoint;
    this.#target = target;
    this.#subscription = new Subscription({ random: seededRandom(77), ...options });
    const { answer } = endpoint;
    endpoint.answer = (request) =>
      callId(request) === this.#subscription.callId ? this.#notified(request) : answer(request);
  }

  get phase() {
    return this.#subscription.phase;
  }

  get contacts(): readonly string[] {
    return (this.view?.registrations ?? []).flatMap(({ aor, state, contacts }) =>
      contacts.length === 0
        ? [`${aor} ${state}`]
        : contacts.map(({ event, uri }) => `${aor} ${state} ${event} ${uri}`),
    );
  }

  /** Gives the last answer to a SUBSCRIBE. */
  step(input: SubscriptionInput | { readonly kind: 'timeout' }): number | undefined {
    let status: number | undefined;
    for (const effect of this.#subscription.step(input, this.#network.now)) {
      this.effects.push(effect);
      if (effect.kind !== 'send') continue;
      const response = this.#endpoint.ask(effect.request, this.#target);
      status = response?.status;
      if (response !== undefined) this.step({ kind: 'response', response });
    }
    return status;
  }

  #notified(notify: SipRequest): Answer {
    let answer: Answer = { status: 500 };
    const input = { kind: 'notify', request: notify } as const;
    for (const effect of this.#subscription.step(input, this.#network.now)) {
      this.effects.push(effect);
      if (effect.kind === 'answer') answer = { status: effect.status, headers: effect.headers };
      if (effect.kind === 'established') this.view = undefined;
      if (effect.kind === 'notified') this.#take(effect.request);
    }
    return answer;
  }

  #take(notify: SipRequest): void {
    const document = decodeReginfo(notify.body);
    this.documents.push(document);
    this.states.push(headerOf(notify, 'Subscription-State'));
    const outcome = takeReginfo(this.view, document);
    if (outcome.kind === 'gap') this.gaps += 1;
    if (outcome.kind !== 'old') this.view = outcome.view;
  }
}
