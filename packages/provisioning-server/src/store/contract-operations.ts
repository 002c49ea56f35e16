/** The part of the store contract about operations: kept whole, only forward, found by what asks for them. */
import assert from 'node:assert/strict';
import type { Rule } from './contract.ts';
import { CONTRACT_DEVICE } from './contract-samples.ts';
import type { OperationRecord } from './operation-record.ts';
import type { Change } from './record.ts';
import { RETENTION } from './retention.ts';
import { type Store, StoreError } from './store.ts';

const device = CONTRACT_DEVICE;

export const CONTRACT_OPERATION: OperationRecord = {
  id: 'o1',
  device: device.id,
  kind: 'replace',
  state: 'queued',
  version: 1,
  attempt: 1,
  isWaking: true,
  isAtomic: false,
  commands: [
    {
      kind: 'replace',
      uri: './A/AAuthSecret',
      value: { data: 'a-value-that-nobody-may-read', encoding: 'text' },
      state: 'waiting',
    },
  ],
  createdAt: 1000,
  deadline: 9000,
  idempotencyKey: 'k1',
};

const known: Change = { kind: 'device', device };

function change(more: Partial<OperationRecord>): Change {
  return { kind: 'operation', operation: { ...CONTRACT_OPERATION, ...more } };
}

function keyless(id: string, more: Partial<OperationRecord> = {}): Change {
  const { idempotencyKey: _, ...rest } = CONTRACT_OPERATION;
  return { kind: 'operation', operation: { ...rest, id, ...more } };
}

const idsOf = (records: readonly OperationRecord[]) => records.map(({ id }) => id).join();

async function refusedWith(code: string, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof StoreError && error.code === code);
}

/** Sweeps until a whole step finds nothing; how many rows went. */
async function sweepAll(store: Store, now: number): Promise<number> {
  let total = 0;
  for (let rows = await store.sweep(now); rows > 0; rows = await store.sweep(now)) total += rows;
  return total;
}

export const RULES_OF_OPERATIONS: readonly Rule[] = [
  {
    name: 'an operation is kept whole, and found by id and by key of its device',
    run: async (open) => {
      const first = await open();
      await first.write([known, change({})]);
      await first.close();
      const store = await open();
      assert.deepEqual(await store.operation('o1'), CONTRACT_OPERATION);
      assert.deepEqual(await store.operationByKey(device.id, 'k1'), CONTRACT_OPERATION);
      assert.equal(await store.operationByKey('d2', 'k1'), undefined);
      assert.equal(await store.operation('o2'), undefined);
      await store.close();
    },
  },
  {
    name: 'an operation only moves forward: a change that does not follow the stored version is refused',
    run: async (open) => {
      const store = await open();
      await store.write([known, change({})]);
      await refusedWith('OPERATION_STALE', store.write([change({ state: 'woken' })]));
      await store.write([change({ version: 2, state: 'woken' })]);
      await refusedWith('OPERATION_STALE', store.write([change({ version: 2, state: 'expired' })]));
      await refusedWith('OPERATION_STALE', store.write([change({ version: 4, state: 'expired' })]));
      await refusedWith('OPERATION_STALE', store.write([change({ id: 'new', version: 2 })]));
      assert.equal((await store.operation('o1'))?.state, 'woken');
      await store.close();
    },
  },
  {
    name: 'one key of a device names one operation',
    run: async (open) => {
      const store = await open();
      await store.write([known, change({})]);
      await refusedWith('OPERATION_DUPLICATE', store.write([change({ id: 'o2' })]));
      await store.write([change({ id: 'o2', idempotencyKey: 'k2' })]);
      await store.close();
    },
  },
  {
    name: 'of a device the oldest waiting operation is next unless overdue, whatever is under way or has ended',
    run: async (open) => {
      const store = await open();
      await store.write([
        known,
        keyless('a', { state: 'failed', finishedAt: 5 }),
        keyless('b', { state: 'in-session' }),
        keyless('c', { state: 'running' }),
        keyless('e', { state: 'queued' }),
        keyless('d', { state: 'woken' }),
      ]);
      assert.equal((await store.nextOperation(device.id, 8999))?.id, 'd');
      assert.equal(await store.nextOperation('d2', 0), undefined);
      assert.equal(await store.nextOperation(device.id, 9000), undefined);
      assert.equal(idsOf(await store.openOperations(device.id)), 'b,c,d,e');
      assert.equal(idsOf((await store.operations({ state: 'woken' }, { limit: 9 })).items), 'd');
      const first = await store.operations({ device: device.id }, { limit: 3 });
      assert.equal(idsOf(first.items), 'e,d,c');
      const rest = { limit: 3, after: first.next ?? '' };
      assert.equal(idsOf((await store.operations({ device: device.id }, rest)).items), 'b,a');
      await store.close();
    },
  },
  {
    name: 'what is overdue is open and in no session',
    run: async (open) => {
      const store = await open();
      assert.equal(await store.operationDeadline(), undefined);
      await store.write([
        known,
        keyless('a', { deadline: 50 }),
        keyless('b', { deadline: 40, state: 'running' }),
        keyless('c', { deadline: 30, state: 'in-session' }),
        keyless('d', { deadline: 20, state: 'succeeded', finishedAt: 5 }),
        keyless('e', { deadline: 51 }),
      ]);
      assert.equal(await store.operationDeadline(), 40);
      assert.equal(idsOf(await store.overdueOperations(39)), '');
      assert.equal(idsOf(await store.overdueOperations(50)), 'b,a');
      await store.close();
    },
  },
  {
    name: 'operations that have ended are forgotten by age and by count, open ones never',
    run: async (open) => {
      const store = await open();
      const count = RETENTION.operationsPerDevice;
      const ended = Array.from({ length: count + 2 }, (_, index) =>
        keyless(`e${String(index).padStart(4, '0')}`, { state: 'succeeded', finishedAt: 1000 }),
      );
      await store.write([known, keyless('a'), ...ended]);
      assert.equal(await sweepAll(store, 1000 + RETENTION.operationAgeMs), 2);
      assert.equal(await store.operation('e0001'), undefined);
      assert.equal((await store.operation('e0002'))?.id, 'e0002');
      assert.equal(await sweepAll(store, 1001 + RETENTION.operationAgeMs), count);
      assert.equal(idsOf(await store.openOperations(device.id)), 'a');
      await store.close();
    },
  },
];
