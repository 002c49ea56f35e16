/** A real API on a real store and a real socket, for the tests of this folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstRunToken, startApi } from '../../shell/api-http.ts';
import { openSqliteStore } from '../../store/sqlite.ts';
import { ApiProblem } from '../problem.ts';

import { WakeFunnel } from '../../wake-funnel.ts';
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export async function runApi(consoleDir?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'ueprov-api-'));
  const store = await openSqliteStore({ folder, environment: {} });
  const token = (await firstRunToken(store)) ?? '';
  const clock = { now: NOW };
  const woken: string[] = [];
  const funnel = new WakeFunnel();
  const errors: unknown[] = [];
  const api = await startApi({
    store,
    host: '127.0.0.1',
    port: 0,
    ...(consoleDir !== undefined && { consoleDir }),
    ports: {
      now: () => clock.now,
      onError: (error) => errors.push(error),
      wake: async (device) => {
        if (device === 'nowhere') throw new ApiProblem(409, 'NOT_REGISTERED', 'Not registered.');
        if (device === 'broken') throw new TypeError('a secret reason');
        woken.push(device);
        await store.write([{ kind: 'device-state', device, wake: 'queued' }]);
      },
    },
  });
  const base = `${api.url}/api/v1`;
  const bearer = { authorization: `Bearer ${token}` };
  return {
    ...api,
    base,
    store,
    token,
    clock,
    woken,
    errors,
    /** A request with the token. */
    ask: (path: string, init: RequestInit = {}) =>
      fetch(base + path, { ...init, headers: { ...bearer, ...init.headers } }),
    /** The JSON of a request with the token that must succeed. */
      funnel,
    read: async <Body>(path: string): Promise<Body> => {
      const response = await fetch(base + path, { headers: bearer });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return response.json() as Promise<Body>;
    },
    stop: async () => {
      await api.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What tests read of a list. */
export interface Items {
  readonly items: readonly { readonly id: string }[];
}

    funnel,
/** What tests read of an OpenAPI document. */
export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, object>>;
}

export type RunningTestApi = Awaited<ReturnType<typeof runApi>>;
