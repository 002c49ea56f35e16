/** The two machines against RFC 3261's figures 6 and 8, and its timing on virtual time. */
import { describe, expect, test } from 'vitest';
import { request, responseTo } from '../message/index.ts';
import { NON_INVITE_CLIENT_TRANSITIONS, NonInviteClient } from './non-invite-client.ts';
import { NON_INVITE_SERVER_TRANSITIONS, NonInviteServer } from './non-invite-server.ts';

const MESSAGE = request({
  method: 'MESSAGE',
  uri: 'sip:ue@home.example',
  from: '<sip:prov@home.example>;tag=1',
  to: '<sip:ue@home.example>',
  callId: 'c1',
  cSeq: 1,
});
const TRYING = responseTo(MESSAGE, 100);
const OK = responseTo(MESSAGE, 200, { toTag: '2' });

/** Steps `engine` from deadline to deadline and notes when it did what. */
function run(
  engine: {
    deadline: number | undefined;
    step(i: { kind: 'timeout' }, n: number): { kind: string }[];
  },
  until = Number.POSITIVE_INFINITY,
) {
  const seen: [number, string][] = [];
  for (let at = engine.deadline; at !== undefined && at <= until; at = engine.deadline) {
    for (const { kind } of engine.step({ kind: 'timeout' }, at)) seen.push([at, kind]);
  }
  return seen;
}

