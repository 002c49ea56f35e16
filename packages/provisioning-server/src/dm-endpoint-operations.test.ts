/** Operations in real sessions, from the store to the tree of the device and back. */
import type { Alert, Item } from '@ueprov/protocols/syncml';
import { decodeSyncML } from '@ueprov/protocols/syncml';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CommandWish, OperationRecord } from './store/operation-record.ts';
import type { Store } from './store/store.ts';
import { DEVICE, NODE, openEndpoint, TestDevice, vendorTree } from './testing/dm-device.ts';

const text = (data: string) => ({ data, encoding: 'text' }) as const;

function operation(
  id: string,
  wishes: readonly CommandWish[],
  more: Partial<OperationRecord> = {},
): OperationRecord {
  return {
    id,
    device: DEVICE.id,
    kind: 'batch',
    state: 'woken',
    version: 1,
    attempt: 1,
    isWaking: true,
    isAtomic: false,
    commands: wishes.map((wish) => ({ ...wish, state: 'waiting' })),
    createdAt: 1,
    deadline: 9_000_000_000_000,
    ...more,
  };
}

const put = (store: Store, ...operations: OperationRecord[]) =>
  store.write(operations.map((each) => ({ kind: 'operation', operation: each })));

/** Several operations carried out in one session of a device with a vendor's object. */
async function carriedOut(...operations: OperationRecord[]) {
  const { endpoint, store, told } = await openEndpoint(onTestFinished, []);
  await put(store, ...operations);
  const device = await new TestDevice({ tree: vendorTree() }).play(endpoint);
  const after = await Promise.all(operations.map(({ id }) => store.operation(id)));
  return { device, after, store, told, endpoint };
}

const statusesOf = (record: OperationRecord | undefined) =>
  record?.commands.map(({ status }) => status);

describe('every verb', () => {
  test('get, list, acl: values come back as they were carried', async () => {
    const { after } = await carriedOut(
      operation('o1', [
        { kind: 'get', uri: './DevInfo/Man' },
        { kind: 'get', uri: './Diag/Note', prop: 'Format' },
        { kind: 'list', uri: './Diag' },
        { kind: 'list', uri: './Diag', list: 'StructData' },
        { kind: 'list', uri: './Diag', list: 'TNDS' },
        { kind: 'acl', uri: './Diag' },
        { kind: 'get', uri: './Nothing' },
      ]),
    );
    const [record] = after;
    expect(statusesOf(record)).toEqual([200, 200, 200, 200, 200, 200, 404]);
    const results = record?.commands.map((command) => command.results ?? []);
    expect(results?.[0]).toMatchObject([{ data: 'Example', format: 'chr' }]);
    expect(results?.[1]?.[0]?.data).toBe('chr');
    expect(results?.[2]).toMatchObject([{ format: 'node', data: 'Run/Note' }]);
    expect(results?.[3]?.map(({ uri }) => uri)).toEqual(['./Diag', './Diag/Run', './Diag/Note']);
    expect(results?.[4]?.[0]?.type).toContain('dmtnds');
    expect(results?.[5]?.[0]?.data).toContain('Get=prov.example');
    expect(record).toMatchObject({
      state: 'failed',
      reason: './Nothing was answered 404 Not found.',
    });
  });

  test('replace, add, copy, delete, acl: the tree has it; octets too', async () => {
    const { after, device } = await carriedOut(
      operation('o1', [
        { kind: 'replace', uri: './Diag/Note', value: text('second') },
        {
          kind: 'add',
          uri: './Diag/Blob',
          format: 'bin',
          value: { data: 'AAECAw==', encoding: 'base64' },
        },
        { kind: 'add', uri: './Diag/Old', value: text('x') },
        { kind: 'copy', source: './Diag/Note', uri: './Diag/Old' },
        { kind: 'acl', uri: './Diag/Blob', value: text('Get=*&Delete=prov.example') },
      ]),
      operation('o2', [{ kind: 'delete', uri: './Diag/Blob' }]),
    );
    expect(after.map((each) => each?.state)).toEqual(['succeeded', 'succeeded']);
    expect(device.tree.text('./Diag/Note')).toBe('second');
    expect(device.tree.text('./Diag/Old')).toBe('second');
    expect(device.tree.find('./Diag/Blob')).toBeUndefined();
  });

  test('what the device refuses is said: 405 of a permanent node, 425 of an ACL, 418', async () => {
    const { after } = await carriedOut(
      operation('o1', [{ kind: 'acl', uri: './Diag/Note', value: text('Get=*&Replace=other') }]),
      operation('o2', [{ kind: 'delete', uri: './Diag/Run' }]),
      operation('o3', [{ kind: 'replace', uri: './Diag/Note', value: text('x') }]),
      operation('o4', [{ kind: 'add', uri: './DevInfo/Man', value: text('x') }]),
    );
    expect(after.map(statusesOf)).toEqual([[200], [405], [425], [418]]);
    expect(after[2]?.reason).toBe('./Diag/Note was answered 425 Permission denied.');
  });
});

