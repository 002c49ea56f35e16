/** The six test sets of 3GPP TS 35.207 and TS 35.208. */
import { expect, test } from 'vitest';
import { decodeHex, encodeHex } from '../bytes.ts';
import { milenage, milenageMac, opcOf } from './milenage.ts';

const SETS = [
  {
    set: 1,
    K: '465b5ce8b199b49faa5f0a2ee238a6bc',
    OP: 'cdc202d5123e20f62b6d676ac72cb318',
    RAND: '23553cbe9637a89d218ae64dae47bf35',
    SQN: 'ff9bb4d0b607',
    AMF: 'b9b9',
    OPc: 'cd63cb71954a9f4e48a5994e37a02baf',
    f1: '4a9ffac354dfafb3',
    f1Star: '01cfaf9ec4e871e9',
    f2: 'a54211d5e3ba50bf',
    f3: 'b40ba9a3c58b2a05bbf0d987b21bf8cb',
    f4: 'f769bcd751044604127672711c6d3441',
    f5: 'aa689c648370',
    f5Star: '451e8beca43b',
  },
  {
    set: 2,
    K: '0396eb317b6d1c36f19c1c84cd6ffd16',
    OP: 'ff53bade17df5d4e793073ce9d7579fa',
    RAND: 'c00d603103dcee52c4478119494202e8',
    SQN: 'fd8eef40df7d',
    AMF: 'af17',
    OPc: '53c15671c60a4b731c55b4a441c0bde2',
    f1: '5df5b31807e258b0',
    f1Star: 'a8c016e51ef4a343',
    f2: 'd3a628ed988620f0',
    f3: '58c433ff7a7082acd424220f2b67c556',
    f4: '21a8c1f929702adb3e738488b9f5c5da',
    f5: 'c47783995f72',
    f5Star: '30f1197061c1',
  },
  {
    set: 3,
    K: 'fec86ba6eb707ed08905757b1bb44b8f',
    OP: 'dbc59adcb6f9a0ef735477b7fadf8374',
    RAND: '9f7c8d021accf4db213ccff0c7f71a6a',
    SQN: '9d0277595ffc',
    AMF: '725c',
    OPc: '1006020f0a478bf6b699f15c062e42b3',
    f1: '9cabc3e99baf7281',
    f1Star: '95814ba2b3044324',
    f2: '8011c48c0c214ed2',
    f3: '5dbdbb2954e8f3cde665b046179a5098',
    f4: '59a92d3b476a0443487055cf88b2307b',
    f5: '33484dc2136b',
    f5Star: 'deacdd848cc6',
  },
  {
    set: 4,
    K: '9e5944aea94b81165c82fbf9f32db751',
    OP: '223014c5806694c007ca1eeef57f004f',
    RAND: 'ce83dbc54ac0274a157c17f80d017bd6',
    SQN: '0b604a81eca8',
    AMF: '9e09',
    OPc: 'a64a507ae1a2a98bb88eb4210135dc87',
    f1: '74a58220cba84c49',
    f1Star: 'ac2cc74a96871837',
    f2: 'f365cd683cd92e96',
    f3: 'e203edb3971574f5a94b0d61b816345d',
    f4: '0c4524adeac041c4dd830d20854fc46b',
    f5: 'f0b9c08ad02e',
    f5Star: '6085a86c6f63',
  },
  {
    set: 5,
    K: '4ab1deb05ca6ceb051fc98e77d026a84',
    OP: '2d16c5cd1fdf6b22383584e3bef2a8d8',
    RAND: '74b0cd6031a1c8339b2b6ce2b8c4a186',
    SQN: 'e880a1b580b6',
    AMF: '9f07',
    OPc: 'dcf07cbd51855290b92a07a9891e523e',
    f1: '49e785dd12626ef2',
    f1Star: '9e85790336bb3fa2',
    f2: '5860fc1bce351e7e',
    f3: '7657766b373d1c2138f307e3de9242f9',
    f4: '1c42e960d89b8fa99f2744e0708ccb53',
    f5: '31e11a609118',
    f5Star: 'fe2555e54aa9',
  },
  {
    set: 6,
    K: '6c38a116ac280c454f59332ee35c8c4f',
    OP: '1ba00a1a7c6700ac8c3ff3e96ad08725',
    RAND: 'ee6466bc96202c5a557abbeff8babf63',
    SQN: '414b98222181',
    AMF: '4464',
    OPc: '3803ef5363b947c6aaa225e58fae3934',
    f1: '078adfb488241a57',
    f1Star: '80246b8d0186bcf1',
    f2: '16c8233f05a0ac28',
    f3: '3f8c7587fe8e4b233af676aede30ba3b',
    f4: 'a7466cc1e6b2a1337d49d3b66e95d7b4',
    f5: '45b0f69ab06c',
    f5Star: '1f53cd2b1113',
  },
];

test.each(SETS)('TS 35.208 set $set', (set) => {
  const [K, OP, RAND] = [set.K, set.OP, set.RAND].map(decodeHex) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const OPc = opcOf(K, OP);
  expect(encodeHex(OPc)).toBe(set.OPc);
  const { RES, CK, IK, AK, AKStar } = milenage({ K, OPc }, RAND);
  expect([RES, CK, IK, AK, AKStar].map(encodeHex)).toEqual([
    set.f2,
    set.f3,
    set.f4,
    set.f5,
    set.f5Star,
  ]);
  const { MAC, MACStar } = milenageMac({ K, OPc }, RAND, decodeHex(set.SQN), decodeHex(set.AMF));
  expect([MAC, MACStar].map(encodeHex)).toEqual([set.f1, set.f1Star]);
});

test('what has another length than the algorithm wants is a mistake of the caller', () => {
  const block = new Uint8Array(16);
  const key = { K: block, OPc: block };
  expect(() => milenage(key, new Uint8Array(15))).toThrow(/16 octets/);
  expect(() => opcOf(new Uint8Array(17), block)).toThrow(/16 octets/);
  expect(() => milenageMac(key, block, new Uint8Array(5), new Uint8Array(2))).toThrow(/SQN/);
});
