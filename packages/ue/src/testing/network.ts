/** A UE, its registrar and its DM servers on virtual time: every datagram and every POST takes a little while. */
import type { Instant, Random } from '@ueprov/protocols';
import type { Shape, Tree, TreeSnapshot } from '@ueprov/protocols/dm/tree';
import { notificationRequest } from '@ueprov/protocols/push';
import { decodeSip, type TransportAddress } from '@ueprov/protocols/sip';
import { bootstrapTree } from '../bootstrap.ts';
import type { UeConfig } from '../config.ts';
import { Device, type DeviceEffect, type DeviceInput, type DeviceOptions } from '../device.ts';
import type { ErrandEffect } from '../errands.ts';
import { sipNetworks } from '../identity.ts';
import { TestDmServer } from './dm-server.ts';
import { type Datagram, TestRegistrar } from './registrar.ts';
import { P_CSCF, sampleConfig } from './sample-config.ts';

export const UE_ADDRESS: TransportAddress = { address: '192.0.2.7', port: 5060 };
export const REGISTRAR_ADDRESS: TransportAddress = { address: P_CSCF.host, port: P_CSCF.port };
/** One way of a datagram, and of HTTP. */
const LATENCY_MS = 5;
const START: Instant = Date.parse('2030-01-01T00:00:00Z');

interface Arrival {
  readonly at: Instant;
  readonly arrive: () => void;
}

export class TestNetwork {
  readonly tree: Tree;
  readonly device: Device;
  readonly registrar = new TestRegistrar(REGISTRAR_ADDRESS, seededRandom(2));
  readonly servers: TestDmServer[];
  /** What the UE did, in order: `send REGISTER`, `send 200`, `post prov.home.example`, `persist`, `info registered`. */
  readonly trace: string[] = [];
  /** The tree at each `persist`. */
  readonly kept: TreeSnapshot[] = [];
  /** What it asks the user, and has done. */
  readonly errands: ErrandEffect[] = [];
  now: Instant = START;
  /** Datagrams of the UE get nowhere. */
  isCut = false;
  /** The UE gets no answer to its POSTs, and no failure either. */
  isHttpHanging = false;
  #arrivals: Arrival[] = [];
  #callIds = 0;

  constructor(
    config: UeConfig = sampleConfig(),
    servers?: TestDmServer[],
    { vendor, ...more }: Pick<DeviceOptions, 'hasUser' | 'actions'> & { vendor?: Shape[] } = {},
  ) {
    this.servers = servers ?? [new TestDmServer(seededRandom(3))];
    this.tree = bootstrapTree(config, this.now, vendor);
    this.device = new Device({
      tree: this.tree,
      networks: sipNetworks(this.tree),
      address: UE_ADDRESS,
      instanceId: config.sip.instance,
      monitors: config.sip.regEvent,
      isOutbound: config.sip.outbound,
      encoding: config.encoding,
      random: seededRandom(1),
      ...more,
    });
  }

  get server(): TestDmServer {
    const [server] = this.servers;
    if (server === undefined) throw new Error('there is a server');
    return server;
  }

  /** Lets the UE start, and everything that follows at once happen. */
  start(): this {
    this.step({ kind: 'start' });
    return this.run(1000);
  }

  step(input: DeviceInput): void {
    for (const effect of this.device.step(input, this.now)) this.#perform(effect);
  }

  /** Package #0 in a MESSAGE of the core. */
  wake(package0: Uint8Array): this {
    this.#callIds += 1;
    const request = notificationRequest({
      IMPU: 'sip:alice@home.example',
      from: 'sip:prov@home.example',
      fromTag: 'prov',
      callId: `wake-${this.#callIds}`,
      cSeq: 1,
      package0,
    });
    this.#carry(this.registrar.send(request, UE_ADDRESS, this.now));
    return this;
  }

  datagram(bytes: Uint8Array): void {
    this.step({ kind: 'octets', bytes, source: REGISTRAR_ADDRESS });
  }

  /** Lets that much time pass. */
  run(durationMs: number): this {
    const until = this.now + durationMs;
    for (;;) {
      const next = this.#next();
      if (next === undefined || next > until) break;
      this.now = Math.max(this.now, next);
      this.#turn();
    }
    this.now = until;
    return this;
  }

  /** Everything in the trace that begins like that. */
  traced(...beginnings: string[]): string[] {
    return this.trace.filter((line) => beginnings.some((beginning) => line.startsWith(beginning)));
  }

  #next(): Instant | undefined {
    const instants = [
      ...this.#arrivals.map(({ at }) => at),
      this.device.deadline,
      this.registrar.deadline,
    ].filter((at) => at !== undefined);
    return instants.length === 0 ? undefined : Math.min(...instants);
  }

  #turn(): void {
    const due = this.#arrivals.filter(({ at }) => at <= this.now);
    this.#arrivals = this.#arrivals.filter(({ at }) => at > this.now);
    for (const { arrive } of due) arrive();
    if (this.device.deadline !== undefined && this.device.deadline <= this.now) {
      for (const effect of this.device.step({ kind: 'timeout' }, this.now)) this.#perform(effect);
    }
    if (this.registrar.deadline !== undefined && this.registrar.deadline <= this.now) {
      this.#carry(this.registrar.step({ kind: 'timeout' }, this.now));
    }
  }

  #perform(effect: DeviceEffect): void {
    switch (effect.kind) {
      case 'datagram': {
        const message = decodeSip(effect.bytes);
        this.trace.push(`send ${message.kind === 'request' ? message.method : message.status}`);
        const input = { kind: 'octets', bytes: effect.bytes, source: UE_ADDRESS } as const;
        if (!this.isCut) this.#later(() => this.#carry(this.registrar.step(input, this.now)));
        return;
      }
      case 'resolve':
      case 'keep-cards':
        throw new Error(`nothing here needs ${effect.kind}`);
      case 'ask':
      case 'withdraw':
      case 'exec':
        this.trace.push(effect.kind);
        this.errands.push(effect);
        return;
      case 'persist':
        this.trace.push('persist');
        this.kept.push(this.tree.snapshot());
        return;
      case 'post':
        this.trace.push(`post ${new URL(effect.url).hostname}`);
        if (!this.isHttpHanging) this.#later(() => this.#post(effect));
        return;
      case 'stopped':
        this.trace.push('stopped');
        return;
      case 'log':
        this.trace.push(`${effect.level} ${effect.text}`);
        return;
    }
  }

  #post({ url, post, body, encoding }: Extract<DeviceEffect, { kind: 'post' }>): void {
    const server = this.servers.find((each) => each.url === url);
    if (server === undefined || server.isAway) {
      this.#later(() => this.step({ kind: 'post-failed', post, reason: 'connection refused' }));
      return;
    }
    const answer = server.answer(body, encoding, this.now);
    this.#later(() => this.step({ kind: 'posted', post, body: answer, encoding }));
  }

  #carry(datagrams: readonly Datagram[]): void {
    for (const { bytes } of datagrams) {
      this.#later(() => this.step({ kind: 'octets', bytes, source: REGISTRAR_ADDRESS }));
    }
  }

  #later(arrive: () => void): void {
    this.#arrivals.push({ at: this.now + LATENCY_MS, arrive });
  }
}

/** Octets that differ from call to call, and from seed to seed. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fff_ffff;
      return (state >> 16) & 0xff;
    });
}
