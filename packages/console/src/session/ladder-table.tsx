/** The ladder as a table, for who reads it aloud, by keyboard, or just prefers rows. */
import { Table } from '@mantine/core';
import type { TracedMessage } from '@ueprov/provisioning-server/api';
import { span } from '../frame/time.ts';
import { Time } from '../frame/zone.tsx';
import { type LaterAccepted, refusedForGood } from './later-accepted.ts';
import { isRefusal } from './status.ts';

interface LadderTableProps {
  readonly trace: readonly TracedMessage[];
  readonly made: LaterAccepted;
  readonly selected: number;
  readonly onSelect: (number: number) => void;
}

export function LadderTable({ trace, made, selected, onSelect }: LadderTableProps) {
  return (
    <Table className="rows ladder-table">
      <Table.Caption className="sr-only">Messages of the session in order of time</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className="num">#</Table.Th>
          <Table.Th>Time</Table.Th>
          <Table.Th className="num">Δ</Table.Th>
          <Table.Th>Protocol</Table.Th>
          <Table.Th>From → to</Table.Th>
          <Table.Th>Message</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {trace.map((message, index) => (
          <Table.Tr
            key={`${message.at} ${message.protocol} ${message.seq}`}
            data-selected={index + 1 === selected || undefined}
          >
            <Table.Td className="num">{index + 1}</Table.Td>
            <Table.Td>
              <Time at={message.at} ms />
            </Table.Td>
            <Table.Td className="num">{sinceBefore(trace, index)}</Table.Td>
            <Table.Td>
              <span className="protocol" data-protocol={message.protocol}>
                {message.protocol}
              </span>
            </Table.Td>
            <Table.Td className="nowrap">
              {message.from} → {message.to}
            </Table.Td>
            <Table.Td>
              <button
                type="button"
                className={`link-button ${isRefusal(message) ? 'bad' : ''}`}
                aria-pressed={index + 1 === selected}
                onClick={() => onSelect(index + 1)}
              >
                {message.label}
              </button>
              <Refused count={refusedForGood(message, made)} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Refused({ count }: { readonly count: number }) {
  return count > 0 ? <span className="bad"> ({count} not accepted)</span> : null;
}

function sinceBefore(trace: readonly TracedMessage[], index: number): string {
  const [before, now] = [trace[index - 1], trace[index]];
  return before && now ? span(Math.max(0, Date.parse(now.at) - Date.parse(before.at))) : '';
}
