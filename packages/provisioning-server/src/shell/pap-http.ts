/**
 * PAP on HTTP: the gateway's door for Push Initiators, who prove themselves by Basic or Bearer, and the client that
 * posts results and pushes. WAP-247-PAP 8: whatever was taken is answered 202, and the document says the rest.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { PAP_BODY_BYTES_MAX, type PapBody } from '@ueprov/protocols/push';
import fastify from 'fastify';

export interface PapUser {
  readonly name: string;
  readonly secret: string;
}

export interface PapListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly users: readonly PapUser[];
}

export interface PapListenerPorts {
  readonly answer: (
    initiator: string,
    contentType: string | undefined,
    body: Uint8Array,
  ) => Promise<PapBody>;
  readonly onRefused: (reason: string) => void;
  readonly onError: (error: unknown) => void;
}

export interface PapListener {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 256;
const AUTHORIZATION_LENGTH_MAX = 1024;
const CHALLENGE = ['Basic realm="pap", charset="UTF-8"', 'Bearer realm="pap"'];

/** Rejects with the address if it is taken. */
export async function listenPap(
  options: PapListenerOptions,
  ports: PapListenerPorts,
): Promise<PapListener> {
  const { host, port, path, users } = options;
  const server = fastify({
    bodyLimit: PAP_BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  });
  server.server.maxConnections = CONNECTIONS_MAX;
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  server.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    const { statusCode = 500, message } = error;
    if (statusCode >= 500) ports.onError(error);
    const text = statusCode >= 500 ? 'the server failed' : message;
    return reply.code(statusCode).type('text/plain; charset=utf-8').send(`${text}\n`);
  });
  // Before the body is read: whoever proves nothing sends nothing. [SIPPUSH PAP-6]
  server.addHook('onRequest', async (request, reply) => {
    if (userOf(request.headers.authorization, users) !== undefined) return;
    ports.onRefused(`PAP from ${request.ip} without a good proof`);
    reply.header('WWW-Authenticate', CHALLENGE);
    await reply.code(401).type('text/plain; charset=utf-8').send('prove who you are\n');
  });
  server.post(path, async (request, reply) => {
    const user = userOf(request.headers.authorization, users) ?? '';
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
    const answer = await ports.answer(user, request.headers['content-type'], body);
    // [SIPPUSH PAP-6]
    return reply.code(202).type(answer.contentType).send(Buffer.from(answer.body));
  });
  await server.listen({ host, port });
  const { address, port: bound } = server.server.address() as AddressInfo;
  const shown = address.includes(':') ? `[${address}]` : address;
  return { url: `http://${shown}:${bound}${path}`, close: () => server.close() };
}

/** Name of the user that the header proves; each is compared, so that how long it takes says nothing. */
function userOf(authorization: string | undefined, users: readonly PapUser[]): string | undefined {
  const header = (authorization ?? '').slice(0, AUTHORIZATION_LENGTH_MAX);
  const [, scheme = '', credentials = ''] = /^(Basic|Bearer) +(\S+)$/i.exec(header) ?? [];
  const isBasic = scheme.toLowerCase() === 'basic';
  const given = isBasic ? Buffer.from(credentials, 'base64').toString('utf8') : credentials;
  const proven = users.filter(({ name, secret }) =>
    timingSafeEqual(sha256(isBasic ? `${name}:${secret}` : secret), sha256(given)),
  );
  return proven[0]?.name;
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

export interface PapAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** Posts once; follows no redirect. Rejects when nobody answers in time, or too much. */
export async function postPap(
  url: string,
  { contentType, body }: PapBody,
  authorization?: string,
): Promise<PapAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    headers: {
      'Content-Type': contentType,
      ...(authorization !== undefined && { Authorization: authorization }),
    },
    body: Buffer.from(body),
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > PAP_BODY_BYTES_MAX) throw new Error(`${url} answers more than PAP may`);
    chunks.push(chunk);
  }
  const type = response.headers.get('content-type') ?? undefined;
  return { status: response.status, contentType: type, body: Buffer.concat(chunks) };
}
