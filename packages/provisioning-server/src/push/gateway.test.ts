import { PAP_CODES, type PapMessage, type PushMessage } from '@ueprov/protocols/push';
import { expect, test } from 'vitest';
import {
  CONTENT_BYTES_MAX,
  DELIVERY_ATTEMPTS_MAX,
  PUSHES_MAX,
  PushGateway,
  TELL_ATTEMPTS_MAX,
} from './gateway.ts';
import { DELIVERY_TRANSITIONS, type GatewayEffect } from './gateway-record.ts';

const ADDRESS = 'WAPPUSH=alice%40home.example/TYPE=USER';
const OTHER = 'WAPPUSH=bob%40home.example/TYPE=USER';
const URL = 'http://pi.example/notify';
const CONTENT = {
  headers: [{ name: 'Content-Type', value: 'text/plain' }],
  content: new Uint8Array(3),
};

function open() {
  return new PushGateway({
    name: 'ppg',
    budget: { perSecond: 1000, atOnce: 1000 },
    random: (length) => new Uint8Array(length),
    mayTell: (url) => url === URL,
  });
}

const pushMessage = (more: Partial<PushMessage> = {}): PushMessage => ({
  kind: 'push-message',
  'push-id': 'p1',
  addresses: [ADDRESS],
  ...more,
});

function push(gateway: PushGateway, more: Partial<PushMessage> = {}, now = 0, initiator = 'pi') {
  const message = pushMessage(more);
  const recipients = message.addresses.map((address) => ({ address, IMPU: `sip:${address}` }));
  return gateway.step({ kind: 'push', initiator, message, content: CONTENT, recipients }, now);
}

const codeOf = (effects: GatewayEffect[]) => {
  const reply = effects.find((effect) => effect.kind === 'reply')?.message;
  return reply?.kind === 'push-response' ? reply['response-result'].code : undefined;
};
const of = <Kind extends GatewayEffect['kind']>(effects: GatewayEffect[], kind: Kind) =>
  effects.filter(
    (effect): effect is Extract<GatewayEffect, { kind: Kind }> => effect.kind === kind,
  );
const ring = (gateway: PushGateway) =>
  gateway.step({ kind: 'timeout' }, gateway.deadline ?? Number.NaN);
const deliveryOf = (effects: GatewayEffect[]) => of(effects, 'deliver')[0]?.delivery ?? '';

function control(
  gateway: PushGateway,
  kind: 'cancel-message' | 'statusquery-message',
  { initiator = 'pi', addresses = [] as string[], now = 0 } = {},
): PapMessage | undefined {
  const message = { kind, 'push-id': 'p1', addresses } as const;
  return of(gateway.step({ kind: 'control', initiator, message }, now), 'reply')[0]?.message;
}

const stateOf = (gateway: PushGateway, initiator = 'pi') => {
  const reply = control(gateway, 'statusquery-message', { initiator });
  return reply?.kind === 'statusquery-response' ? reply['statusquery-results'] : [];
};

test('a push is accepted, delivered, and its initiator is told [SIPPUSH PAP-9] [SIPPUSH PAP-14]', () => {
  const gateway = open();
  expect(codeOf(push(gateway, { 'ppg-notify-requested-to': URL }))).toBe(PAP_CODES.accepted);
  const delivery = deliveryOf(ring(gateway));
  const effects = gateway.step({ kind: 'answered', delivery, status: 200, reason: 'OK' }, 4000);
  expect(of(effects, 'tell')).toMatchObject([
    {
      url: URL,
      message: {
        kind: 'resultnotification-message',
        'push-id': 'p1',
        'received-time': 0,
        'event-time': 4000,
        'message-state': 'delivered',
        code: 1000,
        address: ADDRESS,
      },
    },
  ]);
  gateway.step({ kind: 'told', delivery, isTaken: true }, 4001);
  expect(gateway.deadline).toBeUndefined();
  expect(stateOf(gateway)).toMatchObject([{ 'message-state': 'delivered', addresses: [ADDRESS] }]);
});

test.each([
  [404, 'undeliverable', PAP_CODES.addressNotFound],
  [415, 'undeliverable', PAP_CODES.capabilitiesMismatch],
  [403, 'undeliverable', PAP_CODES.forbidden],
])(
  'a MESSAGE answered %i is %s, with code %i [SIPPUSH PAP-17] [SIPPUSH PAP-19]',
  (status, state, code) => {
    const gateway = open();
    push(gateway);
    const delivery = deliveryOf(ring(gateway));
    gateway.step({ kind: 'answered', delivery, status, reason: 'x' }, 1);
    expect(stateOf(gateway)).toMatchObject([{ 'message-state': state, code }]);
  },
);

