/**
 * One POST of a device, from its octets to the octets of the answer. The reply leaves after the commit of what it
 * reports; nothing of a peer that did not prove itself is stored.
 *
 * OMA-SYNCHTTP 1.2.1; PKT-SP-UE-PROV 6.7 UE-4 [R-6.7-11]. Works on octets: the shell owns the socket.
 */
import { randomBytes } from 'node:crypto';
import { type Instant, ProtocolError } from '@ueprov/protocols';
import { DM_MEDIA_TYPES } from '@ueprov/protocols/dm';
import {
  decodeSyncML,
  describePackage,
  type Encoding,
  encodeSyncML,
  type SyncML,
} from '@ueprov/protocols/syncml';
import type { ServerConfig } from './config.ts';
import type { Profile } from './profile.ts';
import { DmSession, type SessionStep } from './session.ts';
import { isResend, type OpenSession, Sessions } from './sessions.ts';
import type { Change, DeviceRecord, MessageRecord, SessionRecord } from './store/record.ts';
import type { Store } from './store/store.ts';

/** How the request is spelled, and how its answer shall be. */
export interface Spelling {
  readonly encoding: Encoding;
  readonly answer: Encoding;
}

export interface DmAnswer {
  readonly body: Uint8Array;
  readonly encoding: Encoding;
}

export interface DmEndpointPorts {
  readonly store: Store;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly now: () => Instant;
  /** A device proved itself in this session; SessionID as it came. */
  readonly onSession: (device: DeviceRecord, SessionID: string) => void;
  /** What was committed. */
  readonly onChanges: (changes: readonly Change[]) => void;
  /** A peer that is no device of ours, or did not prove it, in words. */
  readonly onRefused: (reason: string) => void;
  /** `deadline` may have changed. */
  readonly onDeadline: () => void;
}

/** What a session may not store before its peer has proved itself. */
interface Held {
  changes: Change[];
  seq: number;
}

export class DmEndpoint {
  readonly #config: ServerConfig['dm'];
  readonly #url: string;
  readonly #ports: DmEndpointPorts;
  readonly #sessions = new Sessions();
  readonly #held = new WeakMap<DmSession, Held>();
  /** One message at a time per session. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(config: ServerConfig['dm'], url: string, ports: DmEndpointPorts) {
    this.#config = config;
    this.#url = url;
    this.#ports = ports;
  }

  get deadline(): Instant | undefined {
    return this.#sessions.deadline;
  }

  /** Throws ProtocolError for a body that is no SyncML message, and `DM_BUSY` above the limit of sessions. */
  async post(bytes: Uint8Array, spelling: Spelling): Promise<DmAnswer> {
    const message = decodeSyncML(bytes, spelling.encoding);
    const key = `${message.SyncHdr.SessionID} ${message.SyncHdr.Source.LocURI}`;
    const before = this.#turns.get(key) ?? Promise.resolve();
    const turn = before.then(() => this.#exchange(message, bytes, spelling));
    const settled = turn.catch(() => undefined);
    this.#turns.set(key, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(key) === settled) this.#turns.delete(key);
    }
  }

  /** Ends the sessions whose peer has been silent for too long. */
  async timeout(now: Instant): Promise<void> {
    for (const { session } of this.#sessions.overdue(now)) {
      const changes = session.timeout(now);
      if (session.isAuthenticated && changes.length > 0) await this.#commit(changes);
    }
    this.#ports.onDeadline();
  }

