/** The gateway over real HTTP, towards a real SIP socket. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeUtf8 } from '@ueprov/protocols';
import { credentialOf } from '@ueprov/protocols/dm';
import {
  decodeOmaPush,
  decodePap,
  encodePap,
  PAP_BODY_BYTES_MAX,
  type PapEntity,
  type PushMessage,
} from '@ueprov/protocols/push';
import { headerOf, responseTo, type SipRequest } from '@ueprov/protocols/sip';
import { expect, onTestFinished, test } from 'vitest';
import { listenPap, postPap } from '../shell/pap-http.ts';
import { SipEndpoint } from '../shell/sip-endpoint.ts';
import { openStore } from '../testing/dm-device.ts';
import { GatewayService } from './gateway-service.ts';

const SECRET = 'secret-of-initiator';
const BASIC = `Basic ${Buffer.from(`pi:${SECRET}`).toString('base64')}`;
const ADDRESS = 'WAPPUSH=ue1%40ims.test/TYPE=USER@ppg.ims.test';
const CONTENT = {
  headers: [
    { name: 'Content-Type', value: 'application/vnd.wap.mms-message' },
    { name: 'X-Wap-Application-Id', value: 'x-wap-application:mms.ua' },
    { name: 'Content-Transfer-Encoding', value: 'base64' },
  ],
  content: encodeUtf8('AAECAw=='),
};

async function openSip(status = 200) {
  const requests: SipRequest[] = [];
  const sip = await SipEndpoint.open(
    { host: '127.0.0.1', port: 0, transports: ['udp'] },
    {
      onRequest: async (request) => {
        requests.push(request);
        return responseTo(request, status, { toTag: 'core' });
      },
      onSend: () => {},
      onError: () => {},
    },
  );
  onTestFinished(() => sip.close());
  return { sip, requests };
}

/** An initiator that listens for results. */
async function openInitiator() {
  const results = Promise.withResolvers<PapEntity>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    results.resolve(decodePap(request.headers['content-type'], Buffer.concat(chunks)));
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}/notify`, result: results.promise };
}

async function setting(status = 200) {
  const core = await openSip(status);
  const own = await openSip();
  const initiator = await openInitiator();
  const store = await openStore(onTestFinished);
  const route = `sip:127.0.0.1:${core.sip.address.port}`;
  await store.write([
    {
      kind: 'device',
      device: {
        ...{ id: 'd1', DevId: 'urn:x:1', IMPU: 'sip:ue1@ims.test' },
        CLCRED: credentialOf('md5', 'ue1', 'secret-of-ue'),
        SRVCRED: credentialOf('md5', 'srv', 'secret-of-server'),
      },
    },
    { kind: 'device-state', device: 'd1', route },
  ]);
  const options = { name: 'ppg', identity: 'sip:prov@ims.test', core: undefined };
  const service: GatewayService = new GatewayService(
    { ...options, budget: { perSecond: 100, atOnce: 10 }, notifyHosts: [initiator.host] },
    {
      store,
      now: Date.now,
      random: randomBytes,
      sendSip: (request, target) => own.sip.request(request, target),
      postPap: async (url, body) => (await postPap(url, body)).status === 202,
      onDeadline: () => {
        if ((service.deadline ?? Number.POSITIVE_INFINITY) <= Date.now()) {
          setImmediate(() => service.timeout());
        }
      },
      onWork: () => {},
    },
  );
  const users = [{ name: 'pi', secret: SECRET }];
  const listener = await listenPap(
    { host: '127.0.0.1', port: 0, path: '/pap', users },
    {
      answer: (name, contentType, body) => service.answer(name, contentType, body),
      onRefused: () => {},
      onError: () => {},
    },
  );
  onTestFinished(() => listener.close());
  return { core, initiator, url: listener.url };
}

const push = (more: Partial<PushMessage> = {}): PushMessage => ({
  kind: 'push-message',
  'push-id': 'p1@pi.example',
  addresses: [ADDRESS],
  ...more,
});

async function ask(url: string, entity: PapEntity, authorization = BASIC) {
  const answer = await postPap(url, encodePap(entity, 'b77'), authorization);
  const { contentType, body, status } = answer;
  return { status, message: status === 202 ? decodePap(contentType, body).message : undefined };
}

test('a push over PAP becomes a MESSAGE by feature match, and its result comes back [R-6.2.4-7] [R-6.3.4-4] [SIPPUSH OTA-4] [SIPPUSH PAP-6]', async () => {
  const { core, initiator, url } = await setting();
  const message = push({ 'ppg-notify-requested-to': initiator.url });
  const answer = await ask(url, { message, content: CONTENT });
  expect(answer).toMatchObject({ status: 202, message: { 'response-result': { code: 1001 } } });
  expect((await initiator.result).message).toMatchObject({
    kind: 'resultnotification-message',
    'push-id': 'p1@pi.example',
    'message-state': 'delivered',
    address: ADDRESS,
  });
  const [sent] = core.requests;
  if (sent === undefined) throw new Error('nothing was sent');
  expect([sent.method, sent.uri]).toEqual(['MESSAGE', 'sip:ue1@ims.test']);
  expect(headerOf(sent, 'Accept-Contact')).toBe('*;+g.oma.pusheventapp="x-wap-application:mms.ua"');
  expect(headerOf(sent, 'P-Asserted-Identity')).toBe('<sip:prov@ims.test>');
  expect(decodeOmaPush(sent.body)).toEqual({
    contentType: 'application/vnd.wap.mms-message',
    applicationId: 'x-wap-application:mms.ua',
    content: Buffer.of(0, 1, 2, 3),
  });
  const query = { kind: 'statusquery-message', 'push-id': 'p1@pi.example', addresses: [] } as const;
  expect((await ask(url, { message: query })).message).toMatchObject({
    'statusquery-results': [{ 'message-state': 'delivered', code: 1000 }],
  });
});

test('a Bearer proves an initiator too; without a good proof there is 401 and nothing else [SIPPUSH PAP-6]', async () => {
  const { core, url } = await setting();
  const entity = { message: push(), content: CONTENT };
  expect((await ask(url, entity, `Bearer ${SECRET}`)).status).toBe(202);
  for (const wrong of ['', 'Bearer guessed', `Basic ${Buffer.from('pi:x').toString('base64')}`]) {
    expect((await ask(url, entity, wrong)).status).toBe(401);
  }
  await expect.poll(() => core.requests.length).toBe(1);
});

test('AC-52: results go to no host that the operator did not name', async () => {
  const { url, initiator } = await setting();
  const { port } = new URL(initiator.url);
  const bad = [
    `http://localhost:${port}/notify`,
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    `http://user@${initiator.host}/`,
  ];
  for (const [index, target] of bad.entries()) {
    const message = push({ 'push-id': `p${index}`, 'ppg-notify-requested-to': target });
    const { message: reply } = await ask(url, { message, content: CONTENT });
    expect(reply).toMatchObject({ 'response-result': { code: 2001 } });
  }
});

