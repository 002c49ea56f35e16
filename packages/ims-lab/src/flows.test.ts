import { addressOf } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { FLOW_PENDING_MS, Flows } from './flows.ts';
import { seededRandom } from './testing/endpoint.ts';

const SOURCE = { address: '127.0.0.1', port: 6001 };
const ALICE = 'sip:alice@home.example';
const FROM = [addressOf(ALICE)];
const REGISTRATION = { serviceRoute: [addressOf('sip:s;lr')], associated: [addressOf(ALICE)] };

test('a flow is usable only once its registration is confirmed, and until it expires', () => {
  const flows = new Flows(seededRandom(1));
  const flow = flows.open(SOURCE, ALICE, 0)!;
  expect(flows.byToken(flow.token, 0)).toBeUndefined();
  expect(flows.speaker(SOURCE, FROM, 0)).toBeUndefined();
  flows.confirm(flow, REGISTRATION, 1000);
  expect(flows.byToken(flow.token, 999)).toBe(flow);
  expect(flows.speaker(SOURCE, FROM, 999)).toMatchObject(REGISTRATION);
  expect(flows.byToken(flow.token, 1000)).toBeUndefined();
  expect(flows.speaker(SOURCE, FROM, 1000)).toBeUndefined();
});

test('a UE keeps its token over a refresh; another source or identity has another', () => {
  const flows = new Flows(seededRandom(1));
  const flow = flows.open(SOURCE, ALICE, 0);
  expect(flows.open(SOURCE, ALICE, 10)).toBe(flow);
  expect(flows.open({ ...SOURCE, port: 6002 }, ALICE, 10)).not.toBe(flow);
  expect(flows.open(SOURCE, 'sip:bob@home.example', 10)).not.toBe(flow);
});

test('a refresh that is never answered leaves the registration as long as it was', () => {
  const flows = new Flows(seededRandom(1));
  const flow = flows.open(SOURCE, ALICE, 0)!;
  flows.confirm(flow, REGISTRATION, 2 * FLOW_PENDING_MS);
  flows.open(SOURCE, ALICE, 10);
  expect(flows.byToken(flow.token, 2 * FLOW_PENDING_MS - 1)).toBe(flow);
});

test('a flow that was never confirmed is forgotten', () => {
  const flows = new Flows(seededRandom(1), 1);
  const first = flows.open(SOURCE, ALICE, 0);
  expect(flows.open(SOURCE, 'sip:bob@home.example', FLOW_PENDING_MS - 1)).toBeUndefined();
  expect(flows.open(SOURCE, 'sip:bob@home.example', FLOW_PENDING_MS)).toBeDefined();
  expect(flows.open(SOURCE, ALICE, FLOW_PENDING_MS)).not.toBe(first);
});

test('there are so many flows and no more, yet those that exist are refreshed', () => {
  const flows = new Flows(seededRandom(1), 2);
  const first = flows.open(SOURCE, 'sip:1@home.example', 0);
  expect(flows.open(SOURCE, 'sip:2@home.example', 0)).toBeDefined();
  expect(flows.open(SOURCE, 'sip:3@home.example', 0)).toBeUndefined();
  expect(flows.open(SOURCE, 'sip:1@home.example', 0)).toBe(first);
});

test('a closed flow is gone', () => {
  const flows = new Flows(seededRandom(1));
  const flow = flows.open(SOURCE, ALICE, 0)!;
  flows.confirm(flow, REGISTRATION, 1000);
  flows.close(flow);
  expect(flows.byToken(flow.token, 0)).toBeUndefined();
});
