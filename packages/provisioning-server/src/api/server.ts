/** The API and the console on one fastify server: limits, headers, the guard, the routes. Listening is the shell's. */
import cookie from '@fastify/cookie';
import fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Change } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { Access } from './access.ts';
import { Announcer } from './announcer.ts';
import { addConsole, readConsole, sendPage } from './console-files.ts';
import { addDeviceRoutes } from './device-routes.ts';
import { addGuard } from './guard.ts';
import { addHeaders } from './headers.ts';
import { addLoginRoutes } from './login-routes.ts';
import { addMetricsRoute } from './metrics-route.ts';
import { addOperationRoutes } from './operation-routes.ts';
import { answerErrors, notFound, problemOf, sendProblem } from './problem.ts';
import type { Api, ApiPorts } from './routes.ts';
import type { Topic } from './schema.ts';
import { addSessionRoutes } from './session-routes.ts';
import { Stream } from './stream.ts';
import { addStreamRoute } from './stream-route.ts';
import { addWakesRoutes } from './wakes-routes.ts';

export interface ApiOptions {
  readonly store: Store;
  readonly ports: ApiPorts;
  /** The console's build; without it there is the API alone. */
  readonly consoleDir?: string;
  /** A token for this run only, besides the stored one. */
  readonly runToken?: string;
}

export const BODY_LENGTH_MAX = 64 * 1024;
export const HEADERS_LENGTH_MAX = 16 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
/** Longer than the stream's heartbeat. */
const IDLE_TIMEOUT_MS = 30_000;
/** Sockets at once. */
const CONNECTIONS_MAX = 1024;

export interface ApiServer {
  readonly server: Api;
  announce(changes: readonly Change[]): void;
  publish(topic: Topic, resource: unknown): void;
  close(): Promise<void>;
}

export async function createApi(options: ApiOptions): Promise<ApiServer> {
  const { store, ports, consoleDir, runToken } = options;
  const access = await Access.of(store, runToken);
  const server = createServer();
  const stream = new Stream();
  const announcer = new Announcer(store, stream, ports);
  const files = readConsole(consoleDir ?? '');
  const addRoutes = (api: Api) => {
    addLoginRoutes(api, access, { store, ports });
    addDeviceRoutes(api, { store, ports });
    addSessionRoutes(api, { store, ports });
    addOperationRoutes(api, { store, ports });
    addWakesRoutes(api, { store, ports });
    addStreamRoute(api, stream, access, ports);
  };
  server.setErrorHandler(answerErrors(ports.onError));
  server.setNotFoundHandler(async (request, reply) => {
    if (sendPage(request, reply, files)) return reply;
    await sendProblem(reply, notFound('such address'));
    return reply;
  });
  addHeaders(server);
  await server.register(cookie);
  addConsole(server, files);
  await server.register(
    async (api: Api) => {
      addGuard(api, access, ports.now);
      addRoutes(api);
      addOpenApiRoute(api, addRoutes);
    },
    { prefix: PREFIX },
  );
  await server.register(async (api: Api) => {
    addGuard(api, access, ports.now);
    addMetricsRoute(api, ports.funnel);
  });
  return {
    server,
    announce: (changes) => announcer.announce(changes),
    publish: (topic, resource) => stream.publish(topic, resource),
    close: async () => {
      announcer.close();
      stream.close();
      await server.close();
    },
  };
}

function createServer(): Api {
  const server = fastify({
    bodyLimit: BODY_LENGTH_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_TIMEOUT_MS,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    forceCloseConnections: true,
    // X-Forwarded-For counts only from a proxy that is configured; none is.
    trustProxy: false,
    routerOptions: { maxParamLength: 512 },
    // Given here and not set later, they spare the start the compilers that fastify would load by itself.
    schemaController: {
      compilersFactory: {
        buildValidator: () => validatorCompiler as never,
        buildSerializer: () => serializerCompiler as never,
      },
    },
    http: { maxHeaderSize: HEADERS_LENGTH_MAX, headersTimeout: REQUEST_TIMEOUT_MS },
    clientErrorHandler: (error, socket) => {
      if (!socket.writable) return;
      const isLong = error.code === 'HPE_HEADER_OVERFLOW';
      socket.end(isLong ? rawProblem(431, 'HEADERS_TOO_LARGE') : rawProblem(400, 'NOT_HTTP'));
    },
  });
  server.server.maxConnections = CONNECTIONS_MAX;
  return server as unknown as Api;
}

const PREFIX = '/api/v1';

/** OpenAPI of the routes as they are; what makes it is loaded when it is first asked for. */
function addOpenApiRoute(api: Api, addRoutes: (api: Api) => void): void {
  let document: Promise<object> | undefined;
  api.get('/openapi.json', async (_, reply) => {
    document ??= import('./openapi.ts').then(({ openApi }) => openApi(PREFIX, addRoutes));
    return reply
      .type('application/json')
      .serializer(JSON.stringify)
      .send(await document);
  });
}

/** A whole answer for bytes that never became a request. */
function rawProblem(status: 400 | 431, code: string): string {
  const words = status === 431 ? 'Request Header Fields Too Large' : 'Bad Request';
  const body = JSON.stringify(problemOf(status, code, `${words}.`));
  const head = [
    `HTTP/1.1 ${status} ${words}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
