/** The devices of B5, as both processes know them. */

export function wakeDevice(index: number) {
  return {
    DevId: `urn:x-wake:${index}`,
    IMPU: `sip:device${index}@ims.test`,
    CLCRED: { name: `device${index}`, secret: `client-secret-of-${index}` },
    SRVCRED: { secret: `server-secret-of-${index}` },
  };
}

/** Octets of this process after a collection, where Node was started with --expose-gc. */
export function memoryOf(): { readonly rss: number; readonly heapUsed: number } {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}
