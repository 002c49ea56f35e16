/** The Provisioning Server's SIP sockets: moves messages, keeps one alarm, hands requests up and answers down. */
import { randomBytes } from 'node:crypto';
import {
  type LayerEffect,
  type LayerInput,
  type SipRequest,
  type SipResponse,
  TransactionLayer,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import { Alarm, SipTransport, type SipTransportOptions } from '@ueprov/shell';
import { SipFailure } from './sip-failure.ts';

export interface SipEndpointPorts {
  /** A request with the answer that it asks for. */
  readonly onRequest: (request: SipRequest, source: TransportAddress) => Promise<SipResponse>;
  /** A message leaves. */
  readonly onSend: (bytes: Uint8Array, from: TransportAddress, to: TransportAddress) => void;
  readonly onError: (error: unknown) => void;
}

export class SipEndpoint {
  readonly #transport: SipTransport;
  readonly #layer: TransactionLayer;
  readonly #ports: SipEndpointPorts;
  readonly #alarm = new Alarm();
  readonly #waiting = new Map<string, PromiseWithResolvers<SipResponse>>();
  /** Requests whose answer is being made. */
  readonly #answering = new Set<Promise<void>>();
  #requests = 0;
  #isClosed = false;

  /** Listens; rejects with the address if it is taken. */
  static async open(options: SipTransportOptions, ports: SipEndpointPorts): Promise<SipEndpoint> {
    // Nothing comes before the next turn of the event loop: its receiver is there by then.
    let receive: (input: LayerInput) => void = () => {};
    const transport = await SipTransport.open(options, {
      onOctets: (bytes, source) => receive({ kind: 'octets', bytes, source }),
      onUnreachable: (target) => receive({ kind: 'unreachable', target }),
      onSend: ports.onSend,
      onError: ports.onError,
    });
    const endpoint = new SipEndpoint(transport, ports);
    receive = (input) => endpoint.#step(input);
    return endpoint;
  }

  private constructor(transport: SipTransport, ports: SipEndpointPorts) {
    this.#transport = transport;
    this.#ports = ports;
    this.#layer = new TransactionLayer({
      sentBy: transport.address,
      ports: transport.ports,
      transports: transport.transports,
      random: randomBytes,
      refusesMerged: true,
    });
  }

  /** Where it is reached, by the first of its transports. */
  get address(): TransportAddress {
    return this.#transport.address;
  }

  /** The final response. Rejects when none comes (timer F) or the target cannot be reached. */
  request(request: SipRequest, target: TransportAddress): Promise<SipResponse> {
    this.#requests += 1;
    const key = `>${this.#requests}`;
    const waiting = Promise.withResolvers<SipResponse>();
    this.#waiting.set(key, waiting);
    this.#step({ kind: 'request', request, target, key });
    return waiting.promise;
  }

  /** Takes no more messages; resolves when nothing is being answered any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#alarm.clear();
    const closed = this.#transport.close();
    for (const { reject } of this.#waiting.values()) reject(new SipFailure('closing'));
    this.#waiting.clear();
    await Promise.all(this.#answering);
    await closed;
  }

  #step(input: LayerInput | { readonly kind: 'timeout' }): void {
    if (this.#isClosed) return;
    for (const effect of this.#layer.step(input, Date.now())) this.#perform(effect);
    this.#alarm.set(this.#layer.deadline, () => this.#step({ kind: 'timeout' }));
  }

  #perform(effect: LayerEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#transport.send(effect.bytes, effect.target);
        return;
      case 'request':
        this.#answer(effect.request, effect.source, effect.key);
        return;
      case 'response':
        if (effect.response.status >= 200) this.#settle(effect.key)?.resolve(effect.response);
        return;
      case 'failed':
        this.#settle(effect.key)?.reject(new SipFailure(effect.reason));
        return;
    }
  }

  #answer(request: SipRequest, source: TransportAddress, key: string): void {
    const answering = this.#ports
      .onRequest(request, source)
      .then((response) => this.#step({ kind: 'respond', key, response }))
      .catch(this.#ports.onError)
      .finally(() => this.#answering.delete(answering));
    this.#answering.add(answering);
  }

  #settle(key: string): PromiseWithResolvers<SipResponse> | undefined {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    return waiting;
  }
}
