/** The part of the store contract that says what is forgotten: at the limit all stays, one past it the oldest goes. */
import assert from 'node:assert/strict';
import type { Rule } from './contract.ts';
import { CONTRACT_DEVICE, CONTRACT_MESSAGE, CONTRACT_SESSION } from './contract-samples.ts';
import type { Change, EventRecord } from './record.ts';
import { RETENTION } from './retention.ts';
import { PAGE_MAX, type Store } from './store.ts';

const device = CONTRACT_DEVICE;

/** Sweeps until a whole step finds nothing. */
async function sweepAll(store: Store, now: number): Promise<number> {
  let total = 0;
  for (let step = 0; step < 1000; step++) {
    const rows = await store.sweep(now);
    if (rows === 0) return total;
    total += rows;
  }
  throw new assert.AssertionError({ message: 'the sweep does not come to an end' });
}

async function allSessions(store: Store): Promise<string[]> {
  const { items } = await store.sessions({ device: device.id }, { limit: PAGE_MAX });
  return items.map(({ id }) => id);
}

function sessionAt(index: number, startedAt = index): Change[] {
  const id = `s${index}`;
  return [
    { kind: 'session', session: { ...CONTRACT_SESSION, id, startedAt } },
    { kind: 'message', message: { ...CONTRACT_MESSAGE, session: id, at: startedAt } },
  ];
}

export const RULES_OF_RETENTION: readonly Rule[] = [
  {
    name: 'a device keeps its newest sessions with their messages, and no more',
    run: async (open) => {
      const store = await open();
      const count = RETENTION.sessionsPerDevice;
      await store.write([
        { kind: 'device', device },
        ...Array.from({ length: count }, (_, index) => sessionAt(index)).flat(),
      ]);
      assert.equal(await sweepAll(store, 0), 0);
      await store.write(sessionAt(count));
      assert.equal(await sweepAll(store, 0), 1);
      const kept = await allSessions(store);
      assert.equal(kept.length, count);
      assert.equal(kept.includes('s0'), false);
      assert.equal((await store.messages('s0')).length, 0);
      assert.equal((await store.messages('s1')).length, 1);
      await store.close();
    },
  },
  {
    name: 'a trace older than its age goes, one as old as its age stays',
    run: async (open) => {
      const store = await open();
      const changes = [...sessionAt(0, 1000), ...sessionAt(1, 1001)];
      await store.write([{ kind: 'device', device }, ...changes]);
      assert.equal(await sweepAll(store, 1000 + RETENTION.traceAgeMs), 0);
      assert.equal(await sweepAll(store, 1001 + RETENTION.traceAgeMs), 1);
      assert.deepEqual(await allSessions(store), ['s1']);
      assert.equal((await store.messages('s0')).length, 0);
      await store.close();
    },
  },
  {
    name: 'SIP messages and events are bounded per device and for strangers',
    run: async (open) => {
      const store = await open();
      const { session: _, ...sip } = CONTRACT_MESSAGE;
      const { device: __, ...strange } = sip;
      const event: EventRecord = {
        id: '',
        at: 0,
        device: device.id,
        source: 'syslog',
        eventId: 1,
        name: 'x',
        severity: 'minor',
        text: '',
        payload: '',
      };
      const times = (count: number, make: (at: number) => Change) =>
        Array.from({ length: count }, (_, at) => make(at));
      await store.write([
        { kind: 'device', device },
        ...times(RETENTION.sipMessagesPerDevice + 2, (at) => ({
          kind: 'message',
          message: { ...sip, at },
        })),
        ...times(RETENTION.sipMessagesOfNobody + 3, (at) => ({
          kind: 'message',
          message: { ...strange, at },
        })),
        ...times(RETENTION.eventsPerDevice + 4, (at) => ({
          kind: 'event',
          event: { ...event, id: `e${at}`, at },
        })),
      ]);
      assert.equal(await sweepAll(store, 0), 2 + 3 + 4);
      const [oldest] = await store.deviceMessages(device.id, 0, 10_000);
      assert.equal(oldest?.at, 2);
      await store.close();
    },
  },
];
