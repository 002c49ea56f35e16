import { describe, expect, test } from 'vitest';
import { decodeHex } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import {
  AUTH_PARAM_COUNT_MAX,
  AUTH_VALUE_LENGTH_MAX,
  CHALLENGE_COUNT_MAX,
  decodeAuthParams,
  splitChallenges,
} from './auth-params.ts';
import {
  decodeAuthenticationInfo,
  decodeDigestChallenge,
  decodeDigestCredentials,
  encodeAuthenticationInfo,
  encodeDigestChallenge,
  encodeDigestCredentials,
} from './digest-values.ts';
import {
  answerChallenge,
  type DigestChallenge,
  digestResponse,
  ha1,
  isValidResponse,
  rspauth,
} from './http-digest.ts';

const CHALLENGE: DigestChallenge = {
  realm: 'home.example',
  nonce: 'abc123',
  qop: ['auth'],
  algorithm: 'MD5',
  stale: false,
};
const BY = {
  username: 'ue1@home.example',
  password: 'secret',
  method: 'REGISTER',
  uri: 'sip:home.example',
  nc: 1,
  cnonce: 'xyz',
};

describe('the response', () => {
  test('RFC 2617 section 3.5', () => {
    const response = digestResponse({
      ha1: ha1('Mufasa', 'testrealm@host.com', 'Circle Of Life'),
      method: 'GET',
      uri: '/dir/index.html',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      qop: 'auth',
      nc: '00000001',
      cnonce: '0a4f113b',
    });
    expect(response).toBe('6629fae49393a05397450978507c4ef1');
  });

  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ] as const)('RFC 7616 section 3.9.1, %s', (algorithm, expected) => {
    const response = digestResponse({
      ha1: ha1('Mufasa', 'http-auth@example.org', 'Circle of Life', algorithm),
      method: 'GET',
      uri: '/dir/index.html',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      algorithm,
      qop: 'auth',
      nc: '00000001',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    });
    expect(response).toBe(expected);
  });

  test('a REGISTER in an IMS home network', () => {
    expect(answerChallenge(CHALLENGE, BY).response).toBe('94424a6e701bb815da22fd214887462e');
  });

  test('AKAv1-MD5: the password is RES as octets (RFC 3310 section 3.3) [SIPPUSH RFC3310.3.3-1]', () => {
    const challenge = {
      ...CHALLENGE,
      nonce: 'I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=',
      algorithm: 'AKAv1-MD5',
    } as const;
    const answer = answerChallenge(challenge, { ...BY, password: decodeHex('A54211D5E3BA50BF') });
    expect(answer.response).toBe('bc53be48e523eb2dc5cd61f8cdf5e3bb');
  });

  test('without qop there is neither nc nor cnonce (RFC 2069)', () => {
    const answer = answerChallenge({ ...CHALLENGE, qop: [] }, BY);
    expect(answer).not.toHaveProperty('nc');
    expect(answer).not.toHaveProperty('cnonce');
    expect(isValidResponse(answer, ha1(BY.username, 'home.example', 'secret'), 'REGISTER')).toBe(
      true,
    );
  });

  test('nc is eight hex digits', () => {
    expect(answerChallenge(CHALLENGE, { ...BY, nc: 26 }).nc).toBe('0000001a');
  });

  test('only qop=auth is spoken', () => {
    expect(() => answerChallenge({ ...CHALLENGE, qop: ['auth-int'] }, BY)).toThrow(/qop=auth/);
  });

  test('the proof of the server has an empty method', () => {
    const hash = ha1(BY.username, 'home.example', 'secret');
    const same = { ha1: hash, uri: BY.uri, nonce: 'n', qop: 'auth', nc: '00000001', cnonce: 'c' };
    expect(rspauth(same)).toBe(digestResponse({ ...same, method: '' }));
    expect(rspauth(same)).not.toBe(digestResponse({ ...same, method: 'REGISTER' }));
  });
});

describe('the verifier', () => {
  const hash = ha1(BY.username, CHALLENGE.realm, BY.password);
  const answer = answerChallenge(CHALLENGE, BY);

  test('accepts what the password makes', () => {
    expect(isValidResponse(answer, hash, 'REGISTER')).toBe(true);
    const upper = { ...answer, response: answer.response.toUpperCase() };
    expect(isValidResponse(upper, hash, 'REGISTER')).toBe(true);
  });

  test.each([
    ['another password', answer, ha1(BY.username, CHALLENGE.realm, 'Secret'), 'REGISTER'],
    ['another method', answer, hash, 'MESSAGE'],
    ['another uri', { ...answer, uri: 'sip:other.example' }, hash, 'REGISTER'],
    ['another nonce', { ...answer, nonce: 'abc124' }, hash, 'REGISTER'],
    ['another count', { ...answer, nc: '00000002' }, hash, 'REGISTER'],
    ['an empty response', { ...answer, response: '' }, hash, 'REGISTER'],
    ['auth-int', { ...answer, qop: 'auth-int' }, hash, 'REGISTER'],
  ])('refuses %s', (_, credentials, stored, method) => {
    expect(isValidResponse(credentials, stored, method)).toBe(false);
  });

  test('refuses qop without cnonce or nc', () => {
    const { cnonce: _c, ...noCnonce } = answer;
    const { nc: _n, ...noNc } = answer;
    expect(isValidResponse(noCnonce, hash, 'REGISTER')).toBe(false);
    expect(isValidResponse(noNc, hash, 'REGISTER')).toBe(false);
  });
});

