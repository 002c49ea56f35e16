import { expect, it } from 'vitest';
import { ProtocolError } from '../../error.ts';
import { ACL_LENGTH_MAX, formatAcl, isAllowed, parseAcl, withoutServer } from './acl.ts';

const EXAMPLE =
  'Add=www.sonera.fi-8765&Delete=www.sonera.fi-8765&Replace=www.sonera.fi-8765+321_ibm.com&Get=*';

it('reads and writes the example of OMA-DMTND [R-6.8.4-1] [TND 7.7.1-4]', () => {
  const acl = parseAcl(EXAMPLE);
  expect(formatAcl(acl)).toBe(EXAMPLE);
  expect(isAllowed(acl, 'Add', 'www.sonera.fi-8765')).toBe(true);
  expect(isAllowed(acl, 'Add', '321_ibm.com')).toBe(false);
  expect(isAllowed(acl, 'Replace', '321_ibm.com')).toBe(true);
  expect(isAllowed(acl, 'Get', 'anybody')).toBe(true);
  expect(isAllowed(acl, 'Exec', 'www.sonera.fi-8765')).toBe(false);
});

it('an empty text is an ACL without value', () => {
  expect(parseAcl('').size).toBe(0);
  expect(formatAcl(parseAcl(''))).toBe('');
});

it('a command that comes twice adds up, and * makes the others needless', () => {
  expect(formatAcl(parseAcl('Get=ServerA&Replace=ServerA&Get=ServerB'))).toBe(
    'Get=ServerA+ServerB&Replace=ServerA',
  );
  expect(formatAcl(parseAcl('Get=a+*+b&Get=c'))).toBe('Get=*');
});

it.each([
  '&',
  'Get',
  'Get=',
  'Get=a&',
  'Get=a+',
  'Get=+a',
  'Copy=a',
  'get=a',
  'Get=a b',
  'Get=a=b',
  'Get=a*',
  'Get=\u0000',
  '=a',
])('%j is refused', (text) => {
  expect(() => parseAcl(text)).toThrow(ProtocolError);
});

it('is bounded', () => {
  const longest = `Get=${'a'.repeat(ACL_LENGTH_MAX - 4)}`;
  expect(parseAcl(longest).size).toBe(1);
  expect(() => parseAcl(`${longest}a`)).toThrow(expect.objectContaining({ code: 'ACL_TOO_LONG' }));
});

it('an account that goes takes its rights with it', () => {
  expect(formatAcl(withoutServer(parseAcl('Get=a+b&Replace=a&Add=*'), 'a'))).toBe('Get=b&Add=*');
});
