import { expect, test } from 'vitest';
import { decodeBase64, decodeHex, encodeBase64, encodeHex, encodeUtf8 } from '../bytes.ts';
import { isSameDigest, md5 } from './md5.ts';
import {
  decodeBasicCred,
  encodeBasicCred,
  hmacDigest,
  md5CredDigest,
  NONCE_ZERO,
  syncmlHash,
  triggerDigest,
} from './syncml-auth.ts';

const BRUCE = syncmlHash('Bruce2', 'OhBehave');
const NONCE = encodeUtf8('Nonce');

test('auth-basic is one base64 pass over name:password', () => {
  expect(encodeBasicCred('Bruce2', 'OhBehave')).toBe('QnJ1Y2UyOk9oQmVoYXZl');
  expect(decodeBasicCred('QnJ1Y2UyOk9oQmVoYXZl')).toEqual({ name: 'Bruce2', password: 'OhBehave' });
});

test('a password may hold a colon, a name may not', () => {
  expect(decodeBasicCred(encodeBasicCred('a', 'b:c'))).toEqual({ name: 'a', password: 'b:c' });
  expect(() => decodeBasicCred(encodeBase64(encodeUtf8('nocolon')))).toThrow(/no colon/);
});

test('what a verifier stores is B64(H(name:password))', () => {
  expect(BRUCE).toBe('PtEdr8lBQ45IbT1bZIkrOQ==');
});

test('auth-md5 gives the sample of the SyncML Representation Protocol', () => {
  expect(encodeBase64(md5CredDigest(BRUCE, NONCE))).toBe('Zz6EivR3yeaaENcRN6lpAQ==');
});

test('NextNonce is decoded before it is hashed (I-5)', () => {
  const text = 'LG3iZQhhdmKNHg==';
  expect(encodeBase64(md5CredDigest(BRUCE, decodeBase64(text)))).toBe('LAK2i25Fh0nxxGGaAzRRpg==');
  expect(encodeBase64(md5CredDigest(BRUCE, encodeUtf8(text)))).toBe('kpKgquN4uuyvg2Io01gZ5A==');
});

test('auth-MAC is the nested MD5 and not RFC 2104 (I-6)', () => {
  const body = encodeUtf8("<SyncML xmlns='SYNCML:SYNCML1.2'></SyncML>");
  expect(encodeBase64(md5(body))).toBe('H3xwy8pX1UqPHmyp+R/yyg==');
  const mac = encodeBase64(hmacDigest(BRUCE, NONCE, body));
  expect(mac).toBe('6AZk96DG6F0jSIaEpbK4Ng==');
  expect(mac).not.toBe('gSVT0ww+LdOVoILKTyw+5w==');
});

test('auth-md5 and auth-MAC over a binary nonce and a binary body', () => {
  const hash = syncmlHash('ue1', 'secret');
  const nonce = decodeHex('0102030405060708');
  expect(encodeBase64(md5CredDigest(hash, nonce))).toBe('lnaRhCQCs7mONCtCuQ+npQ==');
  const mac = hmacDigest(hash, nonce, decodeHex('03A4016A00'));
  expect(encodeBase64(mac)).toBe('Ji5G2XsPpgjELKcGyBMJxw==');
});

const TRIGGER_A = '02d00000001234126' + '36f6d2e6d676d747372762e6d616e616765';
const TRIGGER_B = '02d800000000a71170726f762e6f70657261746f722e6e6574';
const TRIGGER_C = '02D800000000010473727631';

test.each([
  [
    'A',
    'com.mgmtsrv.manage',
    'srvpwd',
    '00112233445566778899aabbccddeeff',
    TRIGGER_A,
    'ffe8e4f684683024c822fa47451c54d4',
  ],
  [
    'B',
    'prov.operator.net',
    'ServerSecret',
    '2c6de265086176628d1e',
    TRIGGER_B,
    'affd03188d06639759e1171839c52166',
  ],
  [
    'B, special nonce',
    'prov.operator.net',
    'ServerSecret',
    '00000000',
    TRIGGER_B,
    '9e14f0f1ecbab5a4c64d7568a8b7d577',
  ],
  [
    'B, ASCII reading of it',
    'prov.operator.net',
    'ServerSecret',
    '30783030303030303030',
    TRIGGER_B,
    '7950ce8e22c178b663372c017818f750',
  ],
  ['C', 'srv1', 'pwd1', '0102030405060708', TRIGGER_C, '737ac751c5d139526a2f91d39ef9ffc6'],
  ['C, special nonce', 'srv1', 'pwd1', '00000000', TRIGGER_C, 'd453d0105d1d1fe31696f0090193019b'],
  [
    'C, ASCII reading of it',
    'srv1',
    'pwd1',
    '30783030303030303030',
    TRIGGER_C,
    'd8752ac8d16a93ae03f5576481f4be8f',
  ],
])('digest of Package #0: %s (I-2)', (_, id, password, nonce, trigger, digest) => {
  const hash = syncmlHash(id, password);
  expect(encodeHex(triggerDigest(hash, decodeHex(nonce), decodeHex(trigger)))).toBe(digest);
});

test('the intermediate values of A and B', () => {
  expect(syncmlHash('com.mgmtsrv.manage', 'srvpwd')).toBe('k1gvMfTJFGLXJE7GnEG0CQ==');
  expect(syncmlHash('prov.operator.net', 'ServerSecret')).toBe('XWflh0gmqErEdBD8uF11CA==');
  expect(encodeBase64(md5(decodeHex(TRIGGER_A)))).toBe('ne6BhXyhdpa6cRlZxXFamA==');
  expect(encodeBase64(md5(decodeHex(TRIGGER_B)))).toBe('YLQh1eFCzZfQwNnldHdCDw==');
});

test('the special nonce is four zero octets (I-3)', () => {
  expect(encodeHex(NONCE_ZERO)).toBe('00000000');
});

test('digests are the same only octet for octet, and of one length', () => {
  expect(isSameDigest(md5('a'), md5('a'))).toBe(true);
  expect(isSameDigest(md5('a'), md5('b'))).toBe(false);
  expect(isSameDigest(md5('a'), md5('a').subarray(1))).toBe(false);
});
