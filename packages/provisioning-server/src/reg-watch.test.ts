import { encodeUtf8 } from '@ueprov/protocols';
import { credentialOf } from '@ueprov/protocols/dm';
import {
  encodeReginfo,
  type Header,
  headerOf,
  type Reginfo,
  type ReginfoContact,
  type ReginfoRegistration,
  request,
  responseTo,
  type SipRequest,
} from '@ueprov/protocols/sip';
import { expect, onTestFinished, test } from 'vitest';
import { RegWatch, type RegWatchOptions } from './reg-watch.ts';
import { openStore } from './testing/dm-device.ts';

const NOW = 1_000_000;
const ROUTE = 'sip:scscf.ims.test:5070';
const IMPU = 'sip:ue1@ims.test';
const DM_TAG = { name: '+g.oma.pusheventapp', value: '"x-wap-application:syncml.dm"' };

const device = (id: string, IMPU: string) => ({
  id,
  DevId: `urn:x:${id}`,
  IMPU,
  CLCRED: credentialOf('md5', id, `secret-of-${id}`),
  SRVCRED: credentialOf('md5', 'srv', `server-secret-${id}`),
});

async function setting(
  mode: RegWatchOptions['mode'] = 'when-needed',
  status = 200,
  watchesMax = 10,
) {
  const store = await openStore(onTestFinished);
  await store.write([
    { kind: 'device', device: device('d1', IMPU) },
    { kind: 'device', device: device('d2', 'tel:+15551230000') },
  ]);
  const sent: SipRequest[] = [];
  const targets: string[] = [];
  const registered: [string, boolean][] = [];
  const refused: string[] = [];
  const work: Promise<void>[] = [];
  const clock = { now: NOW };
  let drawn = 0;
  const watch = new RegWatch(
    { identity: 'sip:prov@ims.test', contact: () => 'sip:192.0.2.9:5090', mode, watchesMax },
    {
      store,
      now: () => clock.now,
      random: (length) => new Uint8Array(length).fill(++drawn),
      onChanges: () => {},
      sendSip: async (subscribe, target) => {
        sent.push(subscribe);
        targets.push(target.address);
        const expires = { name: 'Expires', value: headerOf(subscribe, 'Expires') ?? '' };
        return responseTo(subscribe, status, { toTag: 'core', headers: [expires] });
      },
      onRegistered: (id, acceptsPush) => registered.push([id, acceptsPush]),
      onDeadline: () => {},
      onWork: (each) => work.push(each),
      onRefused: (reason) => refused.push(reason),
    },
  );
  const settled = () => Promise.all(work.splice(0));
  return { store, watch, sent, targets, registered, refused, settled, clock };
}

async function watching() {
  const all = await setting();
  all.watch.registered('d1', IMPU, ROUTE, undefined);
  await all.settled();
  const [subscribe] = all.sent;
  if (subscribe === undefined) throw new Error('nothing was sent');
  let cSeq = 0;
  const notify = (body: Reginfo | Uint8Array, state = 'active;expires=3600') => {
    cSeq += 1;
    return all.watch.notified(notifyOf(subscribe, cSeq, state, body));
  };
  return { ...all, subscribe, notify };
}

function notifyOf(
  subscribe: SipRequest,
  cSeq: number,
  state: string,
  body: Reginfo | Uint8Array,
): SipRequest {
  const headers: Header[] = [
    { name: 'Via', value: 'SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKn' },
    { name: 'Contact', value: '<sip:192.0.2.1:5070>' },
    { name: 'Event', value: 'reg' },
    { name: 'Subscription-State', value: state },
    { name: 'Content-Type', value: 'application/reginfo+xml' },
  ];
  return request({
    method: 'NOTIFY',
    uri: 'sip:192.0.2.9:5090',
    from: `<${IMPU}>;tag=core`,
    to: headerOf(subscribe, 'From') ?? '',
    callId: headerOf(subscribe, 'Call-ID') ?? '',
    cSeq,
    headers,
    body: body instanceof Uint8Array ? body : encodeReginfo(body),
  });
}

const contact = (more: Partial<ReginfoContact> = {}): ReginfoContact => ({
  id: 'c1',
  state: 'active',
  event: 'registered',
  uri: 'sip:ue1@192.0.2.7:5060',
  unknownParams: [DM_TAG],
  expires: 600,
  ...more,
});
const registration = (more: Partial<ReginfoRegistration> = {}): ReginfoRegistration => ({
  aor: IMPU,
  id: 'r1',
  state: 'active',
  contacts: [contact()],
  ...more,
});
const full = (version: number, ...registrations: ReginfoRegistration[]): Reginfo => ({
  version,
  state: 'full',
  registrations,
});

test('a SUBSCRIBE goes through the S-CSCF in the name of the server [R-6.7-4] [R-6.7-i1] [SIPPUSH TS24229.5.7.1.1-4]', async () => {
  const { subscribe, targets } = await watching();
  expect(targets).toEqual(['scscf.ims.test']);
  expect([subscribe.method, subscribe.uri]).toEqual(['SUBSCRIBE', IMPU]);
  expect(headerOf(subscribe, 'Event')).toBe('reg');
  expect(headerOf(subscribe, 'Accept')).toBe('application/reginfo+xml');
  expect(headerOf(subscribe, 'Route')).toBe(`<${ROUTE};lr>`);
  expect(headerOf(subscribe, 'P-Asserted-Identity')).toBe('<sip:prov@ims.test>');
  expect(headerOf(subscribe, 'Contact')).toBe('<sip:192.0.2.9:5090>');
});

