import {
  decodePap,
  encodePap,
  PAP_CODES,
  type PapBody,
  type PapEntity,
  type PapMessage,
  type PushMessage,
  type ResultnotificationMessage,
} from '@ueprov/protocols/push';
import { expect, test } from 'vitest';
import { PushInitiator, RESULTS_MAX } from './initiator.ts';

const NOTIFY = 'http://prov.example/pap';
const PACKAGE0 = Uint8Array.of(1, 2, 3);

function setting(code: number, notifyUrl?: string, reply?: PapMessage) {
  const posted: PapEntity[] = [];
  let drawn = 0;
  const initiator = new PushInitiator(
    { url: 'http://ppg.example/pap', name: 'prov.example', ...(notifyUrl && { notifyUrl }) },
    {
      now: () => 0,
      random: (length) => new Uint8Array(length).fill(++drawn),
      post: async (_url: string, { contentType, body }: PapBody) => {
        const entity = decodePap(contentType, body);
        posted.push(entity);
        const { 'push-id': id } = entity.message as PushMessage;
        const response: PapMessage = reply ?? {
          kind: 'push-response',
          'push-id': id,
          'progress-notes': [],
          'response-result': { code, desc: 'words' },
        };
        return { status: 202, ...encodePap({ message: response }, 'b') };
      },
    },
  );
  return { initiator, posted };
}

function result(entity: PapEntity | undefined, more: object): ResultnotificationMessage {
  if (entity === undefined) throw new Error('nothing was posted');
  const { 'push-id': id, addresses } = entity.message as PushMessage;
  return {
    kind: 'resultnotification-message',
    'push-id': id,
    'message-state': 'delivered',
    code: 1000,
    address: addresses[0] ?? '',
    ...more,
  };
}

test('Package #0 goes to the gateway as a push of the DM application [R-6.2.4-4]', async () => {
  const { initiator, posted } = setting(PAP_CODES.accepted);
  const outcome = await initiator.send('sip:ue1@ims.test', PACKAGE0);
  expect(outcome).toEqual({ status: 202, reason: 'PAP 1001 words' });
  expect(posted).toMatchObject([
    {
      message: {
        kind: 'push-message',
        'push-id': expect.stringMatching(/@prov\.example$/),
        addresses: ['WAPPUSH=sip%3Aue1%40ims.test/TYPE=USER'],
      },
      content: {
        headers: expect.arrayContaining([
          { name: 'Content-Type', value: 'application/vnd.syncml.notification' },
          { name: 'X-Wap-Application-Id', value: 'x-wap-application:syncml.dm' },
        ]),
      },
    },
  ]);
  expect(new Uint8Array(posted[0]?.content?.content ?? [])).toEqual(PACKAGE0);
});

test.each([
  [PAP_CODES.addressNotFound, 404],
  [PAP_CODES.capabilitiesMismatch, 415],
  [PAP_CODES.forbidden, 403],
  [PAP_CODES.serviceUnavailable, 503],
  [PAP_CODES.internalServerError, 500],
  [PAP_CODES.badRequest, 400],
])('code %i is what SIP would have said as %i [SIPPUSH PAP-19]', async (code, status) => {
  const { initiator } = setting(code);
  expect(await initiator.send('sip:a@b', PACKAGE0)).toMatchObject({ status });
  expect(initiator.size).toBe(0);
});

test.each([
  [{}, 200],
  [{ 'message-state': 'timeout', code: 4000 }, 408],
  [{ 'message-state': 'expired', code: 4000 }, 408],
  [{ 'message-state': 'undeliverable', code: 2005 }, 415],
])(
  'where results are told, they are waited for: %j is %i [SIPPUSH PAP-15]',
  async (more, status) => {
    const { initiator, posted } = setting(PAP_CODES.accepted, NOTIFY);
    const sending = initiator.send('sip:a@b', PACKAGE0);
    await expect.poll(() => posted.length).toBe(1);
    expect(posted[0]?.message).toMatchObject({ 'ppg-notify-requested-to': NOTIFY });
    const told = result(posted[0], more);
    expect(initiator.notified(told)).toMatchObject({
      kind: 'resultnotification-response',
      'push-id': told['push-id'],
      code: 1000,
      address: 'WAPPUSH=sip%3Aa%40b/TYPE=USER',
    });
    expect(await sending).toMatchObject({ status });
    expect(initiator.size).toBe(0);
  },
);

test('a gateway that says what PAP has not said is none', async () => {
  const { initiator } = setting(1000, undefined, {
    kind: 'cancel-message',
    'push-id': 'p',
    addresses: [],
  });
  await expect(initiator.send('sip:a@b', PACKAGE0)).rejects.toMatchObject({ reason: 'transport' });
});

test('so many results are waited for at once', async () => {
  const held = Promise.withResolvers<never>();
  let drawn = 0;
  const initiator = new PushInitiator(
    { url: 'http://ppg.example/pap', name: 'prov.example', notifyUrl: NOTIFY },
    {
      now: () => 0,
      random: (length) => new Uint8Array(new Uint16Array(length / 2).fill(++drawn).buffer),
      post: () => held.promise,
    },
  );
  const sending = Array.from({ length: RESULTS_MAX }, () => initiator.send('sip:a@b', PACKAGE0));
  expect(initiator.size).toBe(RESULTS_MAX);
  expect(await initiator.send('sip:a@b', PACKAGE0)).toMatchObject({ status: 503 });
  held.reject(new Error('gone'));
  await Promise.allSettled(sending);
  expect(initiator.size).toBe(0);
});
