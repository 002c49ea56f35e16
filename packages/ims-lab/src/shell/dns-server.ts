/** The lab's DNS server on UDP and TCP (RFC 1035 4.2): dns-zone.ts knows the answers. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Socket as Connection, createServer, type Server } from 'node:net';
import { answerDns, QUERY_BYTES_MAX, UDP_BYTES_MAX, type Zone } from '../dns-zone.ts';

const LENGTH_BYTES = 2;
const PORT_TRIES_MAX = 20;
const TCP_BYTES_MAX = 65_535;
const CONNECTIONS_MAX = 64;
/** Of a connection that says nothing. */
const IDLE_MS = 5000;

export class DnsServer {
  readonly #udp: Socket;
  readonly #tcp: Server;
  readonly #connections = new Set<Connection>();
  #zone: Zone;
  #port = 0;
  #closing: Promise<void> | undefined;

  /** Rejects with the address if it is taken; port 0 is any that is free for both. */
  static async open(host: string, port: number, zone: Zone): Promise<DnsServer> {
    for (let tries = 1; ; tries++) {
      const server = new DnsServer(host, zone);
      try {
        await server.#listen(host, port);
        return server;
      } catch (cause) {
        await server.close();
        // Another program has that port for TCP: any port will do, but one for both.
        if (port === 0 && tries < PORT_TRIES_MAX) continue;
        throw new Error(`the DNS server cannot listen on ${host}:${port}`, { cause });
      }
    }
  }

  private constructor(host: string, zone: Zone) {
    this.#zone = zone;
    this.#udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    this.#tcp = createServer((connection) => this.#serve(connection));
    this.#tcp.maxConnections = CONNECTIONS_MAX;
  }

  get port(): number {
    return this.#port;
  }

  /** Other names from now on. */
  set zone(zone: Zone) {
    this.#zone = zone;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    const closed = this.#tcp.listening ? once(this.#tcp, 'close') : undefined;
    this.#tcp.close();
    this.#udp.close();
    await closed;
  }

  async #listen(host: string, port: number): Promise<void> {
    this.#udp.bind(port, host);
    await once(this.#udp, 'listening');
    this.#port = this.#udp.address().port;
    this.#udp.on('message', (query, { address, port: from }) => {
      const answer = answerDns(query, this.#zone, UDP_BYTES_MAX);
      if (answer !== undefined && from > 0) this.#udp.send(answer, from, address);
    });
    // An ICMP error of an earlier answer: whoever asked is gone.
    this.#udp.on('error', () => {});
    this.#tcp.listen(this.#port, host);
    await once(this.#tcp, 'listening');
  }

  /** RFC 1035 4.2.2: two octets of length before each message. */
  #serve(connection: Connection): void {
    this.#connections.add(connection);
    let waiting: Buffer = Buffer.alloc(0);
    connection.setTimeout(IDLE_MS, () => connection.destroy());
    connection.on('error', () => connection.destroy());
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= LENGTH_BYTES) {
        const length = waiting.readUInt16BE(0);
        if (length > QUERY_BYTES_MAX) {
          connection.destroy();
          return;
        }
        if (waiting.length < LENGTH_BYTES + length) return;
        const query = waiting.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
        waiting = waiting.subarray(LENGTH_BYTES + length);
        this.#answer(connection, query);
      }
    });
  }

  #answer(connection: Connection, query: Uint8Array): void {
    const answer = answerDns(query, this.#zone, TCP_BYTES_MAX);
    if (answer === undefined) {
      connection.destroy();
      return;
    }
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt16BE(answer.length);
    connection.write(Buffer.concat([length, answer]));
  }
}
