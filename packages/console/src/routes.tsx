/** The console's addresses. A filter and a selected message are part of the address, so that it can be shared. */
import { createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { DevicePage } from './devices/device-page.tsx';
import { DevicesPage } from './devices/devices-page.tsx';
import { EventsPage } from './events/events-page.tsx';
import { Empty, Failure } from './frame/failure.tsx';
import { Frame } from './frame/frame.tsx';
import { SessionPage } from './session/session-page.tsx';
import { SessionsPage } from './sessions/sessions-page.tsx';

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/devices', search: {} });
  },
});

const devices = createRoute({
  getParentRoute: () => root,
  path: '/devices',
  staticData: { title: 'Devices' },
  validateSearch: (search): { q?: string; config?: string } => ({
    ...textOf(search, 'q'),
    ...textOf(search, 'config'),
  }),
  component: function DevicesRoute() {
    return <DevicesPage filter={devices.useSearch()} />;
  },
});

const device = createRoute({
  getParentRoute: () => root,
  path: '/devices/$id',
  staticData: { title: 'Device' },
  component: function DeviceRoute() {
    const { id } = device.useParams();
    return <DevicePage key={id} id={id} />;
  },
});

const sessions = createRoute({
  getParentRoute: () => root,
  path: '/sessions',
  staticData: { title: 'Sessions' },
  validateSearch: (search): { result?: string } => textOf(search, 'result'),
  component: function SessionsRoute() {
    return <SessionsPage filter={sessions.useSearch()} />;
  },
});

const session = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$id',
  staticData: { title: 'Session' },
  validateSearch: (search): { m?: number } =>
    Number.isSafeInteger(search.m) ? { m: Number(search.m) } : {},
  component: function SessionRoute() {
    const { id } = session.useParams();
    return <SessionPage key={id} id={id} selected={session.useSearch().m} />;
  },
});

const events = createRoute({
  getParentRoute: () => root,
  path: '/events',
  staticData: { title: 'Events' },
  component: EventsPage,
});

export const router = createRouter({
  routeTree: root.addChildren([home, devices, device, sessions, session, events]),
  defaultErrorComponent: ({ error }) => (
    <Failure error={error instanceof Error ? error : new Error(String(error))} />
  ),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  return <Empty title="No such page">The address names nothing in this console.</Empty>;
}

function textOf<K extends string>(search: Record<string, unknown>, key: K): { [P in K]?: string } {
  const value = search[key];
  const text = typeof value === 'number' ? String(value) : value;
  return (typeof text === 'string' && text !== '' ? { [key]: text } : {}) as { [P in K]?: string };
}
