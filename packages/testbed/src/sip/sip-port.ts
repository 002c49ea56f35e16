/** A UDP socket with RFC 3261's transactions on it: requests out, requests in. Used where the kit stands in for a core. */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  type LayerEffect,
  type LayerInput,
  type SipRequest,
  type SipResponse,
  TransactionLayer,
  type TransportAddress,
} from '@ueprov/protocols/sip';

/** What answers a request. */
export type Answering = (request: SipRequest) => SipResponse;

export class SipPort {
  readonly address: TransportAddress;
  readonly #socket: Socket;
  readonly #layer: TransactionLayer;
  readonly #answering: Answering;
  readonly #waiting = new Map<string, PromiseWithResolvers<SipResponse>>();
  #alarm: NodeJS.Timeout | undefined;
  #requests = 0;

  static async open(host: string, port: number, answering: Answering): Promise<SipPort> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.bind(port, host);
    try {
      await once(socket, 'listening');
    } catch (error) {
      throw new Error(`SIP cannot listen on ${host}:${port}/udp`, { cause: error });
    }
    return new SipPort(socket, answering);
  }

  private constructor(socket: Socket, answering: Answering) {
    this.#socket = socket;
    this.#answering = answering;
    const { address, port } = socket.address();
    this.address = { address, port };
    this.#layer = new TransactionLayer({ sentBy: this.address, random: randomBytes });
    socket.on('message', (bytes, { address: from, port: fromPort }) =>
      this.#step({ kind: 'octets', bytes, source: { address: from, port: fromPort } }),
    );
  }

  /** The final response; rejects when none comes. */
  request(request: SipRequest, target: TransportAddress): Promise<SipResponse> {
    this.#requests += 1;
    const key = `>${this.#requests}`;
    const waiting = Promise.withResolvers<SipResponse>();
    this.#waiting.set(key, waiting);
    this.#step({ kind: 'request', request, target, key });
    return waiting.promise;
  }

  close(): void {
    clearTimeout(this.#alarm);
    this.#socket.close();
    for (const { reject } of this.#waiting.values()) reject(new Error('the kit is closing'));
    this.#waiting.clear();
  }

  #step(input: LayerInput | { readonly kind: 'timeout' }): void {
    for (const effect of this.#layer.step(input, Date.now())) this.#perform(effect);
    clearTimeout(this.#alarm);
    const { deadline } = this.#layer;
    if (deadline === undefined) return;
    const wait = Math.max(0, deadline - Date.now());
    this.#alarm = setTimeout(() => this.#step({ kind: 'timeout' }), wait).unref();
  }

  #perform(effect: LayerEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#socket.send(effect.bytes, effect.target.port, effect.target.address);
        return;
      case 'request': {
        const response = this.#answering(effect.request);
        this.#step({ kind: 'respond', key: effect.key, response });
        return;
      }
      case 'response':
        if (effect.response.status >= 200) this.#take(effect.key)?.resolve(effect.response);
        return;
      case 'failed':
        this.#take(effect.key)?.reject(new Error(`no answer over SIP: ${effect.reason}`));
        return;
    }
  }

  #take(key: string): PromiseWithResolvers<SipResponse> | undefined {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    return waiting;
  }
}
