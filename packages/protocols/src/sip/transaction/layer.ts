/**
 * The transaction layer of one SIP endpoint (RFC 3261 §17): matches every message to its
 * transaction, and runs them all behind one deadline. Used by the shells of UE, Provisioning Server
 * and lab.
 *
 * No INVITE is taken: it gets a 405, which is repeated until its ACK is there.
 */
import { encodeHex } from '../../bytes.ts';
import type { Engine, Instant, Timeout } from '../../engine.ts';
import { ProtocolError } from '../../error.ts';
import {
  answerableRequest,
  BRANCH_COOKIE,
  cSeq,
  decodeSip,
  encodeSip,
  encodeVia,
  prependHeader,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  via,
} from '../message/index.ts';
import { reasonPhrase, statusOfError } from '../status.ts';
import { InviteServer } from './invite-server.ts';
import type { LayerCounters, LayerEffect, LayerInput, LayerOptions } from './layer-interface.ts';
import {
  acknowledgedKeyOf,
  cancelledKeysOf,
  clientKeyOf,
  mergeKeyOf,
  serverKeyOf,
} from './matching.ts';
import { NonInviteClient, type NonInviteClientEffect } from './non-invite-client.ts';
import { NonInviteServer } from './non-invite-server.ts';
import { Peers } from './peers.ts';
import { bracketed, reconnectTarget, responseTarget, stampVia } from './routing.ts';
import { Schedule } from './schedule.ts';
import { Stateless, sendEffect } from './stateless.ts';
import { TIMING, type Timing, transactionLifeMs } from './timing.ts';
import { isReliable, type TransportAddress, transportOf } from './transport-address.ts';

interface ClientEntry {
  readonly key: string;
  readonly target: TransportAddress;
  readonly transaction: NonInviteClient;
  /** What was asked for, if its length made it go over TCP instead (RFC 3261 §18.1.1). */
  readonly overUdp: { readonly request: SipRequest; readonly target: TransportAddress } | undefined;
}

interface ServerEntry {
  readonly transaction: NonInviteServer | InviteServer;
  readonly request: SipRequest;
  readonly source: TransportAddress;
  /** Where responses go; another place than the source's when that is gone. */
  replyTo: TransportAddress;
  readonly mergeKey: string | undefined;
  /** Nobody waits for an answer any more: the client's timer F has fired. */
  readonly abandonAt: Instant;
}

type ServerEffect = ReturnType<(NonInviteServer | InviteServer)['step']>[number];

export const TRANSACTION_COUNT_MAX = 100_000;
/** INVITEs whose refusal is repeated; above it, it is said once to each. */
export const INVITE_COUNT_MAX = 1000;
/**
 * RFC 3261 §18.1.1: a longer request does not go over UDP where there is TCP.
 * [SIPPUSH RFC3261.18.1.1-1]
 */
export const UDP_REQUEST_BYTES_MAX = 1300;
/** RFC 3261 §20.33, seconds. */
const OVERLOAD_RETRY_AFTER = 5;

export class TransactionLayer implements Engine<LayerInput, LayerEffect> {
  readonly #options: LayerOptions;
  readonly #timing: Timing;
  readonly #stateless: Stateless;
  readonly #clients = new Map<string, ClientEntry>();
  readonly #servers = new Map<string, ServerEntry>();
  /** Names are those of the two maps, which never meet: a client's begins with >. */
  readonly #schedule = new Schedule<string>();
  readonly #peers = new Peers();
  /** Of the requests being served, which came first, by what their copies have in common. */
  readonly #merging = new Map<string, string>();
  #invites = 0;
  readonly #counters = { garbage: 0, stray: 0, overload: 0, merged: 0 };

