/** `ueprov syncml pkg0`: Package #0 made, read, and its digest checked. OMA-DMNOT 1.2 §6.2. */
import { decodeBase64, encodeHex, encodeUtf8, ProtocolError } from '@ueprov/protocols';
import { NONCE_ZERO, syncmlHash } from '@ueprov/protocols/digest';
import {
  DM_APPLICATION_ID,
  decodeOmaPush,
  decodePackage0,
  encodeOmaPush,
  encodePackage0,
  type Initiator,
  NOTIFICATION,
  type Package0,
  SERVER_ID_BYTES_MAX,
  SESSION_ID_MAX,
  sessionIdText,
  UI_MODES,
  type UiMode,
  verifyPackage0,
} from '@ueprov/protocols/push';
import { UsageError } from '../exit.ts';
import { encodeJsonForm } from './json-form.ts';
import { printable } from './paint.ts';
import { unspelled } from './spelling.ts';
import type { Streams } from './streams.ts';

export interface SecretOptions {
  readonly secretEnv: string;
  readonly nonce?: string;
}

export interface BuildOptions extends SecretOptions {
  readonly serverId: string;
  readonly sessionId: string;
  readonly uiMode: string;
  readonly initiator: string;
  readonly push?: boolean;
  readonly hex?: boolean;
}

export function buildPackage0(options: BuildOptions, streams: Streams): number {
  const trigger = {
    ServerID: serverIdOf(options.serverId),
    SessionID: sessionIdOf(options.sessionId),
    uiMode: uiModeOf(options.uiMode),
    initiator: initiatorOf(options.initiator),
  };
  const hash = hashOf(trigger.ServerID, options.secretEnv, streams);
  const package0 = encodePackage0(trigger, hash, nonceOf(options.nonce, NONCE_ZERO));
  const bytes = options.push
    ? encodeOmaPush({
        contentType: NOTIFICATION,
        applicationId: DM_APPLICATION_ID,
        content: package0,
      })
    : package0;
  streams.write(options.hex ? `${encodeHex(bytes)}\n` : bytes);
  return 0;
}

export async function parsePackage0(
  file: string,
  options: { readonly json?: boolean },
  streams: Streams,
): Promise<number> {
  const { trigger: _, ...fields } = package0Of(await streams.read(file));
  const shown = { ...fields, SessionID: sessionIdText(fields.SessionID) };
  if (options.json) streams.write(encodeJsonForm(shown));
  else
    for (const [name, value] of Object.entries(shown)) {
      const text = value instanceof Uint8Array ? encodeHex(value) : printable(String(value));
      streams.write(`${`${name.padEnd(10)} ${text}`.trimEnd()}\n`);
    }
  return 0;
}

/** Prints the verdict. The exit code is 1 if the digest is wrong. */
export async function verifyDigest(
  file: string,
  options: SecretOptions,
  streams: Streams,
): Promise<number> {
  const package0 = package0Of(await streams.read(file));
  const hash = hashOf(package0.ServerID, options.secretEnv, streams);
  const verdict = verifyPackage0(package0, hash, nonceOf(options.nonce, new Uint8Array()));
  streams.write(`${verdict}\n`);
  return verdict === 'wrong' ? 1 : 0;
}

/** Bare or in application/vnd.oma.push, as octets, hex or base64. */
function package0Of(input: Uint8Array): Package0 {
  if (input.length === 0) throw new ProtocolError('PACKAGE0_TRUNCATED', 'nothing', { byte: 0 });
  return readPackage0(unspelled(input, isPackage0));
}

function readPackage0(bytes: Uint8Array): Package0 {
  return decodePackage0(decodeOmaPush(bytes).content);
}

function isPackage0(octets: Uint8Array): boolean {
  try {
    return readPackage0(octets) !== undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}

function hashOf(ServerID: string, secretEnv: string, streams: Streams): string {
  const secret = streams.environment[secretEnv];
  if (secret === undefined) throw new UsageError(`there is no environment variable ${secretEnv}`);
  return syncmlHash(ServerID, secret);
}

/** Without one, only the special nonce counts (OMA-DMNOT 1.2 §6.2.1). */
function nonceOf(text: string | undefined, otherwise: Uint8Array): Uint8Array {
  if (text === undefined) return otherwise;
  try {
    return decodeBase64(text);
  } catch {
    throw new UsageError('--nonce is base64 text');
  }
}

function serverIdOf(text: string): string {
  const length = encodeUtf8(text).length;
  if (length >= 1 && length <= SERVER_ID_BYTES_MAX) return text;
  throw new UsageError(`--server-id has 1 to ${SERVER_ID_BYTES_MAX} octets`);
}

/** As package #1 will have it: hex. */
function sessionIdOf(text: string): number {
  const number = /^[0-9A-Fa-f]{1,4}$/.test(text) ? Number.parseInt(text, 16) : 0;
  if (number >= 1 && number <= SESSION_ID_MAX) return number;
  throw new UsageError('--session-id is hex from 1 to FFFF');
}

function uiModeOf(text: string): UiMode {
  const mode = UI_MODES.find((each) => each === text);
  if (mode !== undefined) return mode;
  throw new UsageError(`--ui-mode is one of ${UI_MODES.join(', ')}`);
}

function initiatorOf(text: string): Initiator {
  if (text === 'server' || text === 'client') return text;
  throw new UsageError('--initiator is server or client');
}