test.each([
  ['no address', 'nonsense', 2002],
  ['AC-29: an address with a line break', 'WAPPUSH=a%0d%0aX:b/TYPE=USER', 2002],
  ['AC-29: an address that goes on behind its bracket', 'WAPPUSH=a%3E%3Bx%40b/TYPE=USER', 2002],
  ['an address of nobody', 'WAPPUSH=other%40ims.test/TYPE=USER', 2003],
])('%s is refused with its code [SIPPUSH PAP-8]', async (_what, address, code) => {
  const { url } = await setting();
  const { message } = await ask(url, { message: push({ addresses: [address] }), content: CONTENT });
  expect(message).toMatchObject({ 'response-result': { code } });
});

test.each([
  ['garbage', 'application/xml', '<pap', 2000],
  ['another version', 'application/xml', '<!DOCTYPE pap PUBLIC "-//X//PAP 9//EN" "x"><pap/>', 3002],
  ['another type', 'text/plain', 'x', 2000],
])('%s gets a badmessage-response [SIPPUSH PAP-2]', async (_what, contentType, text, code) => {
  const { url } = await setting();
  const answer = await postPap(url, { contentType, body: encodeUtf8(text) }, BASIC);
  expect(answer.status).toBe(202);
  expect(decodePap(answer.contentType, answer.body).message).toMatchObject({
    kind: 'badmessage-response',
    code,
    'bad-message-fragment': text,
  });
});

test('a body that is longer than PAP may be is refused before it is read', async () => {
  const { url } = await setting();
  const contentType = 'application/xml';
  const body = (length: number) => ({ contentType, body: new Uint8Array(length) });
  expect((await postPap(url, body(PAP_BODY_BYTES_MAX), BASIC)).status).toBe(202);
  expect((await postPap(url, body(PAP_BODY_BYTES_MAX + 1), BASIC)).status).toBe(413);
});

test('a response where a request belongs is a bad message', async () => {
  const { url } = await setting();
  const message = { kind: 'cancel-response', 'push-id': 'p', 'cancel-results': [] } as const;
  expect((await ask(url, { message })).message).toMatchObject({ kind: 'badmessage-response' });
});