test.each([
  ['answered 480', { kind: 'answered', status: 480, reason: 'x' }, 'undeliverable'],
  ['never answered', { kind: 'failed', reason: 'x' }, 'timeout'],
] as const)('%s is tried again, and in the end %s', (_what, outcome, state) => {
  const gateway = open();
  push(gateway);
  for (let attempt = 1; attempt <= DELIVERY_ATTEMPTS_MAX; attempt++) {
    const delivery = deliveryOf(ring(gateway));
    expect(stateOf(gateway)).toMatchObject([{ 'message-state': 'pending' }]);
    gateway.step({ ...outcome, delivery }, 1);
  }
  expect(stateOf(gateway)).toMatchObject([{ 'message-state': state }]);
  expect(gateway.deadline).toBeUndefined();
});

test('deliver-after waits; deliver-before ends the waiting [SIPPUSH PAP-11]', () => {
  const gateway = open();
  push(gateway, { 'deliver-after-timestamp': 5000, 'deliver-before-timestamp': 6000 });
  expect(gateway.deadline).toBe(5000);
  const delivery = deliveryOf(ring(gateway));
  gateway.step({ kind: 'answered', delivery, status: 480, reason: 'x' }, 5001);
  ring(gateway);
  expect(stateOf(gateway)).toMatchObject([{ 'message-state': 'expired' }]);
  expect(codeOf(push(open(), { 'deliver-before-timestamp': 5 }, 5))).toBe(PAP_CODES.notPossible);
});

test('what waits can be cancelled; what is on its way or delivered cannot [SIPPUSH PAP-16]', () => {
  const gateway = open();
  push(gateway, { 'deliver-after-timestamp': 5000, addresses: [ADDRESS, OTHER] });
  expect(control(gateway, 'cancel-message', { addresses: [OTHER] })).toMatchObject({
    'cancel-results': [{ code: PAP_CODES.ok, addresses: [OTHER] }],
  });
  const delivered = ring(gateway);
  expect(of(delivered, 'deliver').map(({ IMPU }) => IMPU)).toEqual([`sip:${ADDRESS}`]);
  expect(control(gateway, 'cancel-message', { addresses: [ADDRESS] })).toMatchObject({
    'cancel-results': [{ code: PAP_CODES.cancellationNotPossible, desc: 'it is on its way' }],
  });
});

test('nobody else asks for a push or ends it, and an unknown one is said to be [SIPPUSH PAP-16] [SIPPUSH PAP-17]', () => {
  const gateway = open();
  push(gateway);
  expect(stateOf(gateway, 'stranger')).toMatchObject([
    { 'message-state': 'unknown', code: PAP_CODES.pushIdNotFound },
  ]);
  expect(control(gateway, 'cancel-message', { initiator: 'stranger' })).toMatchObject({
    'cancel-results': [{ code: PAP_CODES.pushIdNotFound }],
  });
  expect(codeOf(push(gateway, {}, 0, 'stranger'))).toBe(PAP_CODES.accepted);
});

test('pending-only replaces for those who still wait, all for everybody [SIPPUSH PAP-12]', () => {
  for (const [method, delivered] of [
    ['pending-only', [OTHER]],
    ['all', [ADDRESS, OTHER]],
  ] as const) {
    const gateway = open();
    push(gateway, { addresses: [ADDRESS, OTHER] });
    const [first] = of(ring(gateway), 'deliver');
    gateway.step({ kind: 'answered', delivery: first?.delivery ?? '', status: 200, reason: '' }, 1);
    const again = push(
      gateway,
      {
        ...{ 'push-id': 'p2', 'replace-push-id': 'p1', 'replace-method': method },
        addresses: [ADDRESS, OTHER],
      },
      2,
    );
    expect(codeOf(again)).toBe(PAP_CODES.accepted);
    const sent = [again, ring(gateway)].flatMap((effects) => of(effects, 'deliver'));
    // The second of the first push was on its way already: it is no longer to be called back.
    const wanted = method === 'all' ? delivered : [];
    expect(sent.map(({ IMPU }) => IMPU)).toEqual(wanted.map((address) => `sip:${address}`));
  }
  const missing = { 'replace-push-id': 'none', 'replace-method': 'pending-only' } as const;
  expect(codeOf(push(open(), missing))).toBe(PAP_CODES.pushIdNotFound);
});

