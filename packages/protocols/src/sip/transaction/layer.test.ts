import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../../bytes.ts';
import {
  decodeSip,
  encodeSip,
  headerOf,
  parameterValue,
  responseTo,
  type SipRequest,
  via,
  vias,
} from '../message/index.ts';
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

describe('as a client', () => {
  const send: LayerInput = { kind: 'request', request: REGISTER, target: CORE, key: 'r1' };

  test('puts its own Via with a fresh branch and rport on top', () => {
    const [sent] = sends(layer().step(send, 0));
    const top = via(sent!.message);
    expect(top).toMatchObject({ transport: 'UDP', host: '192.0.2.7', port: 5060 });
    expect(parameterValue(top, 'branch')).toMatch(/^z9hG4bK[0-9a-f]{24}$/);
    expect(parameterValue(top, 'rport')).toBe('');
    expect(sent!.target).toEqual(CORE);
    expect(decodeSip(sent!.bytes)).toMatchObject({ method: 'REGISTER' });
  });

  test('a response finds its request by branch, sent-by and method [SIPPUSH RFC3261.17.1.3-1]', () => {
    const engine = layer();
    const [sent] = sends(engine.step(send, 0));
    const response = responseTo(sent!.message as SipRequest, 200, { toTag: 't' });
    expect(engine.step({ kind: 'datagram', message: response, source: CORE }, 20)).toEqual([
      { kind: 'response', key: 'r1', response },
    ]);
    // The copy is absorbed.
    expect(engine.step({ kind: 'datagram', message: response, source: CORE }, 30)).toEqual([]);
    expect(engine.counters.stray).toBe(0);
  });

  test.each([
    ['branch', (text: string) => text.replace(/branch=z9hG4bK./, 'branch=z9hG4bKf')],
    ['sent-by', (text: string) => text.replace('192.0.2.7', '192.0.2.8')],
    ['method', (text: string) => text.replace('CSeq: 1 REGISTER', 'CSeq: 1 MESSAGE')],
  ])(
    'a response with another %s is dropped and counted [SIPPUSH RFC3261.18.1.2-1]',
    (_, change) => {
      const engine = layer();
      const [sent] = sends(engine.step(send, 0));
      const response = encodeSip(responseTo(sent!.message as SipRequest, 200));
      const bytes = encodeUtf8(change(new TextDecoder().decode(response)));
      expect(engine.step({ kind: 'octets', bytes, source: CORE }, 20)).toEqual([]);
      expect(engine.counters).toEqual({ garbage: 0, stray: 1, overload: 0, merged: 0 });
    },
  );

  test('silence ends in one failure after 32 s, and the layer is empty', () => {
    const engine = layer();
    const effects = engine.step(send, 0);
    for (let at = engine.deadline; at !== undefined; at = engine.deadline) {
      effects.push(...engine.step({ kind: 'timeout' }, at));
    }
    expect(sends(effects)).toHaveLength(11);
    expect(new Set(sends(effects).map(({ bytes }) => bytes.toString())).size).toBe(1);
    expect(effects.at(-1)).toEqual({ kind: 'failed', key: 'r1', reason: 'timeout' });
    expect(engine.transactionCount).toBe(0);
  });

  test('an unreachable target fails what waits for it, and nothing else [SIPPUSH RFC3261.18.4-1]', () => {
    const engine = layer();
    engine.step(send, 0);
    engine.step({ ...send, key: 'r2', target: { ...CORE, port: 6000 } }, 0);
    expect(engine.step({ kind: 'unreachable', target: CORE }, 1)).toEqual([
      { kind: 'failed', key: 'r1', reason: 'transport' },
    ]);
    expect(engine.transactionCount).toBe(1);
  });

  test('many transactions, one deadline: the earliest', () => {
    const engine = layer();
    for (let index = 0; index < 300; index++) engine.step({ ...send, key: `r${index}` }, index);
    expect(engine.deadline).toBe(500);
    expect(sends(engine.step({ kind: 'timeout' }, 509))).toHaveLength(10);
    expect(engine.deadline).toBe(510);
  });
});

