import { describe, expect, test } from 'vitest';
import {
  answerHttpChallenge,
  decoyHttpSecret,
  type HttpCredential,
  httpChallenge,
  httpSecretOf,
  isHttpClaimProved,
  readHttpAuthorization,
} from './http-auth.ts';
import { seededRandom } from './testing/pair.ts';

const REALM = 'dm "operator"';
const SECRET = httpSecretOf('ue1', REALM, 'pass:word');
const NONCE = new Uint8Array(16).fill(7);
const REQUEST = { method: 'POST', target: '/dm?s=1' };
const USE = { ...REQUEST, nc: 1, cnonce: 'abcd' };
const holding = (scheme: 'basic' | 'digest', password = 'pass:word'): HttpCredential => ({
  scheme,
  username: 'ue1',
  password,
});

/** What a server makes of the answer to its own challenge. */
function isProved(scheme: 'basic' | 'digest', password: string, request = REQUEST): boolean {
  const value = answerHttpChallenge(
    httpChallenge(scheme, REALM, NONCE),
    holding(scheme, password),
    USE,
  );
  const claim = readHttpAuthorization(value);
  return claim !== undefined && isHttpClaimProved(claim, SECRET, request);
}

describe.each(['basic', 'digest'] as const)('HTTP %s', (scheme) => {
  test('is proved with the password and with no other [SYNCHTTP 5.4-1]', () => {
    expect(isProved(scheme, 'pass:word')).toBe(true);
    expect(isProved(scheme, 'pass:worn')).toBe(false);
    expect(isProved(scheme, '')).toBe(false);
  });

  test('of a user that is not known is never proved (AC-13)', () => {
    const value = answerHttpChallenge(httpChallenge(scheme, REALM, NONCE), holding(scheme), USE);
    const decoy = decoyHttpSecret(REALM, seededRandom(1));
    expect(isHttpClaimProved(readHttpAuthorization(value)!, decoy, REQUEST)).toBe(false);
  });
});

test('the samples of RFC 2617: Basic 2, Digest 3.5', () => {
  const aladdin = { scheme: 'basic', username: 'Aladdin', password: 'open sesame' } as const;
  expect(answerHttpChallenge('Basic realm="WallyWorld"', aladdin, USE)).toBe(
    'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  );
  const mufasa = { scheme: 'digest', username: 'Mufasa', password: 'Circle Of Life' } as const;
  const challenge =
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
  const use = { method: 'GET', target: '/dir/index.html', nc: 1, cnonce: '0a4f113b' };
  expect(answerHttpChallenge(challenge, mufasa, use)).toContain(
    'response="6629fae49393a05397450978507c4ef1"',
  );
});

test('a digest is for one request: another target or method is not proved', () => {
  expect(isProved('digest', 'pass:word', { ...REQUEST, target: '/dm' })).toBe(false);
  expect(isProved('digest', 'pass:word', { ...REQUEST, method: 'GET' })).toBe(false);
});

test('a digest of another realm is not proved', () => {
  const value = answerHttpChallenge(
    httpChallenge('digest', 'other', NONCE),
    holding('digest'),
    USE,
  );
  const claim = readHttpAuthorization(value)!;
  const own = { ...httpSecretOf('ue1', 'other', 'pass:word'), realm: REALM };
  expect(isHttpClaimProved(claim, own, REQUEST)).toBe(false);
});

test('nonce and count come back to the caller, who knows their life', () => {
  const value = answerHttpChallenge(httpChallenge('digest', REALM, NONCE), holding('digest'), {
    ...USE,
    nc: 300,
  });
  expect(readHttpAuthorization(value)).toMatchObject({
    scheme: 'digest',
    username: 'ue1',
    nonce: Buffer.from(NONCE).toString('base64'),
    nc: 300,
  });
  expect(httpChallenge('digest', REALM, NONCE, true)).toContain('stale=true');
});

test('a password is never sent because somebody asks for Basic in place of Digest (AC-12)', () => {
  expect(answerHttpChallenge('Basic realm="x"', holding('digest'), USE)).toBeUndefined();
  expect(
    answerHttpChallenge(httpChallenge('digest', 'x', NONCE), holding('basic'), USE),
  ).toBeUndefined();
});

test.each([
  [undefined],
  [''],
  ['Bearer abc'],
  ['Basic'],
  ['Basic bm9jb2xvbg=='],
  ['Basic !!!'],
  ['Digest'],
  ['Digest username="a"'],
  [
    'Digest username="a", realm="r", nonce="n", uri="/", response="r", qop=auth, nc=xyz, cnonce="c"',
  ],
])('%j is no claim, and no error', (value) => {
  expect(readHttpAuthorization(value)).toBeUndefined();
});

test.each(['MD5-sess', 'X'])('a challenge with algorithm %s is not answered', (algorithm) => {
  const challenge = `Digest realm="r", nonce="n", algorithm=${algorithm}`;
  expect(answerHttpChallenge(challenge, holding('digest'), USE)).toBeUndefined();
});
