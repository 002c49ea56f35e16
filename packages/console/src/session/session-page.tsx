/** `/sessions/:id`: what was said in one session, as a ladder and message by message, live. */
import { SegmentedControl, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Session } from '@ueprov/provisioning-server/api';
import { useState } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { Empty, Failure, Loading } from '../frame/failure.tsx';
import { ResultOf } from '../frame/state.tsx';
import { Chips } from './chips.tsx';
import { Ladder } from './ladder.tsx';
import { LadderTable } from './ladder-table.tsx';
import { type LaterAccepted, laterAccepted, refusedForGood } from './later-accepted.ts';
import { MessagePane } from './message-pane.tsx';
import { isRefusal } from './status.ts';

interface SessionPageProps {
  readonly id: string;
  readonly selected: number | undefined;
}

export function SessionPage({ id, selected }: SessionPageProps) {
  const session = useQuery(sessionQuery(id));
  if (session.data) return <SessionView session={session.data} selected={selected} />;
  if (session.error) return <Failure error={session.error} retry={() => void session.refetch()} />;
  return <Loading what="the session" />;
}

interface SessionViewProps {
  readonly session: Session;
  readonly selected: number | undefined;
}

function SessionView({ session, selected }: SessionViewProps) {
  const navigate = useNavigate();
  const [view, setView] = useState('diagram');
  const { trace } = session;
  const made = laterAccepted(trace);
  const number = Math.min(Math.max(selected ?? firstOfInterest(trace, made), 1), trace.length);
  const message = trace[number - 1];
  const select = (m: number) =>
    void navigate({
      to: '/sessions/$id',
      params: { id: session.id },
      search: { m },
      replace: true,
      resetScroll: false,
    });
  const View = view === 'diagram' ? Ladder : LadderTable;

  return (
    <div className="session">
      <SessionHead session={session} />
      {message ? (
        <div className="panes">
          <section className="pane" aria-label="Ladder">
            <div className="pane-head">
              <Title order={3} size="h6">
                Ladder
              </Title>
              <Legend />
              <SegmentedControl
                size="xs"
                aria-label="Show the ladder as"
                value={view}
                onChange={setView}
                data={[
                  { value: 'diagram', label: 'Diagram' },
                  { value: 'table', label: 'Table' },
                ]}
              />
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable */}
            <section className="pane-body" tabIndex={0} aria-label="Messages in order">
              <View trace={trace} made={made} selected={number} onSelect={select} />
            </section>
          </section>
          <MessagePane
            key={number}
            session={session}
            made={made}
            message={message}
            number={number}
            onSelect={select}
          />
        </div>
      ) : (
        <Empty title="No messages">The messages of this session are not kept any longer.</Empty>
      )}
    </div>
  );
}

function SessionHead({ session }: { readonly session: Session }) {
  return (
    <header className="page-head">
      <div className="page-head-line">
        <Title order={2} size="h5" className="sentence">
          {session.sentence}
        </Title>
        <ResultOf result={session.result} />
        {session.device ? (
          <Link to="/devices/$id" params={{ id: session.device }} className="mono">
            {session.device}
          </Link>
        ) : null}
      </div>
      <Chips session={session} />
    </header>
  );
}

function Legend() {
  return (
    <span className="legend">
      <span className="protocol" data-protocol="SIP">
        SIP
      </span>
      <span className="protocol" data-protocol="HTTP">
        HTTP
      </span>
    </span>
  );
}

/** Where to look first: what was refused for good, else the first commands of the server, else the top. */
function firstOfInterest(trace: Session['trace'], made: LaterAccepted): number {
  const failed = trace.findIndex((m) => isRefusal(m) || refusedForGood(m, made) > 0);
  if (failed >= 0) return failed + 1;
  const work = trace.findIndex((m) => m.from === 'DM server' && m.commands.length > 0);
  return Math.max(work, 0) + 1;
}
