/** The UE on its sockets: carries out what `Device` returns, one effect after the other, and keeps one alarm. */
import { HMAC_HEADER, readResponseHead, requestHeaders } from '@ueprov/protocols/dm';
import type { Tree } from '@ueprov/protocols/dm/tree';
import type { Question } from '@ueprov/protocols/dns';
import type { Transport, TransportAddress } from '@ueprov/protocols/sip';
import { Alarm, DnsResolver, SipTransport, type SipTransportOptions } from '@ueprov/shell';
import type { Device, DeviceEffect, DeviceInput } from '../device.ts';
import { MAX_MSG_SIZE } from '../exchange.ts';
import type { UserInterface } from '../user-interface.ts';
import type { Action } from '../vendor-object.ts';
import { cardsFile } from './cards.ts';
import { replaceDocument } from './disk.ts';
import { ErrandRunner } from './errand-runner.ts';
import { HttpClient } from './http.ts';

export interface UeShellPorts {
  readonly onDatagram: (bytes: Uint8Array, from: TransportAddress, to: TransportAddress) => void;
  readonly onLog: (level: 'info' | 'warn' | 'error', text: string) => void;
  /** Whoever answers questions of servers. */
  readonly user?: UserInterface | undefined;
  /** What servers may have done, by address. */
  readonly actions?: ReadonlyMap<string, Action>;
}

const USER_AGENT = 'ueprov/0.1';
const REDIRECTS_MAX = 3;
const HTTP_LIMITS = { timeoutMs: 30_000, bodyMax: MAX_MSG_SIZE };
const NOT_KEPT = 'what it would promise could not be kept';
/** How long a stop waits for the network's leave. */
const LEAVE_MS = 1000;

type PostEffect = Extract<DeviceEffect, { kind: 'post' }>;

export class UeShell {
  readonly #transport: SipTransport;
  readonly #ports: UeShellPorts;
  readonly #http = new HttpClient();
  readonly #alarm = new Alarm();
  readonly #errands: ErrandRunner;
  #dns: DnsResolver | undefined;
  #device: Device | undefined;
  #tree: Tree | undefined;
  #file = '';
  /** Of the tree that is on disk. */
  #keptVersion = -1;
  /** Effects are performed in order, also when one of them takes time. */
  #work: Promise<void> = Promise.resolve();
  readonly #stopped = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;

  static async open(options: SipTransportOptions, ports: UeShellPorts): Promise<UeShell> {
    // Nothing comes before the next turn of the event loop: its receiver is there by then.
    let receive: (input: DeviceInput) => void = () => {};
    // [R-6.3.1.1-1]
    const transport = await SipTransport.open(options, {
      onOctets: (bytes, source) => receive({ kind: 'octets', bytes, source }),
      onUnreachable: (target) => receive({ kind: 'unreachable', target }),
      onSend: ports.onDatagram,
      onError: (error) => ports.onLog('error', `SIP: ${error.message}`),
    });
    const shell = new UeShell(transport, ports);
    receive = (input) => shell.#step(input);
    return shell;
  }

  private constructor(transport: SipTransport, ports: UeShellPorts) {
    this.#transport = transport;
    this.#ports = ports;
    this.#errands = new ErrandRunner(ports, (input) => this.#step(input));
  }

  /** Where it is reached, by the first of its transports. */
  get address(): TransportAddress {
    return this.#transport.address;
  }

  get transports(): readonly Transport[] {
    return this.#transport.transports;
  }

  get ports(): Readonly<Partial<Record<Transport, number>>> {
    return this.#transport.ports;
  }

  /** Begins: `file` is where the tree is kept, and holds it as it is now. `resolvers`: DNS servers. */
  drive(device: Device, tree: Tree, file: string, resolvers: readonly string[] = []): void {
    this.#device = device;
    this.#dns = new DnsResolver({ servers: resolvers });
    this.#tree = tree;
    this.#keptVersion = tree.version;
    this.#file = file;
    this.#step({ kind: 'start' });
  }

