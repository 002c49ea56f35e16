/** Operations on one device: asked for, waited for, looked at, cancelled. RFC 7240 (Prefer), RFC 9110 (ETag). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isEnded } from '../operations/operation.ts';
import type { OperationRecord } from '../store/operation-record.ts';
import { OPERATION_BODY_MAX, OperationRequest } from './operation-request.ts';
import { operationSummary, operationView } from './operation-view.ts';
import { notFound } from './problem.ts';
import { type Api, answers, Id, Paging, pageOf, pageView, type RouteContext } from './routes.ts';
import { Operation, OperationPage, OperationState, Problem } from './schema.ts';

/** How long a request may wait, in seconds. */
export const WAIT_MAX_S = 30;
/** A socket that waits is not idle. */
const SOCKET_PATIENCE_MS = (WAIT_MAX_S + 15) * 1000;

const OperationQuery = Paging.extend({ state: OperationState.optional() });

const KEY = /^[\x21-\x7e]{1,255}$/;

const Headers = z.object({
  /** `wait=N`: the answer comes with the result, or after N seconds. */
  prefer: z.string().max(255).optional(),
});
const TakeHeaders = Headers.extend({
  /** The same key again is the same operation. */
  'idempotency-key': z.string().regex(KEY).optional(),
});
const ReadHeaders = Headers.extend({
  /** With `Prefer: wait=N`: the answer comes with the next change. */
  'if-none-match': z.string().max(255).optional(),
});

export function addOperationRoutes(api: Api, context: RouteContext): void {
  const tags = { tags: ['operations'] };
  const { store, ports } = context;

  api.post(
    '/devices/:id/operations',
    {
      bodyLimit: OPERATION_BODY_MAX,
      schema: {
        ...tags,
        params: Id,
        headers: TakeHeaders,
        body: OperationRequest,
        response: { 200: Operation, 202: Operation, '4xx': Problem, '5xx': Problem },
      },
    },
    async (request, reply) => {
      const { commands, atomic, wake, force, timeout } = request.body;
      const idempotencyKey = request.headers['idempotency-key'];
      const taken = await ports.operations.take({
        device: request.params.id,
        commands,
        isAtomic: atomic,
        isWaking: wake,
        isForced: force,
        patienceMs: timeout * 1000,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      });
      const now = await later(context, request, reply, taken, ({ state }) => isEnded(state));
      reply.header('location', `/api/v1/operations/${now.id}`);
      return send(reply.code(isEnded(now.state) ? 200 : 202), context, now);
    },
  );

  api.get(
    '/devices/:id/operations',
    {
      schema: {
        ...tags,
        params: Id,
        querystring: OperationQuery,
        response: answers(200, OperationPage),
      },
    },
    async ({ params, query }) => {
      if ((await store.state(params.id)) === undefined) throw notFound('device of this id');
      const filter = { device: params.id, ...(query.state && { state: query.state }) };
      return pageView(await store.operations(filter, pageOf(query)), operationSummary);
    },
  );

  api.get(
    '/operations/:id',
    {
      schema: {
        ...tags,
        params: Id,
        headers: ReadHeaders,
        response: { 200: Operation, 304: z.null(), '4xx': Problem },
      },
    },
    async (request, reply) => {
      const found = await store.operation(request.params.id);
      if (found === undefined) throw notFound('operation of this id');
      const seen = request.headers['if-none-match'];
      const isNews = (operation: OperationRecord) =>
        seen === undefined ? isEnded(operation.state) : tagOf(operation) !== seen;
      const now = await later(context, request, reply, found, isNews);
      if (tagOf(now) !== seen) return send(reply, context, now);
      return reply.code(304).header('etag', tagOf(now)).send(null);
    },
  );

  api.post(
    '/operations/:id/cancel',
    { schema: { ...tags, params: Id, response: answers(200, Operation) } },
    async ({ params }, reply) => send(reply, context, await ports.operations.cancel(params.id)),
  );
}

/** The operation as it is when it `isEnough`, or when the asker will not wait any longer. */
async function later(
  { store, ports }: RouteContext,
  request: FastifyRequest,
  reply: FastifyReply,
  operation: OperationRecord,
  isEnough: (operation: OperationRecord) => boolean,
): Promise<OperationRecord> {
  const waitS = waitOf(request.headers.prefer);
  if (waitS === 0 || isEnough(operation)) return operation;
  request.raw.socket.setTimeout(SOCKET_PATIENCE_MS);
  reply.header('preference-applied', `wait=${waitS}`);
  const { changed, end } = ports.operations.watch.begin(operation.id, isEnough, waitS * 1000);
  reply.raw.once('close', end);
  const stored = await store.operation(operation.id);
  if (stored !== undefined && isEnough(stored)) end();
  return (await changed) ?? (await store.operation(operation.id)) ?? operation;
}

/** RFC 7240 §4.3. More than we allow is what we allow. */
function waitOf(prefer: string | string[] | undefined): number {
  const [, seconds] = /(?:^|[,;\s])wait=(\d{1,9})(?:$|[,;\s])/i.exec(String(prefer ?? '')) ?? [];
  return Math.min(Number(seconds ?? 0), WAIT_MAX_S);
}

async function send(reply: FastifyReply, { store }: RouteContext, operation: OperationRecord) {
  const view = operationView(operation, await store.state(operation.device));
  return reply.header('etag', tagOf(operation)).send(view);
}

function tagOf({ version }: OperationRecord): string {
  return `"${version}"`;
}
