/**
 * The DM sessions that are open, found again by SessionID and Source: the binding promises no connection that lasts
 * (OMA-SYNCHTTP 5.1.5), so a session hangs on its names. An ended one stays for a while, to answer a resend.
 */
import { type Instant, isEqualBytes } from '@ueprov/protocols';
import type { SyncHdr } from '@ueprov/protocols/syncml';
import type { DmSession } from './session.ts';

export const SESSIONS_MAX = 10_000;
/** A peer that says nothing for so long is gone. */
export const SILENCE_MAX_MS = 60_000;

export interface OpenSession {
  readonly key: string;
  readonly session: DmSession;
  readonly heardAt: Instant;
  /** The last exchange, as it was on the wire. */
  readonly request: Uint8Array;
  readonly reply: Uint8Array;
}

export class Sessions {
  /** In the order in which they were last heard of: the first is the one that may time out. */
  readonly #byKey = new Map<string, OpenSession>();

  get isFull(): boolean {
    return this.#byKey.size >= SESSIONS_MAX;
  }

  get deadline(): Instant | undefined {
    const [oldest] = this.#byKey.values();
    return oldest && oldest.heardAt + SILENCE_MAX_MS;
  }

  find(hdr: SyncHdr): OpenSession | undefined {
    return this.#byKey.get(keyOf(hdr));
  }

  /** After an exchange: the reply is kept for a peer that did not get it. */
  keep(hdr: SyncHdr, exchange: Omit<OpenSession, 'key'>): void {
    const key = keyOf(hdr);
    this.#byKey.delete(key); // to the end of the order
    this.#byKey.set(key, { key, ...exchange });
  }

  /** Takes out the sessions whose peer has been silent for too long. */
  overdue(now: Instant): OpenSession[] {
    const gone: OpenSession[] = [];
    for (const open of this.#byKey.values()) {
      if (open.heardAt + SILENCE_MAX_MS > now) break;
      gone.push(open);
    }
    for (const { key } of gone) this.#byKey.delete(key);
    return gone;
  }
}

/** The same octets again: the peer did not get the reply: answered again, not carried out again. */
export function isResend({ request }: OpenSession, bytes: Uint8Array): boolean {
  return isEqualBytes(request, bytes);
}

function keyOf({ SessionID, Source }: SyncHdr): string {
  return `${SessionID} ${Source.LocURI}`;
}
