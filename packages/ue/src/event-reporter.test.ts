import type { Operation } from '@ueprov/protocols/dm';
import { decodeGenericAlert } from '@ueprov/protocols/events';
import type { SyncML } from '@ueprov/protocols/syncml';
import { expect, test } from 'vitest';
import { WAITING_EVENTS_MAX } from './event-reporter.ts';
import { replace, TestDmServer } from './testing/dm-server.ts';
import { seededRandom, TestNetwork } from './testing/network.ts';
import { account, sampleConfig, sampleSip } from './testing/sample-config.ts';

const MINUTE = 60_000;
const SIP_PORT = './PktcUE/SipPort';
const GOOD = replace(SIP_PORT, '5070');
const BAD = replace(SIP_PORT, 'not a port');

/** A registered UE after a session in which the server asked for these, round by round. */
function provisioned(plan: Operation[][], events?: Record<string, string>): TestNetwork {
  const network = new TestNetwork(sampleConfig(events && { events })).start();
  network.server.plans.push(plan);
  return network.wake(network.server.package0(1)).run(1000);
}

/** EventIDs that a server was told, in the order of telling. */
function told({ server }: TestNetwork): number[] {
  return server.alerts
    .flatMap(({ Items }) => Items)
    .map((item) => decodeGenericAlert(item, 0))
    .map((alert) => (alert.kind === 'event' ? alert.payload.EventID : Number.NaN));
}

/** `EventID mechanisms` of each entry of the local log. */
function logged({ tree }: TestNetwork): string[] {
  return tree.children('./PktcMEM/Log').map((name) => {
    const uri = `./PktcMEM/Log/${name}`;
    return `${tree.text(`${uri}/EventID`)} ${tree.text(`${uri}/Mechanisms`)}`;
  });
}

const get: Operation = { id: 'get', kind: 'Get', uri: SIP_PORT };
const deleteIdentity: Operation = { id: 'delete', kind: 'Delete', uri: './PktcUsr/IMPU/1' };

test.each([
  ['PROV-UE-1', 4000970000, 'all went well', [[GOOD]]],
  ['PROV-UE-2', 4000970001, 'what failed was made good', [[BAD], [GOOD]]],
  ['PROV-UE-3', 4000970002, 'something stayed undone', [[GOOD], [BAD]]],
  ['PROV-UE-4', 4000970003, 'the UE lacks what it needs', [[GOOD], [deleteIdentity]]],
])('%s: %i says that %s [R-6.8.3-1] [R-A.1-1]', (_name, EventID, _what, plan) => {
  const network = provisioned(plan as Operation[][]);
  expect(told(network)).toEqual([EventID]);
  expect(logged(network)).toEqual([`${EventID} local alert`]);
});

test('PROV-UE-4: 4000970003 says that the session broke off in the middle [R-6.8.3-1]', () => {
  const network = new TestNetwork().start();
  network.server.plans.push([[GOOD], [GOOD]]);
  network.wake(network.server.package0(1)).run(27);
  expect(network.tree.text(SIP_PORT)).toBe('5070');
  network.server.isAway = true;
  network.run(10_000);
  expect(logged(network)).toEqual(['4000970003 local alert']);
  network.server.isAway = false;
  network.run(MINUTE);
  expect(told(network)).toEqual([4000970003]);
});

test('a session that only reads is no event', () => {
  const network = provisioned([[get]]);
  expect(logged(network)).toEqual([]);
  expect(network.server.sessions).toHaveLength(1);
});

test('an alert goes in a session 1201 of its own, with the 1226 in package #1 [R-6.8.1-4] [R-6.8.1-i1] [R-6.7-i2] [R-6.8.3.1.4.3-1]', () => {
  const { server } = provisioned([[GOOD]]);
  expect(server.sessions).toEqual(['1200 as 1', expect.stringMatching(/^1201 as /)]);
  const package1 = server.received.filter(({ SyncHdr }) => SyncHdr.MsgID === '1').at(-1);
  const alerts = package1?.SyncBody.commands.filter(({ kind }) => kind === 'Alert');
  expect(alerts).toMatchObject([{ Data: '1201' }, { Data: '1226' }]);
  expect(server.ended).toEqual(['completed', 'completed']);
});

