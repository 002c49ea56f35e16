// The lab on real sockets: a registration, a third-party REGISTER, and a MESSAGE back, on loopback.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  answerChallenge,
  decodeDigestChallenge,
  encodeDigestCredentials,
  ha1,
} from '@ueprov/protocols/digest';
import {
  decodeSip,
  encodeSip,
  type Header,
  headerOf,
  prependHeader,
  request,
  responseTo,
  type SipRequest,
  type SipResponse,
} from '@ueprov/protocols/sip';
import { afterEach, expect, test } from 'vitest';
import { type ImsLab, type LabWireEvent, startImsLab } from './main.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** One socket that waits for one message at a time. */
class Peer {
  readonly #socket: Socket;
  readonly #port: number;

  static async bind(): Promise<Peer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const peer = new Peer(socket);
    open.push({ close: () => socket.close() });
    return peer;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#port = socket.address().port;
  }

  get port(): number {
    return this.#port;
  }

  async ask(message: SipRequest, port: number, branch: string): Promise<SipResponse> {
    const via = `SIP/2.0/UDP 127.0.0.1:${this.#port};branch=z9hG4bK${branch}`;
    const answer = this.receive();
    this.#socket.send(encodeSip(prependHeader(message, 'Via', via)), port, '127.0.0.1');
    const response = await answer;
    if (response.kind !== 'response') throw new Error(`a ${response.method} came`);
    return response;
  }

  async receive() {
    const [bytes] = (await once(this.#socket, 'message')) as [Uint8Array];
    return decodeSip(bytes);
  }

  async receiveAndAnswer(port: number): Promise<SipRequest> {
    const message = await this.receive();
    if (message.kind !== 'request') throw new Error(`a ${message.status} came`);
    this.#socket.send(encodeSip(responseTo(message, 200, { toTag: 'p' })), port, '127.0.0.1');
    return message;
  }

  sendRaw(bytes: Uint8Array, port: number): void {
    this.#socket.send(bytes, port, '127.0.0.1');
  }
}

const AS_URI = 'sip:prov.home.example';

async function start(): Promise<{ lab: ImsLab; ue: Peer; as: Peer; wire: LabWireEvent[] }> {
  const [ue, as] = [await Peer.bind(), await Peer.bind()];
  const wire: LabWireEvent[] = [];
  const lab = await startImsLab({
    domain: 'home.example',
    subscribers: [],
    applicationServers: [{ uri: AS_URI, address: { address: '127.0.0.1', port: as.port } }],
    onWire: (event) => wire.push(event),
  });
  open.push(lab);
  lab.addSubscriber({
    IMPI: 'ue1@home.example',
    HA1: ha1('ue1@home.example', 'home.example', 'secret'),
    IMPUs: ['sip:ue1@home.example'],
    filterCriteria: [
      {
        priority: 1,
        applicationServer: AS_URI,
        method: 'REGISTER',
        includeRegisterRequest: true,
        defaultHandling: 'SESSION_CONTINUED',
      },
    ],
  });
  return { lab, ue, as, wire };
}

function register(port: number, cSeq: number, ...headers: readonly Header[]): SipRequest {
  return request({
    method: 'REGISTER',
    uri: 'sip:home.example',
    from: '<sip:ue1@home.example>;tag=1',
    to: '<sip:ue1@home.example>',
    callId: 'r',
    cSeq,
    headers: [{ name: 'Contact', value: `<sip:ue1@127.0.0.1:${port}>` }, ...headers],
  });
}

async function registered() {
  const all = await start();
  const { lab, ue, as } = all;
  const challenged = await ue.ask(register(ue.port, 1), lab.pCscf.port, '1');
  const challenge = decodeDigestChallenge(headerOf(challenged, 'WWW-Authenticate')!);
  const credentials = answerChallenge(challenge, {
    username: 'ue1@home.example',
    password: 'secret',
    method: 'REGISTER',
    uri: 'sip:home.example',
    nc: 1,
    cnonce: 'c',
  });
  const authorization = { name: 'Authorization', value: encodeDigestCredentials(credentials) };
  const told = as.receiveAndAnswer(lab.sCscf.port);
  const accepted = await ue.ask(register(ue.port, 2, authorization), lab.pCscf.port, '2');
  return { ...all, accepted, told: await told };
}

test('a UE registers, the application server hears of it, and its MESSAGE arrives', async () => {
  const { lab, ue, as, accepted, told } = await registered();
  expect(accepted.status).toBe(200);
  expect(told).toMatchObject({ method: 'REGISTER', uri: AS_URI });
  expect(lab.registrations()).toMatchObject([
    { IMPI: 'ue1@home.example', contacts: [{ uri: `sip:ue1@127.0.0.1:${ue.port}` }] },
  ]);
  const message = request({
    method: 'MESSAGE',
    uri: 'sip:ue1@home.example',
    from: `<${AS_URI}>;tag=1`,
    to: '<sip:ue1@home.example>',
    callId: 'm',
    cSeq: 1,
    body: Uint8Array.of(0, 1, 254, 255),
  });
  const received = ue.receiveAndAnswer(lab.pCscf.port);
  expect((await as.ask(message, lab.sCscf.port, '3')).status).toBe(200);
  expect((await received).body).toEqual(Buffer.of(0, 1, 254, 255));
});

test('the tap sees every datagram once, in order, by the addresses of its ends', async () => {
  const { lab, ue, as, wire } = await registered();
  await expect.poll(() => wire.length).toBe(10);
  const [u, p, s, a] = [ue.port, lab.pCscf.port, lab.sCscf.port, as.port];
  const ends = (from: number, to: number) => ({
    from: `127.0.0.1:${from}`,
    to: `127.0.0.1:${to}`,
  });
  const round = [ends(u, p), ends(p, s), ends(s, p), ends(p, u)];
  expect(wire.slice(0, 6)).toMatchObject([...round, ends(u, p), ends(p, s)]);
  const others = wire.slice(6).map(({ from, to }) => `${from} ${to}`);
  expect(others.toSorted()).toEqual(
    [ends(s, p), ends(p, u), ends(s, a), ends(a, s)]
      .map(({ from, to }) => `${from} ${to}`)
      .toSorted(),
  );
  expect(wire.map(({ at }) => at)).toEqual(wire.map(({ at }) => at).toSorted((x, y) => x - y));
});

test('garbage is counted, and the lab goes on', async () => {
  const { lab, ue } = await start();
  ue.sendRaw(Uint8Array.of(0xff, 0xfe, 0), lab.pCscf.port);
  ue.sendRaw(new TextEncoder().encode('SIP/2.0 200 OK\r\n\r\n'), lab.sCscf.port);
  await expect.poll(() => lab.counters().garbage).toBe(2);
  expect((await ue.ask(register(ue.port, 1), lab.pCscf.port, '1')).status).toBe(401);
});

test('a closed lab leaves its ports', async () => {
  const { lab } = await start();
  const { port } = lab.pCscf;
  await lab.close();
  await lab.close();
  const socket = createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  socket.close();
});

test('a port that is taken is an error that says so, and leaves nothing open', async () => {
  const taken = await Peer.bind();
  const options = { domain: 'home.example', subscribers: [], applicationServers: [] };
  await expect(startImsLab({ ...options, ports: { pCscf: 0, sCscf: taken.port } })).rejects.toThrow(
    `SIP cannot listen on 127.0.0.1:${taken.port}/udp`,
  );
});

test('a P-CSCF that is lost answers nothing, the other one does, and all is well once it is back', async () => {
  const lab = await startImsLab({
    domain: 'home.example',
    subscribers: [],
    applicationServers: [],
    pCscfCount: 2,
  });
  open.push(lab);
  const ue = await Peer.bind();
  const [first, second] = lab.pCscfs;
  lab.fail('pCscf1', { kind: 'lost' });
  ue.sendRaw(new TextEncoder().encode('garbage'), first!.port);
  expect((await ue.ask(register(ue.port, 1), second!.port, '1')).status).toBe(404);
  expect(lab.counters().garbage).toBe(0);
  lab.fail('pCscf1', undefined);
  expect((await ue.ask(register(ue.port, 2), first!.port, '2')).status).toBe(404);
  expect(() => lab.fail('pCscf3', { kind: 'lost' })).toThrow('no pCscf3');
});

test('the network ends a registration: the application server hears of it', async () => {
  const { lab, as } = await registered();
  const told = as.receiveAndAnswer(lab.sCscf.port);
  lab.deregister('sip:ue1@home.example', 'deactivated');
  expect(headerOf(await told, 'Expires')).toBe('0');
  expect(lab.registrations()).toEqual([]);
});
