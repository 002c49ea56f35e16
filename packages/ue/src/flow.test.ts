import { expect, test } from 'vitest';
import { Flow, type FlowEvent, type FlowState, TRANSITIONS } from './flow.ts';

const PACKAGE0 = {
  kind: 'package0',
  ServerID: 'srv',
  SessionID: 'A7',
  isDefaultNonce: false,
  digest: 'd1',
} as const;
const ALERT = { kind: 'alert', ServerID: 'srv' } as const;

function registered(...connectTo: string[]): Flow {
  const flow = new Flow(connectTo);
  flow.step({ kind: 'start' });
  flow.step({ kind: 'registered' });
  return flow;
}

test('a bootstrapped UE registers first', () => {
  const flow = new Flow([]);
  expect(flow.step(PACKAGE0)).toEqual([]);
  expect(flow.step({ kind: 'start' })).toEqual([{ kind: 'register' }]);
});

test('DMInitConnect opens a session at once after the first registration, and once [R-6.7-8]', () => {
  const flow = new Flow(['srv']);
  flow.step({ kind: 'start' });
  expect(flow.step({ kind: 'registered' })).toEqual([
    { kind: 'open', opening: { kind: 'connect', ServerID: 'srv' } },
  ]);
  flow.step({ kind: 'sessionEnded' });
  flow.step({ kind: 'registrationLost' });
  expect(flow.step({ kind: 'registered' })).toEqual([]);
});

test('without DMInitConnect the UE waits for Package #0', () => {
  const flow = registered();
  expect(flow.state).toBe('Registered');
  expect(flow.step(PACKAGE0)).toEqual([{ kind: 'open', opening: PACKAGE0 }]);
});

test('Package #0 is ignored while a session is open, and heard again after it [R-6.7-9]', () => {
  const flow = registered();
  flow.step(PACKAGE0);
  expect(flow.step(PACKAGE0)).toEqual([]);
  flow.step({ kind: 'sessionEnded' });
  expect(flow.step(PACKAGE0)).toHaveLength(1);
});

test('another server and an alert wait for the end of the session', () => {
  const flow = registered();
  flow.step(PACKAGE0);
  const other = { ...PACKAGE0, ServerID: 'other' };
  expect([...flow.step(other), ...flow.step(ALERT)]).toEqual([]);
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([{ kind: 'open', opening: other }]);
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([{ kind: 'open', opening: ALERT }]);
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([]);
});

test('each account with DMInitConnect gets its session, one after the other [R-6.7-8]', () => {
  const flow = new Flow(['srv', 'other']);
  flow.step({ kind: 'start' });
  expect(flow.step({ kind: 'registered' })).toHaveLength(1);
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([
    { kind: 'open', opening: { kind: 'connect', ServerID: 'other' } },
  ]);
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([]);
});

test('DMInitConnect is met by the session that is open with that server already, and waits for another', () => {
  const flow = new Flow(['srv', 'other']);
  flow.step({ kind: 'start' });
  flow.step(PACKAGE0);
  expect(flow.step({ kind: 'registered' })).toEqual([]);
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([
    { kind: 'open', opening: { kind: 'connect', ServerID: 'other' } },
  ]);
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([]);
});

test('a Package #0 that waits is not displaced by an alert, but displaces one', () => {
  const flow = registered();
  flow.step({ ...PACKAGE0, ServerID: 'open' });
  for (const asked of [ALERT, PACKAGE0, ALERT]) flow.step(asked);
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([{ kind: 'open', opening: PACKAGE0 }]);
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([]);
});

test('an alert does not wait for the registration [R-6.7-i2]', () => {
  const flow = new Flow([]);
  flow.step({ kind: 'start' });
  expect(flow.step(ALERT)).toEqual([{ kind: 'open', opening: ALERT }]);
  expect(flow.step({ kind: 'registered' })).toEqual([]);
  expect(flow.state).toBe('InSession');
});

test('what waits when session and registration are both gone is opened all the same', () => {
  const flow = registered();
  flow.step(PACKAGE0);
  flow.step(ALERT);
  flow.step({ kind: 'registrationLost' });
  expect(flow.step({ kind: 'sessionEnded' })).toEqual([{ kind: 'open', opening: ALERT }]);
});

test('a session outlives the registration', () => {
  const flow = registered();
  flow.step(PACKAGE0);
  flow.step({ kind: 'registrationLost' });
  expect(flow.state).toBe('InSessionUnregistered');
  flow.step({ kind: 'sessionEnded' });
  expect(flow.state).toBe('Registering');
});

test('the table is Figure 9, arrow by arrow', () => {
  const arrows = Object.entries(TRANSITIONS).flatMap(([from, row]) =>
    Object.entries(row).map(([event, to]) => [from, event, to]),
  );
  const figure: [FlowState, FlowEvent, FlowState][] = [
    ['Bootstrapped', 'start', 'Registering'],
    ['Registering', 'registered', 'Registered'],
    ['Registering', 'package0', 'InSessionUnregistered'],
    ['Registering', 'alert', 'InSessionUnregistered'],
    ['Registered', 'connect', 'InSession'],
    ['Registered', 'package0', 'InSession'],
    ['Registered', 'alert', 'InSession'],
    ['Registered', 'registrationLost', 'Registering'],
    ['InSession', 'sessionEnded', 'Registered'],
    ['InSession', 'registrationLost', 'InSessionUnregistered'],
    ['InSessionUnregistered', 'sessionEnded', 'Registering'],
    ['InSessionUnregistered', 'registered', 'InSession'],
  ];
  expect(arrows).toEqual(figure);
});
