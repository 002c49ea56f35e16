/**
 * The four formulas by which OMA DM 1.2 proves knowledge of a password: syncml:auth-basic,
 * syncml:auth-md5, syncml:auth-MAC and the digest of Package #0 (OMA-DM-SEC 5.3, 5.4; OMA-DMNOT
 * 6.2).
 *
 * Used by dm/auth on both sides and by push/package0. A verifier stores `syncmlHash(...)`, never
 * the password. `name` is always the sender's: the client's AAuthName, the server's AAuthName, or
 * the ServerID in Package #0.
 */
import { decodeBase64, decodeUtf8, encodeBase64, encodeUtf8 } from '../bytes.ts';
import { ProtocolError } from '../error.ts';
import { md5 } from './md5.ts';

export interface BasicCred {
  readonly name: string;
  readonly password: string;
}

/**
 * The nonce that a Package #0 falls back to: the text's 0x00000000, read as four zero octets (I-3).
 */
export const NONCE_ZERO: Uint8Array = new Uint8Array(4);

/** B64(H(name:password)): all that a verifier needs to keep. */
export function syncmlHash(name: string, password: string): string {
  return encodeBase64(md5(`${name}:${password}`));
}

/** syncml:auth-basic, text of Cred/Data: B64(name:password). */
export function encodeBasicCred(name: string, password: string): string {
  return encodeBase64(encodeUtf8(`${name}:${password}`));
}

/**
 * Name and password of a syncml:auth-basic Cred/Data. Throws `DIGEST_BASIC` if there is no colon.
 */
export function decodeBasicCred(data: string): BasicCred {
  const text = decodeUtf8(decodeBase64(data));
  const colon = text.indexOf(':');
  if (colon < 0) throw new ProtocolError('DIGEST_BASIC', 'no colon between name and password');
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** syncml:auth-md5: H(B64(H(name:password)):nonce), 16 octets; Cred/Data carries them as b64. */
export function md5CredDigest(hash: string, nonce: Uint8Array): Uint8Array {
  return md5(hash, ':', nonce);
}

/**
 * syncml:auth-MAC: H(B64(H(name:password)):nonce:B64(H(body))), 16 octets; the header's mac carries
 * them as b64. OMA-DM-SEC calls it HMAC-MD5 and cites RFC 2104, but writes this nested form: the
 * formula decides.
 */
export function hmacDigest(hash: string, nonce: Uint8Array, body: Uint8Array): Uint8Array {
  return md5(hash, ':', nonce, ':', encodeBase64(md5(body)));
}

/**
 * OMA-DMNOT 6.2.1: the digest before a trigger, 16 octets; `hash` is of the ServerID and its
 * password.
 */
export function triggerDigest(hash: string, nonce: Uint8Array, trigger: Uint8Array): Uint8Array {
  return hmacDigest(hash, nonce, trigger);
}