describe('as a server', () => {
  test('a request goes up once, with received and rport in its Via [SIPPUSH RFC3261.18.2.1-1]', () => {
    const engine = layer();
    const effects = engine.step(datagram(MESSAGE), 0);
    const [effect] = effects;
    expect(effects).toHaveLength(1);
    expect(effect).toMatchObject({ kind: 'request', source: CORE });
    const top = via((effect as { request: SipRequest }).request);
    expect(parameterValue(top, 'received')).toBe('192.0.2.1');
    expect(parameterValue(top, 'rport')).toBe('5062');
    expect(engine.step(datagram(MESSAGE), 500)).toEqual([]);
  });

  test('the same branch from another sent-by or with another method is another transaction [SIPPUSH RFC3261.17.2.3-1]', () => {
    const engine = layer();
    const keys = [
      MESSAGE,
      received('SIP/2.0/UDP edge.example:5062;branch=z9hG4bKx1', { method: 'MESSAGE' }),
      received('SIP/2.0/UDP core.example:5062;branch=z9hG4bKx1', { method: 'OPTIONS' }),
    ].map((message) => firstRequest(engine.step(datagram(message), 0)).key);
    expect(new Set(keys).size).toBe(3);
  });

  test('copies get the final response again, until 32 s later', () => {
    const engine = layer();
    const effect = firstRequest(engine.step(datagram(MESSAGE), 0));
    const response = responseTo(effect.request, 200, { toTag: 't' });
    const first = engine.step({ kind: 'respond', key: effect.key, response }, 10);
    expect(sends(first)[0]!.target).toEqual(CORE);
    expect(engine.step(datagram(MESSAGE), 500)).toEqual(first);
    expect(engine.deadline).toBe(32_010);
    expect(engine.step({ kind: 'timeout' }, 32_010)).toEqual([]);
    expect(engine.transactionCount).toBe(0);
  });

  test('a request that nobody answers is forgotten when its client has given up', () => {
    const engine = layer();
    const { key } = firstRequest(engine.step(datagram(MESSAGE), 0));
    expect(engine.deadline).toBe(32_000);
    engine.step({ kind: 'timeout' }, 32_000);
    expect(engine.transactionCount).toBe(0);
    expect(
      engine.step({ kind: 'respond', key, response: responseTo(MESSAGE, 200) }, 33_000),
    ).toEqual([]);
  });

  test('without the cookie, RFC 2543’s comparison absorbs copies [SIPPUSH RFC3261.17.2.3-1]', () => {
    const engine = layer();
    for (const old of ['SIP/2.0/UDP core.example', 'SIP/2.0/UDP core.example;branch=z9hG4bK']) {
      expect(engine.step(datagram(received(old)), 0)).toHaveLength(1);
      expect(engine.step(datagram(received(old)), 500)).toEqual([]);
      expect(engine.step(datagram(received(old, { cSeq: 2 })), 500)).toHaveLength(1);
    }
  });

  test.each([
    ['SIP/2.0/UDP 192.0.2.1:5099;branch=z9hG4bK1', { address: '192.0.2.1', port: 5099 }],
    ['SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1', { address: '192.0.2.1', port: 5060 }],
    ['SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1', { address: '192.0.2.1', port: 5060 }],
    ['SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;rport', CORE],
    [
      'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;maddr=203.0.113.9',
      { address: '192.0.2.1', port: 5060 },
    ],
  ])('the response to %s [SIPPUSH RFC3261.18.2.2-1]', (value, target) => {
    const engine = layer();
    const effect = firstRequest(engine.step(datagram(received(value)), 0));
    const response = responseTo(effect.request, 200);
    expect(sends(engine.step({ kind: 'respond', key: effect.key, response }, 1))).toMatchObject([
      { target },
    ]);
  });

  test.each(['192.0.2.99', '192.0.2.1'])(
    'a forged received from the sender is overwritten (sent-by %s)',
    (host) => {
      const value = `SIP/2.0/UDP ${host};branch=z9hG4bK1;received=203.0.113.9`;
      const effect = firstRequest(layer().step(datagram(received(value)), 0));
      expect(parameterValue(via(effect.request), 'received')).toBe('192.0.2.1');
    },
  );

  test('only the topmost of several Vias in one header is stamped', () => {
    const value = 'SIP/2.0/UDP a.example;branch=z9hG4bK1, SIP/2.0/UDP b.example;branch=z9hG4bK2';
    const effect = firstRequest(layer().step(datagram(received(value)), 0));
    const all = vias(effect.request);
    expect(all.map((each) => parameterValue(each, 'received'))).toEqual(['192.0.2.1', undefined]);
    expect(all.map(({ host }) => host)).toEqual(['a.example', 'b.example']);
  });
});

