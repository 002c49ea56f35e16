/**
 * One DM session in which the kit is the device: it says what a case says, and keeps the books of ids, nonces and proofs.
 *
 * OMA-DMPRO 8 and 9, written anew here and not with the client engine: the kit must not share its misreadings.
 */
import { randomBytes } from 'node:crypto';
import {
  type Chal,
  CONTENT_TYPES,
  type Command,
  type Cred,
  type Data,
  decodeSyncML,
  type Encoding,
  encodeSyncML,
  type Item,
  type Status,
  type SyncHdr,
  type SyncML,
} from '@ueprov/protocols/syncml';
import { Inconclusive, Violation } from '../conformance/case.ts';
import { alert, type Draft, numbered } from '../conformance/draft.ts';
import { commandsOf, headerStatusOf, type Received } from '../conformance/received.ts';
import type { ServerBench } from './bench.ts';
import type { HttpRequest } from './post.ts';

/** What a case may say differently from a plain message. */
export interface Saying {
  /** Instead of the Statuses and Results that answer the server's last message. */
  readonly answers?: readonly Draft[];
  readonly commands?: readonly Draft[];
  /** Status of the server's SyncHdr. */
  readonly code?: string;
  readonly chal?: Chal;
  /** Status of every command of the server. */
  readonly each?: string;
  readonly hdr?: Partial<SyncHdr>;
  readonly Final?: boolean;
  readonly cred?: Cred | null;
  readonly mac?: string | null;
  readonly encoding?: Encoding;
  readonly rewrite?: (body: Uint8Array) => Uint8Array;
  readonly http?: Partial<HttpRequest>;
}

const CHALLENGES_MAX = 3;
const MESSAGES_MAX = 100;

export class DeviceSession {
  readonly SessionID: string;
  /** The server's last message. */
  last: Received | undefined;
  /** What a Get of the server gives; other nodes hold `kit`. */
  readonly values = new Map<string, Data>();
  /** The octets of our last message. */
  sent: Uint8Array = new Uint8Array();
  readonly #bench: ServerBench;
  #MsgID = 0;
  #isProved = false;

  constructor(bench: ServerBench, SessionID: string) {
    this.#bench = bench;
    this.SessionID = SessionID;
  }

  /** MsgID of our last message. */
  get MsgID(): string {
    return String(this.#MsgID);
  }

  get answer(): Received {
    if (this.last === undefined) throw new Violation('no answer came');
    return this.last;
  }

  /** Whether the server's last message carried the right proof. */
  get isServerProven(): boolean {
    const { server } = this.#bench.account;
    const { headers, message, bytes } = this.answer;
    const mac = headers['x-syncml-hmac'];
    if (server.scheme === 'hmac') return mac !== undefined && server.isProvenByMac(mac, bytes);
    const { Cred } = message.SyncHdr;
    return Cred !== undefined && server.isProvenBy(Cred);
  }

  /** Package #1, again after each challenge, until the server has taken our proof. */
  async open(saying: Saying = {}): Promise<Received> {
    for (let count = 0; count <= CHALLENGES_MAX; count++) {
      const received = await this.say({
        commands: this.package1(),
        answers: this.#heads(),
        ...saying,
      });
      const code = headerStatusOf(received)?.Data;
      if (code !== '401' && code !== '407') return received;
    }
    throw new Inconclusive('the server did not take our proof');
  }

  /** The session's Alert and DevInfo. */
  package1(code: '1200' | '1201' = '1201'): Draft[] {
    const leaves = {
      DevId: this.#bench.options.facts.DevId,
      Man: 'Example',
      Mod: 'Kit',
      DmV: '1.2',
      Lang: 'en',
    };
    const Items = Object.entries(leaves).map(([name, Data]) => ({
      Source: { LocURI: `./DevInfo/${name}` },
      Meta: { Format: 'chr', Type: 'text/plain' },
      Data,
    }));
    return [alert(code), { kind: 'Replace', Items }];
  }

  /** Answers whatever the server asks, as a device that can do everything, until it asks for nothing. */
  async serve(onMessage: (received: Received) => void = () => {}): Promise<void> {
    for (let count = 0; count < MESSAGES_MAX; count++) {
      onMessage(this.answer);
      if (commandsOf(this.answer).length === 0) return;
      await this.say();
    }
    throw new Violation(`the server still asks after ${MESSAGES_MAX} messages`);
  }

  /** Sends a message and takes the server's. */
  async say(saying: Saying = {}): Promise<Received> {
    const response = await this.transmit(saying);
    if (response.status !== 200) throw new Violation(`HTTP ${response.status}, not 200`);
    return this.take(response);
  }

  /** Sends a message; the answer may be anything. */
  async transmit(saying: Saying = {}) {
    const encoding = saying.encoding ?? this.#bench.options.encoding;
    const encoded = encodeSyncML(this.#message(saying), encoding);
    const body = saying.rewrite?.(encoded) ?? encoded;
    this.sent = body;
    return this.#bench.post({
      body,
      ...saying.http,
      headers: this.#headers(saying, encoding, body),
    });
  }

  /** The same octets once more. */
  async repeat() {
    const { encoding } = this.#bench.options;
    return this.#bench.post({ body: this.sent, headers: this.#headers({}, encoding, this.sent) });
  }