  /** Leaves the network if it answers soon, then lets go of everything. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#device !== undefined) {
      this.#step({ kind: 'stop' });
      const late = new Promise<void>((resolve) => setTimeout(resolve, LEAVE_MS).unref());
      await Promise.race([this.#stopped.promise, late]);
    }
    this.#device = undefined;
    this.#errands.close();
    this.#alarm.clear();
    this.#dns?.close();
    await this.#work;
    this.#http.close();
    await this.#transport.close();
  }

  #step(input: DeviceInput | { readonly kind: 'timeout' }): void {
    const device = this.#device;
    if (device === undefined) return;
    const effects = device.step(input, Date.now());
    this.#alarm.set(device.deadline, () => this.#step({ kind: 'timeout' }));
    if (effects.length > 0) this.#work = this.#work.then(() => this.#perform(effects));
  }

  async #perform(effects: readonly DeviceEffect[]): Promise<void> {
    for (const effect of effects) {
      try {
        await this.#carryOut(effect);
      } catch (error) {
        // One effect that cannot be had, such as a datagram to port 0, is no reason to leave out the others.
        this.#ports.onLog('error', `${effect.kind}: ${reasonOf(error)}`);
      }
    }
  }

  async #carryOut(effect: DeviceEffect): Promise<void> {
    switch (effect.kind) {
      case 'datagram':
        this.#transport.send(effect.bytes, effect.target);
        return;
      case 'resolve':
        this.#resolve(effect.question);
        return;
      case 'keep-cards':
        await replaceDocument(cardsFile(this.#file), effect.cards);
        return;
      case 'persist':
        await this.#keep();
        return;
      case 'post':
        // What was not kept is not promised: the same message may leave once the disk takes the tree.
        if (await this.#keep()) this.#post(effect);
        else this.#step({ kind: 'post-failed', post: effect.post, reason: NOT_KEPT });
        return;
      case 'ask':
      case 'withdraw':
      case 'exec':
        this.#errands.run(effect);
        return;
      case 'stopped':
        this.#stopped.resolve();
        return;
      case 'log':
        this.#ports.onLog(effect.level, effect.text);
        return;
    }
  }

  /** A server that is slow holds up nothing else. */
  #resolve(question: Question): void {
    this.#dns?.ask(question).then((answer) => this.#step({ kind: 'resolved', question, answer }));
  }

  /** Whether the tree as it is now is on disk. */
  async #keep(): Promise<boolean> {
    const tree = this.#tree;
    if (tree === undefined || tree.version === this.#keptVersion) return true;
    const { version } = tree;
    try {
      await replaceDocument(this.#file, tree.snapshot());
      this.#keptVersion = version;
      return true;
    } catch (error) {
      this.#ports.onLog('error', `${this.#file} cannot be written: ${reasonOf(error)}`);
      return false;
    }
  }

  #post(post: PostEffect): void {
    this.#answer(post, REDIRECTS_MAX).then(
      (input) => this.#step(input),
      (error) => this.#step({ kind: 'post-failed', post: post.post, reason: reasonOf(error) }),
    );
  }

  async #answer(message: PostEffect, redirects: number): Promise<DeviceInput> {
    const { post, url, body, encoding, http } = message;
    const headers = {
      ...requestHeaders(encoding, USER_AGENT),
      ...(message.mac !== undefined && { [HMAC_HEADER]: message.mac }),
    };
    const answer = await this.#http.post(url, headers, body, HTTP_LIMITS, http);
    const verdict = readResponseHead(answer.status, answer.headers, url);
    if (verdict.kind === 'failed') return { kind: 'post-failed', post, reason: verdict.reason };
    if (verdict.kind === 'redirect') {
      if (redirects === 0) return { kind: 'post-failed', post, reason: 'too many redirects' };
      return this.#answer({ ...message, url: verdict.url }, redirects - 1);
    }
    const mac = answer.headers[HMAC_HEADER];
    const posted = { kind: 'posted', post, body: answer.body, encoding: verdict.encoding } as const;
    return mac === undefined ? posted : { ...posted, mac };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
