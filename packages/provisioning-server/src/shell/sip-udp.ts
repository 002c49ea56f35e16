/** The Provisioning Server's SIP socket: moves datagrams, keeps one alarm, hands requests up and answers down. */
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
import { Alarm } from '@ueprov/shell';
import { SipFailure } from './sip-failure.ts';

export interface SipUdpPorts {
  /** A request with the answer that it asks for. */
  readonly onRequest: (request: SipRequest, source: TransportAddress) => Promise<SipResponse>;
  /** A datagram left the socket. */
  readonly onSend: (bytes: Uint8Array, from: TransportAddress, to: TransportAddress) => void;
  readonly onError: (error: unknown) => void;
}

export class SipUdp {
  readonly address: TransportAddress;
  readonly #socket: Socket;
  readonly #layer: TransactionLayer;
  readonly #ports: SipUdpPorts;
  readonly #alarm = new Alarm();
  readonly #waiting = new Map<string, PromiseWithResolvers<SipResponse>>();
  /** Requests whose answer is being made. */
  readonly #answering = new Set<Promise<void>>();
  #requests = 0;
  #isClosed = false;

  /** Binds; rejects with the address if it is taken. */
  static async open(host: string, port: number, ports: SipUdpPorts): Promise<SipUdp> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.bind(port, host);
    try {
      await once(socket, 'listening');
    } catch (error) {
      throw new Error(`SIP cannot listen on ${host}:${port}/udp`, { cause: error });
    }
    return new SipUdp(socket, ports);
  }

  private constructor(socket: Socket, ports: SipUdpPorts) {
    this.#socket = socket;
    this.#ports = ports;
    const { address, port } = socket.address();
    this.address = { address, port };
    this.#layer = new TransactionLayer({ sentBy: this.address, random: randomBytes });
    socket.on('message', (bytes, { address: from, port: fromPort }) =>
      this.#step({ kind: 'octets', bytes, source: { address: from, port: fromPort } }),
    );
    socket.on('error', ports.onError);
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

  /** Takes no more datagrams; resolves when nothing is being answered any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#alarm.clear();
    this.#socket.close();
    for (const { reject } of this.#waiting.values()) reject(new SipFailure('closing'));
    this.#waiting.clear();
    await Promise.all(this.#answering);
  }

  #step(input: LayerInput | { readonly kind: 'timeout' }): void {
    if (this.#isClosed) return;
    for (const effect of this.#layer.step(input, Date.now())) this.#perform(effect);
    this.#alarm.set(this.#layer.deadline, () => this.#step({ kind: 'timeout' }));
  }

  #perform(effect: LayerEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#send(effect.bytes, effect.target);
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

  #send(bytes: Uint8Array, target: TransportAddress): void {
    this.#ports.onSend(bytes, this.address, target);
    this.#socket.send(bytes, target.port, target.address, (error) => {
      if (error) this.#step({ kind: 'unreachable', target });
    });
  }
}
