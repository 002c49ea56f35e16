/**
 * What every store must do, whatever engine it stands on: run by `sqlite.test.ts`, and by each engine to come.
 *
 * No test library: a rule is a name and a body that throws. `open` gives a store on the same, at first empty, data
 * each time; a rule closes what it opened.
 */
import assert from 'node:assert/strict';
import { RULES_OF_OPERATIONS } from './contract-operations.ts';
import { RULES_OF_RETENTION } from './contract-retention.ts';
import { CONTRACT_DEVICE, CONTRACT_MESSAGE, CONTRACT_SESSION } from './contract-samples.ts';
import type { Change, NodeRecord } from './record.ts';
import { type Page, type PageOf, type Store, StoreError } from './store.ts';

export interface Rule {
  readonly name: string;
  run(open: () => Promise<Store>): Promise<void>;
}

const device = CONTRACT_DEVICE;
const session = CONTRACT_SESSION;
const message = CONTRACT_MESSAGE;

/** Writes, closes, opens again and looks: what is read came from the disk. */
async function afterReopening(
  open: () => Promise<Store>,
  changes: readonly Change[],
  look: (store: Store) => Promise<void>,
): Promise<void> {
  const first = await open();
  await first.write(changes);
  await first.close();
  const second = await open();
  await look(second);
  await second.close();
}

async function refusedWith(code: string, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error) => error instanceof StoreError && error.code === code);
}

async function pagesOf<Item>(read: (page: Page) => Promise<PageOf<Item>>, limit: number) {
  const pages: (readonly Item[])[] = [];
  let after: string | undefined;
  do {
    const page = await read({ limit, ...(after === undefined ? {} : { after }) });
    pages.push(page.items);
    after = page.next;
  } while (after !== undefined && pages.length < 100);
  return pages;
}

const RULES_OF_RECORDS: readonly Rule[] = [
  {
    name: 'a device is found by id, DevId and IMPU with both credentials',
    run: (open) =>
      afterReopening(open, [{ kind: 'device', device }], async (store) => {
        assert.deepEqual(await store.device(device.id), device);
        assert.deepEqual(await store.deviceByDevId(device.DevId), device);
        assert.deepEqual(await store.deviceByIMPU(device.IMPU), device);
        assert.deepEqual(await store.state(device.id), { device: device.id, wake: 'idle' });
        assert.equal(await store.deviceByDevId(device.IMPU), undefined);
      }),
  },
  {
    name: 'a nonce replaces only the one of its level',
    run: (open) => {
      const nonce = new Uint8Array([9, 8, 7]);
      const changes: Change[] = [
        { kind: 'device', device },
        { kind: 'nonce', device: device.id, level: 'CLCRED', nonce },
      ];
      return afterReopening(open, changes, async (store) => {
        const known = await store.device(device.id);
        assert.deepEqual(known, { ...device, CLCRED: { ...device.CLCRED, nonce } });
      });
    },
  },
  {
    name: 'a state change leaves what it does not name and clears what it names as undefined',
    run: (open) => {
      const change = { kind: 'device-state', device: device.id } as const;
      const changes: Change[] = [
        { kind: 'device', device },
        { ...change, Man: 'Example', contact: '<sip:a@127.0.0.1>', wake: 'sent', seenAt: 5 },
        { ...change, seenAt: 6 },
        { ...change, contact: undefined },
      ];
      return afterReopening(open, changes, async (store) => {
        const expected = { device: device.id, Man: 'Example', wake: 'sent', seenAt: 6 };
        assert.deepEqual(await store.state(device.id), expected);
      });
    },
  },
  {
    name: 'nodes are kept by uri, the newest word wins, secret ones come back whole',
    run: (open) => {
      const node = { device: device.id, format: 'chr', state: 'pending' } as const;
      const nodes: NodeRecord[] = [
        { ...node, uri: './B/Leaf', desired: 'two' },
        { ...node, uri: './A/Leaf', desired: 'one' },
        { ...node, uri: './DMAcc/a/AppAuth/b/AAuthSecret', desired: 'hush', reported: 'hush' },
      ];
      const verified: NodeRecord = {
        ...node,
        uri: './A/Leaf',
        desired: 'one',
        reported: 'one',
        state: 'verified',
        status: 200,
        session: session.id,
        verifiedAt: 77,
      };
      const changes: Change[] = [
        { kind: 'device', device },
        { kind: 'nodes', device: device.id, nodes },
        { kind: 'nodes', device: device.id, nodes: [verified] },
      ];
      return afterReopening(open, changes, async (store) => {
        assert.deepEqual(await store.nodes(device.id), [verified, nodes[0], nodes[2]]);
      });
    },
  },
  {
    name: 'a session is written again whole, its messages come in order of time, octet by octet',
    run: (open) => {
      const ended = { ...session, result: 'completed', endedAt: 2000, messages: 2 } as const;
      const later = { ...message, at: message.at + 5, seq: 2, raw: new Uint8Array([0, 255, 1]) };
      const changes: Change[] = [
        { kind: 'session', session },
        { kind: 'message', message: later },
        { kind: 'message', message },
        { kind: 'session', session: ended },
      ];
      return afterReopening(open, changes, async (store) => {
        assert.deepEqual(await store.session(session.id), ended);
        const messages = await store.messages(session.id);
        assert.deepEqual(
          messages.map((each) => ({ ...each, raw: [...each.raw] })),
          [message, later].map((each) => ({ ...each, raw: [...each.raw] })),
        );
      });
    },
  },
  {
    name: 'SIP outside sessions is found by device and time',
    run: (open) => {
      const sip = { device: 'd', seq: 1, protocol: 'SIP', from: 'UE', to: 'Core' } as const;
      const raw = new Uint8Array([1]);
      const changes: Change[] = [3, 1, 2, 9].map((at) => ({
        kind: 'message',
        message: { ...sip, at, label: `${at}`, raw },
      }));
      return afterReopening(open, changes, async (store) => {
        const found = await store.deviceMessages('d', 2, 8);
        assert.deepEqual(
          found.map(({ label }) => label),
          ['2', '3'],
        );
        assert.deepEqual(await store.deviceMessages('e', 0, 10), []);
      });
    },
  },
  {
    name: 'profiles are kept by name',
    run: (open) => {
      const node = { uri: './A/B', Format: 'chr', Data: 'x' };
      const one = { name: 'one', version: 1, nodes: [node] };
      const two = { name: 'two', version: 1, nodes: [] };
      const changes: Change[] = [
        { kind: 'profile', profile: two },
        { kind: 'profile', profile: one },
        { kind: 'profile', profile: { ...one, version: 2 } },
      ];
      return afterReopening(open, changes, async (store) => {
        assert.deepEqual(await store.profiles(), [{ ...one, version: 2 }, two]);
        assert.deepEqual(await store.profile('two'), two);
        assert.equal(await store.profile('three'), undefined);
      });
    },
  },
  {
    name: 'the first token hash is kept, a second one refused',
    run: async (open) => {
      const store = await open();
      assert.equal(await store.tokenHash(), undefined);
      assert.equal(await store.keepTokenHash(new Uint8Array([1])), true);
      assert.equal(await store.keepTokenHash(new Uint8Array([2])), false);
      await store.close();
      const again = await open();
      assert.deepEqual([...((await again.tokenHash()) ?? [])], [1]);
      await again.close();
    },
  },
];

