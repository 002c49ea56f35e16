/**
 * One TCP or TLS connection that carries SIP (RFC 3261 §18, RFC 5626 §4.4.1): cuts what comes into
 * messages, answers and sends keep-alives, and closes what costs too much. Used by stream-pool.ts.
 */
import type { Socket } from 'node:net';
import { type Frame, Framer, PING, PONG, type TransportAddress } from '@ueprov/protocols/sip';
import type { SipLimits } from './limits.ts';

export interface StreamEvents {
  readonly onMessage: (bytes: Uint8Array) => void;
  /** Once. `isOpen`: it was there before; else it could not be had. */
  readonly onEnd: (reason: string, wasOpen: boolean) => void;
}

export interface StreamOptions {
  readonly limits: SipLimits;
  /** The side that opened a connection may keep it alive: how often. */
  readonly pingMs?: number;
}

/**
 * RFC 5626 §4.4.1: a pong that is not there by then means that the flow has failed.
 * [SIPPUSH RFC5626.4.4.1-2]
 */
export const PONG_MS_MAX = 10_000;
const FINISH_MS_MAX = 1000;

export class StreamConnection {
  /** What its peer is called, with the flow that this connection is. */
  readonly peer: TransportAddress;
  readonly #socket: Socket;
  readonly #events: StreamEvents;
  readonly #limits: SipLimits;
  readonly #pingMs: number | undefined;
  readonly #framer = new Framer();
  #state: 'opening' | 'open' | 'ended' = 'opening';
  #messageTimer: NodeJS.Timeout | undefined;
  #openTimer: NodeJS.Timeout | undefined;
  #pingTimer: NodeJS.Timeout | undefined;
  #pongTimer: NodeJS.Timeout | undefined;

  constructor(
    socket: Socket,
    peer: TransportAddress,
    { limits, pingMs }: StreamOptions,
    events: StreamEvents,
  ) {
    this.peer = peer;
    this.#socket = socket;
    this.#events = events;
    this.#limits = limits;
    socket.setNoDelay(true);
    socket.setTimeout(limits.idleMs, () => this.end('nothing came or went for too long'));
    socket.on('data', (bytes) => this.#received(bytes));
    socket.on('error', (error) => this.end(error.message));
    socket.on('end', () => this.end('closed by the peer'));
    socket.on('close', () => this.end('closed'));
    this.#pingMs = pingMs;
    this.#openTimer = setTimeout(() => this.end('no connection in time'), limits.connectMs);
  }

  /** The connection is there, TLS and all. */
  opened(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    clearTimeout(this.#openTimer);
    this.#schedulePing();
  }

  send(bytes: Uint8Array): void {
    if (this.#state === 'ended') return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > this.#limits.unsentBytes) this.end('the peer does not read');
  }

  /** Lets what was sent go out, then closes; a peer that does not take it is not waited for. */
  finish(): void {
    if (this.#state !== 'open') {
      this.end('closed');
      return;
    }
    this.#openTimer = setTimeout(() => this.end('closed'), FINISH_MS_MAX);
    this.#socket.destroySoon();
  }

  end(reason: string): void {
    if (this.#state === 'ended') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'ended';
    for (const timer of [this.#openTimer, this.#messageTimer, this.#pingTimer, this.#pongTimer]) {
      clearTimeout(timer);
    }
    this.#socket.destroy();
    this.#events.onEnd(reason, wasOpen);
  }

  #received(bytes: Uint8Array): void {
    if (this.#state === 'ended') return;
    const frames = this.#framer.push(bytes);
    for (const frame of frames) this.#take(frame);
    this.#watchMessage(frames.length > 0);
  }

  #take(frame: Frame): void {
    switch (frame.kind) {
      case 'message':
        this.#events.onMessage(frame.bytes);
        return;
      case 'ping':
        // The pong to a ping of ours is one line break; two are a ping of the peer's.
        this.send(PONG);
        return;
      case 'pong':
        clearTimeout(this.#pongTimer);
        return;
      case 'broken':
        this.end(`${frame.error}`);
        return;
    }
  }

  /** A message that comes too slowly is not waited for, however its octets trickle. */
  #watchMessage(hasEnded: boolean): void {
    if (hasEnded || !this.#framer.isInside) {
      clearTimeout(this.#messageTimer);
      this.#messageTimer = undefined;
    }
    if (this.#state === 'ended' || !this.#framer.isInside) return;
    this.#messageTimer ??= setTimeout(
      () => this.end('a message did not end in time'),
      this.#limits.messageMs,
    );
  }

  #schedulePing(): void {
    if (this.#pingMs === undefined) return;
    // RFC 5626 §4.4.1: between 80 and 100 percent of the time, so that not all ping at once.
    // [SIPPUSH RFC5626.4.4.1-1]
    const wait = this.#pingMs * (0.8 + 0.2 * Math.random());
    this.#pingTimer = setTimeout(() => {
      this.send(PING);
      this.#pongTimer = setTimeout(() => this.end('no answer to a keep-alive'), PONG_MS_MAX);
      this.#schedulePing();
    }, wait);
  }
}
