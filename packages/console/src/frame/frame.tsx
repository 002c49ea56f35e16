/** The global frame: rail, top bar, and the page in the middle. */
import { ActionIcon, AppShell, SegmentedControl } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { Icon } from './icon.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { PageTitle } from './page-title.tsx';
import { SearchBox } from './search-box.tsx';
import { signOut } from './sign-in.ts';
import { ThemeToggle } from './theme-toggle.tsx';
import type { Zone } from './time.ts';
import { useZone } from './zone.tsx';

const PAGES = [
  { to: '/devices', label: 'Devices', icon: 'devices' },
  { to: '/sessions', label: 'Sessions', icon: 'sessions' },
  { to: '/events', label: 'Events', icon: 'events' },
] as const;

export function Frame() {
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: { base: 60, lg: 168 }, breakpoint: 0 }}
      padding={0}
    >
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <AppShell.Header className="top">
        <Link to="/devices" className="brand" aria-label="ueprov, devices">
          <img src="/favicon.svg" alt="" width="24" height="24" />
          <span>ueprov</span>
        </Link>
        <PageTitle />
        <SearchBox />
        <div className="top-right">
          <LiveIndicator />
          <ZoneToggle />
          <ThemeToggle />
          <SignOut />
        </div>
      </AppShell.Header>
      <AppShell.Navbar className="rail" aria-label="Pages">
        {PAGES.map((page) => (
          <Link key={page.to} to={page.to} className="rail-link">
            <Icon name={page.icon} />
            <span>{page.label}</span>
          </Link>
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function ZoneToggle() {
  const { zone, choose } = useZone();
  return (
    <SegmentedControl
      size="xs"
      aria-label="Time zone"
      value={zone}
      onChange={(value) => choose(value as Zone)}
      data={[
        { value: 'UTC', label: 'UTC' },
        { value: 'local', label: 'Local' },
      ]}
    />
  );
}

function SignOut() {
  const queries = useQueryClient();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label="Sign out"
      title="Sign out"
      onClick={() => void signOut().finally(() => queries.invalidateQueries())}
    >
      <Icon name="leave" />
    </ActionIcon>
  );
}
