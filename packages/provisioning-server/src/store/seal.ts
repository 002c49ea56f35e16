/**
 * AES-256-GCM over what must not be readable in the store's file: credentials, secret node values, raw traces.
 *
 * NIST SP 800-38D 8.2.1: a nonce never repeats under a key. Every run draws a salt, derives its own key from it
 * (HKDF, RFC 5869), and counts nonces from 0: no limit on messages, nothing to remember between runs. A blob is
 * version (1) | salt (16) | counter (6) | ciphertext | tag (16); `purpose` is bound in as associated data.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { StoreError } from './store.ts';

const VERSION = 1;
const SALT_LENGTH = 16;
const COUNTER_LENGTH = 6;
const TAG_LENGTH = 16;
const NONCE_LENGTH = 12;
const HEAD_LENGTH = 1 + SALT_LENGTH + COUNTER_LENGTH;

/** Keys of earlier runs that are kept derived. */
const DERIVED_KEYS_MAX = 64;

export class Seal {
  readonly #key: Uint8Array;
  readonly #salt = randomBytes(SALT_LENGTH);
  readonly #sealing: KeyObject;
  readonly #derived = new Map<string, KeyObject>();
  readonly #nonce = Buffer.alloc(NONCE_LENGTH);
  #counter = 0;

  constructor(key: Uint8Array) {
    this.#key = key;
    this.#sealing = this.#derive(this.#salt);
  }

  seal(clear: Uint8Array, purpose: string): Uint8Array {
    const blob = Buffer.allocUnsafe(HEAD_LENGTH + clear.length + TAG_LENGTH);
    blob[0] = VERSION;
    this.#salt.copy(blob, 1);
    blob.writeUIntBE(this.#counter, 1 + SALT_LENGTH, COUNTER_LENGTH);
    this.#nonce.writeUIntBE(this.#counter, NONCE_LENGTH - COUNTER_LENGTH, COUNTER_LENGTH);
    this.#counter += 1;
    const cipher = createCipheriv('aes-256-gcm', this.#sealing, this.#nonce);
    cipher.setAAD(Buffer.from(purpose));
    blob.set(cipher.update(clear), HEAD_LENGTH);
    cipher.final();
    blob.set(cipher.getAuthTag(), HEAD_LENGTH + clear.length);
    return blob;
  }

  /** Throws StoreError `KEY_WRONG` if the blob was made with another key, for another purpose, or was changed. */
  open(sealed: Uint8Array, purpose: string): Uint8Array {
    const blob = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    try {
      if (blob.length < HEAD_LENGTH + TAG_LENGTH || blob[0] !== VERSION) throw new RangeError();
      const nonce = Buffer.alloc(NONCE_LENGTH);
      blob.copy(nonce, NONCE_LENGTH - COUNTER_LENGTH, 1 + SALT_LENGTH, HEAD_LENGTH);
      const key = this.#derive(blob.subarray(1, 1 + SALT_LENGTH));
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH });
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(blob.subarray(blob.length - TAG_LENGTH));
      const clear = decipher.update(blob.subarray(HEAD_LENGTH, blob.length - TAG_LENGTH));
      decipher.final();
      return clear;
    } catch (cause) {
      throw new StoreError('KEY_WRONG', 'sealed data cannot be opened with this key', { cause });
    }
  }

  #derive(salt: Uint8Array): KeyObject {
    const name = Buffer.from(salt).toString('base64');
    const known = this.#derived.get(name);
    if (known !== undefined) return known;
    const key = createSecretKey(
      new Uint8Array(hkdfSync('sha256', this.#key, salt, 'ueprov store seal', 32)),
    );
    const [oldest] = this.#derived.keys();
    if (this.#derived.size >= DERIVED_KEYS_MAX && oldest !== undefined) {
      this.#derived.delete(oldest);
    }
    this.#derived.set(name, key);
    return key;
  }
}
