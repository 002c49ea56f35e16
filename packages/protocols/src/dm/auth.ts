/**
 * SyncML authentication of one message: what a side proves itself with, and how the other checks it.
 *
 * OMA-DMSEC 5.1, RepPro 1.2.2 Cred and Chal. The formulas are `digest`'s. Used by both engines, and by
 * what stores accounts: `md5` and `hmac` need no password, only B64(H(name:secret)).
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { decodeBase64, encodeBase64 } from '../bytes.ts';
import { encodeBasicCred, md5CredDigest, syncmlHash } from '../digest/syncml-auth.ts';
import type { Random } from '../engine.ts';
import type { Chal, Cred, Data, SyncHdr } from '../syncml/message.ts';

export type AuthScheme = 'basic' | 'md5' | 'hmac';

/** What one side proves itself with. md5 and hmac keep B64(H(name:secret)) only, never the secret. */
export type Credential =
  | { readonly scheme: 'basic'; readonly name: string; readonly secret: string }
  | {
      readonly scheme: 'md5' | 'hmac';
      readonly name: string;
      readonly hash: string;
      readonly nonce: Uint8Array;
    };

export type CredVerdict = 'ok' | 'missing' | 'wrong';

/** RepPro 1.2.2 Cred and Chal: the Type that names each scheme. */
export const AUTH_TYPES: Readonly<Record<AuthScheme, string>> = {
  basic: 'syncml:auth-basic',
  md5: 'syncml:auth-md5',
  hmac: 'syncml:auth-MAC',
};

/** From the weakest to the strongest. */
const SCHEMES: readonly AuthScheme[] = ['basic', 'md5', 'hmac'];

/** OMA-DMSEC 5.3: nonces of at least 16 random octets. */
export const NONCE_LENGTH = 16;

/** OMA-DMSEC leaves a nonce that was never set open; empty, so that a challenge follows. */
const NO_NONCE = new Uint8Array(0);

export function credentialOf(
  scheme: AuthScheme,
  name: string,
  secret: string,
  nonce: Uint8Array = NO_NONCE,
): Credential {
  if (scheme === 'basic') return { scheme, name, secret };
  return { scheme, name, hash: syncmlHash(name, secret), nonce };
}

/** The same credential for the next message or session: with a nonce that the verifier handed out. */
export function withNonce(credential: Credential, nonce: Uint8Array): Credential {
  return credential.scheme === 'basic' ? credential : { ...credential, nonce };
}

/** The Cred of a SyncHdr. HMAC travels in the transport header, never in Cred (OMA-DMSEC 5.1.4). */
export function makeCred(credential: Credential): Cred | undefined {
  if (credential.scheme === 'hmac') return undefined;
  const Data = expectedData(credential);
  // OMA-DMREPPRO: Format b64 is REQUIRED for md5; Basic is base64 text as well.
  return { Meta: { Format: 'b64', Type: AUTH_TYPES[credential.scheme] }, Data };
}

/**
 * Checks the Cred of a received header against the credential that this sender should hold.
 * Pass `decoyCredential` where no such sender is known: the same work is done and the answer is equal.
 */
export function checkCred(
  credential: Credential,
  hdr: Pick<SyncHdr, 'Cred' | 'Source'>,
): CredVerdict {
  // [REPPRO 6.1.6-1]
  if (hdr.Cred === undefined || credential.scheme === 'hmac') return 'missing';
  // [DMSEC 5.1-1] The scheme asked for and no other, even if the proof itself were right.
  const isScheme = schemeOf(hdr.Cred.Meta?.Type) === credential.scheme;
  // OMA-DMREPPRO: LocName carries the user name; AOSP and Appendix I leave it out.
  const isName = (hdr.Source.LocName ?? credential.name) === credential.name;
  const isProof = isSameProof(credential, hdr.Cred.Data);
  return isScheme && isName && isProof ? 'ok' : 'wrong';
}

/** A credential that nobody can prove, for identities that are not known. */
export function decoyCredential(random: Random, scheme: AuthScheme = 'md5'): Credential {
  const secret = encodeBase64(random(NONCE_LENGTH));
  return credentialOf(scheme, secret, secret, random(NONCE_LENGTH));
}

/** The challenge that asks for this scheme; a nonce goes with the schemes that use one. */
export function makeChal(scheme: AuthScheme, nonce: Uint8Array): Chal {
  const Meta = { Format: 'b64', Type: AUTH_TYPES[scheme] };
  return { Meta: scheme === 'basic' ? Meta : { ...Meta, NextNonce: nonce } };
}

/**
 * The credential that answers a challenge, or undefined where ours cannot.
 * OMA-DMSEC: the reply uses the type asked for. A step up is possible, none down.
 */
export function answerChal(credential: Credential, chal: Chal): Credential | undefined {
  const scheme = schemeOf(chal.Meta.Type);
  if (scheme === undefined || SCHEMES.indexOf(scheme) < SCHEMES.indexOf(credential.scheme)) {
    return undefined;
  }
  return withNonce(raised(credential, scheme), chal.Meta.NextNonce ?? NO_NONCE);
}

/** The credential by a scheme that is `least` or better: md5 and hmac are made of the same hash. */
export function raised(credential: Credential, least: AuthScheme): Credential {
  if (SCHEMES.indexOf(credential.scheme) >= SCHEMES.indexOf(least) || least === 'basic') {
    return credential;
  }
  if (credential.scheme !== 'basic') return { ...credential, scheme: least };
  return credentialOf(least, credential.name, credential.secret);
}

/** RepPro 1.2.2 Chal: Type absent means auth-basic. */
export function schemeOf(type: string | undefined): AuthScheme | undefined {
  const text = (type ?? AUTH_TYPES.basic).trim().toLowerCase();
  return SCHEMES.find((scheme) => AUTH_TYPES[scheme].toLowerCase() === text);
}

type CredCredential = Extract<Credential, { scheme: 'basic' }> | HashCredential;
type HashCredential = Extract<Credential, { hash: string }>;

function expectedData(credential: CredCredential): string {
  if (credential.scheme === 'basic') {
    return encodeBasicCred(credential.name, credential.secret);
  }
  // [DMSEC 5.1-2]
  return encodeBase64(md5CredDigest(credential.hash, credential.nonce));
}

function isSameProof(credential: CredCredential, data: Data): boolean {
  const ours = decodeBase64(expectedData(credential));
  // RepPro lets WBXML carry the 16 octets raw; DM says b64. Both are read.
  const theirs = typeof data === 'string' ? octetsOf(data) : data;
  // Over digests of equal length, so that neither length nor content shows in the time it takes.
  return timingSafeEqual(digestOf(ours), digestOf(theirs));
}

function octetsOf(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch {
    return NO_NONCE;
  }
}

function digestOf(octets: Uint8Array): Uint8Array {
  return createHash('sha256').update(octets).digest();
}
