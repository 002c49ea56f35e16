/**
 * UMTS AKA as Digest AKAv1-MD5 carries it: the vectors of the authentication centre, the nonce that
 * brings one to the UE, and the card's answer (3GPP TS 33.102 6.3 and Annex C, RFC 3310). Used by
 * SIP registration, and by the lab's HSS.
 */
import assert from 'node:assert';
import { concatBytes, decodeBase64, decodeHex, encodeBase64 } from '../bytes.ts';
import type { Random } from '../engine.ts';
import { ProtocolError } from '../error.ts';
import { isSameDigest } from './md5.ts';
import { type MilenageKey, milenage, milenageMac, xor } from './milenage.ts';

export interface AkaVector {
  readonly RAND: Uint8Array;
  readonly AUTN: Uint8Array;
  /** The RES to expect: the digest password of this challenge, as octets. */
  readonly XRES: Uint8Array;
  readonly CK: Uint8Array;
  readonly IK: Uint8Array;
}

/** TS 33.102 C.1.1.1: SQN is SEQ (43 bits) followed by IND (5 bits). */
export const IND_COUNT = 32;
export const SQN_MAX = 2 ** 48 - 1;
/** TS 33.102 C.2.1: how far SEQ may run ahead, so that a faulty network cannot use it up. */
export const SEQ_AHEAD_MAX = 2 ** 28;

const RAND_BYTES = 16;
const AUTN_BYTES = 16;
export const AUTS_BYTES = 14;
const SQN_BYTES = 6;
const AMF_BYTES = 2;
/** TS 33.102 6.3.3: AMF of a resynchronisation is all zeros. */
const AMF_RESYNC = new Uint8Array(AMF_BYTES);
/** TS 33.102 Annex H: nothing says otherwise here. */
export const AMF_DEFAULT: Uint8Array = new Uint8Array([0x80, 0x00]);

/** TS 33.102 6.3.2: the vector for one SQN. */
export function akaVector(
  key: MilenageKey,
  RAND: Uint8Array,
  SQN: number,
  AMF: Uint8Array = AMF_DEFAULT,
): AkaVector {
  const { RES, CK, IK, AK } = milenage(key, RAND);
  const sequence = sqnOctets(SQN);
  const { MAC } = milenageMac(key, RAND, sequence, AMF);
  return { RAND, AUTN: concatBytes(xor(sequence, AK), AMF, MAC), XRES: RES, CK, IK };
}

/** TS 33.102 6.3.5: the SQN of the card in an AUTS, or undefined if no card of this key made it. */
export function sqnOfAuts(
  key: MilenageKey,
  RAND: Uint8Array,
  AUTS: Uint8Array,
): number | undefined {
  if (AUTS.length !== AUTS_BYTES) return undefined;
  const sequence = xor(AUTS.slice(0, SQN_BYTES), milenage(key, RAND).AKStar);
  const { MACStar } = milenageMac(key, RAND, sequence, AMF_RESYNC);
  return isSameDigest(MACStar, AUTS.subarray(SQN_BYTES)) ? sqnNumber(sequence) : undefined;
}

/**
 * The authentication centre's side for one subscriber: it counts SQN up with every vector, and
 * takes over the card's count when that proves to be ahead.
 */
export class AuthenticationCentre {
  readonly #key: MilenageKey;
  readonly #AMF: Uint8Array;
  #SQN: number;

  constructor(key: MilenageKey, { AMF = AMF_DEFAULT, SQN = 0 } = {}) {
    this.#key = key;
    this.#AMF = AMF;
    this.#SQN = SQN;
  }

  /** Of the last vector. */
  get SQN(): number {
    return this.#SQN;
  }

