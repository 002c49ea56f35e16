/** One call of `/api/v1`: JSON in, JSON out, and problem+json (RFC 9457) as `ApiError`. */
import type { Problem } from '@ueprov/provisioning-server/api';

export const API = '/api/v1';

const REQUEST_TIMEOUT_MS = 15_000;

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${API}${path}`, {
      credentials: 'same-origin',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...init,
    });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw unreachable(cause);
  }
  if (!response.ok) throw await problemOf(response);
  const body = await response.text();
  if (body === '') return undefined as T;
  try {
    return JSON.parse(body) as T;
  } catch {
    throw new ApiError(response.status, 'NOT_JSON', 'The server answered with something else.');
  }
}

export function post<T>(path: string, body?: object): Promise<T> {
  if (body === undefined) return request<T>(path, { method: 'POST' });
  return request<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

function unreachable(cause: unknown): ApiError {
  const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
  return timedOut
    ? new ApiError(0, 'TIMEOUT', `The server did not answer in ${REQUEST_TIMEOUT_MS / 1000} s.`)
    : new ApiError(0, 'UNREACHABLE', 'The server cannot be reached. Is it running?');
}

async function problemOf(response: Response): Promise<ApiError> {
  const fallback = `The server answered ${response.status} ${response.statusText}`.trim();
  try {
    const problem = (await response.json()) as Partial<Problem>;
    const detail = problem.detail ?? problem.title ?? fallback;
    return new ApiError(response.status, problem.code ?? `HTTP_${response.status}`, detail);
  } catch {
    return new ApiError(response.status, `HTTP_${response.status}`, fallback);
  }
}
