/**
 * Two engines against each other in memory, on virtual time: what the DM tests play sessions with.
 * `tamper` sees every message on its way, as a hostile or lossy network would.
 */
import type { Instant, Random } from '../../engine.ts';
import { ProtocolError } from '../../error.ts';
import { encodeSyncML } from '../../syncml/encode.ts';
import type { SyncML } from '../../syncml/message.ts';
import type { MacOf, ReceivedProof } from '../auth-hmac.ts';
import { DmClient } from '../client.ts';
import type { DmClientEffect, DmClientInput, DmClientOptions } from '../client-interface.ts';
import { DmServer } from '../server.ts';
import type { DmServerEffect, DmServerOptions, SessionOperation } from '../server-interface.ts';
import { OPEN_ROOT } from '../tree/shape.ts';
import { LOCAL, Tree } from '../tree/tree.ts';

export const URL_OF_SERVER = 'http://dm.operator.example/mgmt-server';
export const SERVER_ID = 'dm.operator.example';
export const DEV_ID = 'sip:device-aor@operator.example';

export type Direction = 'to-server' | 'to-client';

export interface PairOptions {
  readonly client?: Partial<DmClientOptions>;
  readonly server?: Partial<DmServerOptions>;
  /** What the server's caller answers to each `ready`. */
  readonly plan?: (
    round: number,
    effects: readonly DmServerEffect[],
  ) => readonly SessionOperation[];
  /** What the device answers to `ask` and `exec`, at once; undefined is no answer. */
  readonly device?: (effect: DmClientEffect) => DmClientInput | undefined;
  /** Gives back what arrives: the message, another one, or undefined if it is lost. */
  readonly tamper?: (message: SyncML, direction: Direction) => SyncML | undefined;
  /** Gives back the `x-syncml-hmac` that arrives. */
  readonly tamperMac?: (header: string, direction: Direction) => string | undefined;
}

/** A tree with the DevInfo of Appendix I and a node to write. */
export function sampleTree(): Tree {
  const tree = new Tree(OPEN_ROOT);
  const leaves = {
    './DevInfo/DevId': DEV_ID,
    './DevInfo/Man': 'Vendor.Example.Net, Inc.',
    './DevInfo/Mod': 'ZZZ Device',
    './DevInfo/DmV': '1.2',
    './DevInfo/Lang': 'en-US',
    './DevInfo/Ext/Pktc2/PktcVersion': '1.0',
    './XX/YY/Count': '1',
    './XX/YY/Status': 'operational',
  };
  for (const [uri, Data] of Object.entries(leaves)) {
    const Format = uri.endsWith('Count') ? 'int' : 'chr';
    tree.add(uri, { Format, Type: 'text/plain', Data }, LOCAL, 0);
  }
  tree.replace('./XX?prop=ACL', { Data: `Add=*&Get=*&Replace=*&Delete=*&Exec=*` }, LOCAL, 0);
  return tree;
}

