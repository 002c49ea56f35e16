import type { Operation, Question } from '@ueprov/protocols/dm';
import type { Shape } from '@ueprov/protocols/dm/tree';
import { expect, test } from 'vitest';
import { ACTIONS_MAX } from './errands.ts';
import { TestNetwork } from './testing/network.ts';
import { sampleConfig } from './testing/sample-config.ts';

const SECOND = 1000;
const ALERT_TYPE = 'Reversed-Domain-Name: com.example.vendor.ended';

const node = (name: string, more: Partial<Shape>): Shape => ({
  name,
  Format: 'null',
  AccessType: ['Exec', 'Get'],
  occurrence: 'One',
  scope: 'Permanent',
  description: '',
  ...more,
});
const VENDOR = node('Vendor', {
  Format: 'node',
  AccessType: ['Get'],
  children: [node('Reset', {}), node('Nothing', {})],
});
const ACTIONS = new Map([['./Vendor/Reset', { alertType: ALERT_TYPE }]]);

const exec = (uri: string, more: Partial<Operation> = {}): Operation => ({
  id: uri,
  kind: 'Exec',
  uri,
  Correlator: 'C-1',
  ...more,
});

/** A UE with an object of its vendor, whose server asks for that. */
function executing(...operations: Operation[]): TestNetwork {
  const options = { vendor: [VENDOR], actions: ACTIONS };
  const network = new TestNetwork(sampleConfig({ events: {} }), undefined, options).start();
  network.server.plans.push([operations]);
  network.wake(network.server.package0(1)).run(SECOND);
  return network;
}

test('an Exec is carried out, and its end is its Status [REPPRO 6.6-3]', () => {
  const network = executing(exec('./Vendor/Reset', { Data: 'factory' }));
  expect(network.errands).toMatchObject([
    {
      kind: 'exec',
      exec: 1,
      place: './Vendor/Reset',
      order: { Data: 'factory', Correlator: 'C-1' },
    },
  ]);
  expect(network.server.results).toEqual([]);
  network.step({ kind: 'executed', exec: 1, status: 200 });
  network.run(SECOND);
  expect(network.server.results).toEqual(['./Vendor/Reset: 200']);
  expect(network.server.sessions).toHaveLength(1);
});

test('one that takes long is 202, and its end an Alert 1226 with its Correlator, until the server takes it [REPPRO 6.3.4-1] [R-6.8.3.1.6-i2]', () => {
  const network = executing(exec('Vendor/Reset'));
  const { server } = network;
  network.run(21 * SECOND);
  expect(server.results).toEqual(['Vendor/Reset: 202']);
  expect(server.ended).toEqual(['completed']);
  server.isAway = true;
  network.step({ kind: 'executed', exec: 1, status: 500, text: 'no power' });
  network.run(20 * SECOND);
  expect(server.alerts).toEqual([]);
  server.isAway = false;
  network.run(60 * SECOND);
  expect(server.alerts).toMatchObject([
    {
      Data: '1226',
      Correlator: 'C-1',
      Items: [
        {
          Source: { LocURI: 'Vendor/Reset' },
          Meta: { Type: ALERT_TYPE, Format: 'chr', Mark: 'warning' },
          Data: 'no power',
        },
      ],
    },
  ]);
  expect(server.sessions.at(-1)).toMatch(/^1201/);
  network.run(3600 * SECOND);
  expect(server.sessions).toHaveLength(2);
});

test('the end of one action is never taken for that of another', () => {
  const network = executing(exec('./Vendor/Reset'), exec('./Vendor/Reset', { Correlator: 'C-2' }));
  network.run(21 * SECOND);
  expect(network.errands).toHaveLength(2);
  network.step({ kind: 'executed', exec: 1, status: 200 });
  network.run(SECOND);
  expect(network.server.results).toEqual([]);
  network.step({ kind: 'executed', exec: 2, status: 420 });
  network.run(SECOND);
  expect(network.server.results).toEqual(['./Vendor/Reset: 202', './Vendor/Reset: 420']);
  expect(network.server.alerts.map(({ Correlator }) => Correlator)).toEqual(['C-1']);
});

test('a node that nothing stands behind is 406, one that cannot be executed 405', () => {
  const network = executing(exec('./Vendor/Nothing'), exec('./DevInfo/Man'));
  network.run(SECOND);
  expect(network.errands).toEqual([]);
  expect(network.server.results).toEqual(['./Vendor/Nothing: 406', './DevInfo/Man: 405']);
});

test('at most ACTIONS_MAX actions go on at once', () => {
  const orders = Array.from({ length: ACTIONS_MAX + 1 }, () => exec('./Vendor/Reset'));
  const network = executing(...orders);
  network.run((ACTIONS_MAX + 2) * 20 * SECOND);
  expect(network.errands).toHaveLength(ACTIONS_MAX);
  const codes = network.server.results.map((result) => result.slice(-3));
  expect(codes).toEqual([...Array.from({ length: ACTIONS_MAX }, () => '202'), '500']);
});

const QUESTION: Question = {
  kind: 'confirm',
  text: 'Restart now?',
  choices: [],
  options: { MAXDT: 30 },
};

function asking(hasUser: boolean): TestNetwork {
  const network = new TestNetwork(sampleConfig({ events: {} }), undefined, { hasUser }).start();
  network.server.plans.push([[{ id: 'ask', kind: 'Ask', question: QUESTION }]]);
  network.wake(network.server.package0(1)).run(SECOND);
  return network;
}

test('what a server asks is put to the user, whose answer is its Status [DMPRO 10-2]', () => {
  const network = asking(true);
  expect(network.errands).toEqual([{ kind: 'ask', ask: 1, question: QUESTION }]);
  network.step({ kind: 'answered', ask: 1, answer: { kind: 'rejected' } });
  network.run(SECOND);
  expect(network.server.results).toEqual(['ask: 304']);
});

test('a question is taken back when the user takes too long, and a late answer is none [DMPRO 10-5]', () => {
  const network = asking(true);
  network.run(31 * SECOND);
  expect(network.errands.at(-1)).toEqual({ kind: 'withdraw', ask: 1 });
  network.step({ kind: 'answered', ask: 1, answer: { kind: 'accepted' } });
  network.run(SECOND);
  expect(network.server.results).toEqual(['ask: 408']);
  expect(network.server.ended).toEqual(['completed']);
});

test('without a user every question is 406 [DMPRO 10-1]', () => {
  const network = asking(false);
  expect(network.errands).toEqual([]);
  expect(network.server.results).toEqual(['ask: 406']);
});
