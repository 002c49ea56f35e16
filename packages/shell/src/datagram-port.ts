/** SIP over UDP: one socket. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TransportAddress } from '@ueprov/protocols/sip';

export interface DatagramEvents {
  readonly onOctets: (bytes: Uint8Array, source: TransportAddress) => void;
  readonly onUnreachable: (target: TransportAddress) => void;
  readonly onError: (error: Error) => void;
}

export class DatagramPort {
  readonly port: number;
  readonly address: string;
  readonly #socket: Socket;
  readonly #events: DatagramEvents;

  /** Rejects with what the system says if the port is taken. */
  static async open(host: string, port: number, events: DatagramEvents): Promise<DatagramPort> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    try {
      socket.bind(port, host);
      await once(socket, 'listening');
    } catch (error) {
      socket.close();
      throw error;
    }
    return new DatagramPort(socket, events);
  }

  private constructor(socket: Socket, events: DatagramEvents) {
    ({ address: this.address, port: this.port } = socket.address());
    this.#socket = socket;
    this.#events = events;
    socket.on('message', (bytes, { address, port }) => events.onOctets(bytes, { address, port }));
    socket.on('error', events.onError);
  }

  send(bytes: Uint8Array, target: TransportAddress): void {
    try {
      this.#socket.send(bytes, target.port, target.address, (error) => {
        if (error !== null) this.#events.onUnreachable(target);
      });
    } catch {
      // Node refuses what cannot be an address, such as port 0, at once.
      queueMicrotask(() => this.#events.onUnreachable(target));
    }
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, 'close');
  }
}
