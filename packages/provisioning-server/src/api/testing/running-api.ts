/** A real API on a real store and a real socket, for the tests of this folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperationQueue } from '../../operations/queue.ts';
import { OperationWatch } from '../../operations/watch.ts';
import { firstRunToken, startApi } from '../../shell/api-http.ts';
import { randomOctets } from '../../shell/random.ts';
import { openSqliteStore } from '../../store/sqlite.ts';
import type { Store } from '../../store/store.ts';
import { Turns } from '../../turns.ts';
import { WakeFunnel } from '../../wake-funnel.ts';
import { ApiProblem } from '../problem.ts';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export async function runApi(consoleDir?: string) {
  const folder = mkdtempSync(join(tmpdir(), 'ueprov-api-'));
  const store = await openSqliteStore({ folder, environment: {} });
  const token = (await firstRunToken(store)) ?? '';
  const clock = { now: NOW };
  const woken: string[] = [];
  const funnel = new WakeFunnel();
  const errors: unknown[] = [];
  const wake = async (device: string) => {
    if (device === 'nowhere') throw new ApiProblem(409, 'NOT_REGISTERED', 'Not registered.');
    if (device === 'broken') throw new TypeError('a secret reason');
    woken.push(device);
    await store.write([{ kind: 'device-state', device, wake: 'queued' }]);
  };
  const { queue, watch, settled } = operations(store, clock, wake, errors);
  const api = await startApi({
    store,
    host: '127.0.0.1',
    port: 0,
    ...(consoleDir !== undefined && { consoleDir }),
    ports: {
      now: () => clock.now,
      onError: (error) => errors.push(error),
      funnel,
      wake,
      operations: {
        take: (wish) => queue.take(wish),
        cancel: (id) => queue.cancel(id),
        watch,
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
    funnel,
    queue,
    watch,
    /** What was begun in the background. */
    settled,
    /** A request with the token. */
    ask: (path: string, init: RequestInit = {}) =>
      fetch(base + path, { ...init, headers: { ...bearer, ...init.headers } }),
    /** The JSON of a request with the token that must succeed. */
    read: async <Body>(path: string): Promise<Body> => {
      const response = await fetch(base + path, { headers: bearer });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return response.json() as Promise<Body>;
    },
    stop: async () => {
      watch.close();
      await settled();
      await api.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The queue without sessions: nothing of it is ever taken. */
function operations(
  store: Store,
  clock: { readonly now: number },
  wake: (device: string) => Promise<void>,
  errors: unknown[],
) {
  const watch = new OperationWatch();
  const turns = new Turns();
  const work: Promise<void>[] = [];
  const queue = new OperationQueue({
    store,
    ServerID: 'prov.example',
    now: () => clock.now,
    random: randomOctets,
    wake,
    isInSession: () => false,
    betweenMessages: (DevId, between) => turns.take(DevId, between),
    onChanges: (changes) => watch.committed(changes),
    onDeadline: () => {},
    onWork: (promise) => work.push(promise.catch((error: unknown) => void errors.push(error))),
  });
  return { queue, watch, settled: () => Promise.all(work) };
}

/** What tests read of a list. */
export interface Items {
  readonly items: readonly { readonly id: string }[];
}

/** What tests read of an OpenAPI document. */
export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, object>>;
}

export type RunningTestApi = Awaited<ReturnType<typeof runApi>>;
