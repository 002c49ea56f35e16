/**
 * Two layers, virtual time, and a network that loses, doubles and delays: every request ends, and
 * ends once.
 */
import { expect, test } from 'vitest';
import { request, responseTo } from '../message/index.ts';
import { TransactionLayer } from './layer.ts';
import type { LayerEffect } from './layer-interface.ts';
import type { TransportAddress } from './transport-address.ts';

const CLIENT = { address: '192.0.2.7', port: 5060 };
const SERVER = { address: '192.0.2.1', port: 5060 };
const REQUESTS = 40;

interface Flight {
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly from: TransportAddress;
}

function seeded(seed: number) {
  let state = seed * 7919 + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function play(seed: number, loss: number) {
  const chance = seeded(seed);
  const random = (length: number) => Uint8Array.from({ length }, () => chance() * 256);
  const layers = new Map<TransportAddress, TransactionLayer>(
    [CLIENT, SERVER].map((sentBy) => [sentBy, new TransactionLayer({ sentBy, random })]),
  );
  const flights: Flight[] = [];
  const delivered = new Map<string, number>();
  const outcomes = new Map<string, string[]>();
  let now = 0;

  const perform = (at: TransportAddress, effects: LayerEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === 'send') {
        const copies = chance() < loss ? 0 : chance() < 0.1 ? 2 : 1;
        for (let copy = 0; copy < copies; copy++) {
          flights.push({ at: now + Math.ceil(chance() * 900), bytes: effect.bytes, from: at });
        }
      } else if (effect.kind === 'request') {
        delivered.set(effect.key, (delivered.get(effect.key) ?? 0) + 1);
        const response = responseTo(effect.request, 200, { toTag: 't' });
        const input = { kind: 'respond', key: effect.key, response } as const;
        perform(at, layers.get(at)!.step(input, now));
      } else {
        const what = effect.kind === 'failed' ? effect.reason : String(effect.response.status);
        outcomes.set(effect.key, [...(outcomes.get(effect.key) ?? []), what]);
      }
    }
  };

  for (let index = 0; index < REQUESTS; index++) {
    const message = request({
      method: 'MESSAGE',
      uri: 'sip:ue@home.example',
      from: '<sip:prov@home.example>;tag=1',
      to: '<sip:ue@home.example>',
      callId: `c${index}`,
      cSeq: 1,
    });
    const key = String(index);
    const input = { kind: 'request', request: message, target: SERVER, key } as const;
    perform(CLIENT, layers.get(CLIENT)!.step(input, now));
  }
  for (;;) {
    flights.sort((a, b) => a.at - b.at);
    const times = [flights[0]?.at, ...[...layers.values()].map(({ deadline }) => deadline)];
    const next = times.filter((time) => time !== undefined);
    if (next.length === 0) break;
    now = Math.max(now, Math.min(...next));
    while (flights[0] !== undefined && flights[0].at <= now) {
      const { bytes, from } = flights.shift()!;
      const to = from === CLIENT ? SERVER : CLIENT;
      perform(to, layers.get(to)!.step({ kind: 'octets', bytes, source: from }, now));
    }
    for (const [at, layer] of layers) perform(at, layer.step({ kind: 'timeout' }, now));
  }
  const left = [...layers.values()].map(({ transactionCount }) => transactionCount);
  return { delivered, outcomes, left };
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'with 30 percent lost each request is delivered once and has one outcome (seed %i)',
  (seed) => {
    const { delivered, outcomes, left } = play(seed, 0.3);
    expect(delivered.size).toBe(REQUESTS);
    expect([...delivered.values()].every((times) => times === 1)).toBe(true);
    const all = [...outcomes.values()].map((each) => each.join());
    expect(all).toHaveLength(REQUESTS);
    // Eleven tries of two datagrams: one request in 1600 gets no answer.
    expect(all.filter((outcome) => outcome === '200').length).toBeGreaterThanOrEqual(REQUESTS - 1);
    expect(all.filter((outcome) => outcome !== '200' && outcome !== 'timeout')).toEqual([]);
    expect(left).toEqual([0, 0]);
  },
);

test('with all lost each request fails once, and nothing is left', () => {
  const { delivered, outcomes, left } = play(1, 1);
  expect(delivered.size).toBe(0);
  expect([...outcomes.values()]).toEqual(Array.from({ length: REQUESTS }, () => ['timeout']));
  expect(left).toEqual([0, 0]);
});
