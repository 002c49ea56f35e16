import { describe, expect, test } from 'vitest';
import { AUTH_VALUE_LENGTH_MAX } from '../digest/auth-params.ts';
import { readHttpAuthorization } from './http-auth.ts';
import { type HttpCredential, HttpProver } from './http-auth-client.ts';
import { seededRandom } from './testing/pair.ts';

const USE = { method: 'POST', target: '/dm' };
const DIGEST: HttpCredential = { scheme: 'digest', username: 'ue1', password: 'pass:word' };
const BASIC: HttpCredential = { ...DIGEST, scheme: 'basic' };

const prover = (credential: HttpCredential) => new HttpProver(credential, seededRandom(1));

function answerTo(challenge: string, credential: HttpCredential, use = USE): string | undefined {
  const asked = prover(credential);
  return asked.challenged([challenge]) ? asked.authorization(use) : undefined;
}

describe('the samples of the standards', () => {
  test('RFC 7617 2 and 2.1: Basic, in UTF-8', () => {
    const aladdin = { scheme: 'basic', username: 'Aladdin', password: 'open sesame' } as const;
    expect(answerTo('Basic realm="WallyWorld"', aladdin)).toBe(
      'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    );
    const test123 = { scheme: 'basic', username: 'test', password: '123£' } as const;
    expect(answerTo('Basic realm="foo", charset="UTF-8"', test123)).toBe('Basic dGVzdDoxMjPCow==');
  });

  test('RFC 2617 3.5: what a server makes of the answer of its sample', () => {
    const claim = readHttpAuthorization(
      `Digest username="Mufasa", realm="testrealm@host.com",
       nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, nc=00000001,
       cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1",
       opaque="5ccc069c403ebaf9f0171e9517f40e41"`.replace(/\s+/g, ' '),
    );
    expect(claim).toMatchObject({ scheme: 'digest', username: 'Mufasa', nc: 1 });
  });
});

describe('the client', () => {
  const challenge = (more = '') => `Digest realm="r", nonce="n", qop="auth"${more}`;

  test('says nothing before it is asked, and then with every request, counting', () => {
    const asked = prover(DIGEST);
    expect(asked.authorization(USE)).toBeUndefined();
    expect(asked.challenged([challenge()])).toBe(true);
    expect(asked.authorization(USE)).toContain('nc=00000001');
    expect(asked.authorization(USE)).toContain('nc=00000002');
    expect(asked.authorization(USE)).toMatch(/cnonce="[A-Za-z0-9_-]{22}"/);
  });

  test('takes SHA-256 before MD5, in whichever order and header they come (RFC 7616 3.7)', () => {
    const both = [challenge(), challenge(', algorithm=SHA-256')];
    for (const values of [both, [...both].reverse(), [both.join(', ')]]) {
      const asked = prover(DIGEST);
      expect(asked.challenged(values)).toBe(true);
      expect(asked.authorization(USE)).toContain('algorithm=SHA-256');
    }
  });

  test('does not try again what was refused, but with a fresh nonce', () => {
    const asked = prover(DIGEST);
    asked.challenged([challenge()]);
    asked.authorization(USE);
    expect(asked.challenged([challenge()])).toBe(false);
    asked.authorization(USE);
    expect(asked.challenged([challenge(', stale=true')])).toBe(true);
    asked.authorization(USE);
    asked.accepted();
    expect(asked.challenged([challenge()])).toBe(true);
    const basic = prover(BASIC);
    basic.challenged(['Basic realm="r"']);
    basic.authorization(USE);
    expect(basic.challenged(['Basic realm="r", stale=true'])).toBe(false);
  });

  test('AC-12: a password is never sent because somebody asks for Basic in place of Digest', () => {
    expect(answerTo('Basic realm="x"', DIGEST)).toBeUndefined();
    expect(answerTo(challenge(), BASIC)).toBeUndefined();
    const asked = prover(DIGEST);
    expect(asked.challenged(['Basic realm="x"'])).toBe(false);
    expect(asked.authorization(USE)).toBeUndefined();
  });

  test.each(['algorithm=MD5-sess', 'algorithm=X', 'algorithm=AKAv1-MD5'])(
    'a challenge with %s is not answered',
    (algorithm) => {
      expect(answerTo(`Digest realm="r", nonce="n", ${algorithm}`, DIGEST)).toBeUndefined();
    },
  );

  test('nor one for auth-int alone, nor one that cannot be read', () => {
    expect(answerTo('Digest realm="r", nonce="n", qop="auth-int"', DIGEST)).toBeUndefined();
    expect(answerTo('Digest realm="r', DIGEST)).toBeUndefined();
    expect(answerTo('x'.repeat(AUTH_VALUE_LENGTH_MAX + 1), DIGEST)).toBeUndefined();
  });

  test('a name with quotes is written so that it is read as it is', () => {
    const username = 'a"b\\c';
    const value = answerTo(challenge(), { ...DIGEST, username });
    expect(readHttpAuthorization(value)).toMatchObject({ username });
  });
});

test.each([
  [undefined],
  [''],
  ['Bearer abc'],
  ['Basic'],
  ['Basic bm9jb2xvbg=='],
  ['Basic !!!'],
  ['Basic /////w=='],
  ['Digest'],
  ['Digest username="a", realm="r", nonce="n", uri="/", response="r"'],
  [
    'Digest username="a", realm="r", nonce="n", uri="/", response="r", qop=auth-int, nc=00000001, cnonce="c"',
  ],
  [
    'Digest username="a", realm="r", nonce="n", uri="/", response="r", qop=auth, nc=xyz, cnonce="c"',
  ],
])('%.60j is no claim, and no error', (value) => {
  expect(readHttpAuthorization(value)).toBeUndefined();
});

test('an Authorization has a longest value, and one octet more is none', () => {
  const basic = (length: number) => {
    const octets = ((length - 'Basic '.length) / 4) * 3;
    return `Basic ${Buffer.from(`ue1:${'x'.repeat(octets - 4)}`).toString('base64')}`;
  };
  const longest = basic(AUTH_VALUE_LENGTH_MAX - 2);
  expect(readHttpAuthorization(`${longest}  `)).toMatchObject({ username: 'ue1' });
  expect(readHttpAuthorization(`${longest}   `)).toBeUndefined();
});
