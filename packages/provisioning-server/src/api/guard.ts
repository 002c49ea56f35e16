/** The door of the API: every route asks for a proof unless it says that it is public; cookie writes come from our own pages. */
import type { FastifyRequest } from 'fastify';
import { type Access, unauthorized } from './access.ts';
import { ApiProblem } from './problem.ts';
import type { Api } from './routes.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Health and login; absent is not public. */
    readonly isPublic?: true;
  }
}

export const COOKIE = 'ueprov_session';

export function addGuard(api: Api, access: Access, now: () => number): void {
  api.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.isPublic) {
      if (!isSafe(request)) checkOrigin(request, 'if-present');
      return;
    }
    const token = bearerOf(request);
    if (token !== undefined) {
      access.checkToken(token, request.ip, now());
      return;
    }
    const cookie = request.cookies[COOKIE];
    if (cookie === undefined || !access.isOpenCookie(cookie, now())) {
      throw unauthorized('This needs a token: sign in, or send it as a Bearer.');
    }
    if (!isSafe(request)) checkOrigin(request, 'required');
  });
}

function isSafe({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function bearerOf(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers;
  if (authorization === undefined) return undefined;
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '';
}

/** A page of another site can make a browser send our cookie's request, but not under our Origin. */
function checkOrigin({ headers }: FastifyRequest, presence: 'required' | 'if-present'): void {
  const { origin, host } = headers;
  if (origin === undefined && presence === 'if-present') return;
  const isOurs = origin !== undefined && host !== undefined && hostOf(origin) === host;
  const site = headers['sec-fetch-site'];
  if (isOurs && (site === undefined || site === 'same-origin')) return;
  throw new ApiProblem(403, 'FOREIGN_ORIGIN', 'The request comes from a page of another site.');
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
