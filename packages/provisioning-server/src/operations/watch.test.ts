import { expect, test } from 'vitest';
import { CONTRACT_OPERATION } from '../store/contract-operations.ts';
import { OperationWatch, WATCHERS_MAX } from './watch.ts';

const FOR_EVER_MS = 2 ** 31 - 1;
const operation = CONTRACT_OPERATION;
const changed = { kind: 'operation', operation } as const;

test('who waits is let go by the first state that is enough, and by no other operation', async () => {
  const watch = new OperationWatch();
  const { id } = operation;
  const wanted = { ...operation, state: 'woken' } as const;
  const waiting = watch.begin(id, ({ state }) => state === 'woken', FOR_EVER_MS);
  watch.committed([changed, { kind: 'operation', operation: { ...wanted, id: 'other' } }]);
  watch.committed([{ kind: 'operation', operation: wanted }]);
  expect(await waiting.changed).toBe(wanted);
});

test('at the end everybody is let go, with nothing', async () => {
  const watch = new OperationWatch();
  const all = [1, 2].map(() => watch.begin(operation.id, () => true, FOR_EVER_MS).changed);
  watch.close();
  watch.committed([changed]);
  expect(await Promise.all(all)).toEqual([undefined, undefined]);
});

test(`${WATCHERS_MAX} wait; one more is answered at once, and one that has ended makes room`, async () => {
  const watch = new OperationWatch();
  const begin = () => watch.begin(operation.id, () => true, FOR_EVER_MS);
  const all = Array.from({ length: WATCHERS_MAX }, begin);
  expect(await begin().changed).toBeUndefined();
  all[0]?.end();
  const last = begin();
  watch.committed([changed]);
  expect(await last.changed).toBe(operation);
  watch.close();
});
