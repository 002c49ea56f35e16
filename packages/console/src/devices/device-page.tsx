/** `/devices/:id`: one device with its nodes and its sessions. */
import { Title } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Device } from '@ueprov/provisioning-server/api';
import { deviceQuery, deviceSessionsQuery, nodesQuery } from '../api/queries.ts';
import { Fact, Facts } from '../frame/facts.tsx';
import { Empty, Failure, Loading } from '../frame/failure.tsx';
import { More } from '../frame/more.tsx';
import { State, WAKE_WORDS } from '../frame/state.tsx';
import { Time } from '../frame/zone.tsx';
import { SessionTable } from '../sessions/session-table.tsx';
import { ConfigProgress } from './config-progress.tsx';
import { makerAndModel, Registration } from './device-table.tsx';
import { NodeTable } from './node-table.tsx';
import { WakeButton } from './wake-button.tsx';

export function DevicePage({ id }: { readonly id: string }) {
  const device = useQuery(deviceQuery(id));
  if (device.error && !device.data)
    return <Failure error={device.error} retry={() => void device.refetch()} />;
  if (!device.data) return <Loading what="the device" />;
  return (
    <>
      <Head device={device.data} />
      <Section title="Configuration">
        <Nodes device={device.data} />
      </Section>
      <Section title="Sessions">
        <Sessions id={id} />
      </Section>
    </>
  );
}

function Head({ device }: { readonly device: Device }) {
  const [tone, label] = WAKE_WORDS[device.wake];
  return (
    <header className="page-head">
      <div className="page-head-line">
        <Title order={2} size="h4" className="mono">
          {device.DevId}
        </Title>
        <WakeButton device={device} />
      </div>
      <Facts>
        <Fact name="Public identity">
          <span className="mono">{device.IMPU ?? 'not known'}</span>
        </Fact>
        <Fact name="Maker and model">{makerAndModel(device) ?? 'not known'}</Fact>
        <Fact name="Registration">
          <Registration device={device} />
        </Fact>
        <Fact name="Configuration">
          <ConfigProgress device={device} />
        </Fact>
        <Fact name="Wake">
          <span className="cell-stack">
            <State tone={tone} label={label} />
            {device.wakeReason ? <small className="quiet">{device.wakeReason}</small> : null}
          </span>
        </Fact>
        <Fact name="Profile">{device.profile ?? 'none'}</Fact>
        {device.PktcVersion ? (
          <Fact name="PacketCable version">
            <span className="mono">{device.PktcVersion}</span>
          </Fact>
        ) : null}
        <Fact name="Last seen">{device.seenAt ? <Time at={device.seenAt} /> : 'never'}</Fact>
      </Facts>
    </header>
  );
}

function Nodes({ device }: { readonly device: Device }) {
  const nodes = useQuery(nodesQuery(device.id));
  if (nodes.error && !nodes.data)
    return <Failure error={nodes.error} retry={() => void nodes.refetch()} />;
  if (!nodes.data) return <Loading what="nodes" />;
  if (nodes.data.items.length === 0) {
    return (
      <Empty title="No nodes yet">
        Nothing is desired of this device and nothing was reported by it. Give it a profile in the
        server's configuration.
      </Empty>
    );
  }
  return <NodeTable nodes={nodes.data.items} />;
}

function Sessions({ id }: { readonly id: string }) {
  const list = useInfiniteQuery(deviceSessionsQuery(id));
  if (list.error && !list.data)
    return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading what="sessions" />;
  const sessions = list.data.pages.flatMap((page) => page.items);
  if (sessions.length === 0) {
    return (
      <Empty title="No sessions yet">
        The device has not opened a session. Wake sends it a Package #0 in a SIP MESSAGE.
      </Empty>
    );
  }
  return (
    <>
      <SessionTable sessions={sessions} withDevice={false} />
      <More shown={sessions.length} what="session" list={list} />
    </>
  );
}

interface SectionProps {
  readonly title: string;
  readonly children: React.ReactNode;
}

function Section({ title, children }: SectionProps) {
  return (
    <section className="section" aria-label={title}>
      <Title order={3} size="h6" className="section-title">
        {title}
      </Title>
      {children}
    </section>
  );
}
