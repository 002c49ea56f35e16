/**
 * What a case against a client works with: it opens sessions and knows the account and where it may write.
 *
 * The client under test is reached by its driver alone; everything else is on the wire.
 */
import { randomBytes } from 'node:crypto';
import { syncmlHash } from '@ueprov/protocols/digest';
import { encodePackage0, sessionIdText } from '@ueprov/protocols/push';
import { type Account, type AccountFacts, accountOf } from '../conformance/account.ts';
import { type Evidence, Inconclusive, NotApplicable, Violation } from '../conformance/case.ts';
import { EvidenceRecord } from '../conformance/record.ts';
import type { RunnableBench } from '../conformance/run.ts';
import type { Arrival, Listener } from './listener.ts';
import { ServedSession } from './served-session.ts';

/** How a client is made to open a session. */
export interface ClientUnderTest {
  /** Delivers Package #0, or asks for a session in any other way. */
  readonly open: (package0: Uint8Array) => Promise<void>;
  /** Whether `open` delivers the octets as they are: then the notification itself can be tried. */
  readonly isNotified: boolean;
  /** Addresses below which, and values with which, the kit may play. */
  readonly ground: ClientGround;
}

/** Nodes of the client by what they are for; a case whose node is missing does not apply. */
export interface ClientGround {
  /** An interior node whose children of any name a server adds and deletes: `./DMAcc`. */
  readonly parent: string;
  /** Names of two `chr` leaves that a server adds below such a child. */
  readonly leaves: readonly [string, string];
  readonly bool?: string;
  readonly int?: string;
  /** A leaf that can be read and never written. */
  readonly readOnly: string;
  /** Name of a leaf below a child of `parent` that can be written and never read. */
  readonly secret?: string;
  readonly permanent: string;
  /** A node that can be executed, harmlessly. */
  readonly exec?: string;
}

export interface ClientBenchOptions {
  readonly facts: AccountFacts;
  readonly client: ClientUnderTest;
  readonly listener: Listener;
  /** The kit's URL as the client knows it. */
  readonly url: string;
  /** How long a client may take over an answer. */
  readonly patienceMs: number;
}

/** How long nothing has to come before it counts as silence. */
export const SILENCE_MS = 250;
/** OMA-DMNOT: a server repeats a notification under the same sessionid. */
const RENOTIFY_MS = 700;

export class ClientBench implements RunnableBench {
  readonly options: ClientBenchOptions;
  readonly account: Account;
  #record = new EvidenceRecord();
  #session: ServedSession | undefined;
  #last: Arrival | undefined;
  #names = 0;
  readonly #issued = new Set<number>();
  #SessionID = randomBytes(2).readUInt16BE() % 0x7fff;

  constructor(options: ClientBenchOptions) {
    this.options = options;
    this.account = accountOf(options.facts);
  }

  get ground(): ClientGround {
    return this.options.client.ground;
  }

  get patienceMs(): number {
    return this.options.patienceMs;
  }

  /** One of the ground's nodes that not every client has. */
  need(name: 'bool' | 'int' | 'secret' | 'exec'): string {
    const uri = this.ground[name];
    if (uri === undefined) throw new NotApplicable(`no ${name} node of this client is known`);
    return uri;
  }

  /** Cases about the notification need a driver that delivers it. */
  needNotification(): void {
    if (!this.options.client.isNotified) {
      throw new NotApplicable('the driver of this client delivers no Package #0');
    }
  }

  /** An address below the ground's parent that was not used before. */
  fresh(): string {
    this.#names += 1;
    return `${this.ground.parent}/Kit${this.#names}${randomBytes(3).toString('hex')}`;
  }

  begin(): void {
    this.#record = new EvidenceRecord();
    this.#session = undefined;
    this.#last = undefined;
  }

