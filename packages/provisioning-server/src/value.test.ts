import { expect, test } from 'vitest';
import { isSameValue, textOf, type Value } from './value.ts';

test.each<[string, Value, Value, boolean]>([
  ['int', '5060', '05060', true],
  ['int', '5060', ' 5060 ', true],
  ['int', '5060', '5061', false],
  ['int', '', '0', false],
  ['int', 'x', 'y', false],
  ['float', '1.50', '1.5', true],
  ['bool', 'true', ' true', true],
  ['bool', 'true', 'false', false],
  ['bin', 'AQI=', Uint8Array.of(1, 2), true],
  ['bin', 'AQI=', 'AQ I=\n', true],
  ['bin', 'AQI=', Uint8Array.of(1, 3), false],
  ['b64', 'AQI=', 'no base64!', false],
  ['xml', '<a/>', '<a/>\n', true],
  ['chr', 'a', 'a ', false],
  ['chr', '5', '05', false],
  ['chr', '', '', true],
])('%s: %j and %j: %s', (Format, a, b, isSame) => {
  expect(isSameValue(Format, a, b)).toBe(isSame);
  expect(isSameValue(Format, b, a)).toBe(isSame);
});

test('octets are shown as base64', () => {
  expect(textOf(Uint8Array.of(1, 2))).toBe('AQI=');
  expect(textOf('text')).toBe('text');
});
