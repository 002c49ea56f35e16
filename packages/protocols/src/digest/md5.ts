/** MD5 as the schemes of this folder use it, and the one way to compare their results. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** RFC 1321: 16 octets. Both OMA DM 1.2 and RFC 2617 prescribe it; nothing else here may use it. */
export function md5(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** Equal or not, in a time that does not tell where the first difference is. */
export function isSameDigest(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