  /** TS 33.102 C.1.2: SEQ and IND both step, so that vectors used out of order are still fresh. */
  vector(random: Random): AkaVector {
    const SEQ = Math.floor(this.#SQN / IND_COUNT) + 1;
    const IND = (this.#SQN + 1) % IND_COUNT;
    const SQN = SEQ * IND_COUNT + IND;
    assert(SQN <= SQN_MAX, 'SQN is used up');
    this.#SQN = SQN;
    return akaVector(this.#key, random(RAND_BYTES), SQN, this.#AMF);
  }

  /** TS 33.102 6.3.5: whether the AUTS was the card's; then the next vector is fresh to it. */
  resynchronize(RAND: Uint8Array, AUTS: Uint8Array): boolean {
    const SQN = sqnOfAuts(this.#key, RAND, AUTS);
    if (SQN === undefined) return false;
    this.#SQN = SQN;
    return true;
  }
}

export type CardAnswer =
  | {
      readonly kind: 'accepted';
      readonly RES: Uint8Array;
      readonly CK: Uint8Array;
      readonly IK: Uint8Array;
    }
  /** The challenge is this network's, but not fresh to the card. */
  | { readonly kind: 'synchronisation failure'; readonly AUTS: Uint8Array }
  /** Who made the challenge does not know K. */
  | { readonly kind: 'MAC failure' };

/**
 * The card: a USIM or ISIM in software (TS 33.102 6.3.3, C.2). What it has accepted must outlive a
 * restart, else an old challenge would be fresh again: keep `sequences`, and give them back.
 */
export class Card {
  readonly #key: MilenageKey;
  /** The highest SEQ accepted, by IND. */
  readonly #sequences: number[];

  constructor(key: MilenageKey, sequences: readonly number[] = []) {
    this.#key = key;
    this.#sequences = Array.from({ length: IND_COUNT }, (_, IND) => sequences[IND] ?? 0);
  }

  get sequences(): readonly number[] {
    return [...this.#sequences];
  }

  authenticate(RAND: Uint8Array, AUTN: Uint8Array): CardAnswer {
    assert(RAND.length === RAND_BYTES && AUTN.length === AUTN_BYTES, 'RAND and AUTN, 16 octets');
    const { RES, CK, IK, AK } = milenage(this.#key, RAND);
    const sequence = xor(AUTN.slice(0, SQN_BYTES), AK);
    const AMF = AUTN.subarray(SQN_BYTES, SQN_BYTES + AMF_BYTES);
    const { MAC } = milenageMac(this.#key, RAND, sequence, AMF);
    if (!isSameDigest(MAC, AUTN.subarray(SQN_BYTES + AMF_BYTES))) return { kind: 'MAC failure' };
    if (!this.#accept(sqnNumber(sequence))) {
      return { kind: 'synchronisation failure', AUTS: this.#auts(RAND) };
    }
    return { kind: 'accepted', RES, CK, IK };
  }

  /** TS 33.102 C.2.1: newer than the last one of its IND, and not too far ahead of all. */
  #accept(SQN: number): boolean {
    const SEQ = Math.floor(SQN / IND_COUNT);
    const IND = SQN % IND_COUNT;
    const isAhead = SEQ - Math.max(...this.#sequences) > SEQ_AHEAD_MAX;
    if (isAhead || SEQ <= (this.#sequences[IND] ?? 0)) return false;
    this.#sequences[IND] = SEQ;
    return true;
  }

  /** TS 33.102 6.3.3: SQN_MS, hidden, and the code that proves it. */
  #auts(RAND: Uint8Array): Uint8Array {
    const SEQ = Math.max(...this.#sequences);
    const sequence = sqnOctets(SEQ * IND_COUNT + this.#sequences.indexOf(SEQ));
    const { AKStar } = milenage(this.#key, RAND);
    const { MACStar } = milenageMac(this.#key, RAND, sequence, AMF_RESYNC);
    return concatBytes(xor(sequence, AKStar), MACStar);
  }
}

/**
 * RFC 3310 section 3.2: base64 of RAND, AUTN and whatever the server adds.
 * [SIPPUSH RFC3310.3.2-1]
 */
export function encodeAkaNonce({ RAND, AUTN }: Pick<AkaVector, 'RAND' | 'AUTN'>): string {
  return encodeBase64(concatBytes(RAND, AUTN));
}

/** Throws `AKA_NONCE`. */
export function decodeAkaNonce(nonce: string): Pick<AkaVector, 'RAND' | 'AUTN'> {
  const octets = octetsOf(nonce);
  if (octets === undefined || octets.length < RAND_BYTES + AUTN_BYTES) {
    throw new ProtocolError('AKA_NONCE', 'the nonce holds no RAND and AUTN', { path: 'nonce' });
  }
  return {
    RAND: octets.slice(0, RAND_BYTES),
    AUTN: octets.slice(RAND_BYTES, RAND_BYTES + AUTN_BYTES),
  };
}

/** RFC 3310 section 3.4: the `auts` parameter. Throws `AKA_AUTS`. */
export function decodeAuts(text: string): Uint8Array {
  const octets = octetsOf(text);
  if (octets?.length !== AUTS_BYTES) {
    throw new ProtocolError('AKA_AUTS', `auts is not ${AUTS_BYTES} octets`, { path: 'auts' });
  }
  return octets;
}

function octetsOf(base64: string): Uint8Array | undefined {
  try {
    return decodeBase64(base64);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** 48 bits are exact in a number. */
function sqnOctets(SQN: number): Uint8Array {
  assert(Number.isInteger(SQN) && SQN >= 0 && SQN <= SQN_MAX, 'SQN has 48 bits');
  return decodeHex(SQN.toString(16).padStart(12, '0'));
}

function sqnNumber(octets: Uint8Array): number {
  return octets.reduce((value, octet) => value * 256 + octet, 0);
}
