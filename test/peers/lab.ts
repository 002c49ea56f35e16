/**
 * Devices from outside in `ueprov lab`: SIPp with the accounts of a subscriber file registers with a password and with
 * a card, over UDP and TCP, and is not let in without them.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeHex, encodeHex } from '@ueprov/protocols';
import { opcOf } from '@ueprov/protocols/digest';
import { readGuests } from '../../packages/cli/src/lab/guests.ts';
import { startLab } from '../../packages/cli/src/lab/lab.ts';
import type { Check, Suite } from '../../tools/suite/suite.ts';

// Letters alone: SIPp reads brackets and NUL in keys as part of its scenario.
const K = encodeHex(Buffer.from('a key of letters'));
const OP = encodeHex(Buffer.from('and an operators'));
const CODES = { udp: 'u1', tcp: 't1' } as const;
const PATIENCE_S = '20s';

const SUBSCRIBERS = `
- IMPI: alice@ims.test
  IMPUs: ["sip:alice@ims.test", "tel:+15550100"]
  password: secret
- IMPI: card@ims.test
  IMPUs: ["sip:card@ims.test"]
  auth: aka
  K: "${K}"
  OPc: "${encodeHex(opcOf(decodeHex(K), decodeHex(OP)))}"
`;

const PASSWORD = '[authentication username=alice@ims.test password=secret]';
const WRONG = '[authentication username=alice@ims.test password=wrong]';
const CARD = `[authentication username=card@ims.test aka_K=0x${K} aka_OP=0x${OP} aka_AMF=0x8000]`;

export const suite: Suite = {
  name: 'lab',
  packages: ['sip-tester'],
  async run(t: Check) {
    const dir = await mkdtemp(join(tmpdir(), 'ueprov-guests-'));
    const file = join(dir, 'subscribers.yaml');
    await writeFile(file, SUBSCRIBERS);
    const guests = await readGuests(file);
    const lab = await startLab({ ues: 0, encoding: 'wbxml', guests });
    const play = (user: string, credentials: string, transport: keyof typeof CODES) =>
      register({ dir, port: lab.pCscf.port, user, credentials, transport });
    try {
      for (const transport of ['udp', 'tcp'] as const) {
        await t.check(
          `SIPp registers with its password over ${transport}, and leaves`,
          async () => {
            assert.deepEqual(await play('alice', PASSWORD, transport), { code: 0, refused: false });
          },
        );
        await t.check(`SIPp registers with its card over ${transport}, and leaves`, async () => {
          assert.deepEqual(await play('card', CARD, transport), { code: 0, refused: false });
        });
      }
      await t.check('SIPp with a wrong password gets 403', async () => {
        assert.deepEqual(await play('alice', WRONG, 'udp'), { code: 1, refused: true });
      });
    } finally {
      await lab.close();
      await rm(dir, { recursive: true, force: true });
    }
  },
};

interface Play {
  readonly dir: string;
  readonly port: number;
  readonly user: string;
  readonly credentials: string;
  readonly transport: keyof typeof CODES;
}

async function register({ dir, port, user, credentials, transport }: Play) {
  const accounts = join(dir, 'accounts.csv');
  const errors = join(dir, 'errors.log');
  await writeFile(accounts, `SEQUENTIAL\n${user};${credentials}\n`);
  await rm(errors, { force: true });
  const scenario = join(import.meta.dirname, 'lab', 'guest.xml');
  const child = spawn(
    'sipp',
    [`127.0.0.1:${port}`, '-sf', scenario, '-inf', accounts, '-i', '127.0.0.1'].concat(
      [
        '-auth_uri',
        'ims.test',
        '-t',
        CODES[transport],
        '-m',
        '1',
        '-nostdin',
        '-timeout',
        PATIENCE_S,
        '-timeout_error',
      ],
      ['-trace_err', '-error_file', errors],
    ),
    { cwd: dir, stdio: 'ignore' },
  );
  const [code] = await once(child, 'exit');
  const said = await readFile(errors, 'utf8').catch(() => '');
  return { code, refused: said.includes('SIP/2.0 403') };
}
