/** `/devices`: every device the server knows, live. */
import { SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { type DeviceFilter, devicesQuery } from '../api/queries.ts';
import { Empty, Failure, Loading } from '../frame/failure.tsx';
import { More } from '../frame/more.tsx';
import { CONFIG_WORDS } from '../frame/state.tsx';
import { DeviceTable } from './device-table.tsx';

const FILTER_DELAY_MS = 250;

export function DevicesPage({ filter }: { readonly filter: DeviceFilter }) {
  const list = useInfiniteQuery(devicesQuery(filter));
  const devices = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = filter.q !== undefined || filter.config !== undefined;

  return (
    <>
      <FilterBar filter={filter} />
      {list.error ? <Failure error={list.error} retry={() => void list.refetch()} /> : null}
      {list.isPending ? <Loading what="devices" /> : null}
      {list.isSuccess && devices.length === 0 ? <NoDevices filtered={filtered} /> : null}
      {devices.length > 0 ? (
        <>
          <DeviceTable devices={devices} />
          <More shown={devices.length} what="device" list={list} />
        </>
      ) : null}
    </>
  );
}

function NoDevices({ filtered }: { readonly filtered: boolean }) {
  if (filtered) return <Empty title="No device matches">Change the filter to see others.</Empty>;
  return (
    <Empty title="No devices yet" command="npx ueprov lab --ues 3">
      A device appears here once it is known to the server. This command starts a lab with three
      simulated UEs, which register and are provisioned at once:
    </Empty>
  );
}

function FilterBar({ filter }: { readonly filter: DeviceFilter }) {
  const navigate = useNavigate();
  const [text, setText] = useState(filter.q ?? '');
  useEffect(() => setText(filter.q ?? ''), [filter.q]);

  const apply = (next: DeviceFilter) =>
    void navigate({
      to: '/devices',
      search: { ...(next.q ? { q: next.q } : {}), ...(next.config ? { config: next.config } : {}) },
      replace: true,
    });
  const applyText = useDebouncedCallback(
    (q: string) => apply({ ...filter, q: q.trim() }),
    FILTER_DELAY_MS,
  );

  return (
    <div className="filters">
      <TextInput
        size="xs"
        w={240}
        aria-label="Filter by device id or public identity"
        placeholder="Filter by id or IMPU"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          applyText(event.currentTarget.value);
        }}
      />
      <SegmentedControl
        size="xs"
        aria-label="Configuration state"
        value={filter.config ?? ''}
        onChange={(config) => apply({ ...filter, config })}
        data={[
          { value: '', label: 'all' },
          ...Object.entries(CONFIG_WORDS).map(([value, [, label]]) => ({ value, label })),
        ]}
      />
    </div>
  );
}
