/** What goes into the transaction layer and what comes out of it. */
import type { Random } from '../../engine.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/index.ts';
import type { Timing } from './timing.ts';
import type { Transport, TransportAddress } from './transport-address.ts';

export type LayerInput =
  /** One message as it came; what is no SIP message is dropped or, if it can be, answered. */
  | { readonly kind: 'octets'; readonly bytes: Uint8Array; readonly source: TransportAddress }
  /** The same, decoded. */
  | { readonly kind: 'datagram'; readonly message: SipMessage; readonly source: TransportAddress }
  /**
   * Send this; a Via of this layer comes on top. `key` names it in the effects, and is used once.
   */
  | {
      readonly kind: 'request';
      readonly request: SipRequest;
      readonly target: TransportAddress;
      readonly key: string;
    }
  /** Answer the request that was delivered with this key. */
  | { readonly kind: 'respond'; readonly key: string; readonly response: SipResponse }
  /**
   * Nothing gets to `target`: ICMP, a connection refused or timed out; or, with its `flow`, a
   * connection that was there is gone.
   */
  | { readonly kind: 'unreachable'; readonly target: TransportAddress };

export type LayerEffect =
  | {
      readonly kind: 'send';
      readonly bytes: Uint8Array;
      readonly message: SipMessage;
      readonly target: TransportAddress;
    }
  | {
      readonly kind: 'request';
      readonly key: string;
      readonly request: SipRequest;
      readonly source: TransportAddress;
    }
  | { readonly kind: 'response'; readonly key: string; readonly response: SipResponse }
  | {
      readonly kind: 'failed';
      readonly key: string;
      readonly reason: 'timeout' | 'transport';
    };

export interface LayerOptions {
  /** What this layer writes into Via: where responses find it. */
  readonly sentBy: TransportAddress;
  /** Where a transport listens elsewhere than at the port of `sentBy`. */
  readonly ports?: Readonly<Partial<Record<Transport, number>>>;
  /** What the shell can send over; UDP alone unless given. With TCP, long requests go over it. */
  readonly transports?: readonly Transport[];
  readonly random: Random;
  readonly timing?: Timing;
  /** Methods of the Allow header in a 405 to INVITE. */
  readonly allow?: readonly string[];
  readonly transactionCountMax?: number;
  /** RFC 3261 §8.2.2.2: what came here by two ways is answered once; not so in a proxy. */
  readonly refusesMerged?: boolean;
}

/** What this layer dropped without a word, and why. */
export interface LayerCounters {
  /** No SIP message, and nothing that could be answered. */
  readonly garbage: number;
  /** A response that no transaction waits for. */
  readonly stray: number;
  /** A request above `transactionCountMax`, answered 503. */
  readonly overload: number;
  /** A request that came before by another way, answered 482. */
  readonly merged: number;
}
