import { describe, expect, test } from 'vitest';
import { PARAMETER_COUNT_MAX } from './message.ts';
import { decodeSipOnlyUri, decodeUri, encodeUri, URI_LENGTH_MAX, uriParameter } from './uri.ts';
import { isSameUri } from './uri-equality.ts';

const refused = expect.objectContaining({ name: 'ProtocolError', code: 'SIP_URI' });

test.each([
  'sip:home.example',
  'sip:alice@home.example',
  'sip:alice:secret@home.example:5070;transport=udp;lr?Subject=a&Priority=b',
  'sips:alice@[2001:db8::1]:5061;maddr=[2001:db8::2]',
  'sip:+15550100;phone-context=x@home.example;user=phone',
  'sip:alice@home.example;gr=urn:uuid:0c6f9d3e',
  'tel:+1-555-0100;phone-context=example.com',
  'urn:uuid:0c6f9d3e',
  'http://www.example.com/?a=b',
])('%s is read and written the same', (text) => {
  expect(encodeUri(decodeUri(text))).toBe(text);
});

test('the parts of a SIP URI', () => {
  expect(decodeUri('SIP:alice:pw@[2001:db8::1]:5070;LR;transport=udp?a=b')).toEqual({
    kind: 'sip',
    scheme: 'sip',
    user: 'alice',
    password: 'pw',
    host: '[2001:db8::1]',
    port: 5070,
    parameters: [{ name: 'LR' }, { name: 'transport', value: 'udp' }],
    headers: 'a=b',
  });
});

test('parameters are found without case, also those without a value', () => {
  const uri = decodeUri('sip:a@b;LR;Transport=tcp');
  expect(uriParameter(uri, 'lr')).toBe('');
  expect(uriParameter(uri, 'transport')).toBe('tcp');
  expect(uriParameter(uri, 'user')).toBeUndefined();
  expect(uriParameter(decodeUri('urn:a'), 'lr')).toBeUndefined();
});

test.each([
  ['no scheme', 'alice@home.example'],
  ['no host', 'sip:alice@'],
  ['nothing', ''],
  ['two @', 'sip:a@b@c'],
  ['an empty user', 'sip:@home.example'],
  ['a broken escape', 'sip:%4x@home.example'],
  ['white space', 'sip:alice @home.example'],
  ['an open bracket', 'sip:a@[::1'],
  ['a port too high', 'sip:a@b:65536'],
  ['a port that is none', 'sip:a@b:x'],
  ['an empty parameter', 'sip:a@b;;lr'],
  ['a parameter without name', 'sip:a@b;=x'],
  ['empty headers', 'sip:a@b?'],
  ['a telephone number that is none', 'tel:alice'],
  ['angle brackets', 'urn:<a>'],
])('refused: %s', (_, text) => {
  expect(() => decodeUri(text)).toThrow(refused);
});

test('the highest port is 65535', () => {
  expect(decodeUri('sip:a@b:65535')).toMatchObject({ port: 65_535 });
});

test('where only SIP makes sense, others are refused', () => {
  expect(decodeSipOnlyUri('sips:a@b').scheme).toBe('sips');
  expect(() => decodeSipOnlyUri('tel:+1')).toThrow(refused);
});

test('length and number of parameters are bounded', () => {
  const long = (length: number) => `sip:${'a'.repeat(length - 6)}@b`;
  expect(encodeUri(decodeUri(long(URI_LENGTH_MAX)))).toHaveLength(URI_LENGTH_MAX);
  expect(() => decodeUri(long(URI_LENGTH_MAX + 1))).toThrow(refused);
  const many = (count: number) => `sip:a@b${';p'.repeat(count)}`;
  expect(decodeUri(many(PARAMETER_COUNT_MAX))).toMatchObject({ host: 'b' });
  expect(() => decodeUri(many(PARAMETER_COUNT_MAX + 1))).toThrow(refused);
});

describe('equality (RFC 3261 §19.1.4)', () => {
  test.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['tel:+1-555-0100', 'tel:+15550100'],
    ['urn:a', 'urn:a'],
  ])('%s is %s', (a, b) => {
    expect(isSameUri(decodeUri(a), decodeUri(b))).toBe(true);
    expect(isSameUri(decodeUri(b), decodeUri(a))).toBe(true);
  });

  test.each([
    ['sip:ALICE@atlanta.com', 'sip:alice@atlanta.com'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:a%3Bb@home.example', 'sip:a;b@home.example'],
    ['sip:a@b', 'sips:a@b'],
    ['tel:+15550100', 'tel:+15550101'],
    ['tel:+15550100', 'sip:+15550100@home.example'],
  ])('%s is not %s', (a, b) => {
    expect(isSameUri(decodeUri(a), decodeUri(b))).toBe(false);
    expect(isSameUri(decodeUri(b), decodeUri(a))).toBe(false);
  });
});
