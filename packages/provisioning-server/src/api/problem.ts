/** Every error of the API: problem+json (RFC 9457) with a code for programs and plain words for people. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { StoreError, type StoreErrorCode } from '../store/store.ts';
import type { Problem } from './schema.ts';

/** What a route, or a port that the API calls, throws to refuse a request. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request makes no sense',
  401: 'Sign in first',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Not possible now',
  413: 'Too large',
  414: 'The address is too long',
  415: 'The body is of the wrong type',
  422: 'The request does not fit an earlier one',
  429: 'Too many attempts',
  503: 'Busy, try again',
};

const INTERNAL_TITLE = 'The server failed';

export function problemOf(status: number, code: string, detail: string): Problem {
  const type = `urn:ueprov:problem:${code.toLowerCase().replaceAll('_', '-')}`;
  return { type, title: TITLES[status] ?? INTERNAL_TITLE, status, detail, code };
}

export function notFound(what: string): ApiProblem {
  return new ApiProblem(404, 'NOT_FOUND', `There is no ${what}.`);
}

export async function sendProblem(reply: FastifyReply, problem: ApiProblem): Promise<void> {
  const { status, code, message, headers } = problem;
  await reply
    .code(status)
    .headers(headers)
    .type('application/problem+json')
    // Past every serializer of a route: a problem has one shape everywhere.
    .serializer(JSON.stringify)
    .send(problemOf(status, code, message));
}

/** What answers an error: what is not ours to explain is logged, and shown as nothing but a failure. */
export function answerErrors(onError: (error: unknown) => void) {
  return async (error: FastifyError, _: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const problem = asProblem(error);
    if (problem.status >= 500) onError(error);
    await sendProblem(reply, problem);
  };
}

const RETRY_AFTER = { 'retry-after': '1' };

const STORE_PROBLEMS: Readonly<Partial<Record<StoreErrorCode, ApiProblem>>> = {
  CURSOR_INVALID: new ApiProblem(400, 'CURSOR_INVALID', 'The cursor is not one of this list.'),
  STORE_BUSY: new ApiProblem(503, 'STORE_BUSY', 'The store is busy.', RETRY_AFTER),
  STORE_FULL: new ApiProblem(503, 'STORE_FULL', 'The disk is full.', RETRY_AFTER),
  STORE_CLOSED: new ApiProblem(503, 'STOPPING', 'The server is stopping.', RETRY_AFTER),
};

function asProblem(error: FastifyError): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof StoreError && STORE_PROBLEMS[error.code]) {
    return STORE_PROBLEMS[error.code] as ApiProblem;
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const faults = error.validation.map(
      ({ instancePath, message }) =>
        `${instancePath.replace(/^\//, '').replaceAll('/', '.') || error.validationContext}: ${message}`,
    );
    return new ApiProblem(400, 'INVALID', faults.join('; '));
  }
  const { statusCode = 500, code } = error;
  if (statusCode >= 400 && statusCode < 500) {
    return new ApiProblem(
      statusCode,
      code?.replace(/^FST_ERR_(CTP_)?/, '') ?? 'INVALID',
      error.message,
    );
  }
  return new ApiProblem(500, 'INTERNAL', 'The server failed; its log says more.');
}
