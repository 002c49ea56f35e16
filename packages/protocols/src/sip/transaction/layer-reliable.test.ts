/** The layer over TCP and TLS, and requests too long for UDP. */
import { describe, expect, test } from 'vitest';
import {
  encodeSip,
  parameterValue,
  prependHeader,
  responseTo,
  type SipRequest,
  via,
} from '../message/index.ts';
import { UDP_REQUEST_BYTES_MAX } from './layer.ts';
import type { LayerInput } from './layer-interface.ts';
import {
  CORE,
  datagram,
  firstRequest,
  layer,
  MESSAGE,
  REGISTER,
  received,
  sends,
} from './testing/layer.ts';
import type { TransportAddress } from './transport-address.ts';

const TCP_CORE = { ...CORE, transport: 'tcp' } as const;
const send = (target: TransportAddress) =>
  ({ kind: 'request', request: REGISTER, target, key: 'r1' }) as const;
const gone = (target: TransportAddress): LayerInput => ({
  kind: 'unreachable',
  target,
});

describe('as a client', () => {
  test('the Via names the transport, and where that transport listens', () => {
    const tops = (['udp', 'tcp', 'tls'] as const).map((transport) => {
      const engine = layer({ ports: { tls: 5061 } });
      return via(sends(engine.step(send({ ...CORE, transport }), 0))[0]!.message);
    });
    expect(tops.map((top) => `${top.transport} ${top.host}:${top.port}`)).toEqual([
      'UDP 192.0.2.7:5060',
      'TCP 192.0.2.7:5060',
      'TLS 192.0.2.7:5061',
    ]);
    expect(tops.map((top) => parameterValue(top, 'rport'))).toEqual(['', undefined, undefined]);
  });

  test('nothing is sent twice; silence fails after 32 s all the same', () => {
    const engine = layer();
    expect(sends(engine.step(send(TCP_CORE), 0))).toHaveLength(1);
    expect(engine.deadline).toBe(32_000);
    expect(engine.step({ kind: 'timeout' }, 32_000)).toEqual([
      { kind: 'failed', key: 'r1', reason: 'timeout' },
    ]);
    expect(engine.transactionCount).toBe(0);
  });

  test('after the final response nothing is kept: K is zero', () => {
    const engine = layer();
    const [sent] = sends(engine.step(send(TCP_CORE), 0));
    const response = responseTo(sent!.message as SipRequest, 200, { toTag: 't' });
    engine.step({ kind: 'datagram', message: response, source: TCP_CORE }, 20);
    expect(engine.deadline).toBe(20);
    expect(engine.step({ kind: 'timeout' }, 20)).toEqual([]);
    expect(engine.transactionCount).toBe(0);
  });

  test('a connection that is gone fails what waits on it, not what another one carries', () => {
    const engine = layer();
    engine.step(send(TCP_CORE), 0);
    engine.step({ ...send({ ...TCP_CORE, flow: 'f1' }), key: 'r2' }, 0);
    engine.step({ ...send({ ...TCP_CORE, flow: 'f2' }), key: 'r3' }, 0);
    engine.step({ ...send(CORE), key: 'r4' }, 0);
    expect(engine.step(gone({ ...TCP_CORE, flow: 'f1' }), 1)).toEqual([
      { kind: 'failed', key: 'r1', reason: 'transport' },
      { kind: 'failed', key: 'r2', reason: 'transport' },
    ]);
    expect(engine.transactionCount).toBe(2);
  });
});

