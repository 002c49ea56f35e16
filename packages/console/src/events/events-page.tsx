/** `/events`: what devices reported, live, newest first. */
import { Table } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Event } from '@ueprov/provisioning-server/api';
import { eventsQuery } from '../api/queries.ts';
import { Empty, Failure, Loading } from '../frame/failure.tsx';
import { More } from '../frame/more.tsx';
import { SeverityOf, State } from '../frame/state.tsx';
import { Time } from '../frame/zone.tsx';

export function EventsPage() {
  const list = useInfiniteQuery(eventsQuery());
  if (list.error && !list.data)
    return <Failure error={list.error} retry={() => void list.refetch()} />;
  if (!list.data) return <Loading what="events" />;
  const events = list.data.pages.flatMap((page) => page.items);
  if (events.length === 0) {
    return (
      <Empty title="No events yet" command="npx ueprov lab --ues 3">
        An event appears here when a device reports one, such as the end of its provisioning. This
        command starts a lab in which three simulated UEs do so:
      </Empty>
    );
  }
  return (
    <>
      <EventTable events={events} />
      <More shown={events.length} what="event" list={list} />
    </>
  );
}

function EventTable({ events }: { readonly events: readonly Event[] }) {
  return (
    <Table className="rows">
      <Table.Caption className="sr-only">Events</Table.Caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Time</Table.Th>
          <Table.Th>Severity</Table.Th>
          <Table.Th>Event</Table.Th>
          <Table.Th>Text</Table.Th>
          <Table.Th>Device</Table.Th>
          <Table.Th>Reported by</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {events.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function EventRow({ event }: { readonly event: Event }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Time at={event.at} ms />
      </Table.Td>
      <Table.Td>
        <SeverityOf severity={event.severity} />
      </Table.Td>
      <Table.Td>
        <span className="strong">{event.name}</span>{' '}
        <span className="mono quiet">{event.eventId}</span>
      </Table.Td>
      <Table.Td>{event.text}</Table.Td>
      <Table.Td className="mono">
        {event.device ? (
          <Link to="/devices/$id" params={{ id: event.device }}>
            {event.device}
          </Link>
        ) : (
          <span className="quiet">not known</span>
        )}
      </Table.Td>
      <Table.Td>
        {event.source === 'syslog' ? (
          <State tone="warn" label="syslog, unauthenticated" />
        ) : event.session ? (
          <Link to="/sessions/$id" params={{ id: event.session }}>
            alert in a session
          </Link>
        ) : (
          'alert'
        )}
      </Table.Td>
    </Table.Tr>
  );
}
