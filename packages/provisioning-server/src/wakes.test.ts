/** Wakes with a real store, over real datagrams: the core is a SIP socket that answers what a test says. */
import { NONCE_ZERO, syncmlHash } from '@ueprov/protocols/digest';
import { credentialOf } from '@ueprov/protocols/dm';
import { decodePackage0, receiveNotification, verifyPackage0 } from '@ueprov/protocols/push';
import {
  headerOf,
  responseTo,
  type SipRequest,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import { expect, onTestFinished, test } from 'vitest';
import type { PushOutcome } from './push/initiator.ts';
import { SipEndpoint } from './shell/sip-endpoint.ts';
import type { Change, DeviceRecord } from './store/record.ts';
import { openStore, SERVER_ID } from './testing/dm-device.ts';
import { Wakes } from './wakes.ts';

const BUDGET = { perSecond: 1000, atOnce: 1000 };
const NOW = 1_000_000;
const SECRET = 'secret-of-server';
const NONCE = new Uint8Array(16).fill(7);
const DEVICE: DeviceRecord = {
  id: 'd1',
  DevId: 'urn:x:1',
  IMPU: 'sip:ue1@ims.test',
  CLCRED: credentialOf('md5', 'ue1', 'secret-of-ue', NONCE),
  SRVCRED: credentialOf('md5', SERVER_ID, SECRET, NONCE),
};

/** A core that takes MESSAGEs and answers `status`. */
async function openCore(status = 200) {
  const requests: SipRequest[] = [];
  const arrived = Promise.withResolvers<SipRequest>();
  const socket = await openSip((request) => {
    requests.push(request);
    arrived.resolve(request);
    return responseTo(request, status, { toTag: 'core' });
  });
  return { address: socket.address, requests, arrived: arrived.promise };
}

async function openSip(answer: (request: SipRequest) => ReturnType<typeof responseTo>) {
  const socket = await SipEndpoint.open(
    { host: '127.0.0.1', port: 0, transports: ['udp'] },
    {
      onRequest: async (request) => answer(request),
      onSend: () => {},
      onError: () => {},
    },
  );
  onTestFinished(() => socket.close());
  return socket;
}

interface Setting {
  readonly device?: Partial<DeviceRecord>;
  readonly state?: Partial<Extract<Change, { kind: 'device-state' }>>;
  readonly core?: TransportAddress;
  readonly isMonitoring?: boolean;
  readonly push?: (IMPU: string, package0: Uint8Array) => Promise<PushOutcome>;
}

async function setting({ device = {}, state, core, isMonitoring = true, push }: Setting = {}) {
  const store = await openStore(onTestFinished);
  await store.write([{ kind: 'device', device: { ...DEVICE, ...device } }]);
  if (state) await store.write([{ ...state, kind: 'device-state', device: 'd1' }]);
  const sip = await openSip((request) => responseTo(request, 405, { toTag: 'x' }));
  const clock = { now: NOW };
  const states: string[] = [];
  const work: Promise<void>[] = [];
  const wakes = new Wakes(
    {
      ServerID: SERVER_ID,
      identity: 'sip:prov@ims.test',
      core,
      isMonitoring,
      budget: BUDGET,
      isUdpOnly: true,
    },
    {
      store,
      now: () => clock.now,
      onChanges: (changes) => {
        for (const change of changes) if (change.kind === 'device-state') states.push(change.wake!);
      },
      sendSip: (request, target) => sip.request(request, target),
      ...(push && { push }),
      onDeadline: () => {},
      onWork: (each) => work.push(each),
    },
  );
  return { store, wakes, clock, states, work };
}

const registered = ({ address, port }: TransportAddress) => ({
  registeredUntil: NOW + 3_600_000,
  route: `sip:${address}:${port}`,
});

test('a wake is a MESSAGE with Package #0 through the S-CSCF of the registration [R-6.7-6] [R-6.2.4-5] [R-6.2.4-6] [R-6.2.4-8] [R-6.3.4-2] [R-6.3.4-3]', async () => {
  const core = await openCore();
  const { wakes, states, work, store } = await setting({ state: registered(core.address) });
  await wakes.wake('d1');
  const message = await core.arrived;
  expect([message.method, message.uri]).toEqual(['MESSAGE', expect.anything()]);
  expect(headerOf(message, 'Accept-Contact')).toContain('syncml.dm');
  expect(headerOf(message, 'P-Asserted-Identity')).toBe('<sip:prov@ims.test>');
  const reception = receiveNotification(message);
  if (reception.kind !== 'package0') throw new Error(reception.kind);
  const { package0 } = reception;
  expect(package0).toMatchObject({ ServerID: SERVER_ID, initiator: 'server' });
  expect(verifyPackage0(package0, syncmlHash(SERVER_ID, SECRET), NONCE)).toBe('ok');
  await Promise.all(work);
  expect(states).toEqual(['sent', 'answered']);
  await wakes.sessionOpened('d1');
  expect(await store.state('d1')).toMatchObject({ wake: 'idle' });
  expect(wakes.deadline).toBeUndefined();
});

test.each([
  ['without a nonce yet', credentialOf('md5', SERVER_ID, SECRET)],
  ['of auth-basic', credentialOf('basic', SERVER_ID, SECRET)],
])('a device %s is woken with the special nonce (I-3)', async (_what, SRVCRED) => {
  const core = await openCore();
  const { wakes } = await setting({ device: { SRVCRED }, state: registered(core.address) });
  await wakes.wake('d1');
  const reception = receiveNotification(await core.arrived);
  if (reception.kind !== 'package0') throw new Error(reception.kind);
  const hash = syncmlHash(SERVER_ID, SECRET);
  expect(verifyPackage0(reception.package0, hash, NONCE_ZERO)).toBe('ok');
});

test('I-14: a UE that takes no push is not asked again, and the reason stays visible', async () => {
  const core = await openCore(415);
  const { wakes, work, store } = await setting({ state: registered(core.address) });
  await wakes.wake('d1');
  await Promise.all(work);
  expect(await store.state('d1')).toMatchObject({
    wake: 'gave-up',
    wakeReason: expect.stringMatching(/^MESSAGE answered 415/),
  });
  expect(wakes.deadline).toBeUndefined();
});

test.each<[string, Setting, object]>([
  ['is not registered', {}, { status: 409, code: 'NOT_REGISTERED' }],
  [
    'was registered until now',
    { state: { registeredUntil: NOW, route: 'sip:192.0.2.1' } },
    {
      status: 409,
      code: 'NOT_REGISTERED',
      message: expect.stringContaining('1970-01-01T00:16:40'),
    },
  ],
  [
    'has no public identity',
    { device: { IMPU: undefined as never }, state: { registeredUntil: NOW + 1 } },
    { status: 409, code: 'NO_IMPU' },
  ],
  [
    'came by no S-CSCF, where no core is configured',
    { state: { registeredUntil: NOW + 1 } },
    { status: 409, code: 'NO_ROUTE' },
  ],
])(
  'nothing is sent into the void to a device that %s: the operator is told',
  async (_what, given, problem) => {
    const { wakes, states } = await setting(given);
    await expect(wakes.wake('d1')).rejects.toMatchObject(problem);
    expect(states).toEqual([]);
  },
);

test('a device that nobody knows is none', async () => {
  const { wakes } = await setting();
  await expect(wakes.wake('d2')).rejects.toMatchObject({ status: 404 });
});

test('where registrations are not monitored, the configured core is asked', async () => {
  const core = await openCore();
  const { wakes } = await setting({ core: core.address, isMonitoring: false });
  await wakes.wake('d1');
  expect((await core.arrived).method).toBe('MESSAGE');
});

test('a registration that ends before the retry is why the wake waits for the next, and gives up at last', async () => {
  const core = await openCore(480);
  const { wakes, work, store, clock } = await setting({ state: registered(core.address) });
  await wakes.wake('d1');
  for (;;) {
    await Promise.all(work.splice(0));
    if (wakes.deadline === undefined) break;
    clock.now = Math.max(wakes.deadline, NOW + 3_600_000);
    await wakes.timeout();
  }
  expect(core.requests).toHaveLength(1);
  expect(await store.state('d1')).toMatchObject({
    wake: 'gave-up',
    wakeReason: expect.stringMatching(/^The registration of the device ended at/),
  });
  expect(wakes.funnel.counts.failed).toEqual({ 'not-registered': 1 });
});

test('RFC 3261 §18.1.1: a MESSAGE that is too long for UDP is not cut in pieces [SIPPUSH RFC3428.8-1]', async () => {
  const core = await openCore();
  const route = `${registered(core.address).route};x=${'y'.repeat(800)}`;
  const state = { ...registered(core.address), route };
  const { wakes, work, store } = await setting({ state });
  await wakes.wake('d1');
  await Promise.all(work);
  expect(core.requests).toEqual([]);
  expect((await store.state('d1'))?.wakeReason).toMatch(/too long for UDP/);
});

test('a wake that a restart interrupted goes on', async () => {
  const core = await openCore();
  for (const wake of ['queued', 'sent', 'answered'] as const) {
    const { wakes } = await setting({ state: { ...registered(core.address), wake } });
    const before = core.requests.length;
    await wakes.resume();
    await expect.poll(() => core.requests.length).toBe(before + 1);
  }
});

test('a wake that waits for a registration goes on with it', async () => {
  const core = await openCore(480);
  const { wakes, work, store, clock } = await setting({ state: registered(core.address) });
  await wakes.wake('d1');
  await Promise.all(work.splice(0));
  clock.now = NOW + 3_600_000;
  await wakes.timeout();
  await Promise.all(work.splice(0));
  expect(await store.state('d1')).toMatchObject({ wake: 'held' });
  const registeredUntil = clock.now + 3_600_000;
  await store.write([{ kind: 'device-state', device: 'd1', registeredUntil }]);
  await wakes.registered('d1');
  await Promise.all(work.splice(0));
  expect(core.requests).toHaveLength(2);
});

test('what a UE refused is not tried again by itself; an operator may', async () => {
  const core = await openCore(415);
  const { wakes, work, store } = await setting({ state: registered(core.address) });
  await wakes.wake('d1', { isAutomatic: true });
  await Promise.all(work.splice(0));
  expect(await store.state('d1')).toMatchObject({ wake: 'gave-up', refusedStatus: 415 });
  await wakes.wake('d1', { isAutomatic: true });
  expect(work).toEqual([]);
  await wakes.wake('d1');
  await Promise.all(work.splice(0));
  expect(core.requests).toHaveLength(2);
});

test('a UE that takes no push is not asked, and that is said', async () => {
  const { wakes, store } = await setting();
  await wakes.takesNoPush('d1');
  expect(await store.state('d1')).toMatchObject({
    wake: 'gave-up',
    wakeReason: expect.stringContaining('without the feature tag'),
  });
});

test('a device that had given up and opens a session has no reason any more', async () => {
  const state = { wake: 'gave-up', wakeReason: 'x' } as const;
  const { wakes, store } = await setting({ state });
  await wakes.sessionOpened('d1');
  expect(await store.state('d1')).toEqual({ device: 'd1', wake: 'idle' });
});

test('what the store cannot keep is not sent, and nothing of it is left', async () => {
  const core = await openCore();
  const { wakes, store } = await setting({ state: registered(core.address) });
  const failing = wakes.wake('d1');
  await store.close();
  await expect(failing).rejects.toMatchObject({ code: expect.stringMatching(/^STORE/) });
  expect(core.requests).toEqual([]);
  expect([wakes.deadline, wakes.funnel.counts.inFlight]).toEqual([undefined, 0]);
});

test('6.2.4: where a PPG is configured, Package #0 goes there, and its word is the answer [R-6.2.4-4] [R-6.3.4-5] [R-6.3.4-6]', async () => {
  const pushed: [string, Uint8Array][] = [];
  const push = async (IMPU: string, package0: Uint8Array) => {
    pushed.push([IMPU, package0]);
    return { status: 415, reason: 'PAP 2005' };
  };
  const { wakes, work, store } = await setting({ state: { registeredUntil: NOW + 1 }, push });
  await wakes.wake('d1');
  await Promise.all(work);
  const [IMPU, package0] = pushed[0] ?? [];
  expect(IMPU).toBe('sip:ue1@ims.test');
  const hash = syncmlHash(SERVER_ID, SECRET);
  expect(verifyPackage0(decodePackage0(package0 as Uint8Array), hash, NONCE)).toBe('ok');
  expect(await store.state('d1')).toMatchObject({ wake: 'gave-up', refusedStatus: 415 });
});

test('after a restart nobody is woken who was idle or given up', async () => {
  for (const wake of ['idle', 'gave-up'] as const) {
    const { wakes, states } = await setting({ state: { registeredUntil: NOW + 1, wake } });
    await wakes.resume();
    expect(states).toEqual([]);
  }
});
