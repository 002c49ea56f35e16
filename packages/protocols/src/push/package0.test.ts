import { expect, test } from 'vitest';
import { decodeHex, encodeHex, encodeUtf8 } from '../bytes.ts';
import { NONCE_ZERO, syncmlHash } from '../digest/index.ts';
import {
  decodePackage0,
  encodePackage0,
  isPackage0Like,
  PACKAGE0_BYTES_MAX,
  sessionIdText,
  type Trigger,
  verifyPackage0,
} from './package0.ts';

interface Vector {
  readonly name: string;
  readonly fields: Trigger;
  readonly password: string;
  readonly nonce: string;
  readonly trigger: string;
  readonly digest: string;
}

const A: Vector = {
  name: 'A: client initiated, session 0x1234',
  fields: {
    uiMode: 'background',
    initiator: 'client',
    SessionID: 0x1234,
    ServerID: 'com.mgmtsrv.manage',
  },
  password: 'srvpwd',
  nonce: '00112233445566778899aabbccddeeff',
  trigger: '02d0000000123412636f6d2e6d676d747372762e6d616e616765',
  digest: 'ffe8e4f684683024c822fa47451c54d4',
};
const B: Vector = {
  name: 'B: server initiated, session 0xA7',
  fields: {
    uiMode: 'background',
    initiator: 'server',
    SessionID: 0xa7,
    ServerID: 'prov.operator.net',
  },
  password: 'ServerSecret',
  nonce: '2c6de265086176628d1e',
  trigger: '02d800000000a71170726f762e6f70657261746f722e6e6574',
  digest: 'affd03188d06639759e1171839c52166',
};
const C: Vector = {
  name: 'C: session 1',
  fields: { uiMode: 'background', initiator: 'server', SessionID: 1, ServerID: 'srv1' },
  password: 'pwd1',
  nonce: '0102030405060708',
  trigger: '02d800000000010473727631',
  digest: '737ac751c5d139526a2f91d39ef9ffc6',
};
const TEXT_NONCE = encodeHex(encodeUtf8('0x00000000'));
const VECTORS: readonly Vector[] = [
  A,
  B,
  C,
  {
    ...B,
    name: 'B with nonce 4 x 00',
    nonce: '00000000',
    digest: '9e14f0f1ecbab5a4c64d7568a8b7d577',
  },
  {
    ...B,
    name: 'B with text nonce',
    nonce: TEXT_NONCE,
    digest: '7950ce8e22c178b663372c017818f750',
  },
  {
    ...C,
    name: 'C with nonce 4 x 00',
    nonce: '00000000',
    digest: 'd453d0105d1d1fe31696f0090193019b',
  },
  {
    ...C,
    name: 'C with text nonce',
    nonce: TEXT_NONCE,
    digest: 'd8752ac8d16a93ae03f5576481f4be8f',
  },
];

const hashOf = (vector: Vector) => syncmlHash(vector.fields.ServerID, vector.password);
const bytesOf = (vector: Vector) => decodeHex(vector.digest + vector.trigger);
const encoded = (fields: Partial<Trigger>) =>
  encodePackage0({ ...C.fields, ...fields }, hashOf(C), decodeHex(C.nonce));

test.each(VECTORS)('encodes vector $name octet for octet [DMNOT 6.2-1] [DMNOT 6.2-2]', (vector) => {
  const bytes = encodePackage0(vector.fields, hashOf(vector), decodeHex(vector.nonce));
  expect(encodeHex(bytes)).toBe(vector.digest + vector.trigger);
});

test.each(VECTORS)('decodes vector $name', (vector) => {
  expect(decodePackage0(bytesOf(vector))).toEqual({
    ...vector.fields,
    version: 11,
    vendor: new Uint8Array(),
    digest: decodeHex(vector.digest),
    trigger: decodeHex(vector.trigger),
  });
});

test('a digest made with the nonce of that server is ok [R-6.7-7]', () => {
  const package0 = decodePackage0(bytesOf(B));
  expect(verifyPackage0(package0, hashOf(B), decodeHex(B.nonce))).toBe('ok');
});

test.each([
  ['four zero octets', '00000000'],
  ['the ASCII form 0x00000000', TEXT_NONCE],
])('a digest made with the special nonce as %s is ok as such [R-6.7-7]', (_form, nonce) => {
  const package0 = decodePackage0(encodePackage0(B.fields, hashOf(B), decodeHex(nonce)));
  expect(verifyPackage0(package0, hashOf(B), decodeHex(B.nonce))).toBe('ok-default-nonce');
});

test('the special nonce that we send is four zero octets (I-3)', () => {
  expect(encodeHex(NONCE_ZERO)).toBe('00000000');
});

