import { InfiniteQueryObserver, QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveCache } from './live.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function watchedList(client: QueryClient, key: readonly unknown[], ids: readonly string[]) {
  const asked: number[] = [];
  const observer = new InfiniteQueryObserver(client, {
    queryKey: key,
    queryFn: () => {
      asked.push(1);
      return { items: ids.map((id) => ({ id, config: 'pending' })), next: null };
    },
    initialPageParam: undefined,
    getNextPageParam: () => undefined,
  });
  observer.subscribe(() => {});
  const items = () => observer.getCurrentResult().data?.pages.flatMap((page) => page.items);
  return { asked, items };
}

test('a device that is listed is replaced in place, without asking again', async () => {
  const client = new QueryClient();
  const list = watchedList(client, ['devices', { q: undefined }], ['a', 'b']);
  await vi.runAllTimersAsync();
  new LiveCache(client).apply([{ topic: 'device', resource: { id: 'b', config: 'verified' } }]);
  await vi.runAllTimersAsync();
  expect(list.items()).toEqual([
    { id: 'a', config: 'pending' },
    { id: 'b', config: 'verified' },
  ]);
  expect(list.asked).toHaveLength(1);
});

test('a device that is not listed makes the list ask again', async () => {
  const client = new QueryClient();
  const list = watchedList(client, ['devices', {}], ['a']);
  await vi.runAllTimersAsync();
  new LiveCache(client).apply([{ topic: 'device', resource: { id: 'new' } }]);
  await vi.runAllTimersAsync();
  expect(list.asked).toHaveLength(2);
});

test('a filtered list asks again even for a device it shows, which may have left the filter', async () => {
  const client = new QueryClient();
  const list = watchedList(client, ['devices', { config: 'pending' }], ['a']);
  await vi.runAllTimersAsync();
  new LiveCache(client).apply([{ topic: 'device', resource: { id: 'a', config: 'verified' } }]);
  await vi.runAllTimersAsync();
  expect(list.asked).toHaveLength(2);
});

test('a message that arrives while its session is being fetched makes it be fetched once more', async () => {
  const client = new QueryClient();
  const answers: (() => void)[] = [];
  const observer = new QueryObserver(client, {
    queryKey: ['session', 's1'],
    queryFn: () => new Promise<string>((resolve) => answers.push(() => resolve('trace'))),
  });
  observer.subscribe(() => {});
  new LiveCache(client).apply([{ topic: 'message', resource: { session: 's1' } }]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(1000);
  expect(answers).toHaveLength(2);
});

test('what is not understood on the stream changes nothing', async () => {
  const client = new QueryClient();
  const list = watchedList(client, ['devices', {}], ['a']);
  await vi.runAllTimersAsync();
  new LiveCache(client).apply([{ topic: 'device', resource: undefined }]);
  await vi.runAllTimersAsync();
  expect(list.asked).toHaveLength(1);
});
