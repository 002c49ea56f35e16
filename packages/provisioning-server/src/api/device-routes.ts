/** Devices: the list, one of them, its nodes, its sessions, and the wish to wake it. */
import { z } from 'zod';
import type { DeviceFilter, PageOf, Store } from '../store/store.ts';
import { deviceView, nodeView, sessionView } from './device-view.ts';
import { notFound } from './problem.ts';
import { type Api, answers, Id, Paging, pageOf, pageView, type RouteContext } from './routes.ts';
import { ConfigState, Device, DevicePage, NodePage, SessionPage, WakeAccepted } from './schema.ts';

const DeviceQuery = Paging.extend({
  /** A part of DevId, IMPU, Man or Mod. */
  q: z.string().max(255).optional(),
  profile: z.string().max(64).optional(),
  config: ConfigState.optional(),
  wake: Device.shape.wake.optional(),
  registered: z.literal('true').optional(),
});
type DeviceQuery = z.infer<typeof DeviceQuery>;

export function addDeviceRoutes(api: Api, { store, ports }: RouteContext): void {
  const read = { tags: ['devices'] };

  api.get(
    '/devices',
    { schema: { ...read, querystring: DeviceQuery, response: answers(200, DevicePage) } },
    ({ query }) => listDevices(store, query, ports.now()),
  );

  api.get(
    '/devices/:id',
    { schema: { ...read, params: Id, response: answers(200, Device) } },
    async ({ params }) => deviceView(await overviewOf(store, params.id), ports.now()),
  );

  api.get(
    '/devices/:id/nodes',
    { schema: { ...read, params: Id, response: answers(200, NodePage) } },
    async ({ params }) => {
      const { nodes } = await overviewOf(store, params.id);
      return { items: nodes.map(nodeView), next: null };
    },
  );

  api.get(
    '/devices/:id/sessions',
    {
      schema: { ...read, params: Id, querystring: Paging, response: answers(200, SessionPage) },
    },
    async ({ params, query }) => {
      await overviewOf(store, params.id);
      return pageView(await store.sessions({ device: params.id }, pageOf(query)), sessionView);
    },
  );

  api.post(
    '/devices/:id/wake',
    { schema: { ...read, params: Id, response: answers(202, WakeAccepted) } },
    async ({ params }, reply) => {
      const { id } = await overviewOf(store, params.id);
      await ports.wake(id);
      const { wake = 'idle' } = (await store.state(id)) ?? {};
      return reply.code(202).send({ device: id, wake });
    },
  );
}

async function overviewOf(store: Store, id: string) {
  const overview = await store.overview(id);
  if (overview === undefined) throw notFound('device of this id');
  return overview;
}

/** Devices looked at for one page of a list filtered by what is computed. */
const SCANNED_MAX = 1000;

/** `config` is computed from the nodes: pages are read until enough fit, or enough was read. */
async function listDevices(store: Store, query: DeviceQuery, now: number) {
  const { q, profile, wake, registered, config, limit } = query;
  const filter: DeviceFilter = {
    ...(q && { text: q }),
    ...(profile !== undefined && { profile }),
    ...(wake !== undefined && { wake }),
    ...(registered !== undefined && { registeredAt: now }),
  };
  const items: Device[] = [];
  let after = query.cursor;
  for (let scanned = 0; scanned < SCANNED_MAX; ) {
    const page: PageOf<Parameters<typeof deviceView>[0]> = await store.devices(filter, {
      limit: limit - items.length,
      ...(after !== undefined && { after }),
    });
    const views = page.items.map((overview) => deviceView(overview, now));
    items.push(...views.filter((view) => config === undefined || view.config === config));
    scanned += page.items.length;
    after = page.next;
    if (after === undefined || items.length >= limit) break;
  }
  return { items, next: after ?? null };
}
