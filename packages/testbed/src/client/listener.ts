/** The HTTP end at which a client under test arrives: requests wait here until a case answers them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inbox } from '../conformance/inbox.ts';

export interface Arrival {
  readonly method: string;
  readonly target: string;
  /** By lower-case name, the first of repeated ones. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Each header as it came: names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
  readonly answer: (answer: HttpAnswer) => void;
  /** Whether it was answered, or its connection is gone. */
  readonly isOver: () => boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Cut the connection instead of answering. */
  readonly cut?: boolean;
  /** In chunks of this many octets, without Content-Length. */
  readonly chunk?: number;
}

/** No DM message that a client sends is longer. */
export const REQUEST_BYTES_MAX = 4 * 1024 * 1024;

export class Listener {
  readonly arrivals = new Inbox<Arrival>();
  readonly #server: Server;
  #connections = 0;

  static async open(host: string, port: number): Promise<Listener> {
    const server = createServer({ insecureHTTPParser: true }); // what a client does wrong is for the cases to say
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return new Listener(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    const numbers = new WeakMap<object, number>();
    server.on('connection', (socket) => numbers.set(socket, ++this.#connections));
    server.on('request', (request, response) => {
      const connection = numbers.get(request.socket) ?? 0;
      arrivalOf(request, response, connection).then(
        (arrival) => this.arrivals.put(arrival),
        () => response.destroy(),
      );
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function arrivalOf(
  request: IncomingMessage,
  response: ServerResponse,
  connection: number,
): Promise<Arrival> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > REQUEST_BYTES_MAX) throw new Error('the request is too long');
    chunks.push(chunk);
  }
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat()[0]]);
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    headers: Object.fromEntries(headers),
    rawHeaders: request.rawHeaders,
    body: new Uint8Array(Buffer.concat(chunks)),
    connection,
    answer: (answer) => send(response, answer),
    isOver: () => response.headersSent || response.destroyed,
  };
}

function send(response: ServerResponse, { status, headers, body, cut, chunk }: HttpAnswer): void {
  if (cut) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    ...headers,
    ...(chunk === undefined && { 'Content-Length': String(body.length) }),
  });
  if (chunk !== undefined) {
    for (let at = 0; at < body.length; at += chunk) response.write(body.subarray(at, at + chunk));
    response.end();
  } else response.end(body);
}
