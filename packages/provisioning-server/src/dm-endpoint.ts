/**
 * One POST of a device, from its octets to the octets of the answer. The reply leaves after the commit of what it
 * reports; nothing of a peer that did not prove itself is stored.
 *
 * OMA-SYNCHTTP 1.2.1; PKT-SP-UE-PROV 6.3.4, 6.7 UE-4 [R-6.3.4-1] [R-6.7-11]. Works on octets: the shell owns the socket.
 */
import { type Instant, ProtocolError, type Random } from '@ueprov/protocols';
import { type AuthScheme, DM_MEDIA_TYPES, type DmServerEffect } from '@ueprov/protocols/dm';
import {
  decodeSyncML,
  describePackage,
  type Encoding,
  encodeSyncML,
  type SyncML,
} from '@ueprov/protocols/syncml';
import { Conversation, type Origin, type Reply } from './conversation.ts';
import { HttpAdmission, type HttpAuthOptions } from './dm-endpoint-http-auth.ts';
import { correlatorsOf, isAwaiting } from './operations/completion.ts';
import { Plan } from './plan.ts';
import type { Profile } from './profile.ts';
import { DmSession, type Stored } from './session.ts';
import { nameOf, Sessions } from './sessions.ts';
import type { Change, DeviceRecord, MessageRecord } from './store/record.ts';
import type { Store } from './store/store.ts';
import { Turns } from './turns.ts';

/** How the request is spelled, and how its answer shall be. */
export interface Spelling {
  readonly encoding: Encoding;
  readonly answer: Encoding;
}

export interface DmAnswer extends Reply {
  readonly encoding: Encoding;
}

export interface DmEndpointPorts {
  readonly store: Store;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly now: () => Instant;
  readonly random: Random;
  /** A device proved itself. */
  readonly onSession: (device: DeviceRecord) => void;
  /** Its session is over; whether it came to its proper end. */
  readonly onSessionEnd: (device: DeviceRecord, isCompleted: boolean) => void;
  /** What was committed. */
  readonly onChanges: (changes: readonly Change[]) => void;
  /** A peer that is no device of ours, or did not prove it, in words. */
  readonly onRefused: (reason: string) => void;
  /** `deadline` may have changed. */
  readonly onDeadline: () => void;
}

export interface DmEndpointOptions {
  readonly ServerID: string;
  /** What devices POST to. */
  readonly url: string;
  readonly MaxMsgSize: number;
  readonly MaxObjSize: number;
  /** What a device that is not known is asked for. */
  readonly decoyScheme: AuthScheme;
  /** HTTP Basic and Digest; nobody is asked for them when absent. */
  readonly http?: HttpAuthOptions;
}

/** Who a message claims to be of, and what HTTP knows of that. */
interface Peer {
  readonly device: DeviceRecord | undefined;
  readonly httpAuth: ReturnType<HttpAdmission['admit']>;
}

/** In the query of RespURI. */
export const TOKEN_PARAMETER = 's';
const TOKEN_BYTES = 16;
const ID_BYTES = 6;
const NO_HTTP_AUTH: HttpAuthOptions = { realm: 'dm', algorithms: ['SHA-256'] };

export class DmEndpoint {
  readonly #options: DmEndpointOptions;
  readonly #ports: DmEndpointPorts;
  readonly #sessions = new Sessions();
  /** One message at a time per device: of two that prove it with one nonce, the second comes too late. (AC-10) */
  readonly #turns = new Turns();
  readonly #admission: HttpAdmission;

  constructor(options: DmEndpointOptions, ports: DmEndpointPorts) {
    this.#options = options;
    this.#ports = ports;
    this.#admission = new HttpAdmission(options.http ?? NO_HTTP_AUTH, ports.random);
  }

  get deadline(): Instant | undefined {
    return this.#sessions.deadline;
  }