const RULES_OF_LISTS: readonly Rule[] = [
  {
    name: 'devices come in pages by id, each once, filtered by a part of their names, taken literally',
    run: async (open) => {
      const store = await open();
      const named = (id: string) => ({ ...device, id, DevId: `urn:${id}`, IMPU: `sip:${id}%@x` });
      const ids = ['a', 'b', 'c', 'd', 'e'];
      await store.write(ids.map((id) => ({ kind: 'device', device: named(id) })));
      await store.write([
        { kind: 'device-state', device: 'c', Mod: 'Box_1', wake: 'sent', registeredUntil: 50 },
      ]);
      const pages = await pagesOf((page) => store.devices({}, page), 2);
      assert.deepEqual(
        pages.map((page) => page.map(({ id }) => id)),
        [['a', 'b'], ['c', 'd'], ['e']],
      );
      const found = async (filter: Parameters<Store['devices']>[0]) =>
        (await store.devices(filter, { limit: 9 })).items.map(({ id }) => id).join('');
      assert.equal(await found({ text: 'URN:D' }), 'd');
      assert.equal(await found({ text: 'box_1' }), 'c');
      assert.equal(await found({ text: 'b%@' }), 'b');
      assert.equal(await found({ text: '%' }), 'abcde');
      assert.equal(await found({ text: '_' }), 'c');
      assert.equal(await found({ text: "' or 1=1 --" }), '');
      assert.equal(await found({ wake: 'sent' }), 'c');
      assert.equal(await found({ registeredAt: 49 }), 'c');
      assert.equal(await found({ registeredAt: 50 }), '');
      await store.close();
    },
  },
  {
    name: 'an overview joins state, nodes, last session and last event, and no secret',
    run: async (open) => {
      const store = await open();
      const event = {
        id: 'e1',
        at: 5,
        device: device.id,
        source: 'alert',
        eventId: 4000970000,
        name: 'PROV-UE-1',
        severity: 'informational',
        text: 'Provisioned',
        payload: '<x/>',
      } as const;
      const node: NodeRecord = {
        device: device.id,
        uri: './A/B',
        format: 'chr',
        desired: 'x',
        state: 'pending',
      };
      const newer = { ...session, id: 's2', startedAt: session.startedAt + 1 };
      await store.write([
        { kind: 'device', device },
        { kind: 'nodes', device: device.id, nodes: [node] },
        { kind: 'session', session: newer },
        { kind: 'session', session },
        { kind: 'event', event },
      ]);
      const { CLCRED: _, SRVCRED: __, HTTP: ___, ...names } = device;
      assert.deepEqual(await store.overview(device.id), {
        ...names,
        state: { device: device.id, wake: 'idle' },
        nodes: [node],
        lastSession: newer,
        lastEvent: event,
      });
      assert.equal(await store.overview('nobody'), undefined);
      assert.deepEqual((await store.events({ severity: 'informational' }, { limit: 1 })).items, [
        event,
      ]);
      assert.deepEqual((await store.events({ severity: 'fatal' }, { limit: 1 })).items, []);
      await store.close();
    },
  },
  {
    name: 'sessions come newest first, each once, also where many start in one instant',
    run: async (open) => {
      const store = await open();
      const all = Array.from({ length: 7 }, (_, index) => ({
        ...session,
        id: `s${index}`,
        startedAt: index < 4 ? 2 : 1,
        result: index === 6 ? ('aborted' as const) : ('completed' as const),
      }));
      await store.write(all.map((each) => ({ kind: 'session', session: each })));
      const pages = await pagesOf((page) => store.sessions({}, page), 3);
      assert.deepEqual(
        pages.map((page) => page.map(({ id }) => id).join()),
        ['s3,s2,s1', 's0,s6,s5', 's4'],
      );
      const aborted = await store.sessions({ result: 'aborted' }, { limit: 9 });
      assert.deepEqual(
        aborted.items.map(({ id }) => id),
        ['s6'],
      );
      assert.equal((await store.sessions({ device: 'nobody' }, { limit: 9 })).items.length, 0);
      await store.close();
    },
  },
  {
    name: 'a page holds at most 200 items, and a cursor that is not ours is refused',
    run: async (open) => {
      const store = await open();
      const sessions = Array.from({ length: 201 }, (_, index) => ({ ...session, id: `s${index}` }));
      await store.write(sessions.map((each) => ({ kind: 'session', session: each })));
      assert.equal((await store.sessions({}, { limit: 200 })).items.length, 200);
      assert.equal((await store.sessions({}, { limit: 201 })).items.length, 200);
      for (const after of ['', 'x', 'WzFd', 'e30', Buffer.from('["a",1]').toString('base64url')]) {
        await refusedWith('CURSOR_INVALID', store.sessions({}, { limit: 1, after }));
      }
      await store.close();
    },
  },
];

