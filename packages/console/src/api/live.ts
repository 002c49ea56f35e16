/**
 * What a change on the stream does to the cache of queries.
 *
 * A device or session that is on a page already is replaced there at once; anything else is asked
 * for again, by the pages that show it and no others. A session's trace is always asked for again:
 * a new message can put a Status beside a command of an older one.
 */

import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import type { Device, SessionSummary } from '@ueprov/provisioning-server/api';
import type { Page } from './queries.ts';
import type { LiveChange } from './stream.ts';

type Pages<T> = InfiniteData<Page<T>, string | undefined>;

const RETRY_MS = 250;

export class LiveCache {
  readonly #client: QueryClient;
  /** What has to be asked for again. A question under way is let finish, then asked once more. */
  readonly #stale = new Map<string, QueryKey>();
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  apply(changes: readonly LiveChange[]): void {
    for (const { topic, resource } of changes) {
      if (topic === 'device' && hasId<Device>(resource)) this.#device(resource);
      if (topic === 'session' && hasId<SessionSummary>(resource)) this.#session(resource);
      if (topic === 'message') this.#mark('session', ...sessionOf(resource));
      if (topic === 'event') this.#mark('events');
    }
    this.#refresh();
  }

  /** The stream was away: whatever is on a page may be old. */
  applyGap(): void {
    void this.#client.invalidateQueries();
  }

  #device(device: Device): void {
    if (!replaceInLists(this.#client, 'devices', device)) this.#mark('devices');
    if (this.#client.getQueryData(['device', device.id])) {
      this.#client.setQueryData(['device', device.id], device);
    }
    this.#mark('device', device.id, 'nodes');
  }

  #session(session: SessionSummary): void {
    if (!replaceInLists(this.#client, 'sessions', session)) this.#mark('sessions');
    this.#mark('session', session.id);
    if (session.device) this.#mark('device', session.device, 'sessions');
  }

  #mark(...key: readonly string[]): void {
    this.#stale.set(key.join(' '), key);
  }

  #refresh(): void {
    clearTimeout(this.#retry);
    for (const [name, queryKey] of this.#stale) {
      if (this.#client.isFetching({ queryKey }) > 0) continue;
      this.#stale.delete(name);
      void this.#client.invalidateQueries({ queryKey });
    }
    if (this.#stale.size > 0) this.#retry = setTimeout(() => this.#refresh(), RETRY_MS);
  }
}

/** Puts the new state of a thing where its old one stands; false if a list must be asked again. */
function replaceInLists<T extends { readonly id: string }>(
  client: QueryClient,
  name: string,
  item: T,
): boolean {
  let settled = true;
  for (const [key, data] of client.getQueriesData<Pages<T>>({ queryKey: [name] })) {
    if (!data) continue;
    const found = data.pages.some((page) => page.items.some((old) => old.id === item.id));
    // In a filtered list the new state may no longer belong.
    settled &&= found && !isFiltered(key);
    if (!found) continue;
    client.setQueryData<Pages<T>>(key, {
      ...data,
      pages: data.pages.map((page) => ({
        ...page,
        items: page.items.map((old) => (old.id === item.id ? item : old)),
      })),
    });
  }
  return settled;
}

function isFiltered(key: QueryKey): boolean {
  return Object.values(key[1] ?? {}).some((value) => value !== undefined);
}

function hasId<T extends { readonly id: string }>(resource: unknown): resource is T {
  return typeof resource === 'object' && resource !== null && 'id' in resource;
}

/** The session a message belongs to, as a rest of a query key; none if the stream does not say. */
function sessionOf(resource: unknown): readonly string[] {
  if (typeof resource !== 'object' || resource === null) return [];
  const session = 'session' in resource ? resource.session : undefined;
  return typeof session === 'string' ? [session] : [];
}
