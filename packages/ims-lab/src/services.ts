/**
 * Requests that are with an application server, and where they go on when they come back: the original dialog
 * identifier of TS 24.229 5.4.3.2, which stands in the user part of a Route to the S-CSCF. Used by s-cscf.ts.
 */
import { encodeHex, type Random } from '@ueprov/protocols';
import type { FilterCriterion } from './filter-criteria.ts';
import type { IdentitySet } from './hss.ts';

/** On whose behalf a request is here, and which application servers it has not seen yet. */
export interface Session {
  readonly side: 'originating' | 'terminating';
  readonly set: IdentitySet;
  readonly criteria: readonly FilterCriterion[];
}

/** Each is there for one transaction; the oldest goes first. */
export const SESSIONS_MAX = 10_000;
const TOKEN_BYTES = 16;

export class Services {
  readonly #random: Random;
  readonly #sessions = new Map<string, Session>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** The identifier by which the session goes on. */
  open(session: Session): string {
    const [oldest] = this.#sessions.keys();
    if (oldest !== undefined && this.#sessions.size >= SESSIONS_MAX) this.#sessions.delete(oldest);
    const token = encodeHex(this.#random(TOKEN_BYTES));
    this.#sessions.set(token, session);
    return token;
  }

  of(token: string | undefined): Session | undefined {
    return token === undefined ? undefined : this.#sessions.get(token);
  }

  close(token: string): void {
    this.#sessions.delete(token);
  }
}