describe('several in one', () => {
  const writes: readonly CommandWish[] = [
    { kind: 'replace', uri: './Diag/Note', value: text('second') },
    { kind: 'delete', uri: './Diag/Run' },
  ];

  test('each stands for itself: what was done is done', async () => {
    const { after, device } = await carriedOut(operation('o1', writes));
    expect(statusesOf(after[0])).toEqual([200, 405]);
    expect(device.tree.text('./Diag/Note')).toBe('second');
  });

  test('atomic: all or nothing, and what was taken back is not called done', async () => {
    const { after, device } = await carriedOut(operation('o1', writes, { isAtomic: true }));
    expect(statusesOf(after[0])).toEqual([216, 405]);
    expect(after[0]?.state).toBe('failed');
    expect(device.tree.text('./Diag/Note')).toBe('first');
  });
});

describe('large objects', () => {
  test('go over in chunks and come back in chunks', async () => {
    const big = 'x'.repeat(150_000);
    const { after, device } = await carriedOut(
      operation('o1', [
        { kind: 'replace', uri: './Diag/Note', value: text(big) },
        { kind: 'get', uri: './Diag/Note' },
      ]),
    );
    expect(after[0]).toMatchObject({ state: 'succeeded' });
    expect(after[0]?.commands[1]?.results?.[0]?.data).toBe(big);
    expect(device.tree.text('./Diag/Note')).toBe(big);
    expect(device.posts.length).toBeGreaterThan(5);
  });

  test('one larger than the device takes is refused before it is sent: 413', async () => {
    const { after } = await carriedOut(
      operation('o1', [
        { kind: 'replace', uri: './Diag/Note', value: text('x'.repeat(1_000_001)) },
      ]),
    );
    expect(statusesOf(after[0])).toEqual([413]);
  });
});

