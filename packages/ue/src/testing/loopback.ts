/** The registrar and the DM server of the tests on real sockets of the loopback, and a way to wait for what happens there. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { readRequestHead, responseHeaders } from '@ueprov/protocols/dm';
import { notificationRequest } from '@ueprov/protocols/push';
import { contacts, type TransportAddress } from '@ueprov/protocols/sip';
import { TestDmServer } from './dm-server.ts';
import { seededRandom } from './network.ts';
import { type Datagram, TestRegistrar } from './registrar.ts';
import { account, sampleDocument } from './sample-config.ts';

const BODY_MAX = 65_536;

export class Loopback {
  readonly registrar: TestRegistrar;
  readonly server: TestDmServer;
  readonly #host: string;
  readonly #socket: Socket;
  readonly #http: Server;
  /** What the DM server answers instead of SyncML, once each: status and Location. */
  readonly instead: { readonly status: number; readonly location?: string }[] = [];
  /** Request targets of what was posted. */
  readonly targets: string[] = [];
  #waiting: { readonly isThere: () => boolean; readonly resolve: () => void }[] = [];
  #wakes = 0;

  static async open(host = '127.0.0.1', path = '/dm'): Promise<Loopback> {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, host);
    const http = createServer();
    http.listen(0, host);
    await Promise.all([once(socket, 'listening'), once(http, 'listening')]);
    return new Loopback(host, path, socket, http);
  }

  private constructor(host: string, path: string, socket: Socket, http: Server) {
    this.#host = host;
    this.#socket = socket;
    this.#http = http;
    const { address, port } = socket.address();
    this.registrar = new TestRegistrar({ address, port }, seededRandom(2));
    const origin = `http://${host.includes(':') ? `[${host}]` : host}:${(http.address() as AddressInfo).port}`;
    this.server = new TestDmServer(seededRandom(3), { url: `${origin}${path}` });
    socket.on('message', (bytes, source) => {
      const input = { kind: 'octets', bytes, source } as const;
      this.#carry(this.registrar.step(input, Date.now()));
      this.happened();
    });
    http.on('request', async (incoming, outgoing) => {
      const body = await buffer(incoming);
      this.targets.push(incoming.url ?? '');
      const other = this.instead.shift();
      const headers = { ...incoming.headers } as Record<string, string | undefined>;
      const head = { method: incoming.method ?? '', target: incoming.url ?? '', headers };
      const verdict = readRequestHead(head, { path: path || '/', bodyMax: BODY_MAX });
      if (other !== undefined) {
        const location = other.location === undefined ? {} : { Location: other.location };
        outgoing.writeHead(other.status, location).end();
      } else if (!verdict.ok) outgoing.writeHead(verdict.status).end();
      else {
        outgoing.writeHead(200, responseHeaders(verdict.answer));
        outgoing.end(this.server.answer(body, verdict.encoding, Date.now()));
      }
      this.happened();
    });
  }

  /** The document of a UE that lives here. */
  document(tree: string, change: Record<string, unknown> = {}): Record<string, unknown> {
    const sample = sampleDocument({ tree, accounts: [account({ Addr: this.server.url })] });
    const { address, port } = this.#socket.address();
    const sip = {
      ...(sample.sip as Record<string, unknown>),
      host: this.#host,
      pCscf: { host: address, port },
    };
    return { ...sample, sip, ...change };
  }

  /** Package #0 to the contact that registered last. */
  wake(SessionID: number): void {
    this.#wakes += 1;
    const [contact] = this.registrar.last === undefined ? [] : contacts(this.registrar.last);
    if (contact?.uri.kind !== 'sip') throw new Error('nobody has registered');
    const { host, port = 0 } = contact.uri;
    const request = notificationRequest({
      IMPU: 'sip:alice@home.example',
      from: 'sip:prov@home.example',
      fromTag: 'prov',
      callId: `wake-${this.#wakes}`,
      cSeq: 1,
      package0: this.server.package0(SessionID),
    });
    const address = host.replace(/^\[|\]$/g, '');
    this.#carry(this.registrar.send(request, { address, port }, Date.now()));
  }

  /** Octets to the UE as they are. */
  datagram(bytes: Uint8Array, target: TransportAddress): void {
    this.#socket.send(bytes, target.port, target.address);
  }

  until(isThere: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ isThere, resolve });
      this.happened();
    });
  }

  /** Something happened that somebody may wait for. */
  happened(): void {
    const there = this.#waiting.filter(({ isThere }) => isThere());
    this.#waiting = this.#waiting.filter((each) => !there.includes(each));
    for (const { resolve } of there) resolve();
  }

  close(): void {
    this.#socket.close();
    this.#http.closeAllConnections();
    this.#http.close();
  }

  #carry(datagrams: readonly Datagram[]): void {
    for (const { bytes, target } of datagrams) {
      this.#socket.send(bytes, target.port, target.address);
    }
  }
}
