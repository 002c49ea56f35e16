/** What a case against a server works with: it is a device of that server, and opens sessions. */
import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import type { Operation } from '@ueprov/protocols/dm';
import type { SipRequest } from '@ueprov/protocols/sip';
import type { Encoding } from '@ueprov/protocols/syncml';
import { type Account, type AccountFacts, accountOf } from '../conformance/account.ts';
import { type Case, type Evidence, NotApplicable } from '../conformance/case.ts';
import { EvidenceRecord } from '../conformance/record.ts';
import type { RunnableBench } from '../conformance/run.ts';
import { DeviceSession } from './device-session.ts';
import { type HttpRequest, type HttpResponse, post } from './post.ts';

/** The server under test, and what can be asked of it beside the wire. */
export interface ServerUnderTest {
  readonly url: string;
  /** What the server has to do in its next session. */
  readonly plan?: (operations: readonly Operation[]) => void;
  /** Makes the server wake the device. */
  readonly wake?: () => Promise<Notified>;
}

/** A Package #0, and the MESSAGE that it came in. */
export interface Notified {
  readonly message: SipRequest;
  readonly package0: Uint8Array;
}

export interface ServerBenchOptions {
  readonly facts: AccountFacts;
  readonly server: ServerUnderTest;
  readonly encoding: Encoding;
  readonly patienceMs: number;
}

export type ServerCase = Case<ServerBench>;

export class ServerBench implements RunnableBench {
  readonly options: ServerBenchOptions;
  readonly account: Account;
  #agent = new Agent({ keepAlive: true });
  #record = new EvidenceRecord();
  #SessionID = randomBytes(2).readUInt16BE();

  constructor(options: ServerBenchOptions) {
    this.options = options;
    this.account = accountOf(options.facts);
  }

  begin(): void {
    this.#record = new EvidenceRecord();
  }

  async settle(): Promise<readonly Evidence[]> {
    this.reconnect();
    return this.#record.take();
  }

  /** The next request goes over a connection of its own. */
  reconnect(): void {
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true });
  }

  newSessionID(): string {
    this.#SessionID = (this.#SessionID % 0xffff) + 1;
    return this.#SessionID.toString(16).toUpperCase();
  }

  /** What the server shall do in the next session; not every server can be told. */
  plan(...operations: readonly Operation[]): void {
    const { plan } = this.options.server;
    if (plan === undefined) throw new NotApplicable('this server cannot be told what to do');
    plan(operations);
  }

  /** Package #0 of the server. */
  async wake(): Promise<Notified> {
    const { wake } = this.options.server;
    if (wake === undefined) throw new NotApplicable('where this server takes SIP is not known');
    this.#record.note('kit', 'SIP REGISTER of a third party', '');
    const notified = await wake();
    this.#record.note('peer', 'SIP MESSAGE', headersText(notified.message));
    this.#record.notification('peer', notified.package0);
    return notified;
  }

  /** A session of which nothing was sent yet. */
  session(SessionID = this.newSessionID()): DeviceSession {
    return new DeviceSession(this, SessionID);
  }

  /** A session in which both sides have proved themselves. */
  async open(): Promise<DeviceSession> {
    const session = this.session();
    await session.open();
    return session;
  }

  async post(
    request: Partial<HttpRequest> & Pick<HttpRequest, 'headers' | 'body'>,
  ): Promise<HttpResponse> {
    const { server, patienceMs } = this.options;
    const whole = { url: server.url, method: 'POST', timeoutMs: patienceMs, ...request };
    this.#record.add(
      'kit',
      `${whole.method} ${whole.path ?? new URL(whole.url).pathname}`,
      whole.body,
    );
    const response = await post({ ...whole, agent: this.#agent });
    const isMessage = response.headers['content-type']?.includes('syncml') ?? false;
    const shown = isMessage ? response.body : new Uint8Array();
    this.#record.add('peer', `HTTP ${response.status}`, shown);
    return response;
  }
}

function headersText({ method, uri, headers }: SipRequest): string {
  return [`${method} ${uri}`, ...headers.map(({ name, value }) => `${name}: ${value}`)].join('\n');
}