  /**
   * Throws ProtocolError for a body that is no SyncML message, and `DM_BUSY` where too much is under way;
   * HttpAuthRequired where the device has to prove itself to HTTP first.
   */
  async post(bytes: Uint8Array, spelling: Spelling, origin: Origin): Promise<DmAnswer> {
    if (bytes.length === 0) {
      // A client that expects to be asked may keep its message back until it is (curl does).
      this.#admission.admit(undefined, origin, this.#ports.now());
      throw new ProtocolError('DM_NO_BODY', 'the request has no body');
    }
    const message = decodeSyncML(bytes, spelling.encoding);
    const reply = await this.#turns.take(message.SyncHdr.Source.LocURI, () =>
      this.#exchange(message, bytes, spelling, origin),
    );
    return { ...reply, encoding: spelling.answer };
  }

  /** Whether the device has proved itself in a session that goes on. */
  isInSession(DevId: string): boolean {
    return this.#sessions.openOf(DevId).length > 0;
  }

  /** What is done between two messages of a device, and not beside one. */
  betweenMessages<Result>(DevId: string, work: () => Promise<Result>): Promise<Result> {
    return this.#turns.take(DevId, work);
  }

  /** Ends the sessions whose peer has been silent for too long. */
  async timeout(now: Instant): Promise<void> {
    for (const { session, standing } of this.#sessions.overdue(now)) {
      const changes = session?.timeout(now) ?? [];
      if (session !== undefined && standing === 'open' && changes.length > 0) {
        await this.#commit(changes);
        this.#over(session);
      }
      if (standing === 'claim') this.#ports.onRefused('a peer was challenged, and went away');
    }
    this.#ports.onDeadline();
  }

  async #exchange(
    message: SyncML,
    bytes: Uint8Array,
    spelling: Spelling,
    origin: Origin,
  ): Promise<Reply> {
    const { store, now } = this.#ports;
    const candidates = this.#sessions.find(message.SyncHdr, origin, bytes);
    const met = candidates.find(({ session }) => session?.device !== undefined)?.session?.device;
    const device = met ?? (await store.deviceByDevId(message.SyncHdr.Source.LocURI));
    // With every request: not even a reply that was given before is for somebody else.
    const httpAuth = this.#admission.admit(device, origin, now());
    for (const candidate of candidates) {
      const reply = candidate.replyTo(bytes);
      if (reply !== undefined) return reply;
    }
    // MsgID 1 with other octets is a device that started anew under the same SessionID.
    const [known] = message.SyncHdr.MsgID === '1' ? [] : candidates;
    const begin = () => this.#begin(message, spelling.encoding, origin, { device, httpAuth });
    const conversation = known ?? begin();
    return this.#carryOn(conversation, message, bytes, spelling, origin);
  }

  async #carryOn(
    conversation: Conversation,
    message: SyncML,
    bytes: Uint8Array,
    spelling: Spelling,
    origin: Origin,
  ): Promise<Reply> {
    const { session } = conversation;
    if (session === undefined) throw new ProtocolError('DM_SESSION_OVER', 'the session is over');
    const at = this.#ports.now();
    await this.#awaitEnds(session, message);
    const received = session.receive(message, { body: bytes, header: origin.mac }, at);
    const isProven = received.some(({ kind }) => kind === 'authenticated');
    if (isProven && !session.isAuthenticated && session.device) {
      session.adopt(await this.#plan(session.device));
      await this.#abandonOthers(conversation, at);
    }
    const step = session.answer(received, at, await this.#stored(session, received, at));
    const body = encodeSyncML(step.reply, spelling.answer);
    const reply = { body, ...(step.mac && { mac: step.mac(body) }) };
    session.count(bytes.length);
    session.count(body.length);
    conversation.unstored = [
      ...conversation.unstored,
      ...step.changes,
      recorded(conversation, session, { message, raw: bytes, encoding: spelling.encoding, at }),
      recorded(conversation, session, {
        message: step.reply,
        raw: body,
        encoding: spelling.answer,
        at: this.#ports.now(),
      }),
    ];
    await this.#store(conversation, session);
    conversation.heardAt = at;
    conversation.isBound ||= origin.token === conversation.token;
    conversation.exchanged(bytes, reply);
    this.#sessions.keep(conversation);
    this.#ports.onDeadline();
    if (isProven && session.device) this.#ports.onSession(session.device);
    this.#over(session);
    return reply;
  }

  #begin(message: SyncML, encoding: Encoding, origin: Origin, peer: Peer): Conversation {
    if (this.#sessions.isFull) throw new ProtocolError('DM_BUSY', 'too many sessions are open');
    const { SessionID, Source } = message.SyncHdr;
    const { now, random } = this.#ports;
    const { device, httpAuth } = peer;
    const startedAt = now();
    const token = Buffer.from(random(TOKEN_BYTES)).toString('base64url');
    const session = new DmSession({
      ...this.#options,
      id: newSessionId(startedAt, random),
      SessionID,
      DevId: Source.LocURI,
      RespURI: withToken(this.#options.url, token),
      device,
      ...(httpAuth && { httpAuth }),
      encoding,
      random,
      startedAt,
    });
    return new Conversation(token, nameOf(message.SyncHdr, origin.address), session, startedAt);
  }

  /** An Alert may tell the end of an Exec of an earlier session. Asked of everybody, so that it tells nothing. */
  async #awaitEnds(session: DmSession, { SyncBody }: SyncML): Promise<void> {
    for (const Correlator of correlatorsOf(SyncBody.commands)) {
      const operation = await this.#ports.store.operation(Correlator);
      const isOurs = operation !== undefined && operation.device === session.device?.id;
      if (isOurs && isAwaiting(operation)) session.awaits(operation);
    }
  }

  /** A device is in one session with us: what was under way in another ends as it now stands. */
  async #abandonOthers(conversation: Conversation, now: Instant): Promise<void> {
    for (const other of this.#sessions.openOf(conversation.DevId)) {
      const { session } = other;
      if (other === conversation || session === undefined || !session.isOperating) continue;
      const changes = [...other.unstored, ...session.abandon(now)];
      other.end();
      this.#sessions.keep(other);
      await this.#commit(changes);
    }
  }

  /** What the answer depends on beside the message: asked for when it may be needed. */
  async #stored(
    { device, isAuthenticated, isOperating }: DmSession,
    received: readonly DmServerEffect[],
    now: Instant,
  ): Promise<Stored> {
    const isReady = received.some(({ kind }) => kind === 'ready');
    const isProven = isAuthenticated || received.some(({ kind }) => kind === 'authenticated');
    if (device === undefined || !isReady || !isProven) return {};
    const { store } = this.#ports;
    const next = await store.nextOperation(device.id, now);
    return {
      next,
      ...(isOperating && { nodes: await store.nodes(device.id) }),
    };
  }

  #over(session: DmSession): void {
    const { device, isEnded, isAuthenticated } = session;
    if (!isEnded || !isAuthenticated || device === undefined) return;
    const { result } = session.record();
    this.#ports.onSessionEnd(device, result === 'completed' || result === 'completed-with-errors');
  }

  async #plan(device: DeviceRecord): Promise<Plan> {
    const { store, profiles } = this.#ports;
    const desired = profiles.get(device.profile ?? '')?.nodes ?? [];
    // Only what is written is spared where it is known to be there already.
    const isWriting = desired.some(({ Data }) => Data !== undefined);
    const nodes = isWriting ? await store.nodes(device.id) : [];
    const known = nodes.flatMap(({ uri, reported, state }) =>
      state === 'verified' && reported !== undefined ? [[uri, reported] as const] : [],
    );
    return new Plan(desired, new Map(known));
  }

  /** At once, or when the peer has proved itself; what a commit refused goes with the next one. */
  async #store(conversation: Conversation, session: DmSession): Promise<void> {
    const record = session.record();
    if (session.isAuthenticated) {
      const changes = conversation.unstored.map(ofDevice(record.device));
      // Should the commit fail, the trace of this message goes, and what it changed does not.
      conversation.unstored = changes.filter(({ kind }) => kind !== 'message');
      await this.#commit([...changes, { kind: 'session', session: record }]);
      conversation.unstored = [];
    } else if (session.isEnded) {
      this.#ports.onRefused(record.sentence);
      conversation.unstored = [];
    }
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    await this.#ports.store.write(changes);
    this.#ports.onChanges(changes);
  }
}

