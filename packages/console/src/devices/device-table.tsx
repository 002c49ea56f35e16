/** Devices as rows; the whole row leads to the device, for keyboards its id does. */
import { Table } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Device } from '@ueprov/provisioning-server/api';
import { ResultOf, SeverityOf, State, WAKE_WORDS } from '../frame/state.tsx';
import { useFlash } from '../frame/use-flash.ts';
import { Time } from '../frame/zone.tsx';
import { ConfigProgress } from './config-progress.tsx';

export function DeviceTable({ devices }: { readonly devices: readonly Device[] }) {
  return (
    <div className="scroll-x">
      <Table className="rows sticky" highlightOnHover>
        <Table.Caption className="sr-only">Devices</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Device and public identity</Table.Th>
            <Table.Th className="col-wide">Maker and model</Table.Th>
            <Table.Th>Registration</Table.Th>
            <Table.Th>Configuration</Table.Th>
            <Table.Th>Last session</Table.Th>
            <Table.Th className="col-wide">Last event</Table.Th>
            <Table.Th>Wake</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {devices.map((device) => (
            <DeviceRow key={device.id} device={device} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function DeviceRow({ device }: { readonly device: Device }) {
  const row = useFlash(device);
  const navigate = useNavigate();
  const [wakeTone, wakeLabel] = WAKE_WORDS[device.wake];
  const { lastSession, lastEvent } = device;
  return (
    <Table.Tr
      ref={row}
      className="row-link"
      onClick={(event) => {
        if ((event.target as Element).closest('a, button')) return;
        void navigate({ to: '/devices/$id', params: { id: device.id } });
      }}
    >
      <Table.Td>
        <span className="cell-stack">
          <Link to="/devices/$id" params={{ id: device.id }} className="mono strong">
            {device.DevId}
          </Link>
          <small className="mono quiet">{device.IMPU ?? 'no public identity'}</small>
        </span>
      </Table.Td>
      <Table.Td className="col-wide nowrap">{makerAndModel(device) ?? <None />}</Table.Td>
      <Table.Td>
        <Registration device={device} />
      </Table.Td>
      <Table.Td>
        <ConfigProgress device={device} />
      </Table.Td>
      <Table.Td>
        {lastSession ? (
          <Link to="/sessions/$id" params={{ id: lastSession.id }} className="cell-stack">
            <ResultOf result={lastSession.result} />
            <small className="quiet">
              <Time at={lastSession.at} />
            </small>
          </Link>
        ) : (
          <None />
        )}
      </Table.Td>
      <Table.Td className="col-wide">
        {lastEvent ? (
          <span className="cell-stack">
            <span className="nowrap">
              {lastEvent.name} <span className="mono quiet">{lastEvent.id}</span>
            </span>
            <SeverityOf severity={lastEvent.severity} />
          </span>
        ) : (
          <None />
        )}
      </Table.Td>
      <Table.Td>
        <State
          tone={wakeTone}
          label={wakeLabel}
          {...(device.wakeReason ? { title: device.wakeReason } : {})}
        />
      </Table.Td>
    </Table.Tr>
  );
}

export function Registration({ device }: { readonly device: Device }) {
  if (!device.registered) return <State tone="quiet" label="not registered" />;
  return (
    <span className="cell-stack">
      <State tone="ok" label="registered" />
      {device.registeredUntil ? (
        <small className="quiet nowrap">
          until <Time at={device.registeredUntil} />
        </small>
      ) : null}
    </span>
  );
}

export function makerAndModel(device: Device): string | null {
  return [device.Man, device.Mod].filter((part) => part !== null).join(' ') || null;
}

function None() {
  return (
    <span className="quiet">
      <span aria-hidden="true">–</span>
      <span className="sr-only">none</span>
    </span>
  );
}
