import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change } from '../store/record.ts';
import { READERS_MAX } from './stream.ts';
import { RING_MAX, StreamRing } from './stream-ring.ts';
import { type RunningTestApi, runApi } from './testing/running-api.ts';
import { sampleDevice, sampleSession, sampleTrace } from './testing/sample-session.ts';

let api: RunningTestApi;
beforeAll(async () => {
  api = await runApi();
  await api.store.write([{ kind: 'device', device: sampleDevice('d1') }]);
});
afterAll(() => api.stop());

interface Received {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

/** A reader of the stream: `next` gives the blocks one after another. */
async function listen(query = '', headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const response = await api.ask(`/stream${query}`, { headers, signal: abort.signal });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    close: () => abort.abort(),
    next: async (): Promise<Received | undefined> => {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          return Object.fromEntries(
            block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)),
          );
        }
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
      }
    },
  };
}

describe('the stream', () => {
  test('tells each committed change as the resource that it became', async () => {
    const reader = await listen();
    await reader.next();
    const session = sampleSession('s1', 'd1', api.clock.now);
    const [message] = sampleTrace('s1', 'd1', api.clock.now, 'xml');
    const changes: Change[] = [
      { kind: 'message', message: message! },
      { kind: 'session', session },
      { kind: 'device-state', device: 'd1', wake: 'answered' },
      {
        kind: 'event',
        event: {
          id: 'e1',
          at: api.clock.now,
          device: 'd1',
          source: 'alert',
          eventId: 1,
          name: 'n',
          severity: 'minor',
          text: 't',
          payload: 'p',
        },
      },
    ];
    await api.store.write(changes);
    api.announce(changes);
    const told = [
      await reader.next(),
      await reader.next(),
      await reader.next(),
      await reader.next(),
    ];
    expect(told.map((each) => [each!.event, JSON.parse(each!.data!)])).toEqual([
      ['message', expect.objectContaining({ session: 's1', device: 'd1', label: message!.label })],
      ['session', expect.objectContaining({ id: 's1', result: 'completed-with-errors' })],
      ['event', expect.objectContaining({ id: 'e1', name: 'n' })],
      ['device', expect.objectContaining({ id: 'd1', wake: 'answered' })],
    ]);
    reader.close();
  });

  test('tells a device that changes many times in a moment once, as it then is', async () => {
    const reader = await listen('?topics=device,event');
    await reader.next();
    const changes = (['queued', 'sent', 'gave-up'] as const).map(
      (wake): Change => ({ kind: 'device-state', device: 'd1', wake }),
    );
    await api.store.write(changes);
    for (const change of changes) api.announce([change]);
    const told = await reader.next();
    expect(told!.event).toBe('device');
    expect(JSON.parse(told!.data!)).toMatchObject({ id: 'd1', wake: 'gave-up' });
    api.publish('event', {});
    expect((await reader.next())!.event).toBe('event');
    reader.close();
  });

  test('gives only the topics that were asked for', async () => {
    const reader = await listen('?topics=event,session');
    await reader.next();
    api.publish('device', { id: 'x' });
    api.publish('event', { id: 'y' });
    expect(await reader.next()).toMatchObject({ event: 'event', data: '{"id":"y"}' });
    reader.close();
  });

  test('goes on after Last-Event-ID without a gap and without a repetition', async () => {
    const first = await listen('?topics=event');
    await first.next();
    api.publish('event', { id: 1 });
    const { id } = (await first.next())!;
    first.close();
    api.publish('event', { id: 2 });
    api.publish('device', { id: 'not asked for' });
    api.publish('event', { id: 3 });
    const second = await listen('?topics=event', { 'last-event-id': id! });
    expect((await second.next())!.data).toBe('{"id":2}');
    expect((await second.next())!.data).toBe('{"id":3}');
    await second.next();
    api.publish('event', { id: 4 });
    expect((await second.next())!.data).toBe('{"id":4}');
    second.close();
  });

  test('tells a reader to reset whose last event is of another run or no event at all', async () => {
    for (const id of ['000000000000-1', 'nonsense', '-', `${'9'.repeat(400)}`]) {
      const reader = await listen('', { 'last-event-id': id });
      expect(await reader.next()).toMatchObject({ event: 'reset' });
      reader.close();
    }
  });
});

describe('the ring', () => {
  test(`keeps ${RING_MAX} events; who missed one more cannot catch up`, () => {
    const ring = new StreamRing('run');
    const first = ring.idOf(ring.add('event', 'first'));
    for (let index = 0; index < RING_MAX; index++) ring.add('event', `${index}`);
    expect(ring.since(first)).toHaveLength(RING_MAX);
    ring.add('event', 'one more');
    expect(ring.since(first)).toBeUndefined();
    expect(ring.since(ring.lastId)).toEqual([]);
    expect(ring.since('run-99999999')).toBeUndefined();
    expect(ring.since(ring.lastId.replace('run', 'ran'))).toBeUndefined();
  });
});

describe('AC-49 many and slow readers', () => {
  test(`${READERS_MAX} may listen; the next one is told to come later`, async () => {
    const own = await runApi();
    const abort = new AbortController();
    const open = () => own.ask('/stream', { signal: abort.signal });
    const readers = await Promise.all(Array.from({ length: READERS_MAX }, open));
    expect(readers.every(({ status }) => status === 200)).toBe(true);
    const refused = await open();
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'STREAM_FULL' });
    abort.abort();
    await own.stop();
  });

  test('a reader that does not read is let go and holds back nobody', async () => {
    const slow = await api.ask('/stream?topics=event');
    const quick = await listen('?topics=session');
    await quick.next();
    const large = 'x'.repeat(64 * 1024);
    // Far above what the socket's own buffers take; turns of the loop let them fill.
    for (let index = 0; index < 400; index++) {
      api.publish('event', large);
      if (index % 20 === 0) await new Promise(setImmediate);
    }
    api.publish('session', { id: 's' });
    expect((await quick.next())!.data).toBe('{"id":"s"}');
    await expect(slow.text()).rejects.toThrow();
    quick.close();
  });

  test('a reader that signs out is let go at the next beat', async () => {
    const { Stream } = await import('./stream.ts');
    const { createServer } = await import('node:http');
    const stream = new Stream();
    let isAllowed = true;
    const server = createServer((_, response) =>
      stream.open(
        { response, topics: new Set(['event']), isAllowed: () => isAllowed },
        {},
        undefined,
      ),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const response = await fetch(`http://127.0.0.1:${port}`);
    stream.beat();
    isAllowed = false;
    stream.beat();
    await expect(response.text()).rejects.toThrow();
    stream.close();
    server.close();
  });
});
