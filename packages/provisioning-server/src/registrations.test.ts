import { encodeUtf8 } from '@ueprov/protocols';
import { encodeSip, type Header, request } from '@ueprov/protocols/sip';
import { expect, test } from 'vitest';
import { IDENTITIES_MAX, readThirdPartyRegister } from './registrations.ts';

function register(
  headers: readonly Header[] = [],
  to = '<sip:ue1@IMS.test;x=1>',
  body?: Uint8Array,
) {
  return request({
    method: 'REGISTER',
    uri: 'sip:as.ims.test',
    from: '<sip:scscf.ims.test>;tag=1',
    to,
    callId: 'c',
    cSeq: 1,
    headers: [
      { name: 'Via', value: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1' },
      { name: 'Contact', value: '<sip:192.0.2.1:5070;lr>' },
      ...headers,
    ],
    ...(body && { body }),
  });
}

test('24.229 5.7.1.1: To says who, Contact says through whom, Expires says how long [R-6.7-4] [SIPPUSH TS24229.5.7.1.1-1]', () => {
  const read = readThirdPartyRegister(register([{ name: 'Expires', value: '600' }]));
  expect(read).toEqual({
    identities: ['sip:ue1@ims.test'],
    expiresS: 600,
    route: 'sip:192.0.2.1:5070;lr',
    contact: undefined,
    acceptsPush: undefined,
    pCscf: undefined,
  });
});

test('RFC 3261 §10.2.1.1: without Expires it is an hour', () => {
  expect(readThirdPartyRegister(register()).expiresS).toBe(3600);
});

test('a telephone number is an identity too', () => {
  expect(readThirdPartyRegister(register([], '<tel:+15551234>')).identities).toEqual([
    'tel:+15551234',
  ]);
});

const SIP_BODY = [{ name: 'Content-Type', value: 'message/sip' }];

test('of the UE’s own REGISTER in the body, its Contact and its feature tags are known [R-6.7-i1] [SIPPUSH TS24229.5.7.1.1-3]', () => {
  const own = request({
    method: 'REGISTER',
    uri: 'sip:ims.test',
    from: '<sip:ue1@ims.test>;tag=2',
    to: '<sip:ue1@ims.test>',
    callId: 'd',
    cSeq: 1,
    headers: [
      { name: 'Via', value: 'SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK2' },
      {
        name: 'Contact',
        value: '<sip:ue1@192.0.2.7>;+g.oma.pusheventapp="x-wap-application:syncml.dm"',
      },
    ],
  });
  const read = readThirdPartyRegister(register(SIP_BODY, undefined, encodeSip(own)));
  expect(read.acceptsPush).toBe(true);
  expect(read.contact).toContain('sip:ue1@192.0.2.7');
});

test.each([
  ['garbage', encodeUtf8('garbage\r\n\r\n')],
  ['a MESSAGE', encodeSip({ ...register(), method: 'MESSAGE' })],
])('a body of %s is one typed error', (_what, body) => {
  const read = () => readThirdPartyRegister(register(SIP_BODY, undefined, body));
  expect(read).toThrow(expect.objectContaining({ name: 'ProtocolError' }));
});

test('a Path of the third-party REGISTER itself tells the P-CSCF too', () => {
  const path = { name: 'Path', value: '<sip:scscf.ims.test;lr>, <sip:pcscf.ims.test;lr>' };
  expect(readThirdPartyRegister(register([path])).pCscf).toBe('pcscf.ims.test');
});

test('so many identities of a set are looked at', () => {
  const set = (count: number) => {
    const value = Array.from({ length: count }, (_, index) => `<sip:u${index}@ims.test>`).join();
    return readThirdPartyRegister(register([{ name: 'P-Associated-URI', value }])).identities;
  };
  expect(set(IDENTITIES_MAX - 1)).toHaveLength(IDENTITIES_MAX);
  expect(set(IDENTITIES_MAX)).toHaveLength(IDENTITIES_MAX);
});
