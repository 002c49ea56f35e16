/** Which zone times are shown in, chosen in the top bar and kept in the browser. */
import { useLocalStorage } from '@mantine/hooks';
import { createContext, type ReactNode, useContext } from 'react';
import { wallClock, type Zone } from './time.ts';

interface ZoneChoice {
  readonly zone: Zone;
  readonly choose: (zone: Zone) => void;
}

const ZoneContext = createContext<ZoneChoice>({ zone: 'UTC', choose: () => {} });

export function ZoneProvider({ children }: { readonly children: ReactNode }) {
  const [zone, choose] = useLocalStorage<Zone>({ key: 'ueprov-zone', defaultValue: 'UTC' });
  return <ZoneContext value={{ zone, choose }}>{children}</ZoneContext>;
}

export const useZone = () => useContext(ZoneContext);

/** A time of day; the date stands in front only where it is not today's. Whole on hover. */
export function Time({ at, ms = false }: { readonly at: string; readonly ms?: boolean }) {
  const { zone } = useZone();
  const whole = wallClock(at, zone);
  const today = wallClock(new Date().toISOString(), zone).slice(0, 10);
  const text = whole.startsWith(today) ? whole.slice(11) : whole;
  return (
    <time dateTime={at} title={`${whole} ${zone}`} className="mono">
      {ms ? text : text.slice(0, -4)}
    </time>
  );
}