  constructor(options: LayerOptions) {
    this.#options = options;
    this.#timing = options.timing ?? TIMING;
    this.#stateless = new Stateless(options.random(16));
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
        const reason = `${reasonPhrase(status)} (${error.code})`;
        return [this.#stateless.answer(request, source, { status, reason })];
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
        return this.#acknowledged(message, now);
      case 'CANCEL': {
        // RFC 3261 §9.2: 200 if it is for a transaction we have, on which it has no effect any
        // more; else 481.
        const isKnown = cancelledKeysOf(message).some((key) => this.#servers.has(key));
        return [this.#stateless.answer(message, source, { status: isKnown ? 200 : 481 })];
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
    const mergeKey = this.#options.refusesMerged === true ? mergeKeyOf(request) : undefined;
    if (mergeKey !== undefined && this.#merging.has(mergeKey)) {
      this.#counters.merged++;
      return [this.#stateless.answer(request, source, { status: 482 })];
    }
    if (this.#servers.size >= (this.#options.transactionCountMax ?? TRANSACTION_COUNT_MAX)) {
      this.#counters.overload++;
      const headers = [{ name: 'Retry-After', value: String(OVERLOAD_RETRY_AFTER) }];
      return [this.#stateless.answer(request, source, { status: 503, headers })];
    }
    if (request.method === 'INVITE') return this.#invited(request, source, now);
    const options = { timing: this.#timing, isReliable: isReliable(source) };
    const entry = this.#serve(request, source, now, new NonInviteServer(options), mergeKey);
    const { transaction, request: stamped } = entry;
    return this.#server(key, entry, transaction.step({ kind: 'request', request: stamped }, now));
  }

  /** RFC 3261 §8.2.1: a method that is not supported gets a 405 with Allow. */
  #invited(invite: SipRequest, source: TransportAddress, now: Instant): LayerEffect[] {
    const value = (this.#options.allow ?? ['MESSAGE']).join(', ');
    const refusal = { status: 405, headers: [{ name: 'Allow', value }] };
    if (this.#invites >= INVITE_COUNT_MAX) {
      return [this.#stateless.answer(invite, source, refusal)];
    }
    const options = { timing: this.#timing, isReliable: isReliable(source) };
    const transaction = new InviteServer(options);
    const entry = this.#serve(invite, source, now, transaction, undefined);
    const response = this.#stateless.response(entry.request, refusal);
    const effects = transaction.step({ kind: 'respond', response }, now);
    return this.#server(serverKeyOf(invite), entry, effects);
  }

  #serve(
    request: SipRequest,
    source: TransportAddress,
    now: Instant,
    transaction: ServerEntry['transaction'],
    mergeKey: string | undefined,
  ): ServerEntry {
    const key = serverKeyOf(request);
    const stamped = stampVia(request, source);
    const replyTo = responseTarget(stamped, source);
    const abandonAt = now + transactionLifeMs(this.#timing);
    const entry = { transaction, request: stamped, source, replyTo, mergeKey, abandonAt };
    this.#servers.set(key, entry);
    this.#peers.add(source, key);
    if (mergeKey !== undefined) this.#merging.set(mergeKey, key);
    if (transaction instanceof InviteServer) this.#invites++;
    return entry;
  }

  /** An ACK that confirms nothing we have is absorbed (RFC 3261 §17.2.1, §8.2.7). */
  #acknowledged(ack: SipRequest, now: Instant): LayerEffect[] {
    const key = acknowledgedKeyOf(ack);
    const entry = this.#servers.get(key);
    if (!(entry?.transaction instanceof InviteServer)) return [];
    return this.#server(key, entry, entry.transaction.step({ kind: 'ack' }, now));
  }

  #send(request: SipRequest, target: TransportAddress, key: string, now: Instant): LayerEffect[] {
    const routed = this.#routed(request, target);
    const canSwitch = this.#options.transports?.includes('tcp') === true && !isReliable(target);
    if (canSwitch && encodeSip(routed).length > UDP_REQUEST_BYTES_MAX) {
      const overTcp: TransportAddress = { ...target, transport: 'tcp' };
      return this.#begin(this.#routed(request, overTcp), overTcp, key, { request, target }, now);
    }
    return this.#begin(routed, target, key, undefined, now);
  }

  /** With the Via of this layer on top. */
  #routed(request: SipRequest, target: TransportAddress): SipRequest {
    const { sentBy, ports, random } = this.#options;
    const transport = transportOf(target);
    // RFC 3261 §8.1.1.7: unique in space and time. RFC 3581 §3: over UDP, rport asks for the way
    // back through a NAT.
    const branch = { name: 'branch', value: `${BRANCH_COOKIE}${encodeHex(random(12))}` };
    const top = {
      transport: transport.toUpperCase(),
      host: bracketed(sentBy.address),
      port: ports?.[transport] ?? sentBy.port,
      parameters: isReliable(target) ? [branch] : [branch, { name: 'rport' }],
    };
    return prependHeader(request, 'Via', encodeVia(top));
  }

  #begin(
    request: SipRequest,
    target: TransportAddress,
    key: string,
    overUdp: ClientEntry['overUdp'],
    now: Instant,
  ): LayerEffect[] {
    const id = clientKeyOf(via(request), request.method);
    const options = { timing: this.#timing, isReliable: isReliable(target) };
    const entry = { key, target, transaction: new NonInviteClient(options), overUdp };
    this.#clients.set(id, entry);
    this.#peers.add(target, id);
    return this.#client(id, entry, entry.transaction.step({ kind: 'request', request }, now));
  }

  #respond(key: string, response: SipResponse, now: Instant): LayerEffect[] {
    const entry = this.#servers.get(key);
    // The client has given up meanwhile: nobody would take the answer.
    if (entry === undefined) return [];
    return this.#server(key, entry, entry.transaction.step({ kind: 'respond', response }, now));
  }

  #unreachable(target: TransportAddress, now: Instant): LayerEffect[] {
    return this.#peers.of(target).flatMap((id) => {
      const client = this.#clients.get(id);
      if (client !== undefined) return this.#clientUnreachable(id, client, target, now);
      const server = this.#servers.get(id);
      // RFC 3261 §18.2.2: the answer goes over a connection of its own.
      if (server !== undefined && target.flow !== undefined && server.source.flow === target.flow) {
        server.replyTo = reconnectTarget(server.request, server.source);
      }
      return [];
    });
  }

  #clientUnreachable(
    id: string,
    entry: ClientEntry,
    target: TransportAddress,
    now: Instant,
  ): LayerEffect[] {
    const { flow } = entry.target;
    if (flow !== undefined && flow !== target.flow) return [];
    // RFC 3261 §18.1.1: the peer has no TCP after all. A connection that was there has a flow.
    if (entry.overUdp !== undefined && target.flow === undefined) {
      this.#endClient(id, entry);
      const { request, target: first } = entry.overUdp;
      return this.#begin(this.#routed(request, first), first, entry.key, undefined, now);
    }
    // [SIPPUSH RFC3261.18.4-1]
    return this.#client(id, entry, entry.transaction.step({ kind: 'transportError' }, now));
  }

  #timeout(id: string, now: Instant): LayerEffect[] {
    const client = this.#clients.get(id);
    if (client !== undefined) {
      return this.#client(id, client, client.transaction.step({ kind: 'timeout' }, now));
    }
    const server = this.#servers.get(id);
    if (server === undefined) return [];
    if (server.transaction.deadline === undefined) {
      this.#endServer(id, server);
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
        this.#endClient(id, entry);
        return [];
    }
  }

  #server(key: string, entry: ServerEntry, effects: readonly ServerEffect[]): LayerEffect[] {
    this.#schedule.set(key, entry.transaction.deadline ?? entry.abandonAt);
    return effects.flatMap((effect) => this.#serverEffect(key, entry, effect));
  }

  #serverEffect(key: string, entry: ServerEntry, effect: ServerEffect): LayerEffect[] {
    switch (effect.kind) {
      case 'request':
        return [{ kind: 'request', key, request: effect.request, source: entry.source }];
      case 'transmit':
        return [sendEffect(effect.response, entry.replyTo)];
      case 'failed':
        return [];
      case 'terminated':
        this.#endServer(key, entry);
        return [];
    }
  }

  #endClient(id: string, { target }: ClientEntry): void {
    this.#clients.delete(id);
    this.#peers.remove(target, id);
    this.#schedule.set(id, undefined);
  }

  #endServer(key: string, { source, mergeKey, transaction }: ServerEntry): void {
    this.#servers.delete(key);
    this.#peers.remove(source, key);
    this.#schedule.set(key, undefined);
    if (mergeKey !== undefined) this.#merging.delete(mergeKey);
    if (transaction instanceof InviteServer) this.#invites--;
  }
}
