import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { SipTransport } from './sip-transport.ts';
import { PONG_MS_MAX } from './stream-connection.ts';
import { bareClient, closeAll, endpoint, message } from './testing/endpoint.ts';

afterEach(closeAll);

const textOf = (body: string) => Buffer.from(message(body)).toString();

describe.each(['127.0.0.1', '::1'])('on %s', (host) => {
  test.each(['udp', 'tcp'] as const)(
    '%s: octets there, and back to where they came from',
    async (transport) => {
      const [a, b] = [await endpoint({ host }), await endpoint({ host })];
      a.transport.send(message('there'), b.transport.addressOf(transport));
      const { text, source } = await b.came.take();
      expect(text).toBe(textOf('there'));
      expect(source).toMatchObject({ address: host, ...(transport === 'tcp' && { transport }) });
      b.transport.send(message('back'), source);
      expect((await a.came.take()).text).toBe(textOf('back'));
      expect(b.sent).toEqual([{ from: b.transport.addressOf(transport), to: source }]);
    },
  );

  test('UDP and TCP have the same port', async () => {
    const { transport } = await endpoint({ host });
    expect(transport.ports.tcp).toBe(transport.ports.udp);
    expect(transport.address).toEqual({ address: host, port: transport.ports.udp });
  });
});

describe('connections', () => {
  test('one is used again, in both directions, also without its flow', async () => {
    const [a, b] = [await endpoint(), await endpoint()];
    const target = b.transport.addressOf('tcp');
    a.transport.send(message('1'), target);
    a.transport.send(message('2'), target);
    const { source } = await b.came.take();
    expect((await b.came.take()).source).toEqual(source);
    const { flow: _flow, ...withoutFlow } = source;
    b.transport.send(message('3'), withoutFlow);
    const back = await a.came.take();
    expect(back.source).toMatchObject(target);
    expect([a.transport.connectionCount, b.transport.connectionCount]).toEqual([1, 1]);
  });

  test('a refused one is unreachable, for the target as it was given', async () => {
    const a = await endpoint();
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    closed.close();
    await once(closed, 'close');
    const target = { address: '127.0.0.1', port, transport: 'tcp' } as const;
    a.transport.send(message('1'), target);
    expect(await a.unreachable.take()).toEqual(target);
    expect(a.transport.connectionCount).toBe(0);
  });

  test('one that breaks is unreachable with its flow, on both sides, and is not opened again', async () => {
    const [a, b] = [await endpoint(), await endpoint()];
    const target = b.transport.addressOf('tcp');
    a.transport.send(message('1'), target);
    const { source } = await b.came.take();
    b.transport.cut(source.flow ?? '');
    expect(await b.unreachable.take()).toEqual(source);
    expect(await a.unreachable.take()).toMatchObject({ ...target, flow: expect.any(String) });
    b.transport.send(message('2'), source);
    expect(await b.unreachable.take()).toEqual(source);
    expect(b.transport.connectionCount).toBe(0);
    // Without the flow there is a way again.
    a.transport.send(message('3'), target);
    expect((await b.came.take()).text).toBe(textOf('3'));
  });

  test('it knows its own ends', async () => {
    const [a, b] = [await endpoint(), await endpoint()];
    a.transport.send(message('1'), b.transport.addressOf('tcp'));
    const { source } = await b.came.take();
    expect(a.transport.isSelf(source)).toBe(true);
    expect(b.transport.isSelf(source)).toBe(false);
    expect(a.transport.isSelf(a.transport.address)).toBe(true);
    expect(a.transport.isSelf({ ...source, transport: 'tls' })).toBe(false);
  });

  test('what a transport has no socket for is unreachable', async () => {
    const a = await endpoint({ transports: ['tcp'] });
    const target = { address: '127.0.0.1', port: 5060 };
    a.transport.send(message('1'), target);
    expect(await a.unreachable.take()).toEqual(target);
  });

  test('what cannot be an address is unreachable', async () => {
    const a = await endpoint();
    const target = { address: '127.0.0.1', port: 0 };
    a.transport.send(message('1'), target);
    expect(await a.unreachable.take()).toEqual(target);
  });
});

test('a port that is taken is named, and nothing stays open', async () => {
  const { transport } = await endpoint({ transports: ['tcp'] });
  const port = transport.ports.tcp ?? 0;
  const options = { host: '127.0.0.1', port, transports: ['udp', 'tcp'] as const };
  const events = { onOctets: () => {}, onUnreachable: () => {} };
  await expect(SipTransport.open(options, events)).rejects.toThrow(
    `SIP cannot listen on 127.0.0.1:${port}/tcp`,
  );
  // Its UDP socket went with it.
  await (await endpoint({ port, transports: ['udp'] })).transport.close();
});

