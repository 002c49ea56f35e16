/**
 * Milenage, the example algorithm set of 3GPP authentication: f1, f1*, f2 to f5 and f5* (3GPP TS
 * 35.206). A function of its input, octets in and octets out. Used by aka.ts, on both sides.
 */
import assert from 'node:assert';
import { createCipheriv } from 'node:crypto';
import { concatBytes } from '../bytes.ts';

/** K and OPc, 16 octets each: what network and card share. */
export interface MilenageKey {
  readonly K: Uint8Array;
  readonly OPc: Uint8Array;
}

export interface Milenage {
  /** f2: what proves the card, 8 octets. */
  readonly RES: Uint8Array;
  /** f3, f4: keys for confidentiality and integrity, 16 octets each. */
  readonly CK: Uint8Array;
  readonly IK: Uint8Array;
  /** f5, f5*: what hides SQN on its way to the card, and back in a resynchronisation; 6 octets. */
  readonly AK: Uint8Array;
  readonly AKStar: Uint8Array;
}

const BLOCK = 16;

/** TS 35.206 4.1: the operator's OP under the subscriber's K, so that no card holds OP. */
export function opcOf(K: Uint8Array, OP: Uint8Array): Uint8Array {
  assertBlocks(K, OP);
  return xor(OP, encrypt(K, OP));
}

/** f2 to f5*, which depend on RAND alone. */
export function milenage({ K, OPc }: MilenageKey, RAND: Uint8Array): Milenage {
  assertBlocks(K, OPc, RAND);
  const out = outputs({ K, OPc }, RAND);
  const second = out(0, 1);
  return {
    RES: second.slice(8),
    AK: second.slice(0, 6),
    CK: out(4, 2),
    IK: out(8, 4),
    AKStar: out(12, 8).slice(0, 6),
  };
}

/** f1 and f1*: the codes that prove SQN and AMF, 8 octets each. */
export function milenageMac(
  { K, OPc }: MilenageKey,
  RAND: Uint8Array,
  SQN: Uint8Array,
  AMF: Uint8Array,
): { readonly MAC: Uint8Array; readonly MACStar: Uint8Array } {
  assertBlocks(K, OPc, RAND);
  assert(SQN.length === 6 && AMF.length === 2, 'SQN has 6 octets, AMF 2');
  const input = concatBytes(SQN, AMF, SQN, AMF);
  const temp = encrypt(K, xor(RAND, OPc));
  // TS 35.206 4.1: r1 is 64 bits, c1 is zero.
  const first = xor(encrypt(K, xor(temp, rotated(xor(input, OPc), 8))), OPc);
  return { MAC: first.slice(0, 8), MACStar: first.slice(8) };
}

/** TS 35.206 4.1: OUT2 to OUT5, by their rotation in octets and the last octet of their constant. */
function outputs({ K, OPc }: MilenageKey, RAND: Uint8Array) {
  const temp = xor(encrypt(K, xor(RAND, OPc)), OPc);
  return (rotation: number, constant: number): Uint8Array => {
    const block = rotated(temp, rotation);
    block[BLOCK - 1] = (block[BLOCK - 1] ?? 0) ^ constant;
    return xor(encrypt(K, block), OPc);
  };
}

/** One block of AES-128, the kernel function of TS 35.206. */
function encrypt(K: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', K, null).setAutoPadding(false);
  return new Uint8Array(cipher.update(block));
}

function rotated(block: Uint8Array, octets: number): Uint8Array {
  return concatBytes(block.subarray(octets), block.subarray(0, octets));
}

/** Octet by octet, over the length of `a`. */
export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((octet, index) => octet ^ (b[index] ?? 0));
}

function assertBlocks(...blocks: readonly Uint8Array[]): void {
  assert(
    blocks.every(({ length }) => length === BLOCK),
    'K, OP, OPc and RAND have 16 octets',
  );
}
