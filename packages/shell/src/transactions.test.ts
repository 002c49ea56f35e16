// The transaction layer over real connections that break: every request has a visible end.

import { randomBytes } from 'node:crypto';
import {
  type LayerEffect,
  type LayerInput,
  request,
  responseTo,
  type SipRequest,
  TransactionLayer,
  type Transport,
  type TransportAddress,
} from '@ueprov/protocols/sip';
import { expect, onTestFinished, test } from 'vitest';
import { CertificateAuthority } from './certificate-authority.ts';
import { SipTransport } from './sip-transport.ts';

type Told = Exclude<LayerEffect, { kind: 'send' }>;

/** A layer on its sockets; what it tells comes out of `next`. */
async function user(transports: readonly Transport[], tls = {}) {
  const told: Told[] = [];
  let wake = () => {};
  const arrived = Promise.withResolvers<TransportAddress>();
  const transport = await SipTransport.open(
    { host: '127.0.0.1', port: 0, transports, tls },
    {
      onOctets: (bytes, source) => {
        arrived.resolve(source);
        step({ kind: 'octets', bytes, source });
      },
      onUnreachable: (target) => step({ kind: 'unreachable', target }),
    },
  );
  onTestFinished(() => transport.close());
  const { address: sentBy, ports } = transport;
  const layer = new TransactionLayer({ sentBy, ports, transports, random: randomBytes });
  const step = (input: LayerInput): void => {
    for (const effect of layer.step(input, 0)) {
      if (effect.kind === 'send') transport.send(effect.bytes, effect.target);
      else told.push(effect);
    }
    wake();
  };
  const next = async (): Promise<Told> => {
    while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return told.shift() as Told;
  };
  const requested = async () => {
    const effect = await next();
    if (effect.kind !== 'request') throw new Error(`a ${effect.kind} came`);
    return effect;
  };
  return { transport, step, next, requested, arrived: arrived.promise };
}

function message(body = ''): SipRequest {
  return request({
    method: 'MESSAGE',
    uri: 'sip:ue@home.example',
    from: '<sip:prov@home.example>;tag=1',
    to: '<sip:ue@home.example>',
    callId: 'c1',
    cSeq: 1,
    body: new TextEncoder().encode(body),
  });
}
const ask = (target: TransportAddress, body = ''): LayerInput => ({
  kind: 'request',
  key: 'k',
  request: message(body),
  target,
});
const ok = (to: SipRequest) => responseTo(to, 200, { toTag: 't' });

async function pair(transport: Transport) {
  const ca = await CertificateAuthority.create('test');
  const server = await user([transport], { ca: ca.cert, ...(await ca.issue(['127.0.0.1'])) });
  const client = await user([transport], { ca: ca.cert });
  return { client, server, target: server.transport.addressOf(transport) };
}

test.each(['tcp', 'tls'] as const)('%s: a request is answered on its connection', async (name) => {
  const { client, server, target } = await pair(name);
  client.step(ask(target));
  const { key, request: came, source } = await server.requested();
  expect(source).toMatchObject({ transport: name, flow: expect.any(String) });
  server.step({ kind: 'respond', key, response: ok(came) });
  expect(await client.next()).toMatchObject({ kind: 'response', response: { status: 200 } });
  expect(server.transport.connectionCount).toBe(1);
});

test.each(['tcp', 'tls'] as const)(
  '%s: a connection that breaks before the answer fails the request at once',
  async (name) => {
    const { client, server, target } = await pair(name);
    client.step(ask(target));
    const { source } = await server.requested();
    server.transport.cut(source.flow ?? '');
    expect(await client.next()).toEqual({ kind: 'failed', key: 'k', reason: 'transport' });
  },
);

test('RFC 3261 §18.2.2: an answer whose connection is gone goes to where the sender listens', async () => {
  const { client, server, target } = await pair('tcp');
  // Its connection breaks on the way to the server alone: the client waits on.
  const bare = new TransactionLayer({ sentBy: client.transport.address, random: randomBytes });
  const [sent] = bare.step(ask(target), 0);
  if (sent?.kind !== 'send') throw new Error('nothing was sent');
  const relay = await user(['tcp']);
  relay.transport.send(sent.bytes, target);
  const { key, request: came, source } = await server.requested();
  server.transport.cut(source.flow ?? '');
  server.step({ kind: 'respond', key, response: ok(came) });
  expect(await client.arrived).toMatchObject({ transport: 'tcp', address: '127.0.0.1' });
});

test('a request too long for UDP goes over TCP; over UDP where the peer has none', async () => {
  const long = 'x'.repeat(2000);
  const client = await user(['udp', 'tcp']);
  const both = await user(['udp', 'tcp']);
  client.step(ask(both.transport.addressOf('udp'), long));
  expect((await both.requested()).source.transport).toBe('tcp');
  const udpOnly = await user(['udp']);
  client.step(ask(udpOnly.transport.addressOf('udp'), long));
  const { key, request: came, source } = await udpOnly.requested();
  expect(source.transport).toBeUndefined();
  udpOnly.step({ kind: 'respond', key, response: ok(came) });
  expect(await client.next()).toMatchObject({ kind: 'response', key: 'k' });
});

test('nobody there: the request fails, and says that it was the transport', async () => {
  const { client, server, target } = await pair('tls');
  await server.transport.close();
  client.step(ask(target));
  expect(await client.next()).toEqual({ kind: 'failed', key: 'k', reason: 'transport' });
});
