/**
 * The sockets of one SIP endpoint: UDP, TCP and TLS on one address (RFC 3261 §18). Octets in, octets
 * out, and word of what cannot be reached; nothing here reads a message. Used by the shells of all
 * actors, each below its transaction layer.
 */
import { once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  SIP_PORT,
  SIPS_PORT,
  type Transport,
  type TransportAddress,
  transportOf,
} from '@ueprov/protocols/sip';
import { DatagramPort } from './datagram-port.ts';
import { SIP_LIMITS, type SipLimits } from './limits.ts';
import { StreamPool } from './stream-pool.ts';
import { listenOptions, type SipTls } from './tls.ts';

export interface SipTransportOptions {
  /** An IP address of this machine. */
  readonly host: string;
  /** Of UDP and TCP; 0: any that is free for both. */
  readonly port: number;
  readonly transports: readonly Transport[];
  readonly tls?: SipTls;
  readonly limits?: Partial<SipLimits>;
  /** How often connections that we open are kept alive (RFC 5626 §4.4.1); not at all when absent. */
  readonly pingMs?: number;
}

export interface SipTransportEvents {
  /** One message, or one datagram. */
  readonly onOctets: (bytes: Uint8Array, source: TransportAddress) => void;
  /** Nothing gets there; with a flow: that connection is gone. For `TransactionLayer`. */
  readonly onUnreachable: (target: TransportAddress) => void;
  /** It is about to leave. */
  readonly onSend?: (bytes: Uint8Array, from: TransportAddress, to: TransportAddress) => void;
  /** A connection has ended, and why. */
  readonly onClosed?: (peer: TransportAddress, reason: string) => void;
  readonly onError?: (error: Error) => void;
}

/** Tries to find a port that is free for UDP and for TCP. */
const PORT_TRIES_MAX = 20;

export class SipTransport {
  readonly transports: readonly Transport[];
  readonly #host: string;
  readonly #pool: StreamPool;
  readonly #events: SipTransportEvents;
  readonly #limits: SipLimits;
  readonly #tls: SipTls;
  #udp: DatagramPort | undefined;
  #servers: Server[] = [];
  #ports: Partial<Record<Transport, number>> = {};
  #isClosed = false;

  /** Listens; rejects with the address if it is taken. */
  static async open(
    options: SipTransportOptions,
    events: SipTransportEvents,
  ): Promise<SipTransport> {
    const transport = new SipTransport(options, events);
    try {
      await transport.#listen(options.port);
      return transport;
    } catch (error) {
      await transport.close();
      throw error;
    }
  }

