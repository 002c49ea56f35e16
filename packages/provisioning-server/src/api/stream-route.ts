/** The stream's door: which topics, from where on, and how long the reader may listen. */
import { z } from 'zod';
import type { Access } from './access.ts';
import { COOKIE } from './guard.ts';
import { headersFor } from './headers.ts';
import { ApiProblem } from './problem.ts';
import type { Api, ApiPorts } from './routes.ts';
import { Topic } from './schema.ts';
import type { Stream } from './stream.ts';

const StreamQuery = z.object({
  topics: z
    .string()
    .max(255)
    .default(Topic.options.join())
    .transform((text) => text.split(','))
    .pipe(z.array(Topic).min(1)),
});

export function addStreamRoute(api: Api, stream: Stream, access: Access, ports: ApiPorts): void {
  api.get(
    '/stream',
    { exposeHeadRoute: false, schema: { tags: ['stream'], querystring: StreamQuery } },
    (request, reply) => {
      if (stream.isFull) {
        throw new ApiProblem(503, 'STREAM_FULL', 'Too many readers listen.', {
          'retry-after': '10',
        });
      }
      const cookie =
        request.headers.authorization === undefined ? request.cookies[COOKIE] : undefined;
      const lastEventId = request.headers['last-event-id'];
      reply.hijack();
      stream.open(
        {
          response: reply.raw,
          topics: new Set(request.query.topics),
          isAllowed: () => cookie === undefined || access.isOpenCookie(cookie, ports.now()),
        },
        headersFor(request.url),
        typeof lastEventId === 'string' ? lastEventId : undefined,
      );
    },
  );
}