const RULES_OF_WRITING: readonly Rule[] = [
  {
    name: 'a write that fails stores nothing of itself and takes no other write with it',
    run: async (open) => {
      const store = await open();
      const twin = { ...device, id: 'twin' };
      const other = { ...device, id: 'other', DevId: 'urn:other', IMPU: 'sip:other@example.net' };
      await store.write([{ kind: 'device', device }]);
      const good = store.write([{ kind: 'device', device: other }]);
      const bad = store.write([
        { kind: 'session', session },
        { kind: 'device', device: twin },
      ]);
      await refusedWith('DEVICE_DUPLICATE', bad);
      await good;
      assert.equal(await store.session(session.id), undefined);
      assert.equal((await store.device('other'))?.DevId, 'urn:other');
      await store.close();
    },
  },
  {
    name: 'nothing is kept for a device that does not exist',
    run: async (open) => {
      const store = await open();
      const nonce = new Uint8Array(4);
      const node = { device: 'x', uri: './A/B', format: 'chr', state: 'pending' } as const;
      await refusedWith(
        'DEVICE_UNKNOWN',
        store.write([{ kind: 'nonce', device: 'x', level: 'CLCRED', nonce }]),
      );
      await refusedWith(
        'DEVICE_UNKNOWN',
        store.write([{ kind: 'nodes', device: 'x', nodes: [node] }]),
      );
      await refusedWith(
        'DEVICE_UNKNOWN',
        store.write([{ kind: 'device-state', device: 'x', wake: 'sent' }]),
      );
      await store.close();
    },
  },
  {
    name: 'what waits when the store closes is committed; after that a write is refused',
    run: async (open) => {
      const store = await open();
      const write = store.write([{ kind: 'session', session }]);
      await store.close();
      await write;
      await refusedWith('STORE_CLOSED', store.write([{ kind: 'session', session }]));
      const again = await open();
      assert.deepEqual(await again.session(session.id), session);
      await again.close();
    },
  },
];

export const CONTRACT: readonly Rule[] = [
  ...RULES_OF_RECORDS,
  ...RULES_OF_LISTS,
  ...RULES_OF_WRITING,
  ...RULES_OF_RETENTION,
  ...RULES_OF_OPERATIONS,
];
