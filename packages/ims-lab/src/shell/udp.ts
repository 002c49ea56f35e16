/** One engine on one UDP socket: octets in, octets out, and one alarm. Nothing here knows SIP. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Engine, type Instant, ProtocolError } from '@ueprov/protocols';
import type { TransportAddress } from '@ueprov/protocols/sip';
import type { CscfEffect, CscfInput } from '../cscf.ts';

/** A datagram as it left its sender. */
export interface WireEvent {
  /** Milliseconds since 1970, with their fraction. */
  readonly at: number;
  readonly from: TransportAddress;
  readonly to: TransportAddress;
  readonly bytes: Uint8Array;
}

export interface UdpOptions {
  readonly onSent: (event: WireEvent) => void;
  readonly onReceived: (event: WireEvent) => void;
}

/** Longest delay that a Node timer keeps; an alarm beyond it rings early, and is set again. */
const ALARM_MS_MAX = 2 ** 31 - 1;

export class UdpShell {
  readonly address: TransportAddress;
  readonly #socket: Socket;
  readonly #options: UdpOptions;
  #alarm: NodeJS.Timeout | undefined;
  #isClosed = false;
  #refused = 0;

  static async bind(host: string, port: number, options: UdpOptions): Promise<UdpShell> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    try {
      socket.bind(port, host);
      await once(socket, 'listening');
    } catch (error) {
      socket.close();
      throw error;
    }
    return new UdpShell(socket, options);
  }

  private constructor(socket: Socket, options: UdpOptions) {
    const { address, port } = socket.address();
    this.address = { address, port };
    this.#socket = socket;
    this.#options = options;
  }

  /** Datagrams whose content an engine could not make sense of. */
  get refused(): number {
    return this.#refused;
  }

  drive(engine: Engine<CscfInput, CscfEffect>): void {
    const step = (input: CscfInput | { readonly kind: 'timeout' }) => {
      if (this.#isClosed) return;
      for (const effect of this.#stepSafely(engine, input)) this.#send(effect, step);
      this.#setAlarm(engine.deadline, () => step({ kind: 'timeout' }));
    };
    this.#socket.on('message', (bytes, { address, port }) => {
      const source = { address, port };
      this.#options.onReceived({ at: now(), from: source, to: this.address, bytes });
      step({ kind: 'octets', bytes, source });
    });
    // An ICMP error of an earlier datagram: it does not say which, and the timers find out.
    this.#socket.on('error', () => {});
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#alarm);
    this.#socket.close();
    await once(this.#socket, 'close');
  }

  /** The one place where what makes no sense ends: the datagram is dropped, and counted. */
  #stepSafely(
    engine: Engine<CscfInput, CscfEffect>,
    input: CscfInput | { readonly kind: 'timeout' },
  ): readonly CscfEffect[] {
    try {
      return engine.step(input, now());
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#refused += 1;
      return [];
    }
  }

  #send({ bytes, target }: CscfEffect, step: (input: CscfInput) => void): void {
    this.#options.onSent({ at: now(), from: this.address, to: target, bytes });
    this.#socket.send(bytes, target.port, target.address, (error) => {
      if (error !== null) step({ kind: 'unreachable', target });
    });
  }

  #setAlarm(deadline: Instant | undefined, ring: () => void): void {
    clearTimeout(this.#alarm);
    if (deadline === undefined) return;
    const delay = Math.min(Math.max(deadline - now(), 0), ALARM_MS_MAX);
    this.#alarm = setTimeout(ring, Math.ceil(delay));
  }
}

function now(): Instant {
  return performance.timeOrigin + performance.now();
}
