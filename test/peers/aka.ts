/**
 * Milenage and AKA against Osmocom's: for keys, challenges and sequence numbers of any kind, the
 * same vector; the nonce and the password of Digest as it prints them; and its reading of our AUTS.
 */
import assert from 'node:assert';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { decodeHex, encodeHex } from '@ueprov/protocols';
import {
  akaVector,
  Card,
  encodeAkaNonce,
  IND_COUNT,
  type MilenageKey,
  opcOf,
} from '@ueprov/protocols/digest';
import type { Check, Suite } from '../../tools/suite/suite.ts';

const ROUNDS = 200;
const SEQ_BITS = 28;

export const suite: Suite = {
  name: 'aka',
  packages: ['libosmocore-utils'],
  async run(t: Check) {
    await t.check('TS 35.208 set 1', () => {
      compare({
        K: decodeHex('465b5ce8b199b49faa5f0a2ee238a6bc'),
        OPc: decodeHex('cd63cb71954a9f4e48a5994e37a02baf'),
        RAND: decodeHex('23553cbe9637a89d218ae64dae47bf35'),
        AMF: decodeHex('b9b9'),
        SQN: 0xff9bb4d0b607,
      });
    });
    await t.check(`${ROUNDS} vectors with keys of their own`, () => {
      for (let round = 0; round < ROUNDS; round++) compare(caseOf(round));
    });
    await t.check('OPc of OP', () => {
      const { K, OPc: OP, RAND, SQN } = caseOf(ROUNDS);
      const theirs = osmo(['-k', encodeHex(K), '-O', encodeHex(OP), ...challenge(RAND, SQN)]);
      const { XRES } = akaVector({ K, OPc: opcOf(K, OP) }, RAND, SQN);
      assert.equal(theirs.get('RES'), encodeHex(XRES));
    });
    await t.check('the SQN of a card in its AUTS', () => {
      for (let round = 0; round < 20; round++) sameSqnInAuts(caseOf(round));
    });
  },
};

interface Case extends MilenageKey {
  readonly RAND: Uint8Array;
  readonly AMF: Uint8Array;
  readonly SQN: number;
}

function compare({ K, OPc, RAND, AMF, SQN }: Case): void {
  const theirs = osmo([
    '-k',
    encodeHex(K),
    '-o',
    encodeHex(OPc),
    '-f',
    encodeHex(AMF),
    ...challenge(RAND, SQN),
  ]);
  const ours = akaVector({ K, OPc }, RAND, SQN, AMF);
  assert.deepEqual(
    ['AUTN', 'RES', 'CK', 'IK'].map((name) => theirs.get(name)),
    [ours.AUTN, ours.XRES, ours.CK, ours.IK].map(encodeHex),
  );
  assert.equal(theirs.get('IMS nonce'), encodeAkaNonce(ours));
}

/** Osmocom takes the AUTS of a card and says which SQN the card has. */
function sameSqnInAuts({ K, OPc, RAND, SQN }: Case): void {
  const SEQ = Math.floor(SQN / IND_COUNT);
  const IND = SQN % IND_COUNT;
  const card = new Card({ K, OPc }, [...Array(IND).fill(0), SEQ]);
  const answer = card.authenticate(RAND, akaVector({ K, OPc }, RAND, SQN).AUTN);
  assert(answer.kind === 'synchronisation failure');
  const key = ['-k', encodeHex(K), '-o', encodeHex(OPc), '-A', encodeHex(answer.AUTS)];
  const theirs = osmo([...key, '-r', encodeHex(RAND)]);
  assert.equal(Number(theirs.get('SQN.MS')), SQN, [...theirs].join('\n'));
}

function caseOf(round: number): Case {
  const draw = (what: string, length: number) =>
    new Uint8Array(createHash('sha256').update(`${what} ${round}`).digest()).slice(0, length);
  const SEQ = new DataView(draw('SQN', 4).buffer).getUint32(0) >>> (32 - SEQ_BITS);
  return {
    K: draw('K', 16),
    OPc: draw('OPc', 16),
    RAND: draw('RAND', 16),
    AMF: draw('AMF', 2),
    SQN: (SEQ + 1) * IND_COUNT + (round % IND_COUNT),
  };
}

function challenge(RAND: Uint8Array, SQN: number): string[] {
  return ['-s', `0x${SQN.toString(16)}`, '-r', encodeHex(RAND)];
}

/** What it prints, by name. */
function osmo(options: readonly string[]): ReadonlyMap<string, string> {
  const run = spawnSync('osmo-auc-gen', ['-3', '-a', 'milenage', ...options], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return new Map(
    run.stdout.split('\n').flatMap((line) => {
      const [name, value] = line.split(/:\s+/);
      return name === undefined || value === undefined ? [] : [[name.trim(), value.trim()]];
    }),
  );
}
