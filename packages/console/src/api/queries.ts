/** Every question the pages ask, with its cache key in one place: `live.ts` finds them by these keys. */

import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Device, Event, Node, Session, SessionSummary } from '@ueprov/provisioning-server/api';
import { request } from './request.ts';

/** The answer of every list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface DeviceFilter {
  readonly q?: string | undefined;
  readonly config?: string | undefined;
}

const PAGE_SIZE = 100;

function list<T>(
  path: string,
  key: readonly unknown[],
  filter: Record<string, string | undefined>,
) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ limit: String(PAGE_SIZE) });
      for (const [name, value] of Object.entries({ ...filter, cursor: pageParam })) {
        if (value !== undefined && value !== '') search.set(name, value);
      }
      return request<Page<T>>(`${path}?${search}`, { signal });
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export const devicesQuery = (filter: DeviceFilter) =>
  list<Device>('/devices', ['devices', filter], { ...filter });

export const sessionsQuery = (filter: { readonly result?: string | undefined }) =>
  list<SessionSummary>('/sessions', ['sessions', filter], { ...filter });

export const eventsQuery = () => list<Event>('/events', ['events'], {});

export const deviceQuery = (id: string) =>
  queryOptions({
    queryKey: ['device', id],
    queryFn: ({ signal }) => request<Device>(`/devices/${encodeURIComponent(id)}`, { signal }),
  });

/** The nodes of one device: a bounded list, asked for in one piece or in pages, shown whole. */
export const nodesQuery = (id: string) =>
  queryOptions({
    queryKey: ['device', id, 'nodes'],
    queryFn: ({ signal }) =>
      request<Page<Node>>(`/devices/${encodeURIComponent(id)}/nodes`, { signal }),
  });

export const deviceSessionsQuery = (id: string) =>
  list<SessionSummary>(
    `/devices/${encodeURIComponent(id)}/sessions`,
    ['device', id, 'sessions'],
    {},
  );

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['session', id],
    queryFn: ({ signal }) => request<Session>(`/sessions/${encodeURIComponent(id)}`, { signal }),
  });
