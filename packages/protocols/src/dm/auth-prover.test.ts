import { describe, expect, test } from 'vitest';
import type { Cred, SyncHdr } from '../syncml/message.ts';
import { credentialOf, makeChal, makeCred, withNonce } from './auth.ts';
import { CHALLENGES_ANSWERED_MAX, PROVER_TRANSITIONS, Prover } from './auth-prover.ts';
import { Verifier } from './auth-verifier.ts';
import { seededRandom } from './testing/pair.ts';

const nonce = (octet: number) => new Uint8Array(16).fill(octet);
const MD5 = credentialOf('md5', 'device', 'secret', nonce(1));
const credOf = (octet: number) => makeCred(withNonce(MD5, nonce(octet)));

describe('the side that proves itself', () => {
  test('sends no Cred any more after 212, and keeps the nonce of its Chal for later', () => {
    const prover = new Prover(MD5);
    expect(prover.cred()).toEqual(credOf(1));
    expect(prover.take(212, makeChal('md5', nonce(2)))).toBe('212');
    expect(prover.cred()).toBeUndefined();
    expect(prover.takeNonce()).toEqual(nonce(2));
    expect(prover.takeNonce()).toBeUndefined();
  });

  test('after 200 repeats its Cred, with the newest nonce (OMA-DMPRO 9.2)', () => {
    const prover = new Prover(MD5);
    expect(prover.take(200, undefined)).toBe('200');
    expect(prover.cred()).toEqual(credOf(1));
    prover.take(200, makeChal('md5', nonce(3)));
    expect(prover.cred()).toEqual(credOf(3));
    expect(prover.state).toBe('ProvenForMessage');
  });

  test('answers a challenge with its nonce, a bounded number of times, at any time of the session', () => {
    const prover = new Prover(MD5);
    prover.take(212, undefined);
    for (let count = 1; count <= CHALLENGES_ANSWERED_MAX; count++) {
      expect(prover.take(401, makeChal('md5', nonce(count)))).toBe('challenge');
      expect(prover.cred()).toEqual(credOf(count));
    }
    expect(prover.take(401, makeChal('md5', nonce(9)))).toBe('refusal');
    expect(prover.state).toBe('Refused');
  });

  test('keeps the nonce of a challenge once it was let in by it', () => {
    const prover = new Prover(MD5);
    prover.take(401, makeChal('md5', nonce(7)));
    prover.take(212, undefined);
    expect(prover.takeNonce()).toEqual(nonce(7));
  });

  test.each([
    ['without Chal', 407, undefined],
    ['for a weaker scheme', 407, makeChal('basic', nonce(1))],
    ['by any other failure', 500, undefined],
    ['by a code without a meaning here', 302, undefined],
  ])('is refused %s', (_, code, chal) => {
    expect(new Prover(MD5).take(code, chal)).toBe('refusal');
  });

  test('without a credential a challenge is a refusal', () => {
    expect(new Prover(undefined).take(407, makeChal('md5', nonce(1)))).toBe('refusal');
  });

  test('what is proven for the session stays so until it is challenged', () => {
    expect(PROVER_TRANSITIONS.ProvenForSession).toEqual({
      challenge: 'Unproven',
      refusal: 'Refused',
    });
    const prover = new Prover(MD5);
    prover.take(212, undefined);
    prover.take(200, undefined);
    expect(prover.cred()).toBeUndefined();
  });
});

describe('the side that checks', () => {
  const hdr = (Cred?: Cred): SyncHdr => ({
    VerDTD: '1.2',
    VerProto: 'DM/1.2',
    SessionID: '1',
    MsgID: '1',
    Target: { LocURI: 'http://dm.example/' },
    Source: { LocURI: 'IMEI:1', LocName: 'device' },
    ...(Cred && { Cred }),
  });

  test('gives 212 with a fresh nonce for a Cred, 200 for later messages without one', () => {
    const verifier = new Verifier({ credential: MD5, random: seededRandom(1) });
    const first = verifier.check(hdr(credOf(1)));
    expect(first).toMatchObject({ kind: 'proven', code: 212 });
    expect(first.chal?.Meta.NextNonce).toEqual(verifier.takeNonce());
    expect(verifier.check(hdr())).toEqual({ kind: 'proven', code: 200 });
  });

  test('takes a Cred that is repeated although 212 spared it, with the spent nonce or the new one', () => {
    const verifier = new Verifier({ credential: MD5, random: seededRandom(1) });
    const fresh = verifier.check(hdr(credOf(1))).chal?.Meta.NextNonce;
    expect(verifier.check(hdr(credOf(1)))).toEqual({ kind: 'proven', code: 212 });
    const renewed = makeCred(withNonce(MD5, fresh!));
    expect(verifier.check(hdr(renewed))).toEqual({ kind: 'proven', code: 212 });
  });

  test('challenges a wrong Cred in the middle of a session', () => {
    const verifier = new Verifier({ credential: MD5, random: seededRandom(1) });
    verifier.check(hdr(credOf(1)));
    expect(verifier.check(hdr(credOf(9)))).toMatchObject({ kind: 'challenge', code: 401 });
    expect(verifier.check(hdr())).toMatchObject({ kind: 'challenge', code: 407 });
    expect(verifier.check(hdr(credOf(1)))).toMatchObject({ kind: 'exhausted', code: 401 });
  });

  test('hands out a nonce for later to a proven peer only', () => {
    const verifier = new Verifier({ credential: MD5, random: seededRandom(1) });
    verifier.check(hdr(credOf(9)));
    expect(verifier.takeNonce()).toBeUndefined();
  });

  test('every challenge has a nonce of its own', () => {
    const verifier = new Verifier({ credential: MD5, random: seededRandom(1) });
    const nonces = [1, 2].map(() => String(verifier.check(hdr()).chal?.Meta.NextNonce));
    expect(new Set(nonces).size).toBe(2);
  });
});
