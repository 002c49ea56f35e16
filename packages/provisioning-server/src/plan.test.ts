import { expect, test } from 'vitest';
import { type OperationResult, Plan, TRANSITIONS } from './plan.ts';

const COUNT = { uri: './PktcUE/Count', Format: 'int', Type: 'text/plain', Data: '10' };
const ROW = { uri: './PktcUE/Op/1/Domain', Format: 'chr', Type: 'text/plain', Data: 'ims.test' };

/** A device as a map, which answers like a DM client: Replace never creates, Add never overwrites. */
function play(plan: Plan, device: Map<string, string>, rounds = 10, hasImplicitAdd = false): void {
  for (let round = 0; round < rounds; round++) {
    const operations = plan.next();
    if (operations.length === 0) return;
    for (const { id, kind, uri, Data } of operations) {
      plan.answered({ id, ...answer(device, kind, uri, String(Data ?? ''), hasImplicitAdd) });
    }
  }
  throw new Error('the plan does not end');
}

function answer(
  device: Map<string, string>,
  kind: string,
  uri: string,
  data: string,
  hasImplicitAdd: boolean,
): Omit<OperationResult, 'id'> {
  const parent = uri.slice(0, uri.lastIndexOf('/'));
  if (kind === 'Add') {
    if (device.has(uri)) return { status: 418 };
    if (!device.has(parent) && !hasImplicitAdd) return { status: 404 };
    device.set(uri, data);
    return { status: 200 };
  }
  const value = device.get(uri);
  if (value === undefined) return { status: 404 };
  if (kind === 'Replace') device.set(uri, data);
  return kind === 'Get' ? { status: 200, value: { Format: 'chr', Data: value } } : { status: 200 };
}

test('a value is verified only after it was read back and equal', () => {
  const plan = new Plan([COUNT], new Map());
  const [replace] = plan.next();
  expect(replace).toMatchObject({ kind: 'Replace', uri: COUNT.uri, Data: '10' });
  plan.answered({ id: replace!.id, status: 200 });
  expect(plan.nodes[0]?.step).toBe('read-back');
  const [get] = plan.next();
  plan.answered({ id: get!.id, status: 200, value: { Format: 'int', Data: '010' } });
  expect(plan.nodes[0]?.step).toBe('verified');
  expect(plan.next()).toEqual([]);
});

test('a value that reads back otherwise is different, not verified', () => {
  const plan = new Plan([COUNT], new Map());
  plan.answered({ id: plan.next()[0]!.id, status: 200 });
  plan.answered({ id: plan.next()[0]!.id, status: 200, value: { Format: 'int', Data: '11' } });
  expect(plan.nodes[0]).toMatchObject({ step: 'different', reported: '11' });
});

test('a node that only comes to be by Add is added first, one that was seen is replaced', () => {
  expect(new Plan([ROW], new Map()).next()).toMatchObject([{ kind: 'Add' }]);
  expect(new Plan([ROW], new Map([[ROW.uri, 'old.test']])).next()).toMatchObject([
    { kind: 'Replace' },
  ]);
  const foreign = { ...ROW, uri: './Vendor/Leaf' };
  expect(new Plan([foreign], new Map()).next()).toMatchObject([{ kind: 'Replace' }]);
});

test('404 on Replace leads to Add, with the missing parents named where the device does not make them', () => {
  const device = new Map([['./PktcUE', '']]);
  const plan = new Plan([ROW], new Map());
  play(plan, device);
  expect(plan.nodes[0]?.step).toBe('verified');
  expect([...device.keys()]).toEqual(['./PktcUE', './PktcUE/Op', './PktcUE/Op/1', ROW.uri]);
});

test('parents shared by several nodes are added once', () => {
  const second = { ...ROW, uri: './PktcUE/Op/1/STUNAddr' };
  const plan = new Plan([ROW, second], new Map());
  for (const { id } of plan.next()) plan.answered({ id, status: 404 });
  const uris = plan.next().map(({ uri }) => uri);
  expect(uris.filter((uri) => uri === './PktcUE/Op/1')).toHaveLength(1);
});

test('a refusal ends in rejected with its status', () => {
  const plan = new Plan([COUNT], new Map());
  plan.answered({ id: plan.next()[0]!.id, status: 425 });
  expect(plan.nodes[0]).toMatchObject({ step: 'rejected', status: 425 });
});

test('a write-only value is unreadable, never verified', () => {
  const plan = new Plan([COUNT], new Map());
  plan.answered({ id: plan.next()[0]!.id, status: 200 });
  plan.answered({ id: plan.next()[0]!.id, status: 405 });
  expect(plan.nodes[0]?.step).toBe('unreadable');
});

test('what is only to be known is read, and never counts as verified', () => {
  const plan = new Plan([{ ...COUNT, Data: undefined }], new Map([[COUNT.uri, '10']]));
  const [get] = plan.next();
  expect(get).toEqual({ id: '1', kind: 'Get', uri: COUNT.uri });
  plan.answered({ id: '1', status: 200, value: { Format: 'int', Data: '10' } });
  expect(plan.nodes[0]).toMatchObject({ step: 'reported', reported: '10' });
  expect(plan.next()).toEqual([]);
});

test('what was verified before and is still wanted is not written again', () => {
  const plan = new Plan([COUNT, ROW], new Map([[COUNT.uri, '10']]));
  expect(plan.nodes.map(({ desired }) => desired.uri)).toEqual([ROW.uri]);
});

test('a device whose answers go in circles is not asked for ever', () => {
  const plan = new Plan([COUNT], new Map());
  let rounds = 0;
  for (let asked = plan.next(); asked.length > 0; asked = plan.next()) {
    for (const { id, kind } of asked) plan.answered({ id, status: kind === 'Replace' ? 404 : 418 });
    rounds += 1;
    expect(rounds).toBeLessThan(10);
  }
  expect(plan.nodes[0]?.step).toBe('rejected');
});

test('every step of the table leads to a step of the table', () => {
  for (const row of Object.values(TRANSITIONS)) {
    for (const next of Object.values(row)) expect(Object.keys(TRANSITIONS)).toContain(next);
  }
});