function withToken(url: string, token: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${TOKEN_PARAMETER}=${token}`;
}

/** Ids rise with time, so that what is written together lies together in the store. */
function newSessionId(now: Instant, random: Random): string {
  const unique = Buffer.from(random(ID_BYTES)).toString('hex');
  return `${now.toString(36).padStart(9, '0')}-${unique}`;
}

interface Passage {
  readonly message: SyncML;
  readonly raw: Uint8Array;
  readonly encoding: Encoding;
  readonly at: Instant;
}

function recorded(
  conversation: Conversation,
  { id }: DmSession,
  { message, raw, encoding, at }: Passage,
): Extract<Change, { kind: 'message' }> {
  conversation.seq += 1;
  const isRequest = conversation.seq % 2 === 1;
  const record: MessageRecord = {
    session: id,
    seq: conversation.seq,
    at,
    protocol: 'HTTP',
    from: isRequest ? 'UE' : 'DM server',
    to: isRequest ? 'DM server' : 'UE',
    label: describePackage(message),
    contentType: DM_MEDIA_TYPES[encoding],
    raw,
    encoding,
  };
  return { kind: 'message', message: record };
}

/** What was held before the device had proved itself gets its name now. */
function ofDevice(device: string | undefined): (change: Change) => Change {
  return (change) =>
    device === undefined || change.kind !== 'message'
      ? change
      : { ...change, message: { ...change.message, device } };
}
