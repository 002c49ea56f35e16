/** UE-1 with a card: AKAv1-MD5 (RFC 3310, TS 24.229 5.1.1.5), and which challenge is answered at all. */
import { describe, expect, test } from 'vitest';
import { decodeHex, encodeBase64 } from '../bytes.ts';
import {
  AuthenticationCentre,
  Card,
  type DigestChallenge,
  decodeAkaNonce,
  decodeAuts,
  encodeAkaNonce,
  encodeDigestChallenge,
  ha1,
  isValidResponse,
} from '../digest/index.ts';
import { headerOf, type SipRequest } from './message/index.ts';
import type { RegistrationEffect } from './registration-interface.ts';
import { CHALLENGE_ANSWER_MAX, REFUSAL_MAX } from './registration-outcome.ts';
import {
  answer,
  CHALLENGE,
  challenge,
  credentialsOf,
  OPTIONS,
  ok,
  registration,
  sent,
} from './testing/register.ts';

const KEY = {
  K: decodeHex('465b5ce8b199b49faa5f0a2ee238a6bc'),
  OPc: decodeHex('cd63cb71954a9f4e48a5994e37a02baf'),
};

function withCard(card = new Card(KEY)) {
  const { password: _, ...options } = OPTIONS;
  return registration({ ...options, card });
}

/** A network that knows the key, and its next challenge. */
class Network {
  readonly centre = new AuthenticationCentre(KEY);
  #draws = 0;
  XRES: Uint8Array = new Uint8Array(0);