  take(response: { readonly body: Uint8Array; readonly headers: Received['headers'] }): Received {
    const encoding = response.headers['content-type']?.includes('wbxml') ? 'wbxml' : 'xml';
    const message = decodeSyncML(response.body, encoding);
    const { headers, body } = response;
    this.last = { message, encoding, bytes: body, line: '200', headers };
    this.#takeHeaderStatus(this.last);
    return this.last;
  }

  #takeHeaderStatus(received: Received): void {
    const status = headerStatusOf(received);
    const nonce = status?.Chal?.Meta.NextNonce;
    if (nonce !== undefined) this.#bench.account.client.nonce = nonce;
    if (status?.Data === '212') this.#isProved = true;
  }

  /** What answers the server's last message: as `say` does by itself. */
  plainAnswers(): Draft[] {
    return this.#answers({});
  }

  #message(saying: Saying): SyncML {
    const { account, options } = this.#bench;
    const answers = saying.answers ?? this.#answers(saying);
    this.#MsgID += 1;
    // OMA-DMPRO 7: a chunk with nothing else to say is answered by Next Message.
    const isAsking = this.#hasChunk && saying.commands === undefined;
    const { commands } = numbered([
      ...answers,
      ...(isAsking ? [alert('1222')] : (saying.commands ?? [])),
    ]);
    const isBare = saying.cred === null || (saying.cred === undefined && this.#isProved);
    const cred = saying.cred ?? account.client.cred();
    return {
      SyncHdr: {
        VerDTD: '1.2',
        VerProto: 'DM/1.2',
        SessionID: this.SessionID,
        MsgID: this.MsgID,
        Target: { LocURI: options.server.url },
        Source: { LocURI: options.facts.DevId, LocName: account.client.name },
        ...(!isBare && cred && { Cred: cred }),
        ...saying.hdr,
      },
      SyncBody: { commands, Final: saying.Final ?? !this.#hasChunk },
    };
  }

  /** Whether the server's last message holds a part of an object that goes on. */
  get #hasChunk(): boolean {
    return this.last !== undefined && commandsOf(this.last).some(isChunk);
  }

  /** Status of the SyncHdr, if there is one to answer. */
  #heads({ code, chal }: Saying = {}): Draft[] {
    if (this.last === undefined) return [];
    const { SyncHdr } = this.last.message;
    const { server } = this.#bench.account;
    const isHmac = server.scheme === 'hmac';
    const own = SyncHdr.Cred !== undefined && !isHmac ? '212' : '200';
    const Chal = chal ?? (isHmac ? server.challenge(randomBytes(16)) : undefined);
    return [
      {
        ...statusDraft(SyncHdr.MsgID, '0', 'SyncHdr', code ?? own),
        TargetRef: [SyncHdr.Target.LocURI],
        SourceRef: [SyncHdr.Source.LocURI],
        ...(Chal && { Chal }),
      },
    ];
  }

  #answers(saying: Saying): Draft[] {
    if (this.last === undefined) return [];
    const { SyncHdr } = this.last.message;
    const all = flat(commandsOf(this.last));
    const statuses = all.map((command) =>
      statusDraft(
        SyncHdr.MsgID,
        command.CmdID,
        command.kind,
        saying.each ?? (isChunk(command) ? '213' : '200'),
      ),
    );
    const isGood = (saying.each ?? '200').startsWith('2');
    return [
      ...this.#heads(saying),
      ...statuses,
      ...(isGood ? all.flatMap((each) => this.#results(SyncHdr.MsgID, each)) : []),
    ];
  }

  #results(MsgRef: string, command: Command): Draft[] {
    if (command.kind !== 'Get') return [];
    const Items: readonly Item[] = command.Items.map(({ Target }) => ({
      Source: { LocURI: Target?.LocURI ?? '' },
      Meta: { Format: 'chr', Type: 'text/plain' },
      Data: this.values.get(Target?.LocURI ?? '') ?? 'kit',
    }));
    return [{ kind: 'Results', MsgRef, CmdRef: command.CmdID, Items }];
  }

  #headers(saying: Saying, encoding: Encoding, body: Uint8Array): Record<string, string> {
    const { client } = this.#bench.account;
    const type = CONTENT_TYPES[encoding];
    const isSigned = client.scheme === 'hmac' && saying.mac !== null;
    return {
      'Content-Type': encoding === 'xml' ? `${type}; charset="utf-8"` : type,
      Accept: type,
      'Accept-Charset': 'utf-8',
      'User-Agent': 'ueprov-kit',
      'Cache-Control': 'no-store',
      ...(isSigned && { 'x-syncml-hmac': saying.mac ?? client.mac(body) }),
      ...saying.http?.headers,
    };
  }
}

/** Commands with those inside Sequence and Atomic, in document order. */
function flat(commands: readonly Command[]): Command[] {
  return commands.flatMap((command) =>
    'commands' in command ? [command, ...flat(command.commands)] : [command],
  );
}

function isChunk(command: Command): boolean {
  return 'Items' in command && command.Items.some(({ MoreData }) => MoreData === true);
}

function statusDraft(
  MsgRef: string,
  CmdRef: string,
  Cmd: string,
  Data: string,
): Omit<Status, 'CmdID'> {
  return { kind: 'Status', MsgRef, CmdRef, Cmd, TargetRef: [], SourceRef: [], Data, Items: [] };
}
