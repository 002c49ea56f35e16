import { describe, expect, test } from 'vitest';
import { type HttpAccount, type HttpAlgorithm, httpSecretOf } from './http-auth.ts';
import { type HttpCredential, HttpProver } from './http-auth-client.ts';
import { HttpGate, type HttpGateVerdict } from './http-auth-gate.ts';
import { HttpNonces, NONCE_LIFE_MS } from './http-auth-nonces.ts';
import { seededRandom } from './testing/pair.ts';

const REALM = 'dm "operator"';
const REQUEST = { method: 'POST', target: '/dm?s=1' };
const NOW = 1_700_000_000_000;
type Scheme = 'basic' | 'digest';

const accountOf = (scheme: Scheme): HttpAccount => ({
  scheme,
  username: 'ue1',
  secret: httpSecretOf('ue1', REALM, 'pass:word'),
});

function gate(algorithms: readonly HttpAlgorithm[] = ['SHA-256', 'MD5'], seed = 1): HttpGate {
  return new HttpGate({ realm: REALM, algorithms, random: seededRandom(seed) });
}

function challengesOf(verdict: HttpGateVerdict): readonly string[] {
  return verdict.kind === 'challenge' ? verdict.challenges : [];
}

/** A client that was challenged by this gate. */
function asked(by: HttpGate, scheme: Scheme, change: Partial<HttpCredential> = {}, now = NOW) {
  const credential = { scheme, username: 'ue1', password: 'pass:word', ...change };
  const client = new HttpProver(credential, seededRandom(2));
  client.challenged(
    challengesOf(by.check(accountOf(scheme), { ...REQUEST, authorization: undefined }, now)),
  );
  return client;
}

const SCHEMES: readonly (readonly [string, Scheme, readonly HttpAlgorithm[]])[] = [
  ['Basic', 'basic', []],
  ['Digest with SHA-256', 'digest', ['SHA-256']],
  ['Digest with MD5', 'digest', ['MD5']],
];

describe.each(SCHEMES)('HTTP %s', (_name, scheme, algorithms) => {
  const check = (change: Partial<HttpCredential>, account: HttpAccount | Scheme) => {
    const by = gate(algorithms);
    const authorization = asked(by, scheme, change).authorization(REQUEST);
    return by.check(account, { ...REQUEST, authorization }, NOW);
  };

  test('is proved with the password and with no other [SYNCHTTP 5.4-1]', () => {
    expect(check({}, accountOf(scheme))).toEqual({ kind: 'proven' });
    for (const password of ['pass:worn', '', 'PASS:WORD']) {
      expect(check({ password }, accountOf(scheme))).toMatchObject({ why: 'wrong' });
    }
    expect(check({ username: 'ue2' }, accountOf(scheme))).toMatchObject({ why: 'wrong' });
  });

  test('AC-13: a stranger is answered like a known one with a wrong password, to the letter', () => {
    const one = check({ password: 'guess' }, accountOf(scheme));
    expect(check({ password: 'guess' }, scheme)).toEqual(one);
    expect(check({}, scheme)).toEqual(one);
  });
});

test('both algorithms are offered, the better one first, with stale and a nonce in base64', () => {
  const by = gate();
  const account = accountOf('digest');
  const verdict = by.check(account, { ...REQUEST, authorization: undefined }, NOW);
  expect(challengesOf(verdict)).toEqual([
    expect.stringMatching(/^Digest realm="dm \\"operator\\"", nonce="[A-Za-z0-9+/=]+", qop="auth"/),
    expect.stringContaining('algorithm=MD5'),
  ]);
  expect(challengesOf(verdict)[0]).toContain('algorithm=SHA-256');
  expect(challengesOf(verdict)[0]).not.toContain('stale');
});

test('AC-12: a proof by an algorithm that is not offered, or by Basic for Digest, is none', () => {
  const offering = gate(['MD5']);
  const authorization = asked(offering, 'digest').authorization(REQUEST);
  const strict = gate(['SHA-256']);
  const account = accountOf('digest');
  expect(strict.check(account, { ...REQUEST, authorization }, NOW)).toMatchObject({ why: 'wrong' });
  const basic = `Basic ${Buffer.from('ue1:pass:word').toString('base64')}`;
  const verdict = strict.check(account, { ...REQUEST, authorization: basic }, NOW);
  expect(verdict).toMatchObject({ kind: 'challenge', why: 'wrong' });
});

