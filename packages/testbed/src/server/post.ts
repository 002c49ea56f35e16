/** One HTTP request of the kit to a server under test, with everything about it open to a case. */
import { type Agent, request } from 'node:http';
import { request as requestTls } from 'node:https';

export interface HttpRequest {
  readonly url: string;
  readonly method: string;
  /** Instead of the path of the URL. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** In chunks of this many octets, without Content-Length. */
  readonly chunk?: number;
  readonly timeoutMs: number;
  readonly agent: Agent;
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name, the first of repeated ones. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

/** No DM message that a server sends is longer. */
export const RESPONSE_BYTES_MAX = 4 * 1024 * 1024;

export function post({ url, body, chunk, ...more }: HttpRequest): Promise<HttpResponse> {
  const isTls = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const outgoing = (isTls ? requestTls : request)(url, {
      method: more.method,
      ...(more.path !== undefined && { path: more.path }),
      ...(!isTls && { agent: more.agent }),
      headers: {
        ...more.headers,
        ...(chunk === undefined && body.length > 0 && { 'Content-Length': String(body.length) }),
      },
      signal: AbortSignal.timeout(more.timeoutMs),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      collect(response).then((octets) => {
        const headers = Object.entries(response.headers);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(headers.map(([name, value]) => [name, [value].flat()[0]])),
          body: octets,
        });
      }, reject);
    });
    if (chunk !== undefined) {
      for (let at = 0; at < body.length; at += chunk) outgoing.write(body.subarray(at, at + chunk));
    } else if (body.length > 0) outgoing.write(body);
    outgoing.end();
  });
}

async function collect(response: AsyncIterable<Buffer>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > RESPONSE_BYTES_MAX) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
