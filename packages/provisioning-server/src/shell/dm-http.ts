/**
 * The DM endpoint on HTTP: the socket, its limits and its statuses; what a message means is `DmEndpoint`'s.
 * Node's own server and no framework: one route, spoken by devices only, of which every check-in pays each layer.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProtocolError } from '@ueprov/protocols';
import {
  HMAC_HEADER,
  type HttpHeaders,
  readRequestHead,
  responseHeaders,
} from '@ueprov/protocols/dm';
import type { ServerConfig } from '../config.ts';
import type { Origin } from '../conversation.ts';
import { type DmAnswer, type Spelling, TOKEN_PARAMETER } from '../dm-endpoint.ts';
import { HttpAuthRequired } from '../dm-endpoint-http-auth.ts';
import { StoreError } from '../store/store.ts';

/** A request, from its first octet to its last. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** How often Node looks for requests that are late. */
const TIMEOUT_CHECK_MS = 1_000;
const KEEP_ALIVE_MS = 30_000;
export const HEADERS_LENGTH_MAX = 16 * 1024;
const CONNECTIONS_MAX = 10_000;
/** A device that finds the server full comes back after so long, and not all at once. */
const RETRY_AFTER_S = 5;
const RETRY_JITTER_S = 25;

export interface DmListener {
  /** `http://host:port`. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

export interface DmHttpPorts {
  readonly post: (bytes: Uint8Array, spelling: Spelling, origin: Origin) => Promise<DmAnswer>;
  /** A request that could not be answered with SyncML, in one line. */
  readonly onRefused: (reason: string) => void;
}

export interface DmHttpOptions
  extends Pick<ServerConfig['dm'], 'host' | 'port' | 'path' | 'MaxMsgSize'> {
  readonly requestTimeoutMs?: number;
}

/** Rejects with the address if it is taken. */
export async function listenDm(options: DmHttpOptions, ports: DmHttpPorts): Promise<DmListener> {
  const listener = new Listener(options, ports);
  await listener.listen();
  return listener;
}

class Listener implements DmListener {
  readonly #options: DmHttpOptions;
  readonly #ports: DmHttpPorts;
  readonly #server: Server;
  readonly #answering = new Set<Promise<void>>();

  constructor(options: DmHttpOptions, ports: DmHttpPorts) {
    this.#options = options;
    this.#ports = ports;
    const { requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
    this.#server = createServer({
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, requestTimeoutMs),
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADERS_LENGTH_MAX,
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('request', (request, response) => this.#take(request, response));
  }

  get origin(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }

  async listen(): Promise<void> {
    const { host, port } = this.#options;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', reject);
        this.#server.listen(port, host, resolve);
      });
    } catch (cause) {
      throw new Error(`the DM endpoint cannot listen on ${host}:${port}`, { cause });
    }
  }

  /** What is being answered is answered; who is still sending is cut off. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await Promise.all(this.#answering);
    this.#server.closeAllConnections();
    await closed;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { path, MaxMsgSize } = this.#options;
    const { method = '', url: target = '' } = request;
    // Node joins repeated headers, or keeps the first: but for Set-Cookie each is one text.
    const headers = request.headers as HttpHeaders;
    const verdict = readRequestHead({ method, target, headers }, { path, bodyMax: MaxMsgSize });
    if (!verdict.ok) {
      refuse(response, verdict.status, verdict.reason, verdict.headers);
      return;
    }
    collect(request, MaxMsgSize, (body) => {
      if (body === undefined) {
        refuse(response, 413, 'the body is too large');
        return;
      }
      const answering = this.#answer(request, response, body, verdict);
      this.#answering.add(answering);
      answering.finally(() => this.#answering.delete(answering));
    });
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    bytes: Uint8Array,
    spelling: Spelling,
  ): Promise<void> {
    try {
      const answer = await this.#ports.post(bytes, spelling, originOf(request));
      const { body, encoding, mac } = answer;
      response.writeHead(200, {
        ...responseHeaders(encoding),
        ...(mac !== undefined && { [HMAC_HEADER]: mac }),
        'Content-Length': body.length,
      });
      response.end(body);
    } catch (error) {
      const { status, text, headers = {}, isSilent = false } = errorAnswer(error);
      if (!isSilent) {
        this.#ports.onRefused(`POST from ${addressOf(request)} answered ${status}: ${text}`);
      }
      refuse(response, status, text, headers);
    }
  }
}

/** Hands on the whole body, or undefined as soon as it is longer than it may be; nothing if the peer gave up. */
function collect(
  request: IncomingMessage,
  lengthMax: number,
  done: (body: Uint8Array | undefined) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > lengthMax) {
      request.removeAllListeners('data').removeAllListeners('end');
      request.pause();
      done(undefined);
      return;
    }
    chunks.push(chunk);
  });
  request.on('end', () => done(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  // A peer that goes away in the middle left nothing to answer.
  request.on('error', () => {});
}

/** A plain answer. What is left of the request is not waited for: the connection ends with it. */
function refuse(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string | string[]>> = {},
): void {
  const body = Buffer.from(`${text}\n`);
  response.writeHead(status, {
    ...headers,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    ...(!response.req.complete && { Connection: 'close' }),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

function originOf(request: IncomingMessage): Origin {
  const { method = '', url = '', headers } = request;
  const query = url.indexOf('?');
  const token = query < 0 ? null : new URLSearchParams(url.slice(query)).get(TOKEN_PARAMETER);
  const mac = [headers[HMAC_HEADER]].flat()[0];
  const http = { method, target: url, authorization: headers.authorization };
  return { address: addressOf(request), token: token ?? undefined, mac, http };
}

/** An IPv4 peer of a socket for both families is named like one of a socket for IPv4. */
function addressOf({ socket }: IncomingMessage): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

interface ErrorAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Part of every good session: nothing to tell anybody about. */
  readonly isSilent?: boolean;
}

function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof HttpAuthRequired) {
    const { message, challenges, isRefusal } = error;
    const headers = { 'WWW-Authenticate': [...challenges] };
    return { status: 401, text: message, headers, isSilent: !isRefusal };
  }
  if (error instanceof ProtocolError) {
    const text = error.toString();
    return error.code === 'DM_BUSY' ? later(text) : { status: 400, text };
  }
  if (error instanceof StoreError) return later('the store cannot take it now');
  return { status: 500, text: 'the server failed' };
}

function later(text: string): ErrorAnswer {
  const seconds = RETRY_AFTER_S + Math.floor(Math.random() * RETRY_JITTER_S);
  return { status: 503, text, headers: { 'Retry-After': String(seconds) } };
}
