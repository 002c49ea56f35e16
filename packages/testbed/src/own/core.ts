/**
 * The least of an IMS core that a UE of ours registers with and takes a Package #0 from: it answers REGISTER with 200
 * and sends MESSAGE. Not a lab (`ims-lab` is one): the conformance kit is about what comes after.
 */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { encodeHex } from '@ueprov/protocols';
import { notificationRequest } from '@ueprov/protocols/push';
import {
  contacts,
  encodeNameAddr,
  expires,
  type LayerEffect,
  type LayerInput,
  responseTo,
  type SipRequest,
  TransactionLayer,
  type TransportAddress,
} from '@ueprov/protocols/sip';

const LEASE_S = '3600';

export class Core {
  readonly address: TransportAddress;
  readonly #socket: Socket;
  readonly #layer: TransactionLayer;
  readonly #registered = Promise.withResolvers<void>();
  #alarm: NodeJS.Timeout | undefined;
  #requests = 0;

  static async open(): Promise<Core> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new Core(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.address = { address, port };
    this.#layer = new TransactionLayer({ sentBy: this.address, random: randomBytes });
    socket.on('message', (bytes, source) => {
      this.#step({ kind: 'octets', bytes, source: { address: source.address, port: source.port } });
    });
  }

  /** A UE is there. */
  registered(): Promise<void> {
    return this.#registered.promise;
  }

  /** Sends Package #0. */
  notify(package0: Uint8Array, IMPU: string, target: TransportAddress): void {
    this.#requests += 1;
    const key = `message-${this.#requests}`;
    const request = notificationRequest({
      IMPU,
      from: 'sip:prov@home.example',
      fromTag: 'prov',
      callId: encodeHex(randomBytes(8)),
      cSeq: 1,
      package0,
    });
    this.#step({ kind: 'request', request, target, key });
  }

  close(): void {
    clearTimeout(this.#alarm);
    this.#socket.close();
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
      case 'request':
        this.#register(effect.request, effect.key);
        return;
      case 'response':
      case 'failed':
        return;
    }
  }

  #register(register: SipRequest, key: string): void {
    const [contact] = contacts(register);
    const parameters = contact?.parameters.filter(({ name }) => name !== 'expires') ?? [];
    const bound = { name: 'expires', value: LEASE_S };
    const headers =
      contact === undefined || expires(register) === 0
        ? []
        : [
            {
              name: 'Contact',
              value: encodeNameAddr({ ...contact, parameters: [...parameters, bound] }),
            },
          ];
    const response = responseTo(register, 200, { toTag: 'core', headers });
    this.#step({ kind: 'respond', key, response });
    this.#registered.resolve();
  }
}
