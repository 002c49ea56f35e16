/** A SIP transport that remembers what it was told, and lets a test wait for it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { TransportAddress } from '@ueprov/protocols/sip';
import { SipTransport, type SipTransportOptions } from '../sip-transport.ts';

export interface Came {
  readonly text: string;
  readonly source: TransportAddress;
}

/** What is put in is taken out, in order, by whoever waits for it. */
class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: ((item: Item) => void)[] = [];

  put(item: Item): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#items.push(item);
    else waiting(item);
  }

  take(): Promise<Item> {
    const item = this.#items.shift();
    return item === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(item);
  }

  get count(): number {
    return this.#items.length;
  }
}

const opened: { close(): unknown }[] = [];

/** For afterEach. */
export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((each) => each.close()));
}

export async function endpoint(options: Partial<SipTransportOptions> = {}) {
  const came = new Inbox<Came>();
  const unreachable = new Inbox<TransportAddress>();
  const closed = new Inbox<string>();
  const sent: { readonly from: TransportAddress; readonly to: TransportAddress }[] = [];
  const transport = await SipTransport.open(
    { host: '127.0.0.1', port: 0, transports: ['udp', 'tcp'], ...options },
    {
      onOctets: (bytes, source) => came.put({ text: Buffer.from(bytes).toString(), source }),
      onUnreachable: (target) => unreachable.put(target),
      onClosed: (_, reason) => closed.put(reason),
      onSend: (_, from, to) => sent.push({ from, to }),
    },
  );
  opened.push(transport);
  return { transport, came, unreachable, closed, sent };
}

/** A bare TCP client: what a peer that keeps no rules can do. */
export async function bareClient({ address, port }: TransportAddress) {
  const socket: Socket = connect({ host: address, port });
  await once(socket, 'connect');
  opened.push({ close: () => socket.destroy() });
  const received = new Inbox<string>();
  socket.on('data', (bytes) => received.put(bytes.toString()));
  return { socket, received, ended: closed(socket) };
}

/** Closed, in whatever way: a reset is one, too. */
export function closed(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

export function message(body: string): Uint8Array {
  return Buffer.from(`OPTIONS sip:a SIP/2.0\r\nl: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
