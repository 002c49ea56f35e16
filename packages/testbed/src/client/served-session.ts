/**
 * One DM session in which the kit is the server: it answers what a case says, and keeps the books of ids, nonces and proofs.
 *
 * OMA-DMPRO 8 and 9, written anew here and not with the server engine: the kit must not share its misreadings.
 */
import { randomBytes } from 'node:crypto';
import type { Chal, Cred, Item, Status, SyncHdr, SyncML } from '@ueprov/protocols/syncml';
import { CONTENT_TYPES, decodeSyncML, type Encoding, encodeSyncML } from '@ueprov/protocols/syncml';
import { Answer } from '../conformance/answer.ts';
import { Inconclusive, Violation } from '../conformance/case.ts';
import { alert, type Draft, numbered } from '../conformance/draft.ts';
import { commandsOf, hasAlert, headerStatusOf, type Received } from '../conformance/received.ts';
import type { EvidenceRecord } from '../conformance/record.ts';
import { requireThat } from '../conformance/require.ts';
import { type ClientBench, SILENCE_MS } from './bench.ts';
import type { Arrival, HttpAnswer } from './listener.ts';

/** What a case may say differently from a plain answer. */
export interface Reply {
  readonly commands?: readonly Draft[];
  /** Status of the SyncHdr; 200 or 212 by what the client sent. */
  readonly code?: string;
  readonly chal?: Chal;
  /** Status of every command of the client; 200. */
  readonly each?: string;
  readonly hdr?: Partial<SyncHdr>;
  readonly Final?: boolean;
  /** `null`: no proof of ours. */
  readonly cred?: Cred | null;
  readonly mac?: string | null;
  readonly encoding?: Encoding;
  /** The last word on the octets. */
  readonly rewrite?: (body: Uint8Array) => Uint8Array;
  readonly http?: Partial<HttpAnswer>;
}

const CHALLENGES_MAX = 3;
const SETTLE_MAX = 6;

export class ServedSession {
  expectedID = '';
  /** The last message of the client. */
  last: Received;
  /** The last request, while it waits for its answer. */
  arrival: Arrival | undefined;
  readonly #bench: ClientBench;
  readonly #record: EvidenceRecord;
  #MsgID = 0;
  #answered: { readonly MsgID: string; readonly ids: ReadonlyMap<Draft, string> } | undefined;
  #stated: number | undefined;
  /** The client said 212 to a message of ours: no further proof is needed. */
  #hasProved = false;

  constructor(bench: ClientBench, arrival: Arrival, record: EvidenceRecord) {
    this.#bench = bench;
    this.#record = record;
    this.arrival = arrival;
    this.last = receivedOf(arrival);
    this.#stated = this.last.message.SyncHdr.Meta?.MaxObjSize;
  }

  /** What the client said in package #1. */
  get MaxObjSize(): number | undefined {
    return this.#stated;
  }

  get SessionID(): string {
    return this.last.message.SyncHdr.SessionID;
  }

