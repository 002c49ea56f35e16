/** `/sessions`: the sessions of all devices, live, newest first. */
import { SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { sessionsQuery } from '../api/queries.ts';
import { Empty, Failure, Loading } from '../frame/failure.tsx';
import { More } from '../frame/more.tsx';
import { RESULT_WORDS } from '../frame/state.tsx';
import { SessionTable } from './session-table.tsx';

export function SessionsPage({ filter }: { readonly filter: { readonly result?: string } }) {
  const list = useInfiniteQuery(sessionsQuery(filter));
  const sessions = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <ResultFilter result={filter.result} />
      {list.error ? <Failure error={list.error} retry={() => void list.refetch()} /> : null}
      {list.isPending ? <Loading what="sessions" /> : null}
      {list.isSuccess && sessions.length === 0 ? (
        <NoSessions filtered={filter.result !== undefined} />
      ) : null}
      {sessions.length > 0 ? (
        <>
          <SessionTable sessions={sessions} withDevice={true} />
          <More shown={sessions.length} what="session" list={list} />
        </>
      ) : null}
    </>
  );
}

function NoSessions({ filtered }: { readonly filtered: boolean }) {
  if (filtered) return <Empty title="No session matches">Change the filter to see others.</Empty>;
  return (
    <Empty title="No sessions yet" command="npx ueprov lab --ues 3">
      A session appears here when a device sends its Package #1. This command starts a lab in which
      three simulated UEs do so:
    </Empty>
  );
}

function ResultFilter({ result }: { readonly result: string | undefined }) {
  const navigate = useNavigate();
  return (
    <div className="filters">
      <SegmentedControl
        size="xs"
        aria-label="Result"
        value={result ?? ''}
        onChange={(value) =>
          void navigate({
            to: '/sessions',
            search: value === '' ? {} : { result: value },
            replace: true,
          })
        }
        data={[
          { value: '', label: 'all' },
          ...Object.entries(RESULT_WORDS).map(([value, [, label]]) => ({ value, label })),
        ]}
      />
    </div>
  );
}
