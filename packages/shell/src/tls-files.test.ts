import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSipTls } from './tls-files.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

test('a PEM text is itself, anything else names a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ueprov-tls-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'ca.pem'), PEM);
  const named = {
    key: PEM,
    ca: join(folder, 'ca.pem'),
    cert: undefined,
    isMutual: true,
    port: 5061,
  };
  expect(await readSipTls(named)).toEqual({ key: PEM, ca: PEM, isMutual: true, port: 5061 });
});

test('a file that cannot be read is named', async () => {
  await expect(readSipTls({ ca: '/no/such/ca.pem' })).rejects.toThrow(
    '/no/such/ca.pem cannot be read',
  );
});