  private constructor(options: SipTransportOptions, events: SipTransportEvents) {
    const { host, transports, tls = {}, limits, pingMs } = options;
    this.#host = host;
    this.#tls = tls;
    this.transports = transports;
    this.#events = events;
    this.#limits = { ...SIP_LIMITS, ...limits };
    this.#pool = new StreamPool(
      { limits: this.#limits, tls, host, ...(pingMs !== undefined && { pingMs }) },
      {
        onOctets: (bytes, source) => this.#received(bytes, source),
        onUnreachable: (target) => this.#unreachable(target),
        onEnd: (peer, reason) => {
          if (!this.#isClosed) events.onClosed?.(peer, reason);
        },
      },
    );
  }

  /** Where others reach it, by the first of its transports. */
  get address(): TransportAddress {
    const [transport = 'udp'] = this.transports;
    return this.addressOf(transport);
  }

  /**
   * Where others reach it by this transport; the port that it should have, if it only opens
   * connections.
   */
  addressOf(transport: Transport): TransportAddress {
    const standard = transport === 'tls' ? SIPS_PORT : SIP_PORT;
    const port = this.#ports[transport] ?? this.#ports.udp ?? this.#ports.tcp ?? standard;
    const address = { address: this.#host, port };
    return transport === 'udp' ? address : { ...address, transport };
  }

  /** The ports it listens on: for `LayerOptions.ports`. */
  get ports(): Readonly<Partial<Record<Transport, number>>> {
    return this.#ports;
  }

  get connectionCount(): number {
    return this.#pool.count;
  }

  /** Connections that were refused, as there were too many. */
  get refusedConnections(): number {
    return this.#pool.refused;
  }

  /** Whether a message from there was sent by this very transport: its own port, or its own end. */
  isSelf(source: TransportAddress): boolean {
    const { address, port } = this.addressOf(transportOf(source));
    return (source.address === address && source.port === port) || this.#pool.isOurs(source);
  }

  send(bytes: Uint8Array, target: TransportAddress): void {
    if (this.#isClosed) return;
    const transport = transportOf(target);
    this.#events.onSend?.(bytes, this.addressOf(transport), target);
    if (transport !== 'udp') {
      this.#pool.send(bytes, target);
    } else if (this.#udp === undefined) {
      queueMicrotask(() => this.#unreachable(target));
    } else this.#udp.send(bytes, target);
  }

  /** Closes one connection, as if the network had. */
  cut(flow: string): void {
    this.#pool.cut(flow);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const servers = this.#servers.map(async (server) => {
      server.close();
      await once(server, 'close');
    });
    await Promise.all([this.#udp?.close(), this.#pool.close()]);
    await Promise.all(servers);
  }

  async #listen(port: number): Promise<void> {
    const { transports } = this;
    for (let tries = 1; ; tries++) {
      if (transports.includes('udp')) await this.#bindUdp(port);
      try {
        if (transports.includes('tcp')) await this.#listenTcp(this.#ports.udp ?? port);
        break;
      } catch (error) {
        // Another program has that port for TCP: any port will do, but one for both.
        if (port !== 0 || !transports.includes('udp') || tries === PORT_TRIES_MAX) throw error;
        await this.#udp?.close();
      }
    }
    const { key, cert } = this.#tls;
    if (!transports.includes('tls') || key === undefined || cert === undefined) return;
    const tls = createTlsServer(listenOptions(this.#tls, this.#limits.connectMs), (socket) =>
      this.#accept(socket, 'tls'),
    );
    // A handshake that fails is the peer's trouble.
    tls.on('tlsClientError', (_, socket) => socket.destroy());
    this.#ports = { ...this.#ports, tls: await this.#open(tls, this.#tls.port ?? 0, 'tls') };
  }

  async #bindUdp(port: number): Promise<void> {
    try {
      this.#udp = await DatagramPort.open(this.#host, port, {
        onOctets: (bytes, source) => this.#received(bytes, source),
        onUnreachable: (target) => this.#unreachable(target),
        onError: (error) => this.#events.onError?.(error),
      });
    } catch (cause) {
      throw new Error(`SIP cannot listen on ${this.#host}:${port}/udp`, { cause });
    }
    this.#ports = { ...this.#ports, udp: this.#udp.port };
  }

  async #listenTcp(port: number): Promise<void> {
    const server = createTcpServer((socket) => this.#accept(socket, 'tcp'));
    this.#ports = { ...this.#ports, tcp: await this.#open(server, port, 'tcp') };
  }

  async #open(server: Server, port: number, name: string): Promise<number> {
    // Handshakes under way are no connections of the pool yet.
    server.maxConnections = this.#limits.connections;
    try {
      server.listen(port, this.#host);
      await once(server, 'listening');
    } catch (cause) {
      throw new Error(`SIP cannot listen on ${this.#host}:${port}/${name}`, { cause });
    }
    server.on('error', (error) => this.#events.onError?.(error));
    this.#servers.push(server);
    const bound = server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : port;
  }

  #accept(socket: Socket, transport: Transport): void {
    if (this.#isClosed) socket.destroy();
    else this.#pool.accept(socket, transport);
  }

  #received(bytes: Uint8Array, source: TransportAddress): void {
    if (!this.#isClosed) this.#events.onOctets(bytes, source);
  }

  #unreachable(target: TransportAddress): void {
    if (!this.#isClosed) this.#events.onUnreachable(target);
  }
}