test.each([
  ['local', ['4000970000 local'], []],
  ['alert', [], [4000970000]],
  ['none', [], []],
  ['local alert none', [], []],
  ['local syslog', ['4000970000 local'], []],
])(
  'reporting "%s" does what it says [R-6.8.3.1.4.1-2] [R-6.8.3.1.4.1-3] [R-6.8.3.1.4.1-4] [R-6.8.3.1.4.1-i1] [R-6.8.3.1.4.1-i2]',
  (words, log, alerts) => {
    const network = provisioned([[GOOD]], { 'PROV-UE-1': words });
    expect(logged(network)).toEqual(log);
    expect(told(network)).toEqual(alerts);
  },
);

test('what a server sets in MEM counts for the event of that very session [R-6.8.3.1.4.1-1] [R-6.8.3.1.3.2-1]', () => {
  const event = './PktcMEM/Event/4491-4000970000';
  const settings = [replace(`${event}/Reporting`, 'local'), replace(`${event}/Severity`, 'fatal')];
  const network = provisioned([[GOOD, ...settings]]);
  expect(logged(network)).toEqual(['4000970000 local']);
  expect(network.tree.text('./PktcMEM/Log/1/Severity')).toBe('fatal');
  expect(told(network)).toEqual([]);
});

test('a server clears the log, and what happened since is in it [R-6.8.3.1.4.2-6]', () => {
  const network = provisioned([[BAD]]);
  network.server.plans.push([[replace('./PktcMEM/Control/ClearLog', 'true')]]);
  network.wake(network.server.package0(2)).run(1000);
  expect(logged(network)).toEqual(['4000970000 local alert']);
});

test('a server that is away is told later, and asked less and less often', () => {
  const network = new TestNetwork().start();
  network.server.plans.push([[GOOD]]);
  network.wake(network.server.package0(1)).run(27);
  expect(network.server.ended).toEqual(['completed']);
  network.server.isAway = true;
  network.run(10 * MINUTE);
  // Two POSTs of the session that was the event; then three a try, and tries after 0, 30, 60, 120 and 240 s.
  expect(network.traced('post')).toHaveLength(2 + 5 * 3);
  network.server.isAway = false;
  network.run(10 * MINUTE);
  expect(told(network)).toEqual([4000970000]);
  expect(network.server.sessions).toHaveLength(2);
});

test('an alert that the server refuses is not sent again', () => {
  const network = new TestNetwork().start();
  network.server.takesAlerts = false;
  network.server.plans.push([[GOOD]]);
  network.wake(network.server.package0(1)).run(30 * MINUTE);
  expect(network.server.sessions).toHaveLength(2);
});

test('an alert that the server cannot take now is sent again', () => {
  const network = new TestNetwork().start();
  network.server.tamper = (reply) => withAlertStatus(reply, '503');
  network.server.plans.push([[GOOD]]);
  network.wake(network.server.package0(1)).run(1000);
  expect(network.server.sessions).toHaveLength(2);
  network.server.tamper = (reply) => reply;
  network.run(30 * MINUTE);
  expect(network.server.sessions).toHaveLength(3);
});

function withAlertStatus(message: SyncML, Data: string): SyncML {
  const { SyncHdr, SyncBody } = message;
  const commands = SyncBody.commands.map((command) =>
    command.kind === 'Status' && command.Cmd === 'Alert' ? { ...command, Data } : command,
  );
  return { SyncHdr, SyncBody: { ...SyncBody, commands } };
}

test('the alert rides the session that is opened next with that server, whoever wants it', () => {
  const network = provisioned([[GOOD]], { 'PROV-UE-1': 'local' });
  network.server.plans.push([[BAD]]);
  network.wake(network.server.package0(2)).run(27);
  network.server.isAway = true;
  network.run(20_000);
  network.server.isAway = false;
  network.wake(network.server.package0(3)).run(10 * MINUTE);
  expect(told(network)).toEqual([4000970002]);
  expect(network.server.sessions).toEqual(['1200 as 1', '1200 as 2', '1200 as 3']);
});

