/** Puts the API and the console on a socket. `ueprov server run` and the lab start it; the core feeds its stream. */
import type { AddressInfo } from 'node:net';
import type { Topic } from '../api/schema.ts';
import { type ApiOptions, createApi } from '../api/server.ts';
import type { Change } from '../store/record.ts';

export { firstRunToken, newToken } from '../api/access.ts';
export { ApiProblem } from '../api/problem.ts';
export type { ApiPorts } from '../api/routes.ts';

export interface StartApiOptions extends ApiOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface RunningApi {
  /** Where the console is; the API is under `/api/v1`. */
  readonly url: string;
  /** To be called with what was committed: readers of the stream learn of it. */
  announce(changes: readonly Change[]): void;
  publish(topic: Topic, resource: unknown): void;
  close(): Promise<void>;
}

export async function startApi(options: StartApiOptions): Promise<RunningApi> {
  const api = await createApi(options);
  await api.server.listen({ host: options.host, port: options.port });
  const { address, family, port } = api.server.server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    announce: api.announce,
    publish: api.publish,
    close: api.close,
  };
}
