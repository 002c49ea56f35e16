/**
 * The core around the sender of B5, as bare datagrams: registers devices in its name, answers every MESSAGE 200 and
 * counts those that came twice; and, for the peer, a sender of the same MESSAGE.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { decodeSip, encodeSip, headerOf, request, responseTo } from '@ueprov/protocols/sip';
import { wakeDevice } from './account.ts';

const LOOPBACK = '127.0.0.1';
/** Requests on their way at once. */
const AT_ONCE = 64;

export class BenchCore {
  readonly port: number;
  readonly #socket: Socket;
  readonly #seen = new Set<string>();
  #repeated = 0;
  /** Called with the Call-ID of each answer. */
  #answered: (callId: string) => void = () => {};

  static async open(): Promise<BenchCore> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
    socket.bind(0, LOOPBACK);
    await once(socket, 'listening');
    return new BenchCore(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (bytes, { port }) => this.#take(bytes, port));
  }

  /** MESSAGEs that came a second time: retransmissions. */
  get repeated(): number {
    return this.#repeated;
  }

  close(): void {
    this.#socket.close();
  }

  /** Registers devices `from` to `to` by third-party REGISTERs. */
  register(port: number, from: number, to: number): Promise<void> {
    return this.#send(port, from, to, (index) => this.#registerOf(index));
  }

  /** Sends so many MESSAGEs through a relay, back to this core. */
  relay(port: number, from: number, to: number, sample: Uint8Array): Promise<void> {
    const body = sample;
    return this.#send(port, from, to, (index) =>
      this.#request('MESSAGE', `sip:device${index}@${LOOPBACK}:${this.port}`, `m${index}`, body),
    );
  }

  #registerOf(index: number): Uint8Array {
    return this.#request(
      'REGISTER',
      'sip:as.ims.test',
      `r${index}`,
      undefined,
      wakeDevice(index).IMPU,
    );
  }

  #request(method: string, uri: string, callId: string, body?: Uint8Array, to = uri): Uint8Array {
    const own = `sip:${LOOPBACK}:${this.port}`;
    return encodeSip(
      request({
        ...{ method, uri, callId, cSeq: 1, from: `<${own}>;tag=1`, to: `<${to}>` },
        headers: [
          { name: 'Via', value: `SIP/2.0/UDP ${LOOPBACK}:${this.port};branch=z9hG4bK${callId}` },
          { name: 'Contact', value: `<${own}>` },
          { name: 'Expires', value: '600000' },
        ],
        ...(body && { body }),
      }),
    );
  }

  async #send(
    port: number,
    from: number,
    to: number,
    make: (index: number) => Uint8Array,
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let next = from;
    let left = to - from;
    const sendNext = () => {
      if (next < to) this.#socket.send(make(next++), port, LOOPBACK);
    };
    this.#answered = () => {
      left -= 1;
      if (left === 0) resolve();
      sendNext();
    };
    for (let count = 0; count < AT_ONCE; count++) sendNext();
    await promise;
  }

  #take(bytes: Uint8Array, port: number): void {
    const message = decodeSip(bytes);
    const callId = headerOf(message, 'Call-ID') ?? '';
    if (message.kind === 'response') {
      this.#answered(callId);
      return;
    }
    if (this.#seen.has(callId)) this.#repeated += 1;
    this.#seen.add(callId);
    this.#socket.send(encodeSip(responseTo(message, 200, { toTag: 'c' })), port, LOOPBACK);
  }
}