test('alerts go to the account that MEM names, and to the first one while it names none [R-6.8.1-i1]', () => {
  const other = { ServerID: 'other.example', url: 'http://other.example/dm' };
  const SRVCRED = { ...account().SRVCRED, name: other.ServerID };
  const second = account({ ServerID: other.ServerID, Addr: other.url, SRVCRED });
  const accounts = [account(), second];
  const servers = [new TestDmServer(seededRandom(3)), new TestDmServer(seededRandom(4), other)];
  const network = new TestNetwork(sampleConfig({ accounts }), servers).start();
  for (const [id, ServerID] of ['other.example', 'unknown.example'].entries()) {
    network.server.plans.push([[replace('./PktcMEM/Alert/ServerID', ServerID)]]);
    network.wake(network.server.package0(id + 1)).run(1000);
  }
  expect(servers.map(({ alerts }) => alerts.length)).toEqual([1, 1]);
  expect(servers[1]?.sessions).toHaveLength(1);
});

test('no session is opened for an alert that another session took along', () => {
  const other = { ServerID: 'other.example', url: 'http://other.example/dm' };
  const SRVCRED = { ...account().SRVCRED, name: other.ServerID };
  const second = account({ ServerID: other.ServerID, Addr: other.url, SRVCRED });
  const servers = [
    new TestDmServer(seededRandom(3)),
    new TestDmServer(seededRandom(4), other),
  ] as const;
  const network = new TestNetwork(sampleConfig({ accounts: [account(), second] }), [...servers]);
  network.start();
  servers[0].plans.push([[replace('./PktcMEM/Alert/ServerID', other.ServerID)]]);
  network.wake(servers[0].package0(1)).run(6);
  network.wake(servers[1].package0(2)).run(10_000);
  expect(servers[1].alerts).toHaveLength(1);
  expect(servers[1].sessions).toEqual(['1200 as 2']);
});

test('EUE-EV-2 says that the network does not want this UE, by a session that needs no registration', () => {
  const network = new TestNetwork();
  network.registrar.mood = 403;
  network.start();
  expect(told(network)).toEqual([4000970201]);
  expect(logged(network)).toEqual(['4000970201 local alert']);
  expect(network.tree.text('./PktcMEM/Log/1/Text')).toBe(
    'Registration failed for user: sip:alice@home.example',
  );
});

test('EUE-EV-1 says that SIP is not protected as SigSecurity asks', () => {
  const sip = sampleSip({ transports: ['udp', 'tls'] });
  const network = new TestNetwork(sampleConfig({ sip })).start();
  expect(told(network)).toEqual([4000970200]);
  expect(network.tree.text('./PktcMEM/Log/1/Text')).toBe(
    'Registration security mismatch: sip:alice@home.example',
  );
  expect(told(new TestNetwork().start())).toEqual([]);
});

test('a registration that may come back is no event', () => {
  const network = new TestNetwork();
  network.registrar.mood = 503;
  network.start().run(10 * MINUTE);
  expect(logged(network)).toEqual([]);
});

test('of the events that wait the newest go with the next session, as many as are kept', () => {
  const network = new TestNetwork().start();
  network.server.tamper = (reply) => withAlertStatus(reply, '503');
  for (let id = 1; id <= WAITING_EVENTS_MAX + 2; id += 1) {
    network.server.plans.push([[id === 1 ? BAD : GOOD]]);
    network.wake(network.server.package0(id)).run(1000);
  }
  network.server.alerts.length = 0;
  network.wake(network.server.package0(1000)).run(1000);
  expect(told(network)).toEqual(Array(WAITING_EVENTS_MAX).fill(4000970000));
});

test('as long as there is room, every event that waits is told', () => {
  const network = new TestNetwork().start();
  network.server.tamper = (reply) => withAlertStatus(reply, '503');
  for (let id = 1; id <= WAITING_EVENTS_MAX; id += 1) {
    network.server.plans.push([[id === 1 ? BAD : GOOD]]);
    network.wake(network.server.package0(id)).run(1000);
  }
  network.server.alerts.length = 0;
  network.wake(network.server.package0(1000)).run(1000);
  expect(told(network)).toHaveLength(WAITING_EVENTS_MAX);
  expect(told(network)[0]).toBe(4000970002);
});
