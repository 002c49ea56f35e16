import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { bootstrapTree } from './bootstrap.ts';
import { ConfigError, ueConfig } from './config.ts';
import { account, sampleDocument } from './testing/sample-config.ts';

const sip = (change: Record<string, unknown>) => ({
  sip: { ...(sampleDocument().sip as Record<string, unknown>), ...change },
});
const accounts = (change: Record<string, unknown>) => ({ accounts: [{ ...account(), ...change }] });

test('what is not said has its default', () => {
  const { DMInitConnect: _, scheme: __, ...bare } = account();
  const config = ueConfig(sampleDocument({ accounts: [bare], events: undefined }));
  expect(config).toMatchObject({
    encoding: 'wbxml',
    sip: { host: '127.0.0.1', port: 0 },
    accounts: [{ scheme: 'md5', DMInitConnect: false }],
    events: {},
  });
});

test.each([
  ['tree: ', { tree: '' }],
  ['encoding: ', { encoding: 'json' }],
  ['sip: ', { sip: undefined }],
  ['sip.port: ', sip({ port: 65_536 })],
  ['sip.host: one address of this machine, not all of them', sip({ host: '0.0.0.0' })],
  ['sip.host: one address of this machine, not all of them', sip({ host: '::' })],
  ['sip.IMPI: ', sip({ IMPI: '' })],
  ['sip.IMPU: a SIP URI', sip({ IMPU: 'alice' })],
  ['sip.password: ', sip({ password: 'x'.repeat(257) })],
  ['sip.domain: ', sip({ domain: 'x'.repeat(256) })],
  ['sip.instance: urn:uuid: and a UUID', sip({ instance: 'urn:uuid:1' })],
  ['sip.pCscf.port: ', sip({ pCscf: { host: '192.0.2.1', port: 0 } })],
  ['device.DevId: ', { device: { DevId: '', Man: 'a', Mod: 'b' } }],
  ['accounts: ', { accounts: [] }],
  [
    'accounts: ',
    { accounts: Array.from({ length: 17 }, (_, n) => account({ ServerID: `s${n}` })) },
  ],
  ['accounts: two accounts of one ServerID', { accounts: [account(), account()] }],
  ['accounts.0.ServerID: none of & = + *', accounts({ ServerID: 'a&b' })],
  ['accounts.0.ServerID: 1 to 255 printable', accounts({ ServerID: 'x'.repeat(256) })],
  ['accounts.0.ServerID: 1 to 255 printable', accounts({ ServerID: 'a b' })],
  ['accounts.0.Addr: an http: URL', accounts({ Addr: 'ftp://prov.home.example/' })],
  ['accounts.0.scheme: ', accounts({ scheme: 'digest' })],
  [
    'accounts.0.CLCRED.secret: a secret has at least 8 characters',
    accounts({ CLCRED: { name: 'a', secret: 'short77' } }),
  ],
  [
    'accounts.0.SRVCRED.nonce: ',
    accounts({ SRVCRED: { name: 'a', secret: 'long-enough', nonce: '?' } }),
  ],
  ['events.PROV-UE-1: ', { events: { 'PROV-UE-1': ['local'] } }],
  ['(the whole file): Unrecognized key: "colour"', { colour: 'red' }],
])('a fault is one line that begins "%s"', (line, change) => {
  const faults = faultsOf(sampleDocument(change));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`^${line.replace(/[.()*+]/g, String.raw`\$&`)}`));
});

test('the longest of everything is taken', () => {
  const longest = {
    ...sip({ password: 'x'.repeat(256) }),
    ...accounts({ ServerID: 'x'.repeat(255) }),
  };
  expect(() => ueConfig(sampleDocument(longest))).not.toThrow();
  const many = Array.from({ length: 16 }, (_, n) => account({ ServerID: `s${n}` }));
  expect(ueConfig(sampleDocument({ accounts: many })).accounts).toHaveLength(16);
});

test('all faults are said at once, and so is a file that holds no configuration', () => {
  expect(faultsOf(sampleDocument({ tree: '', encoding: 'json' }))).toHaveLength(2);
  expect(faultsOf(null)).toEqual([expect.stringContaining('(the whole file): ')]);
});

test('the example of docs/ue.md can be used as it stands', async () => {
  const page = fileURLToPath(new URL('../../../docs/ue.md', import.meta.url));
  const [, example] = /```yaml\n(.*?)```/s.exec(await readFile(page, 'utf8')) ?? [];
  const config = ueConfig(parse(example ?? ''));
  expect(() => bootstrapTree(config, 0)).not.toThrow();
});

/** The lines of the error, without the first. */
function faultsOf(document: unknown): string[] {
  try {
    ueConfig(document);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
  return [];
}