describe('non-INVITE client', () => {
  test('its table is Figure 6', () => {
    const arrows = Object.entries(NON_INVITE_CLIENT_TRANSITIONS).flatMap(([from, row]) =>
      Object.entries(row).map(([event, to]) => `${from} --${event}--> ${to}`),
    );
    expect(arrows.sort()).toEqual(
      [
        'Idle --request--> Trying',
        'Trying --timerE--> Trying',
        'Trying --timerF--> Terminated',
        'Trying --transportError--> Terminated',
        'Trying --final--> Completed',
        'Trying --1xx--> Proceeding',
        'Proceeding --timerE--> Proceeding',
        'Proceeding --timerF--> Terminated',
        'Proceeding --transportError--> Terminated',
        'Proceeding --final--> Completed',
        'Proceeding --1xx--> Proceeding',
        'Completed --timerK--> Terminated',
      ].sort(),
    );
  });

  test('sends at 0, T1, then doubling to T2, and gives up after 64*T1 [SIPPUSH RFC3261.17.1.2-1]', () => {
    const client = new NonInviteClient();
    expect(client.step({ kind: 'request', request: MESSAGE }, 0)).toEqual([
      { kind: 'transmit', request: MESSAGE },
    ]);
    const seen = run(client);
    const sent = seen.filter(([, kind]) => kind === 'transmit').map(([at]) => at);
    expect(sent).toEqual([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    expect(seen.slice(-2)).toEqual([
      [32000, 'failed'],
      [32000, 'terminated'],
    ]);
  });

  test('in Proceeding it sends every T2 [SIPPUSH RFC3261.17.1.2-1]', () => {
    const client = new NonInviteClient();
    client.step({ kind: 'request', request: MESSAGE }, 0);
    expect(client.step({ kind: 'response', response: TRYING }, 100)).toEqual([
      { kind: 'response', response: TRYING },
    ]);
    expect(run(client, 13_000).map(([at]) => at)).toEqual([500, 4500, 8500, 12_500]);
  });

  test('a final response goes up once; its copies are absorbed for T4 [SIPPUSH RFC3261.17.1.2-2]', () => {
    const client = new NonInviteClient();
    client.step({ kind: 'request', request: MESSAGE }, 0);
    expect(client.step({ kind: 'response', response: OK }, 700)).toEqual([
      { kind: 'response', response: OK },
    ]);
    expect(client.step({ kind: 'response', response: OK }, 800)).toEqual([]);
    expect(run(client)).toEqual([[5700, 'terminated']]);
  });

  test('over a reliable transport nothing is sent twice, and K is zero', () => {
    const silent = new NonInviteClient({ isReliable: true });
    silent.step({ kind: 'request', request: MESSAGE }, 0);
    expect(run(silent)).toEqual([
      [32000, 'failed'],
      [32000, 'terminated'],
    ]);
    const answered = new NonInviteClient({ isReliable: true });
    answered.step({ kind: 'request', request: MESSAGE }, 0);
    answered.step({ kind: 'response', response: OK }, 10);
    expect(run(answered)).toEqual([[10, 'terminated']]);
  });

  test('a transport error ends it', () => {
    const client = new NonInviteClient();
    client.step({ kind: 'request', request: MESSAGE }, 0);
    expect(client.step({ kind: 'transportError' }, 5)).toEqual([
      { kind: 'failed', reason: 'transport' },
      { kind: 'terminated' },
    ]);
    expect(client.deadline).toBeUndefined();
    expect(client.step({ kind: 'response', response: OK }, 6)).toEqual([]);
  });

  test('T1, T2 and T4 are settable', () => {
    const client = new NonInviteClient({ timing: { T1: 10, T2: 40, T4: 50 } });
    client.step({ kind: 'request', request: MESSAGE }, 0);
    expect(run(client).at(-1)).toEqual([640, 'terminated']);
  });
});

describe('non-INVITE server', () => {
  test('its table is Figure 8', () => {
    const arrows = Object.entries(NON_INVITE_SERVER_TRANSITIONS).flatMap(([from, row]) =>
      Object.entries(row).map(([event, to]) => `${from} --${event}--> ${to}`),
    );
    expect(arrows.sort()).toEqual(
      [
        'Idle --request--> Trying',
        'Trying --respond1xx--> Proceeding',
        'Trying --respondFinal--> Completed',
        'Proceeding --request--> Proceeding',
        'Proceeding --respond1xx--> Proceeding',
        'Proceeding --transportError--> Terminated',
        'Proceeding --respondFinal--> Completed',
        'Completed --request--> Completed',
        'Completed --transportError--> Terminated',
        'Completed --timerJ--> Terminated',
      ].sort(),
    );
  });

  test('the request goes up once, and copies in Trying are discarded', () => {
    const server = new NonInviteServer();
    expect(server.step({ kind: 'request', request: MESSAGE }, 0)).toEqual([
      { kind: 'request', request: MESSAGE },
    ]);
    expect(server.step({ kind: 'request', request: MESSAGE }, 500)).toEqual([]);
  });

  test('copies get the last response again, provisional or final [SIPPUSH RFC3261.17.2.2-1]', () => {
    const server = new NonInviteServer();
    server.step({ kind: 'request', request: MESSAGE }, 0);
    server.step({ kind: 'respond', response: TRYING }, 1);
    const copy = { kind: 'request', request: MESSAGE } as const;
    expect(server.step(copy, 500)).toEqual([{ kind: 'transmit', response: TRYING }]);
    expect(server.step({ kind: 'respond', response: OK }, 600)).toEqual([
      { kind: 'transmit', response: OK },
    ]);
    expect(server.step(copy, 1500)).toEqual([{ kind: 'transmit', response: OK }]);
  });

  test('it stays for J = 64*T1, or not at all over a reliable transport [SIPPUSH RFC3261.17.2.2-1]', () => {
    for (const [isReliable, end] of [
      [false, 32_100],
      [true, 100],
    ] as const) {
      const server = new NonInviteServer({ isReliable });
      server.step({ kind: 'request', request: MESSAGE }, 0);
      server.step({ kind: 'respond', response: OK }, 100);
      expect(run(server)).toEqual([[end, 'terminated']]);
    }
  });

  test('a second final response is discarded, for ever', () => {
    const server = new NonInviteServer();
    server.step({ kind: 'request', request: MESSAGE }, 0);
    server.step({ kind: 'respond', response: OK }, 1);
    const second = responseTo(MESSAGE, 500);
    expect(server.step({ kind: 'respond', response: second }, 2)).toEqual([]);
    expect(server.step({ kind: 'request', request: MESSAGE }, 3)).toEqual([
      { kind: 'transmit', response: OK },
    ]);
  });

  test('a transport error after an answer ends it', () => {
    const server = new NonInviteServer();
    server.step({ kind: 'request', request: MESSAGE }, 0);
    server.step({ kind: 'respond', response: OK }, 1);
    expect(server.step({ kind: 'transportError' }, 2)).toEqual([
      { kind: 'failed', reason: 'transport' },
      { kind: 'terminated' },
    ]);
  });
});
