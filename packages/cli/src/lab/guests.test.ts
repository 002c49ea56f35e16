import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { GUEST_IMPUS_MAX, GUESTS_MAX, guestText, readGuests } from './guests.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ueprov-guests-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function read(list: unknown) {
  const file = join(dir, 'subscribers.yaml');
  await writeFile(file, stringify(list, { aliasDuplicateObjects: false }));
  return readGuests(file);
}
const ALICE = { IMPI: 'alice@ims.test', IMPUs: ['sip:alice@ims.test'], password: 'secret' };
const CARD = { ...ALICE, auth: 'aka', K: '0'.repeat(32), OPc: 'F'.repeat(32) };

test('a guest with a password, and what to type into its device', async () => {
  const [guest] = await read([{ ...ALICE, auth: 'sha-256', DevId: 'urn:uuid:1' }]);
  expect(guest).toMatchObject({ isManaged: true, IMPUs: ['sip:alice@ims.test'] });
  const at = { pCscf: ['192.0.2.1:5060/udp'], domain: 'ims.test', dmUrl: 'http://192.0.2.1/dm' };
  const text = guestText(guest!, at);
  for (const said of ['192.0.2.1:5060/udp', 'alice@ims.test', 'secret', 'sha-256', 'urn:uuid:1']) {
    expect(text).toContain(said);
  }
  expect(text).toContain(guest?.account.CLCRED.secret);
});

test('a guest with a card has no password, and is no managed device unless it is said', async () => {
  const [guest] = await read([CARD]);
  expect(guest?.account.card).toEqual({ K: CARD.K, OPc: CARD.OPc });
  const text = guestText(guest!, { pCscf: [], domain: 'ims.test', dmUrl: 'http://x/dm' });
  expect(text).toContain(CARD.OPc);
  expect(text).not.toContain('password');
  expect(text).not.toContain('http://x/dm');
});

describe('a file that is wrong is refused with the place', () => {
  test.each([
    ['no list', { IMPI: 'a' }, 'a list of subscribers is wanted'],
    ['no subscriber', ['alice'], '[0] is no subscriber'],
    ['a key that there is not', [{ ...ALICE, pasword: 'x' }], '[0].pasword is none of'],
    ['no IMPI', [{ ...ALICE, IMPI: undefined }], '[0].IMPI is missing'],
    ['a number for a password', [{ ...ALICE, password: 5 }], '[0].password is missing'],
    ['a long password', [{ ...ALICE, password: 'x'.repeat(257) }], '[0].password is longer'],
    ['no IMPUs', [{ ...ALICE, IMPUs: [] }], '[0].IMPUs is no list'],
    ['an IMPU that is none', [{ ...ALICE, IMPUs: ['alice'] }], '[0].IMPUs[0] is neither'],
    ['an IMPU of the web', [{ ...ALICE, IMPUs: ['http://a'] }], '[0].IMPUs[0] is neither'],
    ['another authentication', [{ ...ALICE, auth: 'none' }], '[0].auth is none of'],
    ['a key of a card that is none', [{ ...CARD, K: 'x' }], '[0].K is not 32 hex digits'],
    ['a line break (AC-29)', [{ ...ALICE, IMPI: 'a\r\nVia: b' }], '[0].IMPI holds what'],
  ])('%s', async (_name, list, message) => {
    await expect(read(list)).rejects.toThrow(message);
  });

  test('that is a bomb of aliases', async () => {
    const file = join(dir, 'bomb.yaml');
    const lines = Array.from({ length: 8 }, (_, index) => {
      const before = index === 0 ? 'x' : `*a${index - 1}`;
      return `a${index}: &a${index} [${Array(9).fill(before).join(', ')}]`;
    });
    await writeFile(file, lines.join('\n'));
    await expect(readGuests(file)).rejects.toThrow('Excessive alias count');
  });

  test('that is not there', async () => {
    await expect(readGuests(join(dir, 'none.yaml'))).rejects.toThrow('cannot be read');
  });
});

test('limits, each at it and one past it', async () => {
  expect(await read([{ ...ALICE, password: 'x'.repeat(256) }])).toHaveLength(1);
  expect(await read(Array(GUESTS_MAX).fill(ALICE))).toHaveLength(GUESTS_MAX);
  await expect(read(Array(GUESTS_MAX + 1).fill(ALICE))).rejects.toThrow('more than');
  const identities = (count: number) => [
    { ...ALICE, IMPUs: Array.from({ length: count }, (_, index) => `sip:a${index}@ims.test`) },
  ];
  expect((await read(identities(GUEST_IMPUS_MAX)))[0]?.IMPUs).toHaveLength(GUEST_IMPUS_MAX);
  await expect(read(identities(GUEST_IMPUS_MAX + 1))).rejects.toThrow('has more than');
});
