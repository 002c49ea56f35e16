/** A small forward proxy of HTTP on the loopback, real on both sides; optionally one that wants to know who asks. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpAccount, HttpGate } from '@ueprov/protocols/dm';

export class TestProxy {
  /** Request targets as they came, with the Host. */
  readonly seen: string[] = [];
  /** Names of all headers of requests that were passed on. */
  readonly passed: Set<string> = new Set();
  readonly #server: Server;
  readonly #gate: HttpGate | undefined;
  readonly #account: HttpAccount | undefined;

  static async open(gate?: HttpGate, account?: HttpAccount): Promise<TestProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TestProxy(server, gate, account);
  }

  private constructor(server: Server, gate?: HttpGate, account?: HttpAccount) {
    this.#server = server;
    this.#gate = gate;
    this.#account = account;
    server.on('request', (incoming, outgoing) => {
      this.seen.push(`${incoming.method} ${incoming.url} ${incoming.headers.host}`);
      const challenges = this.#challenges(incoming);
      if (challenges !== undefined) {
        incoming.resume();
        outgoing.writeHead(407, { 'Proxy-Authenticate': [...challenges] }).end();
        return;
      }
      const { 'proxy-authorization': _, connection: __, ...headers } = incoming.headers;
      for (const name of Object.keys(headers)) this.passed.add(name);
      const onward = request(incoming.url ?? '', { method: incoming.method ?? '', headers });
      onward.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.writeHead(502).end());
      incoming.pipe(onward);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #challenges({ method = '', url = '', headers }: IncomingMessage): readonly string[] | undefined {
    if (this.#gate === undefined || this.#account === undefined) return undefined;
    const authorization = headers['proxy-authorization'];
    const claim = { method, target: url, authorization };
    const verdict = this.#gate.check(this.#account, claim, Date.now());
    return verdict.kind === 'challenge' ? verdict.challenges : undefined;
  }
}
