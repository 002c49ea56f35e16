import { expect, test } from 'vitest';
import { ADDRESS_COUNT_MAX, PARAMETER_COUNT_MAX } from './message.ts';
import { decodeNameAddr, decodeNameAddrList, encodeNameAddr } from './name-addr.ts';
import { parameterValue, withParameter } from './scanner.ts';

const refused = (code: string) => expect.objectContaining({ name: 'ProtocolError', code });

test.each([
  ['<sip:a@b>;tag=1', '<sip:a@b>;tag=1'],
  ['sip:a@b;tag=1', '<sip:a@b>;tag=1'],
  ['A B <sip:a@b>', '"A B" <sip:a@b>'],
  ['"A \\"B\\" \\\\" <sip:a@b;lr>;x="y;z";w', '"A \\"B\\" \\\\" <sip:a@b;lr>;x="y;z";w'],
  ['"" <sip:a@b>', '"" <sip:a@b>'],
  ['<sip:a@[::1]:5060;lr>;received=2001:db8::1', '<sip:a@[::1]:5060;lr>;received=2001:db8::1'],
])('%s means %s', (text, written) => {
  const address = decodeNameAddr(text);
  expect(encodeNameAddr(address)).toBe(written);
  expect(decodeNameAddr(written)).toEqual(address);
});

test('quotes around a parameter stay: methods="MESSAGE" is no token (RFC 3840 section 9)', () => {
  const [quoted, token] = ['"MESSAGE"', 'MESSAGE'].map(
    (value) => decodeNameAddr(`<sip:a@b>;methods=${value}`).parameters[0],
  );
  expect(quoted).toEqual({ name: 'methods', value: 'MESSAGE', quoted: true });
  expect(token).toEqual({ name: 'methods', value: 'MESSAGE' });
});

test('commas separate addresses, but not within quotes and brackets', () => {
  const list = decodeNameAddrList('"a, b" <sip:a,b@c>;x="1,2" , sip:d@e;q=0.5,<tel:+1>');
  expect(list.map(encodeNameAddr)).toEqual([
    '"a, b" <sip:a,b@c>;x="1,2"',
    '<sip:d@e>;q=0.5',
    '<tel:+1>',
  ]);
});

test.each([
  ['nothing', '', 'SIP_NAME_ADDR'],
  ['an open quote', '"A <sip:a@b>', 'SIP_NAME_ADDR'],
  ['an open bracket', '<sip:a@b', 'SIP_NAME_ADDR'],
  ['a quote without an address', '"A" sip:a@b', 'SIP_NAME_ADDR'],
  ['text after the address', '<sip:a@b> x', 'SIP_NAME_ADDR'],
  ['two of them', '<sip:a@b>, <sip:c@d>', 'SIP_NAME_ADDR'],
  ['headers without brackets', 'sip:a@b?x=y', 'SIP_NAME_ADDR'],
  ['an empty parameter', '<sip:a@b>;;tag=1', 'SIP_PARAMETER'],
  ['a parameter without value', '<sip:a@b>;tag=', 'SIP_PARAMETER'],
  ['an open quote in a parameter', '<sip:a@b>;x="y', 'SIP_PARAMETER'],
  ['no URI', '<alice>', 'SIP_URI'],
])('refused: %s', (_, text, code) => {
  expect(() => decodeNameAddr(text)).toThrow(refused(code));
});

test('the number of addresses and of parameters is bounded', () => {
  const list = (count: number) => Array.from({ length: count }, () => '<sip:a@b>').join(',');
  expect(decodeNameAddrList(list(ADDRESS_COUNT_MAX))).toHaveLength(ADDRESS_COUNT_MAX);
  expect(() => decodeNameAddrList(list(ADDRESS_COUNT_MAX + 1))).toThrow(refused('SIP_COUNT'));
  const parameters = (count: number) => `<sip:a@b>${';p=1'.repeat(count)}`;
  expect(decodeNameAddr(parameters(PARAMETER_COUNT_MAX)).parameters).toHaveLength(64);
  expect(() => decodeNameAddr(parameters(PARAMETER_COUNT_MAX + 1))).toThrow(refused('SIP_COUNT'));
});

test('parameters are found and replaced without case', () => {
  const address = decodeNameAddr('<sip:a@b>;Tag=1;lr');
  expect(parameterValue(address, 'TAG')).toBe('1');
  expect(parameterValue(address, 'lr')).toBe('');
  expect(parameterValue(address, 'x')).toBeUndefined();
  expect(withParameter(address.parameters, { name: 'tag', value: '2' })).toEqual([
    { name: 'tag', value: '2' },
    { name: 'lr' },
  ]);
  expect(withParameter([], { name: 'tag', value: '2' })).toEqual([{ name: 'tag', value: '2' }]);
});
