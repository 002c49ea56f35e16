import { encodeUtf8 } from '@ueprov/protocols';
import { expect, test } from 'vitest';
import { INPUT_BYTES_MAX } from '../input.ts';
import { unspelled } from './spelling.ts';

const always = () => true;
const spelled = (text: string, isContent = always) =>
  Buffer.from(unspelled(encodeUtf8(text), isContent)).toString('hex');
const itself = (text: string) => Buffer.from(text).toString('hex');

test.each([
  ['0aFf', '0aff'],
  [' 0a:ff \n 01\r\n', '0aff01'],
  ['AQID', '010203'],
  ['AQI=', '0102'],
  [' AQ\r\nI \n', '0102'],
  ['+/+/', 'fbffbf'],
])('%j stands for %s', (text, octets) => {
  expect(spelled(text)).toBe(octets);
});

test.each(['', ' \n', ':::', 'AQ!D', 'A=QI', 'AQ===', '<a/>', 'ü'])(
  '%j stands for itself',
  (text) => {
    expect(spelled(text)).toBe(itself(text));
  },
);

test('base64 counts only where it spells something known, hex always', () => {
  expect(spelled('AQID', () => false)).toBe(itself('AQID'));
  expect(spelled('0aff', () => false)).toBe('0aff');
});

test.each([
  ['0af', 1],
  ['a', 0],
  ['AQIDA', 3],
])('%j ends inside an octet', (text, byte) => {
  expect(() => unspelled(encodeUtf8(text), always)).toThrow(
    expect.objectContaining({ code: 'BYTES_HALF', at: { byte } }),
  );
});

test.each([' ', 'A', '=', ':', '0', '\n'])(
  'the longest input of %j with a fault at its end is looked at once',
  (char) => {
    const input = encodeUtf8(`${char.repeat(INPUT_BYTES_MAX - 1)}!`);
    const before = process.threadCpuUsage();
    expect(unspelled(input, always)).toBe(input);
    const { user } = process.threadCpuUsage(before);
    // A second look at every place would take hours.
    expect(user / 1e6).toBeLessThan(10);
  },
);
