/**
 * The REST API of a Provisioning Server, as commands ask it: where it is, the token, and what its refusals mean for the
 * exit code. `--api` or UEPROV_URL name it, UEPROV_TOKEN holds the token; the address that `server run` and `lab` print for
 * the console is good for both.
 */
import { CommandFailure, EXIT, UsageError } from './exit.ts';

export interface ApiAddress {
  /** Without `/api/v1`, without a slash at its end. */
  readonly origin: string;
  readonly token: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws UsageError without an address, and for one that is none. */
export function apiAddress(option: string | undefined, environment: Environment): ApiAddress {
  const text = option ?? environment.UEPROV_URL;
  if (text === undefined || text === '') {
    throw new UsageError(
      'no server is named: give --api, or set UEPROV_URL to the address that the server prints at its start',
    );
  }
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new UsageError(`${text} is no http address: write it like http://127.0.0.1:8081`);
  }
  const path = url.pathname.replace(/\/(?:api\/v1\/?)?$/, '');
  const inAddress = new URLSearchParams(url.hash.slice(1)).get('token');
  return { origin: `${url.origin}${path}`, token: inAddress ?? environment.UEPROV_TOKEN };
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long the server may take, beside the usual. */
  readonly waitS?: number;
}

export interface ApiAnswer<Body> {
  readonly status: number;
  /** Undefined for 304. */
  readonly body: Body | undefined;
  readonly etag: string | undefined;
}

const PATIENCE_MS = 15_000;
/** No answer of ours is longer: the largest values that one operation can bring. */
export const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

export class ApiClient {
  readonly #address: ApiAddress;
  readonly #answerBytesMax: number;

  constructor(address: ApiAddress, answerBytesMax = ANSWER_BYTES_MAX) {
    this.#address = address;
    this.#answerBytesMax = answerBytesMax;
  }

  /** Throws CommandFailure with the exit code for what went wrong. */
  async ask<Body>(path: string, request: ApiRequest = {}): Promise<ApiAnswer<Body>> {
    const { origin, token } = this.#address;
    const { method = 'GET', body, headers = {}, waitS = 0 } = request;
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS + waitS * 1000),
    }).catch((error: unknown) => {
      throw this.#unreachable(error);
    });
    const text = await this.#textOf(response);
    if (response.status >= 400) throw this.#refusal(response.status, text);
    const etag = response.headers.get('etag') ?? undefined;
    if (response.status === 304) return { status: 304, body: undefined, etag };
    return { status: response.status, body: this.#json<Body>(text), etag };
  }

  async #textOf(response: Response): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const chunk of response.body ?? []) {
        length += chunk.length;
        if (length > this.#answerBytesMax) {
          throw new Error(`longer than ${this.#answerBytesMax} octets`);
        }
        chunks.push(chunk);
      }
    } catch (error) {
      throw this.#unreachable(error);
    }
    return Buffer.concat(chunks).toString();
  }

  #json<Body>(text: string): Body {
    try {
      return JSON.parse(text) as Body;
    } catch (cause) {
      const words = `${this.#address.origin} does not answer like a Provisioning Server`;
      throw new CommandFailure(EXIT.failed, words, { cause });
    }
  }

  #unreachable(error: unknown): CommandFailure {
    const reason = error instanceof Error ? reasonOf(error) : String(error);
    const words = `the API at ${this.#address.origin} cannot be reached (${reason}): is the server running, and is this its address?`;
    return new CommandFailure(EXIT.unreachable, words, { cause: error });
  }

  #refusal(status: number, text: string): CommandFailure {
    const exitCode = EXIT_CODES[status] ?? EXIT.failed;
    const said = detailOf(text) ?? `the API answered ${status}`;
    const hint =
      status === 401
        ? ' Set UEPROV_TOKEN to the token that the server printed at its first start.'
        : '';
    return new CommandFailure(exitCode, `${said}${hint}`);
  }
}

const EXIT_CODES: Readonly<Record<number, number>> = {
  400: EXIT.usage,
  401: EXIT.unauthenticated,
  403: EXIT.unauthenticated,
  409: EXIT.conflict,
  413: EXIT.usage,
  422: EXIT.conflict,
  429: EXIT.unauthenticated,
  503: EXIT.unreachable,
};

function detailOf(text: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(text);
    const isProblem = typeof problem === 'object' && problem !== null && 'detail' in problem;
    return isProblem ? String(problem.detail) : undefined;
  } catch {
    return undefined;
  }
}

/** fetch hides what happened in `cause`. */
function reasonOf({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  return 'code' in cause ? String(cause.code) : cause.message;
}