describe('the header values', () => {
  test('a challenge survives encode and decode', () => {
    const full = { ...CHALLENGE, qop: ['auth', 'auth-int'], stale: true, opaque: 'a"b\\c' };
    expect(decodeDigestChallenge(encodeDigestChallenge(full))).toEqual(full);
  });

  test('credentials survive encode and decode', () => {
    const full = { ...answerChallenge({ ...CHALLENGE, opaque: 'o' }, BY), auts: 'AAAA' };
    expect(decodeDigestCredentials(encodeDigestCredentials(full))).toEqual(full);
  });

  test('Authentication-Info survives encode and decode', () => {
    const info = { nextnonce: 'n2', rspauth: 'ff', qop: 'auth', cnonce: 'c', nc: '00000001' };
    expect(decodeAuthenticationInfo(encodeAuthenticationInfo(info))).toEqual(info);
  });

  test('an absent algorithm is MD5; names, scheme and stale are read without case', () => {
    const read = decodeDigestChallenge('DIGEST Realm="r" , NONCE="n", stale=TRUE');
    expect(read).toEqual({ realm: 'r', nonce: 'n', qop: [], algorithm: 'MD5', stale: true });
  });

  test.each([
    ['another scheme', 'Basic realm="r"', 'DIGEST_SCHEME'],
    ['an unknown algorithm', 'Digest realm="r", nonce="n", algorithm=MD4', 'DIGEST_ALGORITHM'],
    ['no nonce', 'Digest realm="r"', 'DIGEST_SYNTAX'],
    ['a parameter twice', 'Digest realm="r", realm="r", nonce="n"', 'DIGEST_SYNTAX'],
    ['an open quote', 'Digest realm="r, nonce=n', 'DIGEST_SYNTAX'],
    ['no comma', 'Digest realm="r" nonce="n"', 'DIGEST_SYNTAX'],
    ['nothing', '', 'DIGEST_SYNTAX'],
  ])('refused: %s', (_, value, code) => {
    expect(() => decodeDigestChallenge(value)).toThrow(expect.objectContaining({ code }));
  });

  test('length and number of parameters are bounded', () => {
    const list = (count: number) =>
      `Digest ${Array.from({ length: count }, (_, index) => `p${index}=1`).join(',')}`;
    expect(decodeAuthParams(list(AUTH_PARAM_COUNT_MAX)).params.size).toBe(AUTH_PARAM_COUNT_MAX);
    expect(() => decodeAuthParams(list(AUTH_PARAM_COUNT_MAX + 1))).toThrow(ProtocolError);
    const long = (length: number) => `Digest a=${'x'.repeat(length - 'Digest a='.length)}`;
    expect(decodeAuthParams(long(AUTH_VALUE_LENGTH_MAX)).scheme).toBe('Digest');
    expect(() => decodeAuthParams(long(AUTH_VALUE_LENGTH_MAX + 1))).toThrow(ProtocolError);
  });
});

describe('several challenges in one value (RFC 9110 11.6.1)', () => {
  test.each([
    ['Basic realm="a"', ['Basic realm="a"']],
    [
      'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
      ['Newauth realm="apps", type=1, title="Login to \\"apps\\""', 'Basic realm="simple"'],
    ],
    ['Digest a="x, Basic y", b=1', ['Digest a="x, Basic y", b=1']],
    ['Negotiate, NTLM', ['Negotiate', 'NTLM']],
    [
      'Negotiate YWJj==, Basic realm = "r" ,b = 2',
      ['Negotiate YWJj==', 'Basic realm = "r" ,b = 2'],
    ],
    [',, Basic realm="a",, ', ['Basic realm="a"']],
    ['realm="a", nonce="b"', []],
    ['', []],
  ])('%j', (value, challenges) => {
    expect(splitChallenges(value)).toEqual(challenges);
  });

  test('their number and their length are bounded', () => {
    const list = (count: number) => Array.from({ length: count }, () => 'Basic').join(',');
    expect(splitChallenges(list(CHALLENGE_COUNT_MAX))).toHaveLength(CHALLENGE_COUNT_MAX);
    expect(() => splitChallenges(list(CHALLENGE_COUNT_MAX + 1))).toThrow(ProtocolError);
    expect(splitChallenges(`B x="${'y'.repeat(AUTH_VALUE_LENGTH_MAX - 6)}"`)).toHaveLength(1);
    expect(() => splitChallenges('x'.repeat(AUTH_VALUE_LENGTH_MAX + 1))).toThrow(ProtocolError);
  });
});
