/**
 * The transaction layer of one UDP socket (RFC 3261 §17): matches every message to its transaction,
 * and runs them all behind one deadline. Used by the shells of UE, Provisioning Server and lab.
 *
 * No INVITE is taken: it gets a 405 without state (RFC 3261 §8.2.7), its ACK is absorbed.
 */
import { encodeHex } from '../../bytes.ts';
import { md5 } from '../../digest/index.ts';
import type { Engine, Instant, Random, Timeout } from '../../engine.ts';
import { ProtocolError } from '../../error.ts';
import {
  answerableRequest,
  BRANCH_COOKIE,
  branchOf,
  cSeq,
  decodeSip,
  encodeSip,
  encodeVia,
  type Header,
  prependHeader,
  responseTo,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  via,
} from '../message/index.ts';
import { reasonPhrase, statusOfError } from '../status.ts';
import { cancelledKeysOf, clientKeyOf, serverKeyOf } from './matching.ts';
import { NonInviteClient, type NonInviteClientEffect } from './non-invite-client.ts';
import { NonInviteServer, type NonInviteServerEffect } from './non-invite-server.ts';
import { bracketed, responseTarget, stampVia, type TransportAddress } from './routing.ts';
import { Schedule } from './schedule.ts';
import { TIMING, type Timing, transactionLifeMs } from './timing.ts';

export type LayerInput =
  /** One datagram as it came; what is no SIP message is dropped or, if it can be, answered. */
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
  /** The network says that nothing gets to `target` (ICMP, send error). */
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
  readonly random: Random;
  readonly timing?: Timing;
  /** Methods of the Allow header in a 405 to INVITE. */
  readonly allow?: readonly string[];
  readonly transactionCountMax?: number;
}

/** What this layer dropped without a word, and why. */
export interface LayerCounters {
  /** No SIP message, and nothing that could be answered. */
  readonly garbage: number;
  /** A response that no transaction waits for. */
  readonly stray: number;
  /** A request above `transactionCountMax`, answered 503. */
  readonly overload: number;
}

interface ClientEntry {
  readonly key: string;
  readonly target: TransportAddress;
  readonly transaction: NonInviteClient;
}

interface ServerEntry {
  readonly transaction: NonInviteServer;
  readonly source: TransportAddress;
  /** Nobody waits for an answer any more: the client's timer F has fired. */
  readonly abandonAt: Instant;
}

export const TRANSACTION_COUNT_MAX = 100_000;
/** RFC 3261 §20.33, seconds. */
const OVERLOAD_RETRY_AFTER = 5;

export class TransactionLayer implements Engine<LayerInput, LayerEffect> {
  readonly #options: LayerOptions;
  readonly #timing: Timing;
  readonly #secret: Uint8Array;
  readonly #clients = new Map<string, ClientEntry>();
  readonly #servers = new Map<string, ServerEntry>();
  /** Names are those of the two maps, which never meet: a client's begins with >. */
  readonly #schedule = new Schedule<string>();
  readonly #counters = { garbage: 0, stray: 0, overload: 0 };

  constructor(options: LayerOptions) {
    this.#options = options;
    this.#timing = options.timing ?? TIMING;
    this.#secret = options.random(16);
  }

  get deadline(): Instant | undefined {
    return this.#schedule.earliest;
  }