test('a wrong password, and a wrong nonce, verify as wrong (I-2)', () => {
  const package0 = decodePackage0(bytesOf(B));
  const otherHash = syncmlHash(B.fields.ServerID, 'other');
  expect(verifyPackage0(package0, otherHash, decodeHex(B.nonce))).toBe('wrong');
  expect(verifyPackage0(package0, hashOf(B), decodeHex('0102'))).toBe('wrong');
});

test('every single flipped bit is refused or verifies as wrong', () => {
  const good = encodePackage0(
    { ...B.fields, vendor: encodeUtf8('vendor') },
    hashOf(B),
    decodeHex(B.nonce),
  );
  const accepted: number[] = [];
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bytes = good.slice();
    bytes[bit >> 3]! ^= 0x80 >> (bit & 7);
    try {
      const verdict = verifyPackage0(decodePackage0(bytes), hashOf(B), decodeHex(B.nonce));
      if (verdict !== 'wrong') accepted.push(bit);
    } catch (error) {
      expect(error).toMatchObject({ name: 'ProtocolError' });
    }
  }
  expect(accepted).toEqual([]);
});

test.each([
  [9, false],
  [10, true],
  [11, true],
  [12, true],
  [13, false],
])('version %i is accepted: %s (I-1)', (version, accepted) => {
  const bytes = encoded({ version });
  expect(isPackage0Like(bytes)).toBe(accepted);
  if (accepted) expect(decodePackage0(bytes).version).toBe(version);
  else
    expect(() => decodePackage0(bytes)).toThrow(
      expect.objectContaining({ code: 'PACKAGE0_VERSION', at: { byte: 16 } }),
    );
});

test.each(['unspecified', 'background', 'informative', 'user-interaction'] as const)(
  'ui-mode %s survives',
  (uiMode) => expect(decodePackage0(encoded({ uiMode })).uiMode).toBe(uiMode),
);

test('bits of future use are ignored', () => {
  const bytes = encoded({});
  bytes[17]! |= 0x07;
  bytes.fill(0xff, 18, 21);
  expect(decodePackage0(bytes)).toMatchObject({ ...C.fields, version: 11 });
});

test('vendor data is kept and covered by the digest', () => {
  const vendor = Uint8Array.of(1, 2, 3);
  const package0 = decodePackage0(encoded({ vendor }));
  expect(package0.vendor).toEqual(vendor);
  expect(package0.trigger.slice(-3)).toEqual(vendor);
});

test.each([
  ['ends inside the header', (good: Uint8Array) => good.slice(0, 23), 'PACKAGE0_TRUNCATED', 23],
  ['ends inside the identifier', (good: Uint8Array) => good.slice(0, 27), 'PACKAGE0_TRUNCATED', 27],
  ['has sessionid 0', (good: Uint8Array) => good.with(22, 0), 'PACKAGE0_SESSIONID', 21],
  ['has an empty identifier', (good: Uint8Array) => good.with(23, 0), 'PACKAGE0_SERVERID', 23],
  [
    'has an identifier that is not UTF-8',
    (good: Uint8Array) => good.with(25, 0xff),
    'BYTES_NOT_UTF8',
    25,
  ],
  ['is empty', () => new Uint8Array(), 'PACKAGE0_TRUNCATED', 0],
])('a notification that %s is refused with its place', (_what, spoil, code, byte) => {
  expect(() => decodePackage0(spoil(encoded({})))).toThrow(
    expect.objectContaining({ name: 'ProtocolError', code, at: { byte } }),
  );
});

test('a notification of the greatest length is taken, one octet more is refused', () => {
  const room = PACKAGE0_BYTES_MAX - encoded({}).length;
  const longest = encoded({ vendor: new Uint8Array(room) });
  expect(decodePackage0(longest).vendor.length).toBe(room);
  const tooLong = new Uint8Array([...longest, 0]);
  expect(() => decodePackage0(tooLong)).toThrow(
    expect.objectContaining({ code: 'PACKAGE0_TOO_LONG' }),
  );
  expect(() => encoded({ vendor: new Uint8Array(room + 1) })).toThrow('too long');
});

test('an identifier of 255 octets is taken; 256, none, or a session id out of range assert', () => {
  const ServerID = 'a'.repeat(255);
  expect(decodePackage0(encoded({ ServerID })).ServerID).toBe(ServerID);
  expect(() => encoded({ ServerID: `${ServerID}b` })).toThrow('ServerID');
  expect(() => encoded({ ServerID: '' })).toThrow('ServerID');
  expect(() => encoded({ SessionID: 0 })).toThrow('SessionID');
  expect(() => encoded({ SessionID: 0x10000 })).toThrow('SessionID');
});

test.each([
  [0x1234, '1234'],
  [0x00a7, 'A7'],
  [0x0102, '102'],
  [0xffff, 'FFFF'],
])('session id %i is written %s: upper-case hex without leading zeros (I-4)', (id, text) => {
  expect(sessionIdText(id)).toBe(text);
});