test('a digest is for one request: another target, method or realm is not proved', () => {
  const account = accountOf('digest');
  for (const change of [{ target: '/dm' }, { method: 'GET' }]) {
    const by = gate();
    const authorization = asked(by, 'digest').authorization(REQUEST);
    const verdict = by.check(account, { ...REQUEST, ...change, authorization }, NOW);
    expect(verdict).toMatchObject({ why: 'wrong' });
  }
  const other = new HttpGate({ realm: 'other', random: seededRandom(1) });
  const authorization = asked(other, 'digest').authorization(REQUEST);
  const verdict = gate().check(account, { ...REQUEST, authorization }, NOW);
  expect(verdict).toMatchObject({ why: 'wrong' });
});

test('the target of a request that came through a proxy may be whole (RFC 7616 3.4.6)', () => {
  const by = gate();
  const authorization = asked(by, 'digest').authorization(REQUEST);
  const request = { method: 'POST', target: `http://dm.example:80${REQUEST.target}` };
  expect(by.check(accountOf('digest'), { ...request, authorization }, NOW).kind).toBe('proven');
});

describe('AC-10: what was used once does not count again', () => {
  test('the same Authorization is stale, and the next count of the same nonce is good', () => {
    const by = gate();
    const client = asked(by, 'digest');
    const account = accountOf('digest');
    const authorization = client.authorization(REQUEST);
    expect(by.check(account, { ...REQUEST, authorization }, NOW).kind).toBe('proven');
    const again = by.check(account, { ...REQUEST, authorization }, NOW);
    expect(again).toMatchObject({ kind: 'challenge', why: 'stale' });
    expect(challengesOf(again)[0]).toContain('stale=true');
    const next = client.authorization(REQUEST);
    expect(by.check(account, { ...REQUEST, authorization: next }, NOW).kind).toBe('proven');
    const late = by.check(account, { ...REQUEST, authorization }, NOW);
    expect(late).toMatchObject({ why: 'stale' });
  });

  test('a wrong answer with the nonce of another does not use it up', () => {
    const by = gate();
    const client = asked(by, 'digest');
    const account = accountOf('digest');
    const good = client.authorization(REQUEST)!;
    const forged = good.replace(/response="[0-9a-f]{8}/, 'response="00000000');
    const guess = by.check(account, { ...REQUEST, authorization: forged }, NOW);
    expect(guess).toMatchObject({ why: 'wrong' });
    expect(by.check(account, { ...REQUEST, authorization: good }, NOW).kind).toBe('proven');
  });

  test('a server that started anew takes no nonce of before, and says stale', () => {
    const authorization = asked(gate(), 'digest').authorization(REQUEST);
    const restarted = gate(['SHA-256', 'MD5'], 7);
    const verdict = restarted.check(accountOf('digest'), { ...REQUEST, authorization }, NOW);
    expect(verdict).toMatchObject({ why: 'stale' });
  });
});

describe('a nonce', () => {
  test('lives so long, and not a millisecond longer', () => {
    const nonces = new HttpNonces(seededRandom(1));
    const nonce = nonces.issue(NOW);
    expect(nonces.take(nonce, 1, NOW + NONCE_LIFE_MS)).toBe(true);
    expect(nonces.take(nonce, 2, NOW + NONCE_LIFE_MS + 1)).toBe(false);
  });

  test('AC-19: a clock that jumps makes it stale, and the next one is good at once', () => {
    const nonces = new HttpNonces(seededRandom(1));
    const before = nonces.issue(NOW);
    for (const now of [0, NOW + 10 * NONCE_LIFE_MS, -1]) {
      expect(nonces.take(before, 1, now)).toBe(false);
      expect(nonces.take(nonces.issue(now), 1, now)).toBe(true);
    }
  });

  test('AC-14: none is kept for who only asks, and the used ones have an end that forgets no use', () => {
    const nonces = new HttpNonces(seededRandom(1), 100);
    const first = nonces.issue(NOW);
    const spared = nonces.issue(NOW);
    expect(nonces.take(first, 1, NOW)).toBe(true);
    for (let count = 1; count < 100; count++) nonces.take(nonces.issue(NOW), 1, NOW);
    expect(nonces.take(first, 2, NOW)).toBe(true);
    expect(nonces.take(nonces.issue(NOW), 1, NOW)).toBe(true);
    expect(nonces.take(first, 2, NOW)).toBe(false);
    expect(nonces.take(first, 3, NOW)).toBe(true);
    expect(nonces.take(spared, 1, NOW)).toBe(false);
  });

  test.each(['', 'x', 'AAAA', Buffer.alloc(32).toString('base64')])(
    '%j is none of ours',
    (nonce) => {
      expect(new HttpNonces(seededRandom(1)).take(nonce, 1, NOW)).toBe(false);
    },
  );

  test('count 0 is none', () => {
    const nonces = new HttpNonces(seededRandom(1));
    expect(nonces.take(nonces.issue(NOW), 0, NOW)).toBe(false);
  });
});
