/** The sealing key: from the environment, or from a file that the first run makes. Weak keys are refused. */
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { StoreError } from './store.ts';

export const KEY_LENGTH = 32;

/** The environment variable that holds the key as 64 hex digits or as base64. */
export const KEY_VARIABLE = 'UEPROV_KEY';

/** 32 random octets hold fewer different values than this once in 10^17 keys. */
const DIFFERENT_OCTETS_MIN = 16;

/** The key of `environment`, else of the file at `path`, which is made (0600) if `path` does not exist. */
export function loadKey(path: string, environment: Readonly<NodeJS.ProcessEnv>): Uint8Array {
  const given = environment[KEY_VARIABLE];
  if (given !== undefined) return decodeKey(given, `the environment variable ${KEY_VARIABLE}`);
  return readKeyFile(path) ?? createKeyFile(path);
}

/** Throws StoreError `KEY_WEAK` for what is no key, is short, or was typed by a person. */
export function decodeKey(text: string, source: string): Uint8Array {
  const trimmed = text.trim();
  const key = /^[0-9a-fA-F]{64}$/.test(trimmed)
    ? Buffer.from(trimmed, 'hex')
    : Buffer.from(/^[A-Za-z0-9+/_-]+=*$/.test(trimmed) ? trimmed : '', 'base64');
  if (key.length !== KEY_LENGTH) {
    throw weak(source, `does not hold ${KEY_LENGTH} octets as hex or base64`);
  }
  if (new Set(key).size < DIFFERENT_OCTETS_MIN) throw weak(source, 'repeats itself');
  if (key.every((octet) => octet >= 0x20 && octet < 0x7f)) throw weak(source, 'is readable text');
  return new Uint8Array(key);
}

function weak(source: string, why: string): StoreError {
  return new StoreError('KEY_WEAK', `${source} ${why}; make one with: openssl rand -base64 32`);
}

function readKeyFile(path: string): Uint8Array | undefined {
  let text: string;
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new StoreError('KEY_WEAK', `${path} is readable by others; run: chmod 600 ${path}`);
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return decodeKey(text, path);
}

function createKeyFile(path: string): Uint8Array {
  const key = randomBytes(KEY_LENGTH);
  writeFileSync(path, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  return new Uint8Array(key);
}