describe('as a server', () => {
  const source = { ...TCP_CORE, port: 43_210, flow: 'f1' };
  const answer = (engine: ReturnType<typeof layer>, key: string, request: SipRequest) =>
    sends(engine.step({ kind: 'respond', key, response: responseTo(request, 200) }, 1));

  test('the response goes over the connection of the request, and J is zero', () => {
    const engine = layer();
    const { key, request } = firstRequest(engine.step(datagram(MESSAGE, source), 0));
    expect(answer(engine, key, request)).toMatchObject([{ target: source }]);
    expect(engine.deadline).toBe(1);
    engine.step({ kind: 'timeout' }, 1);
    expect(engine.transactionCount).toBe(0);
  });

  test('when that connection is gone, over a new one to where the sender listens [SIPPUSH RFC3261.18.2.2-1]', () => {
    const engine = layer();
    const message = received('SIP/2.0/TCP core.example:5062;branch=z9hG4bKx1');
    const { key, request } = firstRequest(engine.step(datagram(message, source), 0));
    expect(engine.step(gone(source), 0)).toEqual([]);
    expect(answer(engine, key, request)[0]!.target).toEqual(TCP_CORE);
  });

  test('what was refused without state goes over that connection too', () => {
    const [refused] = sends(layer({ transactionCountMax: 0 }).step(datagram(MESSAGE, source), 0));
    expect(refused).toMatchObject({ message: { status: 503 }, target: source });
  });
});

describe('a request too long for UDP', () => {
  /** One that has `octets` on the wire with the Via that the layer of `UE` writes for UDP. */
  function padded(octets: number): SipRequest {
    const top = 'SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK000000000000000000000000;rport';
    const bare = prependHeader(REGISTER, 'Via', top).headers;
    const length = encodeSip({ ...REGISTER, headers: [...bare, { name: 'X', value: '' }] }).length;
    const filler = { name: 'X', value: 'x'.repeat(octets - length) };
    return { ...REGISTER, headers: [...REGISTER.headers, filler] };
  }
  const request = (octets: number, transports: readonly ('udp' | 'tcp')[] = ['udp', 'tcp']) => {
    const engine = layer({ transports });
    const input = { kind: 'request', request: padded(octets), target: CORE, key: 'r1' } as const;
    return { engine, sent: sends(engine.step(input, 0)) };
  };

  test('1300 octets go over UDP, 1301 over TCP, with a Via that says so [SIPPUSH RFC3261.18.1.1-1]', () => {
    const { sent: short } = request(UDP_REQUEST_BYTES_MAX);
    expect(short[0]!.bytes).toHaveLength(UDP_REQUEST_BYTES_MAX);
    expect(short[0]!.target).toEqual(CORE);
    const { sent: long } = request(UDP_REQUEST_BYTES_MAX + 1);
    expect(long[0]!.target).toEqual(TCP_CORE);
    expect(via(long[0]!.message).transport).toBe('TCP');
  });

  test('without TCP it goes over UDP as it is', () => {
    expect(request(UDP_REQUEST_BYTES_MAX + 1, ['udp']).sent[0]!.target).toEqual(CORE);
  });

  test('a peer that has no TCP gets it over UDP, once', () => {
    const { engine, sent } = request(UDP_REQUEST_BYTES_MAX + 1);
    const [again, ...others] = sends(engine.step(gone(TCP_CORE), 10));
    expect(others).toEqual([]);
    expect(again!.target).toEqual(CORE);
    expect(via(again!.message).transport).toBe('UDP');
    expect(parameterValue(via(again!.message), 'branch')).not.toBe(
      parameterValue(via(sent[0]!.message), 'branch'),
    );
    expect(engine.transactionCount).toBe(1);
    const response = responseTo(again!.message as SipRequest, 200, { toTag: 't' });
    expect(engine.step({ kind: 'datagram', message: response, source: CORE }, 20)).toMatchObject([
      { kind: 'response', key: 'r1' },
    ]);
  });

  test('a connection that breaks when it was there is a failure, not a reason for UDP', () => {
    const { engine } = request(UDP_REQUEST_BYTES_MAX + 1);
    expect(engine.step(gone({ ...TCP_CORE, flow: 'f9' }), 10)).toEqual([
      { kind: 'failed', key: 'r1', reason: 'transport' },
    ]);
  });
});