describe('one after the other', () => {
  test('in the order of the wishes, each committed as in session before it leaves', async () => {
    const { endpoint, store } = await openEndpoint(onTestFinished, []);
    const wish: CommandWish = { kind: 'get', uri: './DevInfo/Man' };
    await put(store, operation('o1', [wish]), operation('o2', [wish]));
    const device = new TestDevice();
    const seen: string[] = [];
    while ((await device.post(endpoint)) !== undefined) {
      const both = [await store.operation('o1'), await store.operation('o2')];
      seen.push(both.map((each) => `${each?.state} ${each?.commands[0]?.state}`).join(', '));
    }
    expect([...new Set(seen)]).toEqual([
      'in-session sent, woken waiting',
      'succeeded answered, in-session sent',
      'succeeded answered, succeeded answered',
    ]);
  });

  test('one that comes while the session is open is taken in it', async () => {
    const { endpoint, store } = await openEndpoint(onTestFinished, []);
    const wish: CommandWish = { kind: 'get', uri: './DevInfo/Man' };
    await put(store, operation('o1', [wish]));
    const device = new TestDevice();
    await device.post(endpoint);
    await put(store, operation('o2', [wish]));
    await device.play(endpoint);
    expect((await store.operation('o2'))?.state).toBe('succeeded');
  });

  test('one that is overdue is not sent, and holds back nothing', async () => {
    const { endpoint, store, clock } = await openEndpoint(onTestFinished, []);
    const wish: CommandWish = { kind: 'get', uri: './DevInfo/Man' };
    const deadlines = [clock.now, clock.now + 1];
    await put(
      store,
      ...deadlines.map((deadline) => operation(`o${deadline}`, [wish], { deadline })),
    );
    await new TestDevice().play(endpoint);
    const after = await Promise.all(deadlines.map((deadline) => store.operation(`o${deadline}`)));
    expect(after.map((each) => each?.state)).toEqual(['woken', 'succeeded']);
  });

  test('the plan comes first, and what an operation writes is no longer verified', async () => {
    const { endpoint, store } = await openEndpoint(onTestFinished, [NODE]);
    await put(store, operation('o1', [{ kind: 'replace', uri: NODE.uri, value: text('5099') }]));
    const device = await new TestDevice().play(endpoint);
    expect(device.tree.text(NODE.uri)).toBe('5099');
    expect(await store.operation('o1')).toMatchObject({
      state: 'succeeded',
      reason: `The profile has a value for ${NODE.uri}: the next session sees to that.`,
    });
    const [node] = await store.nodes(DEVICE.id);
    expect(node).toMatchObject({ uri: NODE.uri, desired: NODE.Data, state: 'pending' });
    expect(node).not.toHaveProperty('reported');
    await device.again('A8').play(endpoint);
    expect((await store.nodes(DEVICE.id))[0]).toMatchObject({
      state: 'verified',
      reported: '5070',
    });
  });
});

describe('a session that breaks off', () => {
  async function cutAfter(posts: number, ...operations: OperationRecord[]) {
    const { endpoint, store, clock, told } = await openEndpoint(onTestFinished, []);
    await put(store, ...operations);
    const device = new TestDevice({ tree: vendorTree() });
    for (let count = 0; count < posts; count++) await device.post(endpoint);
    const states = async () =>
      (await Promise.all(operations.map(({ id }) => store.operation(id)))).map(
        (each) => each?.state,
      );
    return { endpoint, store, clock, told, device, states };
  }
  const change = operation('o1', [{ kind: 'replace', uri: './Diag/Note', value: text('second') }]);
  const read = operation('o2', [{ kind: 'get', uri: './Diag/Note' }]);

  test('by silence: a change that was sent is unknown, what was not sent waits for the next', async () => {
    const { endpoint, clock, told, states } = await cutAfter(1, change, read);
    expect(await states()).toEqual(['in-session', 'woken']);
    clock.now = endpoint.deadline ?? 0;
    await endpoint.timeout(clock.now);
    expect(await states()).toEqual(['unknown', 'woken']);
    expect(told.ended).toEqual(['d1 false']);
  });

  test('by a device that begins anew: at once, and its next session goes on with the rest', async () => {
    const { endpoint, store, states, device } = await cutAfter(1, change, read);
    const next = device.again('A8');
    await next.play(endpoint);
    expect(await states()).toEqual(['unknown', 'succeeded']);
    expect((await store.operation('o1'))?.reason).toContain('it may have been done');
    const { items } = await store.sessions({ result: 'aborted' }, { limit: 9 });
    expect(items).toMatchObject([{ sentence: 'Aborted: the device began another session.' }]);
  });

  test('a read is asked again', async () => {
    const { endpoint, store, device } = await cutAfter(1, read);
    await device.again('A8').play(endpoint);
    expect(await store.operation('o2')).toMatchObject({ state: 'succeeded', attempt: 2 });
  });

  test('in the middle of a large object: its end was never sent, so nothing was done', async () => {
    const big = text('x'.repeat(150_000));
    const large = operation('o1', [{ kind: 'replace', uri: './Diag/Note', value: big }]);
    const { endpoint, store, device, states } = await cutAfter(2, large);
    expect(await states()).toEqual(['in-session']);
    expect((await store.operation('o1'))?.commands[0]?.state).toBe('waiting');
    await device.again('A8').play(endpoint);
    expect(await store.operation('o1')).toMatchObject({ state: 'succeeded', attempt: 2 });
  });
});

