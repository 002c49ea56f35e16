import { expect, test } from 'vitest';
import {
  decodeWapAddress,
  encodeWapAddress,
  identityOf,
  WAP_ADDRESS_LENGTH_MAX,
} from './wap-address.ts';

test.each([
  ['WAPPUSH=alice%40home.example/TYPE=USER@ppg.home.example', 'sip:alice@home.example'],
  ['WAPPUSH=sip%3Aalice%40home.example/TYPE=USER', 'sip:alice@home.example'],
  ['WAPPUSH=+15551230000/TYPE=PLMN@ppg.home.example', 'tel:+15551230000'],
  ['WAPPUSH=192.0.2.7/TYPE=IPV4@ppg', undefined],
])('%s [SIPPUSH PAP-7]', (text, identity) => {
  const address = decodeWapAddress(text);
  expect(identityOf(address)).toBe(identity);
  expect(encodeWapAddress(address)).toBe(text);
});

test('names are without case, a slash may stand in front, extensions are left out [SIPPUSH PAP-7]', () => {
  expect(decodeWapAddress('/wappush=a/x=y/type=user')).toEqual({ type: 'USER', address: 'a' });
  const colons = { type: 'IPV6', address: '2001:db8::7' };
  expect(decodeWapAddress(encodeWapAddress(colons))).toEqual(colons);
});

test.each([
  '',
  'alice',
  'WAPPUSH=/TYPE=USER',
  'WAPPUSH=a%ZZ/TYPE=USER',
  'WAPPUSH=a',
  'x/TYPE=USER',
])('refused: %j', (text) => {
  expect(() => decodeWapAddress(text)).toThrow(expect.objectContaining({ code: 'PAP_ADDRESS' }));
});

test('AC-29: an address with a line break in it is none', () => {
  expect(() => decodeWapAddress('WAPPUSH=a%0d%0aEvil:%201/TYPE=USER')).toThrow('no address');
});

test('an address is bounded', () => {
  const long = (length: number) => `WAPPUSH=${'a'.repeat(length - 18)}/TYPE=USER`;
  expect(decodeWapAddress(long(WAP_ADDRESS_LENGTH_MAX)).type).toBe('USER');
  expect(() => decodeWapAddress(long(WAP_ADDRESS_LENGTH_MAX + 1))).toThrow('no address');
});
