import { describe, expect, test } from 'vitest';
import { decodeBase64, decodeHex, encodeBase64, encodeHex } from '../bytes.ts';
import {
  AuthenticationCentre,
  akaVector,
  Card,
  decodeAkaNonce,
  decodeAuts,
  encodeAkaNonce,
  IND_COUNT,
  SEQ_AHEAD_MAX,
  SQN_MAX,
  sqnOfAuts,
} from './aka.ts';

/** TS 35.208 set 1. */
const KEY = {
  K: decodeHex('465b5ce8b199b49faa5f0a2ee238a6bc'),
  OPc: decodeHex('cd63cb71954a9f4e48a5994e37a02baf'),
};
const RAND = decodeHex('23553cbe9637a89d218ae64dae47bf35');
const AMF = decodeHex('b9b9');
const SQN = 0xff9bb4d0b607;

/** A challenge with that SEQ and IND. */
function challenge(SEQ: number, IND = 0) {
  return akaVector(KEY, RAND, SEQ * IND_COUNT + IND, AMF);
}

function counting() {
  let count = 0;
  return (length: number) => new Uint8Array(length).fill(++count);
}

describe('the vector', () => {
  test('of TS 35.208 set 1, and the nonce that carries it (RFC 3310 section 3.2) [SIPPUSH RFC3310.3.2-1]', () => {
    const vector = akaVector(KEY, RAND, SQN, AMF);
    expect(encodeHex(vector.AUTN)).toBe('55f328b43577b9b94a9ffac354dfafb3');
    expect(encodeHex(vector.XRES)).toBe('a54211d5e3ba50bf');
    const nonce = encodeAkaNonce(vector);
    expect(nonce).toBe('I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=');
    expect(decodeAkaNonce(nonce)).toEqual({ RAND, AUTN: vector.AUTN });
  });

  test('what a server adds behind RAND and AUTN is left alone', () => {
    const { AUTN } = akaVector(KEY, RAND, SQN, AMF);
    const longer = encodeBase64(new Uint8Array([...RAND, ...AUTN, 1, 2, 3]));
    expect(decodeAkaNonce(longer)).toEqual({ RAND, AUTN });
  });

  test.each([
    ['one octet short', encodeBase64(new Uint8Array(31))],
    ['no base64', '%'],
    ['empty', ''],
  ])('a nonce that is %s is refused', (_, nonce) => {
    expect(() => decodeAkaNonce(nonce)).toThrow(expect.objectContaining({ code: 'AKA_NONCE' }));
  });

  test('SQN has 48 bits', () => {
    expect(akaVector(KEY, RAND, SQN_MAX).AUTN).toHaveLength(16);
    expect(() => akaVector(KEY, RAND, SQN_MAX + 1)).toThrow(/48 bits/);
  });
});

describe('the card', () => {
  test('accepts its network, and gives RES and the keys', () => {
    const { AUTN, XRES, CK, IK } = challenge(1);
    const answer = new Card(KEY).authenticate(RAND, AUTN);
    expect(answer).toEqual({ kind: 'accepted', RES: XRES, CK, IK });
  });

  test('finds out who does not know K, and remembers nothing of it', () => {
    const { AUTN } = challenge(5);
    for (let index = 0; index < AUTN.length; index++) {
      const card = new Card(KEY);
      const forged = AUTN.with(index, (AUTN[index] ?? 0) ^ 1);
      expect(card.authenticate(RAND, forged)).toEqual({ kind: 'MAC failure' });
      expect(card.authenticate(RAND, AUTN)).toMatchObject({ kind: 'accepted' });
    }
  });

  test('takes no challenge twice (AC-28), and none older of its IND', () => {
    const card = new Card(KEY);
    const use = (SEQ: number, IND: number) =>
      card.authenticate(RAND, challenge(SEQ, IND).AUTN).kind;
    expect(use(7, 3)).toBe('accepted');
    expect(use(7, 3)).toBe('synchronisation failure');
    expect(use(6, 3)).toBe('synchronisation failure');
    // TS 33.102 C.2.2: of another IND it may be older, vectors do not always arrive in order.
    expect(use(6, 4)).toBe('accepted');
    expect(use(8, 3)).toBe('accepted');
  });

  test('SEQ runs ahead by so much and no more', () => {
    const card = new Card(KEY, [10]);
    expect(card.authenticate(RAND, challenge(10 + SEQ_AHEAD_MAX + 1).AUTN).kind).toBe(
      'synchronisation failure',
    );
    expect(card.authenticate(RAND, challenge(10 + SEQ_AHEAD_MAX).AUTN).kind).toBe('accepted');
  });

  test('what it has accepted outlives it', () => {
    const first = new Card(KEY);
    first.authenticate(RAND, challenge(9, 2).AUTN);
    const second = new Card(KEY, first.sequences);
    expect(second.authenticate(RAND, challenge(9, 2).AUTN).kind).toBe('synchronisation failure');
  });

  test('AUTS as an independent program makes it', () => {
    const auts = decodeBase64('uoU/PBI8z0TpNZbjVcY=');
    expect(sqnOfAuts(KEY, RAND, auts)).toBe(SQN);
    const card = new Card(KEY, [...Array(SQN % IND_COUNT).fill(0), Math.floor(SQN / IND_COUNT)]);
    expect(card.authenticate(RAND, akaVector(KEY, RAND, SQN, AMF).AUTN)).toEqual({
      kind: 'synchronisation failure',
      AUTS: auts,
    });
  });
});

describe('the authentication centre', () => {
  test('makes vectors that are fresh one after the other', () => {
    const centre = new AuthenticationCentre(KEY);
    const card = new Card(KEY);
    const random = counting();
    for (let round = 0; round < 2 * IND_COUNT + 3; round++) {
      const { RAND: rand, AUTN } = centre.vector(random);
      expect(card.authenticate(rand, AUTN).kind).toBe('accepted');
    }
  });

  test('behind its card, it is heard again after one resynchronisation', () => {
    const random = counting();
    const card = new Card(KEY, Array(IND_COUNT).fill(1000));
    const centre = new AuthenticationCentre(KEY);
    const stale = centre.vector(random);
    const answer = card.authenticate(stale.RAND, stale.AUTN);
    if (answer.kind !== 'synchronisation failure') throw new Error('not fresh');
    expect(centre.resynchronize(stale.RAND, decodeAuts(encodeBase64(answer.AUTS)))).toBe(true);
    const fresh = centre.vector(random);
    expect(card.authenticate(fresh.RAND, fresh.AUTN).kind).toBe('accepted');
  });

  test('is not moved by an AUTS that no card of the subscriber made', () => {
    const centre = new AuthenticationCentre(KEY, { SQN: 64 });
    expect(centre.resynchronize(RAND, new Uint8Array(14))).toBe(false);
    expect(centre.resynchronize(RAND, new Uint8Array(13))).toBe(false);
    // Of another challenge.
    const { RAND: rand, AUTN } = challenge(1);
    const answer = new Card(KEY, [9]).authenticate(rand, AUTN);
    if (answer.kind !== 'synchronisation failure') throw new Error('not fresh');
    expect(
      centre.resynchronize(
        RAND.map((octet) => octet ^ 1),
        answer.AUTS,
      ),
    ).toBe(false);
    expect(centre.SQN).toBe(64);
  });

  test.each([encodeBase64(new Uint8Array(13)), encodeBase64(new Uint8Array(15)), '!'])(
    'auts is 14 octets, not %s',
    (text) => {
      expect(() => decodeAuts(text)).toThrow(expect.objectContaining({ code: 'AKA_AUTS' }));
    },
  );
});
