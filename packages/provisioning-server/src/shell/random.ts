/** Random octets in small portions: drawn from the system many at a time, each handed out once. */
import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 8192;

const pool = Buffer.allocUnsafeSlow(POOL_BYTES);
let used = POOL_BYTES;

export function randomOctets(length: number): Uint8Array {
  if (length > POOL_BYTES) return randomFillSync(new Uint8Array(length));
  if (used + length > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const octets = new Uint8Array(pool.subarray(used, used + length));
  // What was handed out is not kept.
  pool.fill(0, used, used + length);
  used += length;
  return octets;
}
