/** The DM endpoint on HTTP: the socket, its limits and its statuses; what a message means is `DmEndpoint`'s. */
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProtocolError } from '@ueprov/protocols';
import { readRequestHead, responseHeaders } from '@ueprov/protocols/dm';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import type { ServerConfig } from '../config.ts';
import type { DmAnswer, Spelling } from '../dm-endpoint.ts';
import { StoreError } from '../store/store.ts';

const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 30_000;
/** A device that finds the server full comes back after so long, and not all at once. */
const RETRY_AFTER_S = 5;
const RETRY_JITTER_S = 25;

export interface DmListener {
  /** `http://host:port`. */
  readonly origin: string;
  readonly close: () => Promise<void>;
}

export interface DmHttpPorts {
  readonly post: (bytes: Uint8Array, spelling: Spelling) => Promise<DmAnswer>;
  /** A request that could not be answered with SyncML, in one line. */
  readonly onRefused: (reason: string) => void;
}

/** Rejects with the address if it is taken. */
export async function listenDm(
  config: ServerConfig['dm'],
  ports: DmHttpPorts,
): Promise<DmListener> {
  const app = Fastify({
    bodyLimit: config.MaxMsgSize,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  routes(app, config, ports);
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await app.close();
    throw new Error(`the DM endpoint cannot listen on ${config.host}:${config.port}`, {
      cause: error,
    });
  }
  const { address, port } = app.server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  return { origin: `http://${host}:${port}`, close: () => app.close() };
}

function routes(app: FastifyInstance, config: ServerConfig['dm'], ports: DmHttpPorts): void {
  const limits = { path: config.path, bodyMax: config.MaxMsgSize };
  app.all('*', async (request, reply) => {
    const { method, url: target, headers } = request;
    const verdict = readRequestHead({ method, target, headers: flat(headers) }, limits);
    if (!verdict.ok) {
      return refuse(reply.headers(verdict.headers ?? {}), verdict.status, verdict.reason);
    }
    if (!(request.body instanceof Uint8Array)) return refuse(reply, 400, 'the request has no body');
    const { body, encoding } = await ports.post(request.body, verdict);
    return reply
      .headers(responseHeaders(encoding))
      .send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  });
  app.setErrorHandler((error, request, reply) => {
    const { status, text } = errorAnswer(error);
    ports.onRefused(`POST from ${request.ip} answered ${status}: ${text}`);
    if (status === 503) reply.header('Retry-After', String(retryAfterS()));
    return refuse(reply, status, text);
  });
}

/** Of repeated headers the first. */
function flat(headers: IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat()[0]]),
  );
}

function refuse(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${text}\n`);
}

function errorAnswer(error: unknown): { status: number; text: string } {
  if (error instanceof ProtocolError) {
    return { status: error.code === 'DM_BUSY' ? 503 : 400, text: error.toString() };
  }
  if (error instanceof StoreError) return { status: 503, text: 'the store cannot take it now' };
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  const isOurs = status >= 400 && status < 500 && error instanceof Error;
  return { status: isOurs ? status : 500, text: isOurs ? error.message : 'the server failed' };
}

function retryAfterS(): number {
  return RETRY_AFTER_S + Math.floor(Math.random() * RETRY_JITTER_S);
}
