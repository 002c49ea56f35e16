/** The queue over a real store, without sessions: taking in, waking, deadlines, cancelling, a restart. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProtocolError } from '@ueprov/protocols';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ApiProblem } from '../api/problem.ts';
import type { OperationRecord } from '../store/operation-record.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { DEVICE } from '../testing/dm-device.ts';
import { moved } from './operation.ts';
import { BROKEN_MAX, OPEN_MAX, OperationQueue, type OperationWish } from './queue.ts';

const GET: OperationWish = {
  device: DEVICE.id,
  commands: [{ kind: 'get', uri: './A' }],
  isAtomic: false,
  isForced: false,
  isWaking: true,
  patienceMs: 60_000,
};

async function openQueue() {
  const store = await openSqliteStore({ folder: await mkdtemp(join(tmpdir(), 'ueprov-queue-')) });
  onTestFinished(() => store.close());
  await store.write([{ kind: 'device', device: DEVICE }]);
  const world = { now: 1_000_000, isInSession: false, obstacle: '', isBusy: false };
  const woken: string[] = [];
  const work: Promise<void>[] = [];
  const make = () =>
    new OperationQueue({
      store,
      ServerID: 'prov.example',
      now: () => world.now,
      random: (length) => new Uint8Array(length).fill(7),
      wake: async (device) => {
        woken.push(device);
        if (world.obstacle !== '') throw new ApiProblem(409, 'NOT_REGISTERED', world.obstacle);
      },
      isInSession: () => world.isInSession,
      betweenMessages: async (_, between) => {
        if (world.isBusy) throw new ProtocolError('DM_BUSY', 'too many');
        return between();
      },
      onChanges: () => {},
      onDeadline: () => {},
      onWork: (promise) => work.push(promise),
    });
  const queue = make();
  const take = async (wish: Partial<OperationWish> = {}) => {
    const { id } = await queue.take({ ...GET, ...wish });
    await Promise.all(work);
    return (await store.operation(id)) as OperationRecord;
  };
  /** As a session would. */
  const put = (operation: OperationRecord) => store.write([{ kind: 'operation', operation }]);
  return { store, queue, world, woken, take, put, work, restart: make };
}

describe('AC-36: a wish that can take our own account off the device', () => {
  const REMOVAL = [{ kind: 'delete', uri: './DMAcc/ours' }] as const;

  test('is refused, stored nowhere and sent nowhere, until it is forced', async () => {
    const { queue, store, take, woken } = await openQueue();
    const wish = { ...GET, commands: [...GET.commands, ...REMOVAL] };
    await expect(queue.take(wish)).rejects.toMatchObject({ status: 409, code: 'SELF_LOCKOUT' });
    await expect(queue.take(wish)).rejects.toThrow('delete ./DMAcc/ours can take the account of');
    expect(await store.openOperations(DEVICE.id)).toEqual([]);
    expect(woken).toEqual([]);
    expect(await take({ commands: REMOVAL, isForced: true })).toMatchObject({ state: 'woken' });
  });

  test('is taken where a session read that the account is of another server', async () => {
    const { queue, store, take } = await openQueue();
    const read = (reported: string) =>
      store.write([
        {
          kind: 'nodes',
          device: DEVICE.id,
          nodes: [
            {
              device: DEVICE.id,
              uri: './DMAcc/ours/ServerID',
              format: 'chr',
              reported,
              state: 'unmanaged',
            },
          ],
        },
      ]);
    await read('prov.example');
    await expect(queue.take({ ...GET, commands: REMOVAL })).rejects.toThrow('--force');
    await read('other.example');
    expect(await take({ commands: REMOVAL })).toMatchObject({ state: 'woken' });
  });
});

describe('a wish', () => {
  test('is stored, and the device is woken for it', async () => {
    const { take, woken } = await openQueue();
    expect(await take()).toMatchObject({ state: 'woken', kind: 'get', attempt: 1, version: 2 });
    expect(woken).toEqual([DEVICE.id]);
  });

  test('of a device that cannot be woken waits, and says why', async () => {
    const { take, world } = await openQueue();
    world.obstacle = 'The device is not registered.';
    expect(await take()).toMatchObject({ state: 'queued', reason: world.obstacle });
  });

  test('for the next contact wakes nobody, nor does one while a session is open', async () => {
    const { take, woken, world } = await openQueue();
    expect((await take({ isWaking: false })).state).toBe('queued');
    world.isInSession = true;
    expect((await take()).state).toBe('queued');
    expect(woken).toEqual([]);
  });

  test('with the key of an earlier one is that one, and 422 if it is another', async () => {
    const { take, queue } = await openQueue();
    const first = await take({ idempotencyKey: 'k' });
    expect(await take({ idempotencyKey: 'k' })).toEqual(first);
    const other = { ...GET, commands: [{ kind: 'get', uri: './B' } as const] };
    await expect(queue.take({ ...other, idempotencyKey: 'k' })).rejects.toMatchObject({
      status: 422,
      code: 'KEY_REUSED',
    });
  });

  test('the same key twice in one moment is one operation', async () => {
    const { queue, store } = await openQueue();
    const wish = { ...GET, idempotencyKey: 'k' };
    const settled = await Promise.allSettled([queue.take(wish), queue.take(wish)]);
    expect(settled.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await store.openOperations(DEVICE.id)).toHaveLength(1);
  });

  test('of a device that is not there is 404; of one that is asked too much, 503', async () => {
    const { queue, world } = await openQueue();
    await expect(queue.take({ ...GET, device: 'x' })).rejects.toMatchObject({ status: 404 });
    world.isBusy = true;
    await expect(queue.take(GET)).rejects.toMatchObject({ status: 503, code: 'DEVICE_BUSY' });
  });

  test(`${OPEN_MAX} may be open, one more is refused until one has ended`, async () => {
    const { take, queue } = await openQueue();
    const all = [];
    for (let count = 0; count < OPEN_MAX; count++) all.push(await take({ isWaking: false }));
    await expect(queue.take(GET)).rejects.toMatchObject({ status: 409, code: 'QUEUE_FULL' });
    await queue.cancel(all[50]?.id ?? '');
    expect((await take()).state).toBe('woken');
  });

  test('keeps its place: ids rise, also when the clock is set back', async () => {
    const { take, store, world } = await openQueue();
    const ids = [];
    for (const now of [5, 5, 4, 9]) {
      world.now = 1_000_000 + now;
      ids.push((await take({ isWaking: false })).id);
    }
    expect(ids.toSorted()).toEqual(ids);
    expect((await store.nextOperation(DEVICE.id, 0))?.id).toBe(ids[0]);
  });
});

