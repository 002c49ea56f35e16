/**
 * The HTTP side of the UE: one POST, one bounded answer. Connections are kept alive between the messages of a session,
 * but nothing depends on it (OMA-SYNCHTTP 5.1.5).
 */
import { Agent, type IncomingMessage, request } from 'node:http';
import { requestTarget } from '@ueprov/protocols/dm';

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; of repeated ones the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface HttpLimits {
  readonly timeoutMs: number;
  readonly bodyMax: number;
}

export class HttpClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2, timeout: 60_000 });

  /** Rejects on a connection that fails, an answer that is late, or one that is too long. */
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    limits: HttpLimits,
  ): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(url, {
        method: 'POST',
        agent: this.#agent,
        path: requestTarget(url),
        headers: { ...headers, 'Content-Length': String(body.length) },
        signal: AbortSignal.timeout(limits.timeoutMs),
      });
      const fail = (error: Error) => reject(reasonOf(error, limits.timeoutMs));
      outgoing.on('response', (answer) => collect(answer, limits.bodyMax).then(resolve, fail));
      outgoing.on('error', fail);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function reasonOf(error: Error, timeoutMs: number): Error {
  if (error.name !== 'AbortError' && error.name !== 'TimeoutError') return error;
  return new Error(`no answer within ${timeoutMs} ms`, { cause: error });
}

async function collect(answer: IncomingMessage, bodyMax: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyMax) {
      answer.destroy();
      throw new Error(`the answer is longer than ${bodyMax} bytes`);
    }
    chunks.push(chunk);
  }
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [name, [value].flat()[0]]),
    ),
    body: new Uint8Array(Buffer.concat(chunks)),
  };
}
