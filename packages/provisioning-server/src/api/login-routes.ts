/** Health for load balancers; login, which turns the token into a cookie that no script can read; logout. */
import { z } from 'zod';
import { type Access, COOKIE_AGE_MS } from './access.ts';
import { COOKIE } from './guard.ts';
import { ApiProblem } from './problem.ts';
import { type Api, answers, type RouteContext } from './routes.ts';
import { Health, Login } from './schema.ts';

const Nothing = z.null();

const COOKIE_ATTRIBUTES = { path: '/', httpOnly: true, sameSite: 'strict' } as const;

export function addLoginRoutes(api: Api, access: Access, { store, ports }: RouteContext): void {
  api.get(
    '/health',
    {
      config: { isPublic: true },
      schema: { tags: ['health'], response: answers(200, Health) },
    },
    async () => {
      try {
        await store.tokenHash();
        return { status: 'ok' as const };
      } catch {
        throw new ApiProblem(503, 'STORE_FAILED', 'The store cannot be read.');
      }
    },
  );

  api.post(
    '/login',
    {
      config: { isPublic: true },
      schema: { tags: ['login'], body: Login, response: answers(204, Nothing) },
    },
    async ({ body, ip, protocol }, reply) => {
      const now = ports.now();
      access.checkToken(body.token, ip, now);
      const cookie = access.openCookie(now);
      const maxAge = COOKIE_AGE_MS / 1000;
      reply.setCookie(COOKIE, cookie, {
        ...COOKIE_ATTRIBUTES,
        secure: protocol === 'https',
        maxAge,
      });
      return reply.code(204).send(null);
    },
  );

  api.post(
    '/logout',
    { schema: { tags: ['login'], response: answers(204, Nothing) } },
    async ({ cookies }, reply) => {
      const cookie = cookies[COOKIE];
      if (cookie !== undefined) access.closeCookie(cookie);
      reply.clearCookie(COOKIE, COOKIE_ATTRIBUTES);
      return reply.code(204).send(null);
    },
  );
}