describe('what it answers itself', () => {
  test('CANCEL: 481, or 200 where there is a transaction', () => {
    const engine = layer();
    const cancel = received('SIP/2.0/UDP core.example:5062;branch=z9hG4bKx1;rport', {
      method: 'CANCEL',
    });
    expect(sends(engine.step(datagram(cancel), 0))[0]!.message).toMatchObject({ status: 481 });
    engine.step(datagram(MESSAGE), 0);
    expect(sends(engine.step(datagram(cancel), 1))[0]!.message).toMatchObject({ status: 200 });
  });

  test('requests above the limit: 503 with Retry-After, and no state', () => {
    const engine = layer({ transactionCountMax: 2 });
    const branch = (n: number) => received(`SIP/2.0/UDP core.example;branch=z9hG4bK${n}`);
    engine.step(datagram(branch(1)), 0);
    expect(engine.step(datagram(branch(2)), 0)).toMatchObject([{ kind: 'request' }]);
    const [refused] = sends(engine.step(datagram(branch(3)), 0));
    expect(refused!.message).toMatchObject({ status: 503 });
    expect(headerOf(refused!.message, 'Retry-After')).toBe('5');
    expect(engine.transactionCount).toBe(2);
    expect(engine.counters.overload).toBe(1);
  });
});

describe('octets that are no message', () => {
  const octets = (text: string): LayerInput => ({
    kind: 'octets',
    bytes: encodeUtf8(text),
    source: CORE,
  });
  const lines = (startLine: string, ...more: string[]) =>
    [
      startLine,
      'v: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bKx',
      'f: <sip:a@home.example>;tag=1',
      't: <sip:b@home.example>',
      'i: c1',
      ...more,
      '\r\n',
    ].join('\r\n');

  test('a request with a broken header gets 400, with an unknown version 505', () => {
    const bad = lines('MESSAGE sip:b@home.example SIP/2.0', 'CSeq: 99999999999 MESSAGE');
    const [refusal] = sends(layer().step(octets(bad), 0));
    expect(refusal!.message).toMatchObject({ status: 400, reason: 'Bad Request (SIP_NUMBER)' });
    expect(refusal!.target).toEqual(CORE);
    const version = lines('MESSAGE sip:b@home.example SIP/7.0', 'CSeq: 1 MESSAGE');
    expect(sends(layer().step(octets(version), 0))[0]!.message).toMatchObject({ status: 505 });
  });

  test.each([
    ['octets that are no text', '\u0000\u0001\u0002'],
    ['a keep-alive', '\r\n\r\n'],
    ['nothing', ''],
    ['a broken response', lines('SIP/2.0 4294967301 x', 'CSeq: 1 MESSAGE')],
    ['a broken ACK', lines('ACK sip:b@home.example SIP/2.0', 'CSeq: -1 ACK')],
    ['a request without CSeq', lines('MESSAGE sip:b@home.example SIP/2.0')],
  ])('silence and a count for %s', (_, text) => {
    const engine = layer();
    expect(engine.step(octets(text), 0)).toEqual([]);
    expect(engine.counters.garbage).toBe(1);
  });
});

describe('the same request by two ways', () => {
  const byAnotherWay = received('SIP/2.0/UDP edge.example;branch=z9hG4bKy1', { method: 'MESSAGE' });

  test('is answered 482 the second time, while the first is there', () => {
    const engine = layer({ refusesMerged: true });
    expect(engine.step(datagram(MESSAGE), 0)).toMatchObject([{ kind: 'request' }]);
    const [refused] = sends(engine.step(datagram(byAnotherWay), 1));
    expect(refused!.message).toMatchObject({ status: 482 });
    expect(engine.counters.merged).toBe(1);
    engine.step({ kind: 'timeout' }, 32_000);
    expect(engine.step(datagram(byAnotherWay), 32_001)).toMatchObject([{ kind: 'request' }]);
  });

  test('is two requests for a proxy, and in a dialog', () => {
    const proxy = layer();
    proxy.step(datagram(MESSAGE), 0);
    expect(proxy.step(datagram(byAnotherWay), 1)).toMatchObject([{ kind: 'request' }]);
    const engine = layer({ refusesMerged: true });
    const tagged = (branch: string) =>
      received(`SIP/2.0/UDP core.example;branch=${branch}`, { to: '<sip:ue@home.example>;tag=7' });
    engine.step(datagram(tagged('z9hG4bKa')), 0);
    expect(engine.step(datagram(tagged('z9hG4bKb')), 1)).toMatchObject([{ kind: 'request' }]);
  });
});