  async #exchange(message: SyncML, bytes: Uint8Array, spelling: Spelling): Promise<DmAnswer> {
    const open = this.#sessions.find(message.SyncHdr);
    if (open !== undefined && isResend(open, bytes)) {
      return { body: open.reply, encoding: spelling.answer };
    }
    const { encoding } = spelling;
    const session = this.#goesOn(open, message) ?? (await this.#begin(message, encoding));
    const at = this.#ports.now();
    const step = session.message(message, at);
    const body = encodeSyncML(step.reply, spelling.answer);
    session.count(bytes.length);
    session.count(body.length);
    await this.#record(session, step, [
      { message, raw: bytes, encoding, at },
      { message: step.reply, raw: body, encoding: spelling.answer, at: this.#ports.now() },
    ]);
    if (step.isAuthenticated && session.device) {
      this.#ports.onSession(session.device, message.SyncHdr.SessionID);
    }
    this.#sessions.keep(message.SyncHdr, { session, heardAt: at, request: bytes, reply: body });
    this.#ports.onDeadline();
    return { body, encoding: spelling.answer };
  }

  /** MsgID 1 with other octets is a device that started anew under the same SessionID. */
  #goesOn(open: OpenSession | undefined, { SyncHdr }: SyncML): DmSession | undefined {
    return open === undefined || SyncHdr.MsgID === '1' ? undefined : open.session;
  }

  async #begin(message: SyncML, encoding: Encoding): Promise<DmSession> {
    if (this.#sessions.isFull) throw new ProtocolError('DM_BUSY', 'too many sessions are open');
    const { SessionID, Source } = message.SyncHdr;
    const { store, profiles, now } = this.#ports;
    const device = await store.deviceByDevId(Source.LocURI);
    const nodes = device ? await store.nodes(device.id) : [];
    const known = nodes.flatMap(({ uri, reported, state }) =>
      state === 'verified' && reported !== undefined ? [[uri, reported] as const] : [],
    );
    return new DmSession({
      id: newSessionId(now()),
      SessionID,
      ServerID: this.#config.ServerID,
      url: this.#url,
      device,
      desired: profiles.get(device?.profile ?? '')?.nodes ?? [],
      known: new Map(known),
      encoding,
      MaxMsgSize: this.#config.MaxMsgSize,
      MaxObjSize: this.#config.MaxObjSize,
      random: randomBytes,
      startedAt: now(),
    });
  }

  /** Request and reply, with what they changed: at once, or when the peer has proved itself. */
  async #record(
    session: DmSession,
    step: SessionStep,
    passages: readonly Passage[],
  ): Promise<void> {
    const held = this.#held.get(session) ?? { changes: [], seq: 0 };
    this.#held.set(session, held);
    const record = session.record();
    const messages = passages.map((passage, index): Change => {
      held.seq += 1;
      return { kind: 'message', message: httpRecord(passage, record, held.seq, index === 0) };
    });
    const changes = [...held.changes, ...step.changes, ...messages];
    held.changes = [];
    if (session.isAuthenticated) {
      await this.#commit([
        ...changes.map(ofDevice(record.device)),
        { kind: 'session', session: record },
      ]);
    } else if (step.isEnded) {
      this.#ports.onRefused(record.sentence);
    } else held.changes = changes;
  }

  async #commit(changes: readonly Change[]): Promise<void> {
    await this.#ports.store.write(changes);
    this.#ports.onChanges(changes);
  }
}

/** Ids rise with time, so that what is written together lies together in the store. */
function newSessionId(now: Instant): string {
  return `${now.toString(36).padStart(9, '0')}-${randomBytes(6).toString('hex')}`;
}

interface Passage {
  readonly message: SyncML;
  readonly raw: Uint8Array;
  readonly encoding: Encoding;
  readonly at: Instant;
}

function httpRecord(
  { message, raw, encoding, at }: Passage,
  { id }: SessionRecord,
  seq: number,
  isRequest: boolean,
): MessageRecord {
  return {
    session: id,
    seq,
    at,
    protocol: 'HTTP',
    from: isRequest ? 'UE' : 'DM server',
    to: isRequest ? 'DM server' : 'UE',
    label: describePackage(message),
    contentType: DM_MEDIA_TYPES[encoding],
    raw,
    encoding,
  };
}

/** What was held before the device had proved itself gets its name now. */
function ofDevice(device: string | undefined): (change: Change) => Change {
  return (change) =>
    device === undefined || change.kind !== 'message'
      ? change
      : { ...change, message: { ...change.message, device } };
}
