/** Sessions as rows, newest first; on the list of all and on the page of one device. */
import { Table } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { SessionSummary } from '@ueprov/provisioning-server/api';
import { ResultOf } from '../frame/state.tsx';
import { size, span } from '../frame/time.ts';
import { useFlash } from '../frame/use-flash.ts';
import { Time } from '../frame/zone.tsx';
import { TRIGGER_WORDS } from '../session/chips.tsx';

interface SessionTableProps {
  readonly sessions: readonly SessionSummary[];
  readonly withDevice: boolean;
}

export function SessionTable({ sessions, withDevice }: SessionTableProps) {
  return (
    <div className="scroll-x">
      <Table className="rows" highlightOnHover>
        <Table.Caption className="sr-only">Sessions</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Started</Table.Th>
            {withDevice ? <Table.Th>Device</Table.Th> : null}
            <Table.Th>Result</Table.Th>
            <Table.Th className="col-wide">In words</Table.Th>
            <Table.Th>Opened by</Table.Th>
            <Table.Th className="col-wide">Encoding</Table.Th>
            <Table.Th className="num">Messages</Table.Th>
            <Table.Th className="num">Commands</Table.Th>
            <Table.Th className="num col-wide">Size</Table.Th>
            <Table.Th className="num">Duration</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} withDevice={withDevice} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface SessionRowProps {
  readonly session: SessionSummary;
  readonly withDevice: boolean;
}

function SessionRow({ session, withDevice }: SessionRowProps) {
  const row = useFlash(session);
  const navigate = useNavigate();
  return (
    <Table.Tr
      ref={row}
      className="row-link"
      onClick={(event) => {
        if ((event.target as Element).closest('a, button')) return;
        void navigate({ to: '/sessions/$id', params: { id: session.id } });
      }}
    >
      <Table.Td>
        <Link to="/sessions/$id" params={{ id: session.id }} className="strong">
          <Time at={session.startedAt} />
        </Link>
      </Table.Td>
      {withDevice ? (
        <Table.Td className="mono id-cell">
          {session.device ? (
            <Link to="/devices/$id" params={{ id: session.device }}>
              {session.device}
            </Link>
          ) : (
            <span className="quiet">not known</span>
          )}
        </Table.Td>
      ) : null}
      <Table.Td>
        <ResultOf result={session.result} />
      </Table.Td>
      <Table.Td className="col-wide sentence-cell" title={session.sentence}>
        {session.sentence}
      </Table.Td>
      <Table.Td>{TRIGGER_WORDS[session.trigger]}</Table.Td>
      <Table.Td className="col-wide">{session.encoding === 'wbxml' ? 'WBXML' : 'XML'}</Table.Td>
      <Table.Td className="num">{session.messages}</Table.Td>
      <Table.Td className="num">
        {session.commandsOk} ok
        {session.commandsFailed > 0 ? (
          <span className="bad"> · {session.commandsFailed} failed</span>
        ) : null}
      </Table.Td>
      <Table.Td className="num col-wide">{size(session.bytes)}</Table.Td>
      <Table.Td className="num">
        {session.endedAt ? (
          span(Date.parse(session.endedAt) - Date.parse(session.startedAt))
        ) : (
          <span className="quiet">running</span>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
