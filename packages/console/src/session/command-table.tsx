/** Commands of one message; beside each the Status that answered it, in words, red unless it is 2xx. */
import { Table } from '@mantine/core';
import type { Session, TracedCommand } from '@ueprov/provisioning-server/api';
import { Uri } from '../frame/uri.tsx';
import type { LaterAccepted } from './later-accepted.ts';
import { isSuccess } from './status.ts';

interface CommandTableProps {
  readonly commands: readonly TracedCommand[];
  readonly session: Session;
  readonly made: LaterAccepted;
  readonly onSelect: (number: number) => void;
}

export function CommandTable({ commands, session, made, onSelect }: CommandTableProps) {
  return (
    <Table className="rows commands exchange">
      <Table.Caption className="sr-only">Commands and the Status that answered each</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className="num">CmdID</Table.Th>
          <Table.Th>Command</Table.Th>
          <Table.Th>Node and data</Table.Th>
          <Table.Th>Status</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {commands.map((command, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items of one command share its CmdID
          <Table.Tr key={index}>
            <Table.Td className="num mono">{command.CmdID}</Table.Td>
            <Table.Td className="strong">{command.kind}</Table.Td>
            <Table.Td>
              <NodeAndData command={command} />
            </Table.Td>
            <Table.Td>
              <StatusOf command={command} session={session} made={made} onSelect={onSelect} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export function NodeAndData({ command }: { readonly command: TracedCommand }) {
  const { uri, data, format } = command;
  return (
    <>
      {uri === null ? null : (
        <div>
          <Uri uri={uri} />
        </div>
      )}
      {data === null ? null : (
        <div className="mono data">
          {data === '' ? <span className="quiet">(empty)</span> : data}
          {format === null ? null : <span className="format">{format}</span>}
        </div>
      )}
    </>
  );
}

interface StatusOfProps {
  readonly command: TracedCommand;
  readonly session: Session;
  readonly made: LaterAccepted;
  readonly onSelect: (number: number) => void;
}

function StatusOf({ command, session, made, onSelect }: StatusOfProps) {
  const { status, statusText, answeredIn } = command;
  // The header of the message that ends a session is answered by none.
  if (status === null && command.kind === 'SyncHdr') return <span className="quiet">–</span>;
  if (status === null) {
    return session.result === 'open' ? (
      <span className="quiet">waiting</span>
    ) : (
      <span className="warn">no Status came</span>
    );
  }
  const number = session.trace.findIndex((m) => m.protocol === 'HTTP' && m.seq === answeredIn) + 1;
  return (
    <span className="cell-stack">
      <span className={`status ${isSuccess(status) ? 'ok' : 'bad'}`}>
        <span className="mono">{status}</span> {statusText}
      </span>
      <span className="jumps">
        <Jump words="in" number={number} onSelect={onSelect} />
        <Jump words="made good in" number={made.get(command) ?? 0} onSelect={onSelect} />
      </span>
    </span>
  );
}

interface JumpProps {
  readonly words: string;
  /** 0: nowhere. */
  readonly number: number;
  readonly onSelect: (number: number) => void;
}

function Jump({ words, number, onSelect }: JumpProps) {
  if (number === 0) return null;
  return (
    <button type="button" className="link-button small" onClick={() => onSelect(number)}>
      {words} #{number}
    </button>
  );
}