  get counters(): LayerCounters {
    return { ...this.#counters };
  }

  get transactionCount(): number {
    return this.#clients.size + this.#servers.size;
  }

  step(input: LayerInput | Timeout, now: Instant): LayerEffect[] {
    switch (input.kind) {
      case 'timeout':
        return this.#schedule.expire(now).flatMap((id) => this.#timeout(id, now));
      case 'octets':
        return this.#octets(input.bytes, input.source, now);
      case 'datagram':
        return this.#datagram(input.message, input.source, now);
      case 'request':
        return this.#send(input.request, input.target, input.key, now);
      case 'respond':
        return this.#respond(input.key, input.response, now);
      case 'unreachable':
        return this.#unreachable(input.target, now);
    }
  }

  #octets(bytes: Uint8Array, source: TransportAddress, now: Instant): LayerEffect[] {
    let message: SipMessage;
    try {
      message = decodeSip(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // RFC 3261 §18.3 and §8.2: a malformed request gets an answer, a malformed response none.
      const request = answerableRequest(bytes);
      if (request !== undefined) {
        const status = statusOfError(error);
        return [
          this.#stateless(request, source, status, `${reasonPhrase(status)} (${error.code})`),
        ];
      }
      this.#counters.garbage++;
      return [];
    }
    return this.#datagram(message, source, now);
  }

  #datagram(message: SipMessage, source: TransportAddress, now: Instant): LayerEffect[] {
    if (message.kind === 'response') return this.#received(message, now);
    switch (message.method) {
      case 'ACK':
        return [];
      case 'INVITE': {
        const value = (this.#options.allow ?? ['MESSAGE']).join(', ');
        return [this.#stateless(message, source, 405, undefined, [{ name: 'Allow', value }])];
      }
      case 'CANCEL': {
        // RFC 3261 §9.2: 200 if it is for a transaction we have, on which it has no effect any
        // more; else 481.
        const known = cancelledKeysOf(message).some((key) => this.#servers.has(key));
        return [this.#stateless(message, source, known ? 200 : 481)];
      }
      default:
        return this.#requested(message, source, now);
    }
  }

  #received(response: SipResponse, now: Instant): LayerEffect[] {
    // RFC 3261 §17.1.3: branch of the top Via, and method of CSeq. §18.1.2: a sent-by not ours is
    // no match.
    const id = clientKeyOf(via(response), cSeq(response).method);
    const entry = this.#clients.get(id);
    if (entry === undefined) {
      this.#counters.stray++;
      return [];
    }
    return this.#client(id, entry, entry.transaction.step({ kind: 'response', response }, now));
  }

  #requested(request: SipRequest, source: TransportAddress, now: Instant): LayerEffect[] {
    const key = serverKeyOf(request);
    const known = this.#servers.get(key);
    if (known !== undefined) {
      return this.#server(key, known, known.transaction.step({ kind: 'request', request }, now));
    }
    if (this.#servers.size >= (this.#options.transactionCountMax ?? TRANSACTION_COUNT_MAX)) {
      this.#counters.overload++;
      const retry = { name: 'Retry-After', value: String(OVERLOAD_RETRY_AFTER) };
      return [this.#stateless(request, source, 503, undefined, [retry])];
    }
    const transaction = new NonInviteServer({ timing: this.#timing });
    const abandonAt = now + transactionLifeMs(this.#timing);
    const entry = { transaction, source, abandonAt };
    this.#servers.set(key, entry);
    const stamped = stampVia(request, source);
    return this.#server(key, entry, transaction.step({ kind: 'request', request: stamped }, now));
  }

  #send(request: SipRequest, target: TransportAddress, key: string, now: Instant): LayerEffect[] {
    const { sentBy, random } = this.#options;
    // RFC 3261 §8.1.1.7: unique in space and time. RFC 3581 §3: rport asks for the way back through
    // a NAT.
    const branch = `${BRANCH_COOKIE}${encodeHex(random(12))}`;
    const top = {
      transport: 'UDP',
      host: bracketed(sentBy.address),
      port: sentBy.port,
      parameters: [{ name: 'branch', value: branch }, { name: 'rport' }],
    };
    const routed = prependHeader(request, 'Via', encodeVia(top));
    const id = clientKeyOf(top, request.method);
    const entry = { key, target, transaction: new NonInviteClient({ timing: this.#timing }) };
    this.#clients.set(id, entry);
    return this.#client(
      id,
      entry,
      entry.transaction.step({ kind: 'request', request: routed }, now),
    );
  }

  #respond(key: string, response: SipResponse, now: Instant): LayerEffect[] {
    const entry = this.#servers.get(key);
    // The client has given up meanwhile: nobody would take the answer.
    if (entry === undefined) return [];
    return this.#server(key, entry, entry.transaction.step({ kind: 'respond', response }, now));
  }

  #unreachable(target: TransportAddress, now: Instant): LayerEffect[] {
    return [...this.#clients]
      .filter(([, entry]) => isSameAddress(entry.target, target))
      .flatMap(([id, entry]) =>
        this.#client(id, entry, entry.transaction.step({ kind: 'transportError' }, now)),
      );
  }

  #timeout(id: string, now: Instant): LayerEffect[] {
    const client = this.#clients.get(id);
    if (client !== undefined) {
      return this.#client(id, client, client.transaction.step({ kind: 'timeout' }, now));
    }
    const server = this.#servers.get(id);
    if (server === undefined) return [];
    if (server.transaction.deadline === undefined) {
      this.#servers.delete(id);
      return [];
    }
    return this.#server(id, server, server.transaction.step({ kind: 'timeout' }, now));
  }

  #client(id: string, entry: ClientEntry, effects: NonInviteClientEffect[]): LayerEffect[] {
    this.#schedule.set(id, entry.transaction.deadline);
    return effects.flatMap((effect) => this.#clientEffect(id, entry, effect));
  }

  #clientEffect(id: string, entry: ClientEntry, effect: NonInviteClientEffect): LayerEffect[] {
    const { key, target } = entry;
    switch (effect.kind) {
      case 'transmit':
        return [sendEffect(effect.request, target)];
      case 'response':
        return [{ kind: 'response', key, response: effect.response }];
      case 'failed':
        return [{ kind: 'failed', key, reason: effect.reason }];
      case 'terminated':
        this.#clients.delete(id);
        return [];
    }
  }

  #server(key: string, entry: ServerEntry, effects: NonInviteServerEffect[]): LayerEffect[] {
    this.#schedule.set(key, entry.transaction.deadline ?? entry.abandonAt);
    return effects.flatMap((effect) => this.#serverEffect(key, entry, effect));
  }

  #serverEffect(key: string, entry: ServerEntry, effect: NonInviteServerEffect): LayerEffect[] {
    switch (effect.kind) {
      case 'request':
        return [{ kind: 'request', key, request: effect.request, source: entry.source }];
      case 'transmit':
        return [sendEffect(effect.response, responseTarget(effect.response))];
      case 'failed':
        return [];
      case 'terminated':
        this.#servers.delete(key);
        this.#schedule.set(key, undefined);
        return [];
    }
  }

  /** RFC 3261 §8.2.7: the same request gets the same answer, tag and all. */
  #stateless(
    request: SipRequest,
    source: TransportAddress,
    status: number,
    reason = reasonPhrase(status),
    headers: readonly Header[] = [],
  ): LayerEffect {
    const identity = [branchOf(via(request)), ...request.headers.map(({ value }) => value)];
    const toTag = encodeHex(md5(this.#secret, identity.join('\n'))).slice(0, 16);
    const stamped = stampVia(request, source);
    const response = responseTo(stamped, status, { reason, headers, toTag });
    return sendEffect(response, responseTarget(response));
  }
}

function sendEffect(message: SipMessage, target: TransportAddress): LayerEffect {
  return { kind: 'send', bytes: encodeSip(message), message, target };
}

function isSameAddress(a: TransportAddress, b: TransportAddress): boolean {
  return a.address === b.address && a.port === b.port;
}
