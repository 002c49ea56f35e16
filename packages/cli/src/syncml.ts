/** `ueprov syncml`: the codecs at the command line. */
import { decodeBase64, encodeHex } from '@ueprov/protocols';
import { syncmlHash } from '@ueprov/protocols/digest';
import {
  decodeOmaPush,
  decodePackage0,
  sessionIdText,
  verifyPackage0,
} from '@ueprov/protocols/push';
import { decodeSyncML, encodeSyncML, formatSyncML } from '@ueprov/protocols/syncml';
import { encodingOf, UsageError } from './exit.ts';
import { readInput, unhexed } from './input.ts';

export async function decode(file: string, options: { json?: boolean }): Promise<void> {
  const message = decodeSyncML(unhexed(await readInput(file)));
  if (options.json) console.log(JSON.stringify(message, jsonValue, 2));
  else console.log(formatSyncML(message));
  for (const { code, text, byte } of message.notes ?? []) {
    console.error(`note: ${code}: ${text}${byte === undefined ? '' : ` (byte ${byte})`}`);
  }
}

export async function encode(file: string, options: { to: string; hex?: boolean }): Promise<void> {
  const bytes = encodeSyncML(decodeSyncML(unhexed(await readInput(file))), encodingOf(options.to));
  process.stdout.write(options.hex ? `${encodeHex(bytes)}\n` : bytes);
}

interface Package0Options {
  readonly secretEnv?: string;
  readonly nonce?: string;
  readonly json?: boolean;
}

export async function pkg0(file: string, options: Package0Options): Promise<void> {
  const package0 = decodePackage0(decodeOmaPush(unhexed(await readInput(file))).content);
  const { digest, ...fields } = package0;
  const shown = {
    ...fields,
    SessionID: sessionIdText(package0.SessionID),
    digest: encodeHex(digest),
    verdict: verdict(package0, options),
  };
  if (options.json) console.log(JSON.stringify(shown, jsonValue, 2));
  else
    for (const [name, value] of Object.entries(shown))
      console.log(`${name.padEnd(10)} ${line(value)}`);
  if (shown.verdict === 'wrong') process.exitCode = 1;
}

function verdict(
  package0: ReturnType<typeof decodePackage0>,
  { secretEnv, nonce }: Package0Options,
): string {
  if (secretEnv === undefined) return 'not checked: no --secret-env';
  const secret = process.env[secretEnv];
  if (secret === undefined) throw new UsageError(`there is no environment variable ${secretEnv}`);
  const hash = syncmlHash(package0.ServerID, secret);
  return verifyPackage0(package0, hash, decodeBase64(nonce ?? ''));
}

function line(value: unknown): string {
  return value instanceof Uint8Array ? encodeHex(value) : String(value);
}

/** Octets as hex, marked. */
function jsonValue(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { hex: encodeHex(value) } : value;
}
