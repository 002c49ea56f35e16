/** The UE on its sockets: carries out what `Device` returns, one effect after the other, and keeps one alarm. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { HMAC_HEADER, readResponseHead, requestHeaders } from '@ueprov/protocols/dm';
import type { Tree } from '@ueprov/protocols/dm/tree';
import type { TransportAddress } from '@ueprov/protocols/sip';
import { Alarm } from '@ueprov/shell';
import type { Device, DeviceEffect, DeviceInput } from '../device.ts';
import { MAX_MSG_SIZE } from '../exchange.ts';
import { replaceDocument } from './disk.ts';
import { HttpClient } from './http.ts';

export interface UeShellPorts {
  readonly onDatagram: (bytes: Uint8Array, from: TransportAddress, to: TransportAddress) => void;
  readonly onLog: (level: 'info' | 'warn' | 'error', text: string) => void;
}

const USER_AGENT = 'ueprov/0.1';
const REDIRECTS_MAX = 3;
const HTTP_LIMITS = { timeoutMs: 30_000, bodyMax: MAX_MSG_SIZE };
const NOT_KEPT = 'what it would promise could not be kept';
/** How long a stop waits for the network's leave. */
const LEAVE_MS = 1000;

type PostEffect = Extract<DeviceEffect, { kind: 'post' }>;

export class UeShell {
  readonly address: TransportAddress;
  readonly #socket: Socket;
  readonly #ports: UeShellPorts;
  readonly #http = new HttpClient();
  readonly #alarm = new Alarm();
  #device: Device | undefined;
  #tree: Tree | undefined;
  #file = '';
  /** Of the tree that is on disk. */
  #keptVersion = -1;
  /** Effects are performed in order, also when one of them takes time. */
  #work: Promise<void> = Promise.resolve();
  readonly #stopped = Promise.withResolvers<void>();
  #closing: Promise<void> | undefined;

  static async bind(host: string, port: number, ports: UeShellPorts): Promise<UeShell> {
    // [R-6.3.1.1-1]
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.bind(port, host);
    try {
      await once(socket, 'listening');
    } catch (error) {
      throw new Error(`SIP cannot listen on ${host}:${port}/udp`, { cause: error });
    }
    return new UeShell(socket, ports);
  }

  private constructor(socket: Socket, ports: UeShellPorts) {
    this.#socket = socket;
    this.#ports = ports;
    const { address, port } = socket.address();
    this.address = { address, port };
    socket.on('message', (bytes, source) =>
      this.#step({ kind: 'octets', bytes, source: { address: source.address, port: source.port } }),
    );
    socket.on('error', (error) => ports.onLog('error', `SIP: ${error.message}`));
  }

  /** Begins: `file` is where the tree is kept, and holds it as it is now. */
  drive(device: Device, tree: Tree, file: string): void {
    this.#device = device;
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
    this.#alarm.clear();
    await this.#work;
    this.#http.close();
    this.#socket.close();
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
        this.#send(effect.bytes, effect.target);
        return;
      case 'persist':
        await this.#keep();
        return;
      case 'post':
        // What was not kept is not promised: the same message may leave once the disk takes the tree.
        if (await this.#keep()) this.#post(effect);
        else this.#step({ kind: 'post-failed', post: effect.post, reason: NOT_KEPT });
        return;
      case 'stopped':
        this.#stopped.resolve();
        return;
      case 'log':
        this.#ports.onLog(effect.level, effect.text);
        return;
    }
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

  #send(bytes: Uint8Array, target: TransportAddress): void {
    this.#ports.onDatagram(bytes, this.address, target);
    this.#socket.send(bytes, target.port, target.address, (error) => {
      if (error) this.#step({ kind: 'unreachable', target });
    });
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