describe('cancelling', () => {
  test('ends what waits; what a session has taken, and what has ended, is 409', async () => {
    const { take, queue, put } = await openQueue();
    const { id } = await take();
    expect(await queue.cancel(id)).toMatchObject({ state: 'cancelled' });
    await expect(queue.cancel(id)).rejects.toMatchObject({ code: 'NOT_CANCELLABLE' });
    const other = await take();
    await put({ ...moved(other, 'taken', 1), version: other.version + 1 });
    await expect(queue.cancel(other.id)).rejects.toThrow('It is in-session');
    await expect(queue.cancel('nothing')).rejects.toMatchObject({ status: 404 });
  });
});

describe('a deadline', () => {
  test('ends what no session has taken, at that instant and not before', async () => {
    const { take, queue, store, world } = await openQueue();
    world.obstacle = 'The device is not registered.';
    const { id, deadline } = await take();
    expect(queue.deadline).toBe(deadline);
    world.now = deadline - 1;
    await queue.timeout();
    expect((await store.operation(id))?.state).toBe('queued');
    world.now = deadline;
    await queue.timeout();
    expect(await store.operation(id)).toMatchObject({
      state: 'expired',
      finishedAt: deadline,
      reason: 'No session had taken it by its deadline. The device is not registered.',
    });
    expect(queue.deadline).toBeUndefined();
  });

  test('of an Exec that runs on leaves it unknown; in a session it does nothing', async () => {
    const { take, queue, store, world, put } = await openQueue();
    const { id, ...first } = await take();
    const taken = { ...moved({ id, ...first }, 'taken', 1), version: first.version + 1 };
    await put(taken);
    world.now = taken.deadline;
    await queue.timeout();
    expect((await store.operation(id))?.state).toBe('in-session');
    await put({ ...moved(taken, 'accepted', 1), version: taken.version + 1 });
    await queue.timeout();
    expect(await store.operation(id)).toMatchObject({ state: 'unknown' });
  });
});

describe('the end of a session', () => {
  test('asks for another one where something waits', async () => {
    const { take, queue, woken, world } = await openQueue();
    world.isInSession = true;
    await take();
    world.isInSession = false;
    await queue.sessionOver(DEVICE.id, true);
    expect(woken).toEqual([DEVICE.id]);
    await queue.sessionOver('nobody', true);
    expect(woken).toHaveLength(1);
  });

  test(`that broke off ${BROKEN_MAX} times asks for no other: it would go on for ever`, async () => {
    const { take, queue, woken, world } = await openQueue();
    world.isInSession = true;
    await take();
    world.isInSession = false;
    for (let count = 0; count < BROKEN_MAX + 2; count++) await queue.sessionOver(DEVICE.id, false);
    expect(woken).toHaveLength(BROKEN_MAX - 1);
    await queue.sessionOver(DEVICE.id, true);
    expect(woken).toHaveLength(BROKEN_MAX);
  });
});

test('a restart finds no session: reads are asked again, a change that was sent is unknown', async () => {
  const { take, put, store, woken, restart } = await openQueue();
  const inSession = async (kind: 'get' | 'delete') => {
    const operation = await take({ commands: [{ kind, uri: './A' }] });
    const taken = moved(operation, 'taken', 1, { session: 's' });
    const commands = [{ kind, uri: './A', state: 'sent' } as const];
    await put({ ...taken, commands, version: operation.version + 1 });
    return operation.id;
  };
  const [read, change] = [await inSession('get'), await inSession('delete')];
  woken.length = 0;
  const again = restart();
  await again.recover();
  expect(await store.operation(read)).toMatchObject({ state: 'queued', attempt: 2 });
  expect(await store.operation(change)).toMatchObject({ state: 'unknown' });
  await again.resume();
  expect(woken).toEqual([DEVICE.id]);
  expect((await store.operation(read))?.state).toBe('woken');
});