  async settle(): Promise<readonly Evidence[]> {
    await this.#session?.settle();
    // A session that a case did not expect, or only waited for, is ended as well.
    const last = this.#last;
    if (last !== undefined && !last.isOver()) {
      await new ServedSession(this, last, this.#record).settle();
    }
    for (;;) {
      const late = await this.options.listener.arrivals.take(0);
      if (late === undefined) break;
      late.answer({ status: 503, headers: {}, body: new Uint8Array() });
    }
    return this.#record.take();
  }

  /** A sessionid that was not used before. */
  newSessionID(): number {
    this.#SessionID = (this.#SessionID % 0xffff) + 1;
    this.#issued.add(this.#SessionID);
    return this.#SessionID;
  }

  package0(
    SessionID: number,
    more: Partial<Parameters<typeof encodePackage0>[0]> = {},
    nonce = this.account.server.nonce,
    secret = this.account.server.secret,
  ): Uint8Array {
    const { ServerID } = this.options.facts;
    const fields = { uiMode: 'background', initiator: 'server', SessionID, ServerID } as const;
    return encodePackage0({ ...fields, ...more }, syncmlHash(ServerID, secret), nonce);
  }

  /** Sends Package #0 once and does nothing else. */
  async notify(package0: Uint8Array): Promise<void> {
    this.#record.notification('kit', package0);
    await this.options.client.open(package0);
  }

  /** A session with its package #1 received and nothing answered yet. */
  async arrive(SessionID = this.newSessionID(), package0?: Uint8Array): Promise<ServedSession> {
    const arrival =
      package0 === undefined ? await this.#wake(SessionID) : await this.#arrival(package0);
    const session = new ServedSession(this, arrival, this.#record);
    this.#session = session;
    session.expectedID = sessionIdText(SessionID);
    return session;
  }

  /** A session whose client has proved itself. */
  async open(): Promise<ServedSession> {
    const session = await this.arrive();
    await session.authenticate();
    return session;
  }

  /** The next request, of whatever session; undefined if none comes in time. */
  async next(patienceMs = this.patienceMs): Promise<Arrival | undefined> {
    const arrival = await this.options.listener.arrivals.take(patienceMs);
    if (arrival !== undefined) {
      this.#last = arrival;
      this.#record.add('peer', `${arrival.method} ${arrival.target}`, arrival.body);
    }
    return arrival;
  }

  /**
   * A session that this notification, and none before it, may have opened; undefined if none comes in time. What an
   * earlier one asked for, which the client heard late, is ended.
   */
  async sessionFor(SessionID: number, patienceMs = this.patienceMs): Promise<Arrival | undefined> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const arrival = await this.next(Math.max(0, until - performance.now()));
      if (arrival === undefined) return undefined;
      const other = new ServedSession(this, arrival, this.#record);
      const isEarlier = this.#issued.has(Number.parseInt(other.SessionID, 16));
      if (!isEarlier || other.SessionID === sessionIdText(SessionID)) return arrival;
      await other.settle();
    }
  }

  /**
   * OMA-DMNOT 6.2.1: the digest is made with the last nonce of the client; one that did not keep it may know an
   * older one. Whether it kept it is a case of its own.
   */
  async #wake(SessionID: number): Promise<Arrival> {
    const { server } = this.account;
    // Twice round: a client that was still in a session ignores the first.
    for (const nonce of [...server.nonces, ...server.nonces]) {
      await this.notify(this.package0(SessionID, {}, nonce));
      const arrival = await this.next(RENOTIFY_MS);
      if (arrival === undefined) continue;
      server.nonce = nonce;
      return arrival;
    }
    const late = await this.next();
    if (late === undefined) throw new Inconclusive('the client opened no session');
    return late;
  }

  /** A notification that is what the case is about; it has to open a session. */
  async #arrival(package0: Uint8Array): Promise<Arrival> {
    for (const patienceMs of [RENOTIFY_MS, this.patienceMs]) {
      await this.notify(package0);
      const arrival = await this.next(patienceMs);
      if (arrival !== undefined) return arrival;
    }
    throw new Violation('the client opened no session');
  }
}