test.each([
  ['never', undefined, 0],
  ['when-needed', undefined, 1],
  ['when-needed', true, 0],
  ['always', true, 1],
] as const)('mode %s, feature tags %s: %i subscriptions', async (mode, acceptsPush, count) => {
  const { watch, sent, settled } = await setting(mode);
  watch.registered('d1', IMPU, ROUTE, acceptsPush);
  watch.registered('d1', IMPU, ROUTE, acceptsPush);
  await settled();
  expect([sent.length, watch.size]).toEqual([count, count]);
});

test('the full state tells Contact and feature tags, of every identity of the set', async () => {
  const { notify, store, registered } = await watching();
  const other = registration({
    aor: 'tel:+15551230000',
    id: 'r2',
    contacts: [contact({ id: 'c2' })],
  });
  expect(await notify(full(0, registration(), other))).toMatchObject({ status: 200, device: 'd1' });
  for (const id of ['d1', 'd2']) {
    expect(await store.state(id)).toMatchObject({
      registeredUntil: NOW + 600_000,
      contact: '<sip:ue1@192.0.2.7:5060>;+g.oma.pusheventapp="x-wap-application:syncml.dm"',
    });
  }
  expect(registered).toEqual([
    ['d1', true],
    ['d2', true],
  ]);
});

test('a partial state adds to what is known; a terminated registration is none', async () => {
  const { notify, store } = await watching();
  await notify(full(0, registration()));
  const gone = registration({ state: 'terminated', contacts: [] });
  await notify({ version: 1, state: 'partial', registrations: [gone] });
  expect((await store.state('d1'))?.registeredUntil).toBeUndefined();
});

test('AC-24: a gap in the versions asks for the full state; an old document changes nothing [SIPPUSH RFC3680.5.1-1]', async () => {
  const { notify, sent, targets, settled, store } = await watching();
  await notify(full(3, registration()));
  await notify({ version: 5, state: 'partial', registrations: [] });
  await settled();
  expect(targets).toEqual(['scscf.ims.test', '192.0.2.1']);
  expect(headerOf(sent[1] as SipRequest, 'Call-ID')).toBe(
    headerOf(sent[0] as SipRequest, 'Call-ID'),
  );
  await notify(full(4, registration({ state: 'terminated', contacts: [] })));
  expect((await store.state('d1'))?.registeredUntil).toBe(NOW + 600_000);
});

test('AC-24: a NOTIFY of no subscription is answered 481, and nothing is stored', async () => {
  const { watch, store, subscribe } = await watching();
  const stray = notifyOf(subscribe, 1, 'active', full(0, registration()));
  const headers = stray.headers.map((header) =>
    header.name === 'Call-ID' ? { ...header, value: 'forged' } : header,
  );
  expect(await watch.notified({ ...stray, headers })).toMatchObject({ status: 481 });
  expect(await store.state('d1')).toEqual({ device: 'd1', wake: 'idle' });
});

test('AC-24: a body that cannot be read is one error, and the subscription lives on', async () => {
  const { notify, store } = await watching();
  await expect(notify(encodeUtf8('<reginfo'))).rejects.toThrow(
    expect.objectContaining({ name: 'ProtocolError' }),
  );
  await notify(full(1, registration()));
  expect((await store.state('d1'))?.registeredUntil).toBe(NOW + 600_000);
});

test('a subscription that the core ends is begun anew, with versions of its own', async () => {
  const { notify, sent, settled, clock, watch } = await watching();
  await notify(full(7, registration()));
  await notify(full(8, registration()), 'terminated;reason=deactivated');
  clock.now = watch.deadline ?? Number.NaN;
  watch.timeout();
  await settled();
  expect(sent).toHaveLength(2);
  const again = notifyOf(sent[1] as SipRequest, 1, 'active', full(0, registration()));
  expect(await watch.notified(again)).toMatchObject({ status: 200 });
});

test('a core that does not let us watch is not asked again, and it is said', async () => {
  const { watch, refused, settled } = await setting('always', 403);
  watch.registered('d1', IMPU, ROUTE, true);
  await settled();
  expect(watch.size).toBe(0);
  expect(refused).toEqual([expect.stringContaining('403')]);
});

test('AC-24: so many devices are watched; one more is not, and it is said', async () => {
  const { watch, refused } = await setting('always', 200, 1);
  watch.registered('d1', IMPU, ROUTE, true);
  expect(refused).toEqual([]);
  watch.registered('d2', 'tel:+15551230000', ROUTE, true);
  expect(watch.size).toBe(1);
  expect(refused).toEqual(['tel:+15551230000 is not watched: 1 others are']);
});

test('who de-registered is not watched any more', async () => {
  const { watch, notify } = await watching();
  watch.deregistered('d1');
  expect([watch.size, watch.deadline]).toEqual([0, undefined]);
  expect(await notify(full(0, registration()))).toMatchObject({ status: 481 });
});
