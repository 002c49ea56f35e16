import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONTRACT } from './contract.ts';
import { CONTRACT_OPERATION } from './contract-operations.ts';
import { CONTRACT_DEVICE, CONTRACT_MESSAGE, CONTRACT_SESSION } from './contract-samples.ts';
import { SQLITE_TYPES } from './migrations/column-types.ts';
import { migrateDown, migrateUp } from './migrations/migrate.ts';
import type { Tables } from './schema.ts';
import { openSqliteStore } from './sqlite.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ueprov-store-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const open = () => openSqliteStore({ folder, environment: {} });

describe('the store contract on SQLite', () => {
  for (const rule of CONTRACT) test(rule.name, () => rule.run(open));
});

test('the file on disk holds neither a credential nor a raw message, sealed or in the WAL', async () => {
  const store = await open();
  await store.write([
    { kind: 'device', device: CONTRACT_DEVICE },
    { kind: 'session', session: CONTRACT_SESSION },
    { kind: 'message', message: CONTRACT_MESSAGE },
    { kind: 'operation', operation: CONTRACT_OPERATION },
    {
      kind: 'nodes',
      device: CONTRACT_DEVICE.id,
      nodes: [
        {
          device: CONTRACT_DEVICE.id,
          uri: './DMAcc/a/AppAuth/b/AAuthSecret',
          format: 'chr',
          desired: 'node-secret-value',
          state: 'pending',
        },
      ],
    },
    {
      kind: 'profile',
      profile: {
        name: 'p',
        version: 1,
        nodes: [{ uri: './A/AAuthSecret', Format: 'chr', Data: 'profile-secret-value' }],
      },
    },
  ]);
  const onDisk = () =>
    readdirSync(folder)
      .filter((name) => name !== 'store.key')
      .map((name) => readFileSync(join(folder, name)).toString('latin1'))
      .join();
  const whileOpen = onDisk();
  await store.close();
  for (const bytes of [whileOpen, onDisk()]) {
    expect(bytes).toContain(CONTRACT_DEVICE.DevId);
    for (const secret of [
      CONTRACT_DEVICE.CLCRED.hash,
      CONTRACT_DEVICE.SRVCRED.secret,
      CONTRACT_DEVICE.HTTP.secret.ha1.MD5,
      'nobody may read',
      'a-value-that-nobody-may-read',
      'node-secret-value',
      'profile-secret-value',
    ]) {
      expect(bytes).not.toContain(secret);
    }
  }
});

test('the key file is made for its owner alone, and the store is refused without it', async () => {
  await (await open()).close();
  expect(statSync(join(folder, 'store.key')).mode & 0o777).toBe(0o600);
  rmSync(join(folder, 'store.key'));
  await expect(open()).rejects.toMatchObject({ code: 'KEY_WRONG' });
});

test('a key in the environment wins, and the store opens with no other', async () => {
  const UEPROV_KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7)).toString('base64');
  const other = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 5)).toString('hex');
  await (await openSqliteStore({ folder, environment: { UEPROV_KEY } })).close();
  expect(readdirSync(folder)).not.toContain('store.key');
  await (await openSqliteStore({ folder, environment: { UEPROV_KEY } })).close();
  await expect(
    openSqliteStore({ folder, environment: { UEPROV_KEY: other } }),
  ).rejects.toMatchObject({ code: 'KEY_WRONG' });
});

test('a second process on the same folder is refused in plain words', async () => {
  const store = await open();
  const script = `
    import { openSqliteStore } from ${JSON.stringify(new URL('./sqlite.ts', import.meta.url).href)};
    try {
      await openSqliteStore({ folder: ${JSON.stringify(folder)}, environment: {} });
      console.log('opened');
    } catch (error) {
      console.log(error.code, error.message);
    }`;
  const flags = ['--conditions=source', '--input-type=module', '--eval', script];
  const second = spawnSync(process.execPath, flags, { encoding: 'utf8' });
  await store.close();
  expect(second.stdout).toMatch(/^STORE_IN_USE .*store\.sqlite is in use by another process/);
});

test('the schema goes up, down to nothing, and up again', async () => {
  const database = new Database(':memory:');
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  const tables = () =>
    database
      .prepare<[], { name: string; sql: string }>(
        "select name, sql from sqlite_master where name not like 'kysely%' and name not like 'sqlite%' order by name",
      )
      .all();
  await migrateUp(db, SQLITE_TYPES);
  const up = tables();
  expect(up.length).toBeGreaterThan(8);
  await migrateDown(db, SQLITE_TYPES);
  expect(tables()).toEqual([]);
  await migrateUp(db, SQLITE_TYPES);
  expect(tables()).toEqual(up);
  await db.destroy();
});

test('a store of a newer version is refused', async () => {
  await (await open()).close();
  const database = new Database(join(folder, 'store.sqlite'));
  database
    .prepare('insert into kysely_migration (name, timestamp) values (?, ?)')
    .run('9999-future', new Date(0).toISOString());
  database.close();
  await expect(open()).rejects.toMatchObject({ code: 'STORE_NEWER' });
});

test('what was acknowledged survives a kill of the process, and the lock goes with it', async () => {
  const script = `
    import { openSqliteStore } from ${JSON.stringify(new URL('./sqlite.ts', import.meta.url).href)};
    const store = await openSqliteStore({ folder: ${JSON.stringify(folder)}, environment: {} });
    await store.write([{ kind: 'session', session: ${JSON.stringify(CONTRACT_SESSION)} }]);
    process.kill(process.pid, 'SIGKILL');`;
  const flags = ['--conditions=source', '--input-type=module', '--eval', script];
  const killed = spawnSync(process.execPath, flags, { encoding: 'utf8' });
  expect(killed.signal).toBe('SIGKILL');
  const store = await open();
  expect(await store.session(CONTRACT_SESSION.id)).toEqual(CONTRACT_SESSION);
  await store.close();
});
