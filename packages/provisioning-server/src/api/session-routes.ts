/** Sessions and events: the lists, and one session with its whole trace. */
import { z } from 'zod';
import { eventView, sessionView } from './device-view.ts';
import { notFound } from './problem.ts';
import { type Api, answers, Id, Paging, pageOf, pageView, type RouteContext } from './routes.ts';
import { EventPage, Session, SessionPage, SessionSummary } from './schema.ts';
import { sessionTrace } from './session-trace.ts';
import { traceView } from './trace-view.ts';

const Name = z.string().min(1).max(255);

const SessionQuery = Paging.extend({
  device: Name.optional(),
  result: SessionSummary.shape.result.optional(),
});

const EventQuery = Paging.extend({
  device: Name.optional(),
  session: Name.optional(),
  severity: z.string().max(32).optional(),
});

export function addSessionRoutes(api: Api, { store, ports }: RouteContext): void {
  api.get(
    '/sessions',
    {
      schema: {
        tags: ['sessions'],
        querystring: SessionQuery,
        response: answers(200, SessionPage),
      },
    },
    async ({ query }) => {
      const { device, result } = query;
      const filter = { ...(device && { device }), ...(result && { result }) };
      return pageView(await store.sessions(filter, pageOf(query)), sessionView);
    },
  );

  api.get(
    '/sessions/:id',
    { schema: { tags: ['sessions'], params: Id, response: answers(200, Session) } },
    async ({ params }) => {
      const session = await store.session(params.id);
      if (session === undefined) throw notFound('session of this id');
      const records = await sessionTrace(store, session, ports.now());
      return { ...sessionView(session), trace: traceView(records) };
    },
  );

  api.get(
    '/events',
    {
      schema: { tags: ['events'], querystring: EventQuery, response: answers(200, EventPage) },
    },
    async ({ query }) => {
      const { device, session, severity } = query;
      const filter = {
        ...(device && { device }),
        ...(session && { session }),
        ...(severity && { severity }),
      };
      return pageView(await store.events(filter, pageOf(query)), eventView);
    },
  );
}