describe('an Exec that goes on after its session', () => {
  const exec = operation('o1', [{ kind: 'exec', uri: './Diag/Run' }]);
  const ending = (Correlator: string, Data: string): Alert => {
    const item: Item = {
      Source: { LocURI: './Diag/Run' },
      Meta: { Format: 'int', Type: 'com.example.diag.done' },
      Data,
    };
    return { kind: 'Alert', CmdID: '', Data: '1226', Correlator, Items: [item] };
  };
  const statusOfAlert = (device: TestDevice, answer: number) =>
    decodeSyncML(device.answers[answer]!).SyncBody.commands.flatMap((command) =>
      command.kind === 'Status' && command.Cmd === 'Alert' ? [command.Data] : [],
    );

  async function running() {
    const opened = await carriedOut(exec);
    expect(opened.after[0]).toMatchObject({ state: 'running' });
    expect(statusesOf(opened.after[0])).toEqual([202]);
    return opened;
  }

  test('carries its id as Correlator, and ends with the Alert that carries it back', async () => {
    const { store, endpoint, device } = await running();
    const sent = device.answers.flatMap((answer) => decodeSyncML(answer).SyncBody.commands);
    expect(sent.find(({ kind }) => kind === 'Exec')).toMatchObject({ Correlator: 'o1' });
    const later = await telling(device, ending('o1', '200')).play(endpoint);
    expect(await store.operation('o1')).toMatchObject({
      state: 'succeeded',
      commands: [{ outcome: 200, results: [{ uri: './Diag/Run', data: '200' }] }],
    });
    const answers = later.answers.flatMap((_, index) => statusOfAlert(later, index));
    expect(new Set(answers)).toEqual(new Set(['200']));
  });

  test('fails with a result code that says so', async () => {
    const { store, endpoint, device } = await running();
    await telling(device, ending('o1', '410')).play(endpoint);
    expect(await store.operation('o1')).toMatchObject({
      state: 'failed',
      reason: './Diag/Run ended with 410.',
    });
  });

  test('is not ended by the Correlator of another, which is refused as an unknown type (415)', async () => {
    const { store, endpoint, device } = await running();
    const other = await telling(device, ending('o2', '200')).play(endpoint);
    expect((await store.operation('o1'))?.state).toBe('running');
    expect(other.answers.flatMap((_, index) => statusOfAlert(other, index))).toContain('415');
  });

  test('is not ended by another device', async () => {
    const { store, endpoint, device } = await running();
    await store.write([
      { kind: 'device', device: { ...DEVICE, id: 'd2', DevId: 'urn:x:2' } },
      {
        kind: 'operation',
        operation: operation('o9', [{ kind: 'exec', uri: './Diag/Run' }], { device: 'd2' }),
      },
    ]);
    await put(store, {
      ...operation('o9', [], { device: 'd2', version: 2, state: 'running' }),
      commands: [{ kind: 'exec', uri: './Diag/Run', state: 'running', status: 202 }],
    });
    await telling(device, ending('o9', '200')).play(endpoint);
    expect((await store.operation('o9'))?.state).toBe('running');
  });

  function telling(device: TestDevice, alert: Alert): TestDevice {
    return device.again('A8', { alerts: [alert] });
  }
});
