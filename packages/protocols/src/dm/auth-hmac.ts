/**
 * syncml:auth-MAC: the header `x-syncml-hmac` of one HTTP message, made and checked.
 *
 * [DMSEC 5.1.4-1] Over the body as it is on the wire, whole, so the shell asks for it once it has encoded the
 * message, and hands in what came with the octets. Used by both engines through Prover and Verifier.
 */
import { timingSafeEqual } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../bytes.ts';
import { decodeParamList, quoted } from '../digest/auth-params.ts';
import { hmacDigest } from '../digest/syncml-auth.ts';
import { ProtocolError } from '../error.ts';
import type { SyncHdr } from '../syncml/message.ts';
import type { Credential, CredVerdict } from './auth.ts';

/** OMA-DMSEC 5.1.4, as Node spells header names. */
export const HMAC_HEADER = 'x-syncml-hmac';

/** What goes into `x-syncml-hmac` beside these octets as body. */
export type MacOf = (body: Uint8Array) => string;

/** A message as it came: its octets, and what stood in `x-syncml-hmac`. */
export interface ReceivedProof {
  readonly body: Uint8Array;
  readonly header: string | undefined;
}

export interface HmacHeader {
  readonly username: string;
  readonly mac: Uint8Array;
}

/** The longest header that is read. */
export const HMAC_HEADER_LENGTH_MAX = 1024;
const MAC_LENGTH = 16;

export type HmacCredential = Extract<Credential, { hash: string }>;

/** Interop 6: algorithm and mac without quotes, the username within. */
export function encodeHmacHeader({ name, hash, nonce }: HmacCredential, body: Uint8Array): string {
  const mac = encodeBase64(hmacDigest(hash, nonce, body));
  return `algorithm=MD5, ${quoted('username', name)}, mac=${mac}`;
}

/** Throws `DM_HMAC_HEADER`. OMA-DMSEC 5.1.4: username and mac are required, algorithm is MD5 if absent. */
export function decodeHmacHeader(header: string): HmacHeader {
  if (header.length > HMAC_HEADER_LENGTH_MAX) throw malformed('too long');
  const params = paramsOf(header);
  const [username, mac] = [params.get('username'), params.get('mac')];
  if (username === undefined || mac === undefined) throw malformed('without username or mac');
  if ((params.get('algorithm') ?? 'MD5').toUpperCase() !== 'MD5') throw malformed('not MD5');
  const octets = octetsOf(mac);
  if (octets.length !== MAC_LENGTH) throw malformed('mac is not of 16 octets');
  return { username, mac: octets };
}

/** OMA-DMSEC 5.1.4: the name is that of the credential and of LocName; a header that says nothing proves nothing. */
export function checkHmac(
  { name, hash, nonce }: HmacCredential,
  hdr: Pick<SyncHdr, 'Source'>,
  proof: ReceivedProof | undefined,
): CredVerdict {
  if (proof?.header === undefined) return 'missing';
  const ours = hmacDigest(hash, nonce, proof.body);
  const theirs = readHeader(proof.header);
  const isProof = timingSafeEqual(ours, theirs?.mac ?? new Uint8Array(MAC_LENGTH));
  const isName = theirs?.username === name && (hdr.Source.LocName ?? name) === name;
  return isProof && isName ? 'ok' : 'wrong';
}

function readHeader(header: string): HmacHeader | undefined {
  try {
    return decodeHmacHeader(header);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** The list of RFC 2616 2.1 `#rule`, folded lines in it. */
function paramsOf(header: string): ReadonlyMap<string, string> {
  try {
    return decodeParamList(header.replace(/\r?\n[\t ]+/g, ' '));
  } catch {
    throw malformed('no list of name=value');
  }
}

/** The sample of OMA-DMSEC leaves the padding out. */
function octetsOf(mac: string): Uint8Array {
  const text = mac.replace(/=+$/, '');
  try {
    return decodeBase64(text.padEnd(Math.ceil(text.length / 4) * 4, '='));
  } catch {
    throw malformed('mac is no base64');
  }
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('DM_HMAC_HEADER', `x-syncml-hmac ${message}`, { path: HMAC_HEADER });
}
