import {
  encodeSip,
  request,
  responseTo,
  type SipMessage,
  type SipRequest,
} from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { labAccounts } from './accounts.ts';
import { Progress } from './progress.ts';
import { seeDatagram } from './wire.ts';

const BOXES: Readonly<Record<string, string>> = {
  u: 'UE',
  p: 'P-CSCF',
  s: 'S-CSCF',
  a: 'Prov. Server',
  'h:5060': 'P-CSCF',
};

function seen(from: string, to: string, message: SipMessage | Uint8Array, progress: Progress) {
  const bytes = message instanceof Uint8Array ? message : encodeSip(message);
  return seeDatagram({ at: 1, from, to, bytes }, (address) => BOXES[address] ?? '?', progress);
}

function sip(
  method: string,
  transport = 'UDP',
  headers: { name: string; value: string }[] = [],
): SipRequest {
  return request({
    method,
    uri: 'sip:ims.test',
    from: '<sip:x@ims.test>;tag=1',
    to: '<sip:ue1@IMS.test>',
    callId: 'c',
    cSeq: 1,
    headers: [{ name: 'Via', value: `SIP/2.0/${transport} h;branch=z9hG4bK1` }, ...headers],
  });
}

const progress = () => new Progress(labAccounts(1));

test.each([
  ['UE-1', 's', 'p', 'REGISTER'],
  ['UE-2', 'a', 's', 'REGISTER'],
  ['UE-3', 'u', 'p', 'MESSAGE'],
] as const)('%s is done when %s tells %s 200 to a %s', (step, from, to, method) => {
  const all = progress();
  seen(from, to, responseTo(sip(method), 401, { toTag: 't' }), all);
  expect(all.ues[0]?.steps).toEqual({});
  seen(from, to, responseTo(sip(method), 200, { toTag: 't' }), all);
  expect(Object.keys(all.ues[0]?.steps ?? {})).toEqual([step]);
});

test('a 200 on another leg completes nothing', () => {
  const all = progress();
  seen('p', 'u', responseTo(sip('REGISTER'), 200, { toTag: 't' }), all);
  expect(all.ues[0]?.steps).toEqual({});
});

test.each([
  [
    'Digest username="u", algorithm=MD5',
    'UDP',
    { sipAuth: 'digest', transport: 'udp', security: 'none' },
  ],
  [
    'Digest username="u", algorithm=SHA-256',
    'TCP',
    { sipAuth: 'digest-sha-256', transport: 'tcp', security: 'none' },
  ],
  [
    'Digest username="u", algorithm=AKAv1-MD5',
    'TLS',
    { sipAuth: 'aka', transport: 'tls', security: 'tls' },
  ],
])(
  'authentication, transport and security are those of the wire: %s over %s',
  (value, transport, wire) => {
    const all = progress();
    seen('u', 'p', sip('REGISTER', transport, [{ name: 'Authorization', value }]), all);
    expect(all.ues[0]?.wire).toEqual({ ...wire, ip: 'ipv4' });
  },
);

test('a first REGISTER without Authorization says nothing of it', () => {
  const all = progress();
  seen('u', 'p', sip('REGISTER'), all);
  expect(all.ues[0]?.wire).toEqual({ ip: 'ipv4' });
});

test('arrows carry method, package and status', () => {
  const all = progress();
  const push = [{ name: 'Content-Type', value: 'application/vnd.oma.push' }];
  expect(seen('s', 'p', sip('MESSAGE', 'UDP', push), all)?.arrow).toEqual({
    from: 'S-CSCF',
    to: 'P-CSCF',
    label: 'MESSAGE Pkg#0',
    protocol: 'SIP',
  });
  const ok = responseTo(sip('MESSAGE'), 200, { toTag: 't' });
  expect(seen('u', 'p', ok, all)?.arrow.label).toBe('200 OK');
});

test('a datagram that is no SIP is not drawn; one of nobody belongs to nobody', () => {
  expect(seen('u', 'p', Uint8Array.of(1, 2, 3), progress())).toBeUndefined();
  expect(seen('u', 'p', sip('REGISTER'), new Progress([]))?.ue).toBeUndefined();
});

test('a response over a connection is drawn to whom Via names, not to the port of its connection', () => {
  const at = (transport: string) =>
    seen('s', 'u', responseTo(sip('MESSAGE', transport), 200), progress())?.arrow.to;
  expect(at('UDP')).toBe('UE');
  // `h` of the Via, with the port that it does not say.
  expect(at('TCP')).toBe('P-CSCF');
});

test('the address of a UE says which IP it speaks', () => {
  const all = progress();
  const bytes = encodeSip(sip('REGISTER'));
  const boxOf = () => 'UE';
  for (const [from, ip] of [
    ['127.0.0.1:5060', 'ipv4'],
    ['[::1]:5060', 'ipv6'],
  ] as const) {
    seeDatagram({ at: 1, from, to: 'p', bytes }, boxOf, all);
    expect(all.ues[0]?.wire.ip).toBe(ip);
  }
});
