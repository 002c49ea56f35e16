/**
 * The TCP and TLS connections of one SIP transport: those that came and those that were opened,
 * found by flow or by peer (RFC 3261 §18: a connection is used again). Used by sip-transport.ts.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { peerKeyOf, type Transport, type TransportAddress } from '@ueprov/protocols/sip';
import type { SipLimits } from './limits.ts';
import { StreamConnection } from './stream-connection.ts';
import { connectOptions, type SipTls } from './tls.ts';

export interface PoolEvents {
  readonly onOctets: (bytes: Uint8Array, source: TransportAddress) => void;
  readonly onUnreachable: (target: TransportAddress) => void;
  /** A connection ended, and why. */
  readonly onEnd: (peer: TransportAddress, reason: string) => void;
}

export interface PoolOptions {
  readonly limits: SipLimits;
  readonly tls: SipTls;
  /** The address that connections leave from. */
  readonly host: string;
  readonly pingMs?: number;
}

export class StreamPool {
  readonly #options: PoolOptions;
  readonly #events: PoolEvents;
  readonly #byFlow = new Map<string, StreamConnection>();
  readonly #byPeer = new Map<string, StreamConnection>();
  readonly #closing = new Map<StreamConnection, () => void>();
  /** Near ends of the connections that we opened, as `isOurs` asks for them. */
  readonly #nearEnds = new Set<string>();
  #flows = 0;
  #refused = 0;

  constructor(options: PoolOptions, events: PoolEvents) {
    this.#options = options;
    this.#events = events;
  }

  get count(): number {
    return this.#byFlow.size;
  }

  /** Connections that came above the limit. */
  get refused(): number {
    return this.#refused;
  }

  send(bytes: Uint8Array, target: TransportAddress): void {
    const connection =
      target.flow === undefined
        ? (this.#byPeer.get(keyOf(target)) ?? this.#connect(target))
        : this.#byFlow.get(target.flow);
    if (connection === undefined) queueMicrotask(() => this.#events.onUnreachable(target));
    else connection.send(bytes);
  }

  /** A connection that came, ready to use. */
  accept(socket: Socket, transport: Transport): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined || this.#isFull) {
      this.#refused++;
      socket.destroy();
      return;
    }
    const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '');
    this.#add(socket, { address, port: remotePort, transport }, {}).opened();
  }

  /** Whether this is the near end of a connection that we opened. */
  isOurs({ address, port, transport }: TransportAddress): boolean {
    return address === this.#options.host && this.#nearEnds.has(`${transport} ${port}`);
  }

  /** Closes the connection of that flow, as if the network had. */
  cut(flow: string): void {
    this.#byFlow.get(flow)?.end('cut');
  }

  async close(): Promise<void> {
    const closing = [...this.#byFlow.values()].map(
      (connection) =>
        new Promise<void>((resolve) => {
          this.#closing.set(connection, resolve);
          connection.finish();
        }),
    );
    await Promise.all(closing);
  }

  get #isFull(): boolean {
    return this.#byFlow.size >= this.#options.limits.connections;
  }

  #connect(target: TransportAddress): StreamConnection | undefined {
    if (this.#isFull) return undefined;
    const { pingMs, tls, host } = this.#options;
    const ping = pingMs === undefined ? {} : { pingMs };
    const from = isIP(target.address) === isIP(host) ? { localAddress: host } : {};
    const isTls = target.transport === 'tls';
    const socket = isTls
      ? connectTls({ ...connectOptions(tls, target), ...from })
      : connectTcp({ host: target.address, port: target.port, ...from });
    const connection = this.#add(socket, target, ping);
    socket.once('connect', () => {
      const nearEnd = `${target.transport} ${socket.localPort}`;
      this.#nearEnds.add(nearEnd);
      socket.once('close', () => this.#nearEnds.delete(nearEnd));
    });
    socket.once(isTls ? 'secureConnect' : 'connect', () => connection.opened());
    return connection;
  }

  #add(
    socket: Socket,
    target: TransportAddress,
    ping: { readonly pingMs?: number },
  ): StreamConnection {
    this.#flows++;
    const flow = `${target.transport}-${this.#flows}`;
    const peer = { ...target, flow };
    const { limits } = this.#options;
    const connection = new StreamConnection(
      socket,
      peer,
      { limits, ...ping },
      {
        onMessage: (bytes) => this.#events.onOctets(bytes, peer),
        onEnd: (reason, wasOpen) => {
          this.#byFlow.delete(flow);
          if (this.#byPeer.get(keyOf(target)) === connection) this.#byPeer.delete(keyOf(target));
          this.#closing.get(connection)?.();
          this.#closing.delete(connection);
          this.#events.onEnd(peer, reason);
          // What could not be had has no flow that anybody knows.
          this.#events.onUnreachable(wasOpen ? peer : target);
        },
      },
    );
    this.#byFlow.set(flow, connection);
    this.#byPeer.set(keyOf(target), connection);
    return connection;
  }
}

/** One connection per domain that a certificate is checked for. */
function keyOf(target: TransportAddress): string {
  return `${peerKeyOf(target)} ${target.domain ?? ''}`;
}