  /** The MsgID of the kit's last message. */
  get MsgID(): string {
    return String(this.#MsgID);
  }

  /** Whether the last message of the client carried the right proof. */
  get isProven(): boolean {
    const { client } = this.#bench.account;
    const { Cred } = this.last.message.SyncHdr;
    const mac = this.last.headers['x-syncml-hmac'];
    if (client.scheme === 'hmac')
      return mac !== undefined && client.isProvenByMac(mac, this.last.bytes);
    return Cred !== undefined && client.isProvenBy(Cred);
  }

  /** Challenges the client until its proof is right. */
  async authenticate(): Promise<void> {
    for (let count = 0; !this.isProven; count++) {
      if (count === CHALLENGES_MAX) throw new Inconclusive('the client never proved itself');
      await this.challenge();
    }
  }

  /** One challenge, and the client's next message. */
  async challenge(chal = this.#bench.account.client.challenge(randomBytes(16))): Promise<Received> {
    const { SyncHdr } = this.last.message;
    const isBare = SyncHdr.Cred === undefined && this.last.headers['x-syncml-hmac'] === undefined;
    const code = isBare ? '407' : '401';
    await this.reply({ code, each: code, chal, cred: null, mac: null });
    return this.next();
  }

  /** Sends commands and gathers what answers them, over as many messages as the client takes. */
  async exchange(...commands: readonly Draft[]): Promise<Answer> {
    await this.reply({ commands });
    let first = await this.next();
    // The kit's nonce may be an old one: the client says so once, with a fresh one.
    if (this.#isRefused(first)) {
      await this.reply({ commands });
      first = await this.next();
      if (this.#isRefused(first)) throw new Inconclusive('the client does not take our proof');
    }
    const { MsgID, ids } = this.#sent();
    return new Answer([first, ...(await this.#rest(first))], MsgID, ids);
  }

  /** The answer to what `reply` sent last, where the case sent it by itself. */
  async answer(): Promise<Answer> {
    const { MsgID, ids } = this.#sent();
    const first = await this.next();
    return new Answer([first, ...(await this.#rest(first))], MsgID, ids);
  }

  /** The one message that answers a package of ours that goes on. */
  async answerInBetween(): Promise<Answer> {
    const { MsgID, ids } = this.#sent();
    return new Answer([await this.next()], MsgID, ids);
  }

  /** Answers the client's last message. */
  async reply(reply: Reply = {}): Promise<SyncML> {
    const message = this.#message(reply);
    const encoding = reply.encoding ?? this.last.encoding;
    const encoded = encodeSyncML(message, encoding);
    const body = reply.rewrite?.(encoded) ?? encoded;
    this.raw({
      status: 200,
      body,
      ...reply.http,
      headers: { ...this.#httpHeaders(reply, encoding, body), ...reply.http?.headers },
    });
    return message;
  }

  /** Answers with anything. */
  raw(answer: HttpAnswer): void {
    const { arrival } = this;
    requireThat(arrival !== undefined, 'a message of the client to answer');
    this.arrival = undefined;
    this.#record.add('kit', answer.cut ? 'connection cut' : `HTTP ${answer.status}`, answer.body);
    arrival.answer(answer);
  }

  /** The client's next message. */
  async next(patienceMs = this.#bench.patienceMs): Promise<Received> {
    const arrival = await this.#bench.next(patienceMs);
    if (arrival === undefined) throw new Violation(`no next message within ${patienceMs} ms`);
    return this.resume(arrival);
  }

  /** Takes up a request that the case has waited for by itself. */
  resume(arrival: Arrival): Received {
    this.arrival = arrival;
    this.last = receivedOf(arrival);
    this.#stated = this.last.message.SyncHdr.Meta?.MaxObjSize ?? this.#stated;
    this.#takeHeaderStatus(this.last);
    return this.last;
  }

  /** Ends the session as a server does that has nothing more to say, and requires the client to be silent. */
  async finish(reply: Reply = {}): Promise<void> {
    await this.reply(reply);
    await this.requireSilence();
  }

  async requireSilence(): Promise<void> {
    const arrival = await this.#bench.next(SILENCE_MS);
    if (arrival === undefined) return;
    this.arrival = arrival;
    this.last = receivedOf(arrival);
    throw new Violation('the client sent a message where it has to be silent');
  }

  /** Whatever state a case left: the client is answered until it is silent. */
  async settle(): Promise<void> {
    for (let count = 0; count < SETTLE_MAX; count++) {
      if (this.arrival === undefined) {
        this.arrival = await this.#bench.next(SILENCE_MS / 3);
        if (this.arrival === undefined) return;
      }
      try {
        this.last = receivedOf(this.arrival);
        // A client that does not end by itself is told to.
        await this.reply(count < SETTLE_MAX / 2 ? {} : { commands: [alert('1223')] });
      } catch {
        this.arrival?.answer({ status: 503, headers: {}, body: new Uint8Array(), cut: true });
        this.arrival = undefined;
      }
    }
  }

  #sent() {
    if (this.#answered === undefined) throw new Error('nothing was sent yet');
    return this.#answered;
  }

  /** OMA-DMPRO 8.2: without Final the package goes on; the kit asks for the rest. */
  async #rest(first: Received): Promise<Received[]> {
    const messages: Received[] = [];
    let last = first;
    while (!last.message.SyncBody.Final && !hasAlert(last, '1223') && !hasAlert(last, '1222')) {
      if (messages.length > 50) throw new Violation('a package of more than 50 messages');
      await this.reply({ commands: [alert('1222')], Final: false });
      last = await this.next();
      messages.push(last);
    }
    return messages;
  }

  #isRefused(received: Received): boolean {
    const code = headerStatusOf(received)?.Data;
    return code === '401' || code === '407';
  }

  #takeHeaderStatus(received: Received): void {
    const status = headerStatusOf(received);
    const nonce = status?.Chal?.Meta.NextNonce;
    if (nonce !== undefined) this.#bench.account.server.nonce = nonce;
    if (status?.Data === '212') this.#hasProved = true;
  }

  #message(reply: Reply): SyncML {
    const { account, options } = this.#bench;
    const { SyncHdr } = this.last.message;
    this.#MsgID += 1;
    const statuses = this.#statuses(reply);
    const { commands, ids } = numbered([...statuses, ...(reply.commands ?? [])]);
    this.#answered = { MsgID: String(this.#MsgID), ids };
    const cred = reply.cred === undefined && !this.#hasProved ? account.server.cred() : reply.cred;
    return {
      SyncHdr: {
        VerDTD: '1.2',
        VerProto: 'DM/1.2',
        SessionID: SyncHdr.SessionID,
        MsgID: String(this.#MsgID),
        Target: { LocURI: SyncHdr.Source.LocURI },
        Source: { LocURI: options.url, LocName: account.server.name },
        ...(cred && { Cred: cred }),
        ...reply.hdr,
      },
      SyncBody: { commands, Final: reply.Final ?? true },
    };
  }

  #statuses({ code, chal, each = '200' }: Reply): Draft[] {
    const { SyncHdr } = this.last.message;
    const { client } = this.#bench.account;
    const isHmac = client.scheme === 'hmac';
    const own = SyncHdr.Cred !== undefined && !isHmac ? '212' : '200';
    // OMA-DMSEC 5.4: with hmac every message has a fresh nonce.
    const nextChal = chal ?? (isHmac ? client.challenge(randomBytes(16)) : undefined);
    const head: Draft = {
      ...statusDraft(SyncHdr.MsgID, '0', 'SyncHdr', code ?? own),
      TargetRef: [SyncHdr.Target.LocURI],
      SourceRef: [SyncHdr.Source.LocURI],
      ...(nextChal && { Chal: nextChal }),
    };
    const others = commandsOf(this.last).map((command) => {
      const Cmd = command.kind === 'Unknown' ? command.name : command.kind;
      return statusDraft(SyncHdr.MsgID, command.CmdID, Cmd, each);
    });
    return [head, ...others];
  }

  #httpHeaders(reply: Reply, encoding: Encoding, body: Uint8Array): Record<string, string> {
    const { server } = this.#bench.account;
    const isSigned = server.scheme === 'hmac' && reply.mac !== null;
    return {
      'Content-Type':
        encoding === 'xml' ? `${CONTENT_TYPES.xml}; charset="utf-8"` : CONTENT_TYPES.wbxml,
      'Cache-Control': 'no-store',
      ...(isSigned && { 'x-syncml-hmac': reply.mac ?? server.mac(body) }),
    };
  }
}

function statusDraft(
  MsgRef: string,
  CmdRef: string,
  Cmd: string,
  Data: string,
): Omit<Status, 'CmdID'> {
  const Items: readonly Item[] = [];
  return { kind: 'Status', MsgRef, CmdRef, Cmd, TargetRef: [], SourceRef: [], Data, Items };
}

/** Throws ProtocolError for a body that is no SyncML message: a failure of the case. */
function receivedOf(arrival: Arrival): Received {
  const { body, headers, method, target } = arrival;
  const encoding: Encoding = headers['content-type']?.includes('wbxml') ? 'wbxml' : 'xml';
  const message = decodeSyncML(body, encoding);
  return { message, encoding, bytes: body, line: `${method} ${target}`, headers };
}
