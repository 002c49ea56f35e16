import { describe, expect, test } from 'vitest';
import { headerOf, responseTo, tagOf, to } from '../message/index.ts';
import { INVITE_SERVER_TRANSITIONS, InviteServer } from './invite-server.ts';
import { INVITE_COUNT_MAX } from './layer.ts';
import { datagram, layer, received, sends } from './testing/layer.ts';

const TOP = 'SIP/2.0/UDP core.example;branch=z9hG4bKi';
const INVITE = received(TOP, { method: 'INVITE' });
const ACK = received(TOP, { method: 'ACK' });

function refused(isReliable = false) {
  const server = new InviteServer({ isReliable });
  const response = responseTo(INVITE, 405, { toTag: 't' });
  const effects = server.step({ kind: 'respond', response }, 0);
  return { server, response, effects };
}

/** Lets time pass to the end; when what was sent. */
function sendings(server: InviteServer): { readonly at: number[]; readonly last: unknown } {
  const at: number[] = [];
  let last: unknown;
  for (let now = server.deadline; now !== undefined; now = server.deadline) {
    for (const effect of server.step({ kind: 'timeout' }, now)) {
      if (effect.kind === 'transmit') at.push(now);
      last = { ...effect, at: now };
    }
  }
  return { at, last };
}

test('the transitions are those of RFC 3261 Figure 7 for 300-699', () => {
  const arrows = Object.entries(INVITE_SERVER_TRANSITIONS).flatMap(([state, row]) =>
    Object.entries(row).map(([event, next]) => `${state} ${event} ${next}`),
  );
  expect(arrows).toEqual([
    'Proceeding INVITE Proceeding',
    'Proceeding 300-699 from TU Completed',
    'Proceeding transportError Terminated',
    'Completed INVITE Completed',
    'Completed ACK Confirmed',
    'Completed timerG Completed',
    'Completed timerH Terminated',
    'Completed transportError Terminated',
    'Confirmed timerI Terminated',
  ]);
});

describe('a refusal', () => {
  test('is repeated from T1 on, doubling up to T2, until H fires after 32 s [SIPPUSH RFC3261.17.2.1-1]', () => {
    const { at, last } = sendings(refused().server);
    expect(at).toEqual([500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    expect(last).toEqual({ kind: 'terminated', at: 32_000 });
  });

  test('is not repeated over TCP, but H runs', () => {
    const { at, last } = sendings(refused(true).server);
    expect(at).toEqual([]);
    expect(last).toEqual({ kind: 'terminated', at: 32_000 });
  });

  test('goes out again for each copy of the INVITE', () => {
    const { server, response } = refused();
    expect(server.step({ kind: 'request' }, 100)).toEqual([{ kind: 'transmit', response }]);
  });

  test.each([
    [false, 5100],
    [true, 100],
  ])('ends with its ACK, after I (reliable: %s)', (isReliable, end) => {
    const { server } = refused(isReliable);
    expect(server.step({ kind: 'ack' }, 100)).toEqual([]);
    expect(server.state).toBe('Confirmed');
    expect(server.step({ kind: 'request' }, 100)).toEqual([]);
    expect(server.deadline).toBe(end);
    expect(server.step({ kind: 'timeout' }, end)).toEqual([{ kind: 'terminated' }]);
  });
});

describe('in the layer', () => {
  test('INVITE: 405 with Allow, repeated until the ACK, which is absorbed', () => {
    const engine = layer({ allow: ['MESSAGE', 'OPTIONS'] });
    const [first] = sends(engine.step(datagram(INVITE), 0));
    expect(first!.message).toMatchObject({ status: 405, reason: 'Method Not Allowed' });
    expect(headerOf(first!.message, 'Allow')).toBe('MESSAGE, OPTIONS');
    expect(tagOf(to(first!.message))).toMatch(/^[0-9a-f]{16}$/);
    expect(sends(engine.step(datagram(INVITE), 100))).toEqual([first]);
    expect(sends(engine.step({ kind: 'timeout' }, 500))).toEqual([first]);
    expect(engine.step(datagram(ACK), 600)).toEqual([]);
    expect(engine.step({ kind: 'timeout' }, 5600)).toEqual([]);
    expect(engine.transactionCount).toBe(0);
  });

  test('without the cookie, the ACK is found by RFC 2543’s comparison', () => {
    const engine = layer();
    const old = 'SIP/2.0/UDP core.example';
    engine.step(datagram(received(old, { method: 'INVITE' })), 0);
    const ack = received(old, { method: 'ACK', to: '<sip:ue@home.example>;tag=ours' });
    engine.step(datagram(ack), 100);
    expect(engine.deadline).toBe(5100);
  });

  test('an ACK and a CANCEL of nothing: silence and 481', () => {
    const engine = layer();
    expect(engine.step(datagram(ACK), 0)).toEqual([]);
    const cancel = received(TOP, { method: 'CANCEL' });
    expect(sends(engine.step(datagram(cancel), 0))[0]!.message).toMatchObject({ status: 481 });
    engine.step(datagram(INVITE), 0);
    expect(sends(engine.step(datagram(cancel), 0))[0]!.message).toMatchObject({ status: 200 });
  });

  test('a flood of INVITEs: the limit is remembered, one more is answered and forgotten', () => {
    const engine = layer();
    const invite = (n: number) =>
      datagram(received(`SIP/2.0/UDP core.example;branch=z9hG4bK${n}`, { method: 'INVITE' }));
    for (let n = 0; n < INVITE_COUNT_MAX; n++) engine.step(invite(n), 0);
    expect(engine.transactionCount).toBe(INVITE_COUNT_MAX);
    const [refusal] = sends(engine.step(invite(INVITE_COUNT_MAX), 0));
    expect(refusal!.message).toMatchObject({ status: 405 });
    expect(engine.transactionCount).toBe(INVITE_COUNT_MAX);
  });
});