/** Bytes that differ from call to call, and from seed to seed. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (state * 1103515245 + 12345) & 0x7fffffff;
      return (state >> 16) & 0xff;
    });
}

interface Sent {
  readonly message: SyncML;
  readonly mac?: MacOf;
}

interface Proof {
  readonly proof?: ReceivedProof;
}

export class Pair {
  readonly tree: Tree;
  readonly client: DmClient;
  readonly server: DmServer;
  readonly clientEffects: DmClientEffect[] = [];
  readonly serverEffects: DmServerEffect[] = [];
  /** Everything that was sent, in order, as it left. */
  readonly wire: { readonly from: 'client' | 'server'; readonly message: SyncML }[] = [];
  readonly #options: PairOptions;
  #rounds = 0;
  now: Instant = 1_000_000;

  constructor(options: PairOptions = {}) {
    this.#options = options;
    this.tree = options.client?.tree ?? sampleTree();
    this.client = new DmClient({
      ServerID: SERVER_ID,
      url: URL_OF_SERVER,
      DevId: DEV_ID,
      SessionID: '1',
      alert: '1200',
      tree: this.tree,
      MaxMsgSize: 10_000,
      MaxObjSize: 8000,
      random: seededRandom(1),
      ...options.client,
    });
    this.server = new DmServer({
      ServerID: SERVER_ID,
      url: URL_OF_SERVER,
      account: undefined,
      MaxMsgSize: 20_000,
      MaxObjSize: 16_000,
      random: seededRandom(2),
      ...options.server,
    });
  }

  /** Starts the client and plays until it ends, or until neither side has anything to do. */
  run(): this {
    this.take(this.client.step({ kind: 'start' }, this.now));
    while (this.client.state !== 'Ended' && this.client.deadline !== undefined) {
      this.now = this.client.deadline;
      this.take(this.client.step({ kind: 'timeout' }, this.now));
    }
    return this;
  }

  /** Performs what the client wants, deep into the exchange that follows. */
  take(effects: readonly DmClientEffect[]): void {
    this.clientEffects.push(...effects);
    for (const effect of effects) {
      const input = this.#options.device?.(effect);
      if (input !== undefined) this.take(this.client.step(input, this.now));
      if (effect.kind !== 'send') continue;
      this.wire.push({ from: 'client', message: effect.message });
      this.now += 10;
      const arrived = this.#pass(effect.message, 'to-server');
      const proof = this.#proof(effect, arrived, 'to-server');
      const reply = arrived && this.#answer(arrived, proof);
      if (reply instanceof ProtocolError) {
        this.take(this.client.step({ kind: 'failed', reason: reply.code }, this.now));
        continue;
      }
      const returned = reply && this.#pass(reply.message, 'to-client');
      if (reply === undefined || returned === undefined) continue;
      const message = { message: returned, ...this.#proof(reply, returned, 'to-client') };
      this.take(this.client.step({ kind: 'message', ...message }, this.now));
    }
  }

  /** What the server says to a message; an error stands for HTTP 400. */
  #answer(message: SyncML, proof: Proof): Sent | ProtocolError | undefined {
    let effects: DmServerEffect[];
    try {
      effects = this.server.step({ kind: 'message', message, ...proof }, this.now);
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      throw error;
    }
    if (effects.at(-1)?.kind === 'ready') {
      const operations = this.#options.plan?.(this.#rounds, effects) ?? [];
      this.#rounds += 1;
      effects.push(...this.server.step({ kind: 'operations', operations }, this.now));
    }
    this.serverEffects.push(...effects);
    const reply = effects.find((effect) => effect.kind === 'reply');
    if (reply !== undefined) this.wire.push({ from: 'server', message: reply.message });
    return reply;
  }

  /** What the shells hand over beside the message: its octets and its header. */
  #proof({ message, mac }: Sent, arrived: SyncML | undefined, direction: Direction): Proof {
    if (mac === undefined || arrived === undefined) return {};
    const sent = mac(encodeSyncML(message, 'xml'));
    const { tamperMac } = this.#options;
    const header = tamperMac === undefined ? sent : tamperMac(sent, direction);
    return { proof: { body: encodeSyncML(arrived, 'xml'), header } };
  }

  #pass(message: SyncML, direction: Direction): SyncML | undefined {
    return this.#options.tamper ? this.#options.tamper(message, direction) : message;
  }

  get ends(): readonly [string | undefined, string | undefined] {
    const end = (effects: readonly (DmClientEffect | DmServerEffect)[]) =>
      effects.find((effect) => effect.kind === 'ended')?.result;
    return [end(this.clientEffects), end(this.serverEffects)];
  }

  /** `id: status` of each operation, in the order in which the results came. */
  get results(): readonly string[] {
    return this.serverEffects.flatMap((effect) =>
      effect.kind === 'result' ? [`${effect.id}: ${effect.status}`] : [],
    );
  }

  /** The nonce that one side keeps for later, the last one of each level. */
  nonce(side: 'client' | 'server', level: 'CLCRED' | 'SRVCRED'): Uint8Array | undefined {
    const effects: readonly (DmClientEffect | DmServerEffect)[] =
      side === 'client' ? this.clientEffects : this.serverEffects;
    return effects
      .flatMap((effect) =>
        effect.kind === 'nonce' && effect.level === level ? [effect.nonce] : [],
      )
      .at(-1);
  }
}

/** `Alert 1200, Replace, Final` of a message: what a test compares. */
export function outline({ SyncBody }: SyncML): string {
  const parts = SyncBody.commands.map((command) => {
    if (command.kind === 'Status') return `${command.Cmd}=${command.Data}`;
    return command.kind === 'Alert' ? `Alert ${command.Data}` : command.kind;
  });
  return [...parts, ...(SyncBody.Final ? ['Final'] : [])].join(', ');
}