  challenge(request: SipRequest, change: Partial<DigestChallenge> = {}) {
    const vector = this.centre.vector((length) => new Uint8Array(length).fill(++this.#draws));
    this.XRES = vector.XRES;
    const aka = { nonce: encodeAkaNonce(vector), algorithm: 'AKAv1-MD5' } as const;
    return challenge(request, { ...aka, ...change });
  }

  accepts(request: SipRequest): boolean {
    const { username, realm } = credentialsOf(request);
    const hash = ha1(username, realm, this.XRES, 'AKAv1-MD5');
    return isValidResponse(credentialsOf(request), hash, 'REGISTER');
  }
}

const kinds = (effects: readonly RegistrationEffect[]) => effects.map(({ kind }) => kind);

describe('with a card', () => {
  test('the private identity is named before any challenge (TS 24.229 5.1.1.2) [SIPPUSH TS24229.5.1.1.2-2]', () => {
    const first = sent(withCard().step({ kind: 'register' }, 0));
    expect(credentialsOf(first)).toMatchObject({ username: OPTIONS.username, nonce: '' });
  });

  test('RES answers, and what the card remembers is kept before it leaves [R-6.7-2] [SIPPUSH RFC3310.3.3-1]', () => {
    const network = new Network();
    const engine = withCard();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const effects = engine.step(network.challenge(first), 0);
    expect(kinds(effects)).toEqual(['card', 'send']);
    const second = sent(effects);
    expect(credentialsOf(second)).toMatchObject({ algorithm: 'AKAv1-MD5', nc: '00000001' });
    expect(network.accepts(second)).toBe(true);
    expect(engine.step(ok(second, 3600), 0)).toMatchObject([
      { kind: 'registered', algorithm: 'AKAv1-MD5' },
    ]);
  });

  test('a refresh counts on with the same RES; a new challenge has a new one', () => {
    const network = new Network();
    const engine = withCard();
    const first = sent(engine.step({ kind: 'register' }, 0));
    engine.step(ok(sent(engine.step(network.challenge(first), 0)), 3600), 0);
    const refresh = sent(engine.step({ kind: 'timeout' }, 3_000_000));
    expect(credentialsOf(refresh).nc).toBe('00000002');
    expect(network.accepts(refresh)).toBe(true);
    const again = sent(engine.step(network.challenge(refresh), 3_000_000));
    expect(credentialsOf(again).nc).toBe('00000001');
    expect(network.accepts(again)).toBe(true);
  });

  test('a network that has fallen behind is told by auts, and then heard [SIPPUSH RFC3310.3.4-1]', () => {
    const network = new Network();
    const engine = withCard(new Card(KEY, Array(32).fill(5000)));
    const first = sent(engine.step({ kind: 'register' }, 0));
    const input = network.challenge(first);
    const effects = engine.step(input, 0);
    expect(kinds(effects)).toEqual(['send']);
    const second = sent(effects);
    const { auts, nonce, response, username, realm } = credentialsOf(second);
    const { RAND } = decodeAkaNonce(nonce);
    expect(network.centre.resynchronize(RAND, decodeAuts(auts ?? ''))).toBe(true);
    // RFC 3310 section 3.4: as if the password were empty.
    const hash = ha1(username, realm, '', 'AKAv1-MD5');
    expect(isValidResponse({ ...credentialsOf(second), response }, hash, 'REGISTER')).toBe(true);
    const third = sent(engine.step(network.challenge(second), 0));
    expect(credentialsOf(third)).not.toHaveProperty('auts');
    expect(network.accepts(third)).toBe(true);
    expect(engine.step(ok(third, 3600), 0)).toMatchObject([{ kind: 'registered' }]);
  });

  test('another network gets an empty response and no auts, twice and no more [SIPPUSH TS24229.5.1.1.5-1]', () => {
    const foreign = () =>
      ({ nonce: encodeBase64(new Uint8Array(32)), algorithm: 'AKAv1-MD5' }) as const;
    const engine = withCard();
    let request = sent(engine.step({ kind: 'register' }, 0));
    for (let round = 1; round <= REFUSAL_MAX; round++) {
      request = sent(engine.step(challenge(request, foreign()), 0));
      expect(credentialsOf(request)).toMatchObject({ response: '', nonce: foreign().nonce });
      expect(credentialsOf(request)).not.toHaveProperty('auts');
    }
    expect(engine.step(challenge(request, foreign()), 0)).toMatchObject([
      { kind: 'failed', isRefused: true, reason: 'the card does not accept this network' },
    ]);
  });

  test('what the card refused is not answered again in a later REGISTER', () => {
    const engine = withCard();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const foreign = { nonce: encodeBase64(new Uint8Array(32)), algorithm: 'AKAv1-MD5' } as const;
    const second = sent(engine.step(challenge(first, foreign), 0));
    engine.step(answer(second, 500), 0);
    const third = sent(engine.step({ kind: 'timeout' }, engine.deadline!));
    expect(credentialsOf(third).nonce).toBe('');
  });

  test.each([
    ['MD5, which would ask for a password', { algorithm: 'MD5' } as const],
    ['AKA without a nonce that holds one', { algorithm: 'AKAv1-MD5', nonce: 'short' } as const],
  ])('%s is not answered (AC-28)', (_, change) => {
    const engine = withCard();
    const first = sent(engine.step({ kind: 'register' }, 0));
    expect(engine.step(challenge(first, change), 0)).toMatchObject([
      { kind: 'failed', isRefused: true },
    ]);
  });

  test('a network that wants RES again and again is left', () => {
    const network = new Network();
    const engine = withCard();
    let request = sent(engine.step({ kind: 'register' }, 0));
    for (let round = 1; round <= CHALLENGE_ANSWER_MAX; round++) {
      request = sent(engine.step(network.challenge(request, { stale: true }), 0));
    }
    expect(engine.step(network.challenge(request, { stale: true }), 0)).toMatchObject([
      { kind: 'failed', isRefused: true },
    ]);
  });
});

describe('SHA-256 (RFC 8760)', () => {
  const value = (algorithm: 'MD5' | 'SHA-256', nonce = 'n') =>
    encodeDigestChallenge({ ...CHALLENGE, algorithm, nonce });
  const header = (text: string) => ({ name: 'WWW-Authenticate', value: text });

  test('of several the topmost is answered, also where they share a header line', () => {
    const topmost = (...values: string[]) => {
      const engine = registration();
      const first = sent(engine.step({ kind: 'register' }, 0));
      const second = sent(engine.step(answer(first, 401, ...values.map(header)), 0));
      return credentialsOf(second).algorithm;
    };
    expect(topmost(value('SHA-256'), value('MD5'))).toBe('SHA-256');
    expect(topmost(value('MD5'), value('SHA-256'))).toBe('MD5');
    expect(topmost(`${value('SHA-256')}, ${value('MD5')}`)).toBe('SHA-256');
    expect(topmost('Digest realm="r", nonce="n", algorithm=SHA-512-256', value('MD5'))).toBe('MD5');
  });

  test('the response is of that hash, and the 200 says which it was', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const second = sent(engine.step(challenge(first, { algorithm: 'SHA-256' }), 0));
    const hash = ha1(OPTIONS.username, 'home.example', 'secret', 'SHA-256');
    expect(isValidResponse(credentialsOf(second), hash, 'REGISTER')).toBe(true);
    expect(credentialsOf(second).response).toHaveLength(64);
    expect(engine.step(ok(second, 3600), 0)).toMatchObject([{ algorithm: 'SHA-256' }]);
  });

  test('a network that could do it is not heard with less later (AC-28)', () => {
    const engine = registration();
    const first = sent(engine.step({ kind: 'register' }, 0));
    const second = sent(engine.step(challenge(first, { algorithm: 'SHA-256' }), 0));
    engine.step(ok(second, 3600), 0);
    const refresh = sent(engine.step({ kind: 'timeout' }, 3_000_000));
    expect(engine.step(challenge(refresh, { algorithm: 'MD5' }), 3_000_000)).toMatchObject([
      { kind: 'failed', isRefused: true },
    ]);
  });

  test('without a password nothing is answered', () => {
    const { password: _, ...options } = OPTIONS;
    const engine = registration({ ...options, password: undefined as never });
    const first = sent(engine.step({ kind: 'register' }, 0));
    expect(headerOf(first, 'Authorization')).toBeUndefined();
    expect(engine.step(challenge(first), 0)).toMatchObject([{ kind: 'failed', isRefused: true }]);
  });
});