test('pending-only reaches those whom the old push has not left for [SIPPUSH PAP-12]', () => {
  const gateway = open();
  push(gateway, { 'deliver-after-timestamp': 5000 });
  push(gateway, { 'push-id': 'p2', 'replace-push-id': 'p1', 'replace-method': 'pending-only' }, 1);
  expect(of(ring(gateway), 'deliver')).toHaveLength(1);
  expect(stateOf(gateway)).toMatchObject([{ 'message-state': 'cancelled', desc: 'replaced' }]);
});

test.each<[string, Partial<PushMessage>, number]>([
  ['a host that is not allowed', { 'ppg-notify-requested-to': 'http://169.254.169.254/' }, 2001],
  ['another bearer', { 'quality-of-service': { bearer: 'SMS', 'bearer-required': true } }, 3010],
  ['another network', { 'quality-of-service': { network: 'GSM', 'network-required': true } }, 3009],
])('refused: %s [SIPPUSH PAP-13]', (_what, more, code) => {
  expect(codeOf(push(open(), more))).toBe(code);
});

test('refused: the same push-id again, no content, too much of it, no recipient [SIPPUSH PAP-10]', () => {
  const gateway = open();
  push(gateway);
  expect(codeOf(push(gateway))).toBe(PAP_CODES.duplicatePushId);
  const message = pushMessage({ 'push-id': 'p2' });
  const ask = (content: typeof CONTENT | undefined, recipient: object) =>
    codeOf(
      gateway.step(
        {
          ...{ kind: 'push', initiator: 'pi', message, content },
          recipients: [{ address: ADDRESS, ...recipient }],
        },
        0,
      ),
    );
  const known = { IMPU: 'sip:a@b' };
  const long = (length: number) => ({ ...CONTENT, content: new Uint8Array(length) });
  expect(ask(undefined, known)).toBe(PAP_CODES.badRequest);
  expect(ask(long(CONTENT_BYTES_MAX + 1), known)).toBe(PAP_CODES.badRequest);
  expect(ask(CONTENT, { code: PAP_CODES.addressNotFound })).toBe(PAP_CODES.addressNotFound);
  expect(ask(CONTENT, {})).toBe(PAP_CODES.addressError);
  expect(ask(long(CONTENT_BYTES_MAX), known)).toBe(PAP_CODES.accepted);
});

test('a query for capabilities is answered: there are none here [SIPPUSH PAP-18]', () => {
  const message = { kind: 'ccq-message', 'query-id': 'q', address: ADDRESS } as const;
  const effects = open().step({ kind: 'control', initiator: 'pi', message }, 0);
  expect(of(effects, 'reply')).toMatchObject([{ message: { kind: 'ccq-response', code: 3008 } }]);
});

test('an initiator that does not listen is told so often, and no more [SIPPUSH PAP-14]', () => {
  const gateway = open();
  push(gateway, { 'ppg-notify-requested-to': URL });
  const delivery = deliveryOf(ring(gateway));
  let effects = gateway.step({ kind: 'answered', delivery, status: 200, reason: 'OK' }, 1);
  for (let attempt = 1; attempt <= TELL_ATTEMPTS_MAX; attempt++) {
    expect(of(effects, 'tell')).toHaveLength(1);
    gateway.step({ kind: 'told', delivery, isTaken: false }, 2);
    if (attempt < TELL_ATTEMPTS_MAX) effects = ring(gateway);
  }
  expect(gateway.deadline).toBeUndefined();
});

test('so many pushes are remembered: one that is over makes room, and without one there is none', () => {
  const gateway = open();
  const waiting = { 'deliver-after-timestamp': 1e12 };
  for (let index = 0; index < PUSHES_MAX; index++) {
    push(gateway, { 'push-id': `w${index}`, ...waiting });
  }
  expect(codeOf(push(gateway, waiting))).toBe(PAP_CODES.serviceUnavailable);
  const cancel = { kind: 'cancel-message', 'push-id': 'w7', addresses: [] } as const;
  gateway.step({ kind: 'control', initiator: 'pi', message: cancel }, 0);
  expect(codeOf(push(gateway, waiting))).toBe(PAP_CODES.accepted);
  expect(gateway.size).toBe(PUSHES_MAX);
});

test('only what is pending becomes anything else', () => {
  expect(Object.keys(DELIVERY_TRANSITIONS)).toEqual(['pending']);
});
