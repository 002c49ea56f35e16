/**
 * Which transactions wait for which peer: so that a connection that breaks costs what stood on it,
 * not a look at all. Used by layer.ts.
 */
import { peerKeyOf, type TransportAddress } from './transport-address.ts';

export class Peers {
  readonly #ids = new Map<string, Set<string>>();

  add(peer: TransportAddress, id: string): void {
    const key = peerKeyOf(peer);
    const ids = this.#ids.get(key);
    if (ids === undefined) this.#ids.set(key, new Set([id]));
    else ids.add(id);
  }

  remove(peer: TransportAddress, id: string): void {
    const key = peerKeyOf(peer);
    const ids = this.#ids.get(key);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(key);
  }

  /** Those of that transport, address and port, whatever their flow. */
  of(peer: TransportAddress): readonly string[] {
    return [...(this.#ids.get(peerKeyOf(peer)) ?? [])];
  }

  get count(): number {
    return this.#ids.size;
  }
}