describe('keep-alive, RFC 5626 §4.4.1', () => {
  test('a ping between messages gets its pong [SIPPUSH RFC5626.4.4.1-1]', async () => {
    const { transport, came } = await endpoint();
    const peer = await bareClient(transport.addressOf('tcp'));
    peer.socket.write(Buffer.concat([message('1'), Buffer.from('\r\n\r\n')]));
    expect(await peer.received.take()).toBe('\r\n');
    peer.socket.write(message('2'));
    expect([(await came.take()).text, (await came.take()).text]).toEqual([
      textOf('1'),
      textOf('2'),
    ]);
  });

  test('connections that we open are kept alive [SIPPUSH RFC5626.4.4.1-1]', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const a = await endpoint({ pingMs: 10 });
    a.transport.send(message('1'), { address: '127.0.0.1', port, transport: 'tcp' });
    const [socket] = await once(server, 'connection');
    let received = '';
    const pinged = Promise.withResolvers<void>();
    socket.on('data', (bytes: Buffer) => {
      received += bytes;
      socket.write('\r\n');
      if (received.endsWith('\r\n\r\n\r\n\r\n')) pinged.resolve();
    });
    await pinged.promise;
    expect(received.startsWith(textOf('1'))).toBe(true);
    socket.destroy();
    server.close();
  });

  test('a ping that has no answer in time ends the connection [SIPPUSH RFC5626.4.4.1-2]', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const a = await endpoint({ pingMs: 60_000 });
    a.transport.send(message('1'), { address: '127.0.0.1', port, transport: 'tcp' });
    const [socket] = await once(server, 'connection');
    await once(socket, 'data');
    // The ping, 48 to 60 seconds later; all other timers are off while the connection is idle.
    vi.advanceTimersToNextTimer();
    vi.advanceTimersByTime(PONG_MS_MAX - 1);
    expect(a.closed.count).toBe(0);
    vi.advanceTimersByTime(1);
    expect(await a.closed.take()).toBe('no answer to a keep-alive');
    expect(await a.unreachable.take()).toMatchObject({ port, flow: expect.any(String) });
    socket.destroy();
    server.close();
  });
});

describe('limits', () => {
  test('of connections: the last one is served, one more is closed [AC-27]', async () => {
    const { transport, came } = await endpoint({ limits: { connections: 2 } });
    const target = transport.addressOf('tcp');
    const [first, second] = [await bareClient(target), await bareClient(target)];
    first.socket.write(message('1'));
    await came.take();
    second.socket.write(message('2'));
    expect((await came.take()).text).toBe(textOf('2'));
    await (await bareClient(target)).ended;
    expect(transport.connectionCount).toBe(2);
  });

  test('of connections: none is opened above it', async () => {
    const [a, b] = [await endpoint({ limits: { connections: 0 } }), await endpoint()];
    const target = b.transport.addressOf('tcp');
    a.transport.send(message('1'), target);
    expect(await a.unreachable.take()).toEqual(target);
  });

  test('of idleness', async () => {
    const { transport, closed } = await endpoint({ limits: { idleMs: 20 } });
    const peer = await bareClient(transport.addressOf('tcp'));
    peer.socket.write(message('1'));
    await peer.ended;
    expect(await closed.take()).toBe('nothing came or went for too long');
  });

  test('of the time that one message takes, however its octets trickle [AC-27]', async () => {
    const { transport, closed } = await endpoint({ limits: { messageMs: 30 } });
    const peer = await bareClient(transport.addressOf('tcp'));
    const trickle = setInterval(() => peer.socket.write('X'), 5);
    await peer.ended;
    clearInterval(trickle);
    expect(await closed.take()).toBe('a message did not end in time');
  });

  test('of what is sent to a peer that does not read', async () => {
    const { transport, came, closed } = await endpoint({ limits: { unsentBytes: 100_000 } });
    const peer = await bareClient(transport.addressOf('tcp'));
    peer.socket.pause();
    peer.socket.write(message('1'));
    const { source } = await came.take();
    for (let sent = 0; sent < 1000; sent++) transport.send(message('x'.repeat(60_000)), source);
    expect(await closed.take()).toBe('the peer does not read');
  });

  test('a stream that is not SIP is closed, and says why [AC-27]', async () => {
    const { transport, closed } = await endpoint();
    const peer = await bareClient(transport.addressOf('tcp'));
    peer.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await peer.ended;
    expect(await closed.take()).toContain('no Content-Length');
  });
});
