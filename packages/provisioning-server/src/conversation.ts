/**
 * A DM session with what the wire knows about it: where its peer is heard from, the last exchange, what waits to
 * be stored. `sessions.ts` finds it, `dm-endpoint.ts` carries it on.
 */
import { type Instant, isEqualBytes } from '@ueprov/protocols';
import type { HttpRequestProof } from '@ueprov/protocols/dm';
import type { DmSession } from './session.ts';
import type { Change } from './store/record.ts';

/** Where a message came from. */
export interface Origin {
  /** The peer's address; its port changes with every connection. */
  readonly address: string;
  /** What the query of the URL carried: the token of a RespURI that was followed. */
  readonly token: string | undefined;
  /** Its `x-syncml-hmac`. */
  readonly mac?: string | undefined;
  /** Its request line and Authorization. */
  readonly http?: HttpRequestProof;
}

/** What answers a message. */
export interface Reply {
  readonly body: Uint8Array;
  /** To go as `x-syncml-hmac`. */
  readonly mac?: string;
}

/**
 * claim: nobody has proved to be the device yet. open: somebody has. over: kept for a while, to answer a resend.
 */
export type Standing = 'claim' | 'open' | 'over';

interface Exchange {
  readonly request: Uint8Array;
  readonly reply: Reply;
}

export class Conversation {
  /** In the RespURI of every reply; nobody can guess it. */
  readonly token: string;
  /** The names of session and device, and the address that they are heard from. */
  readonly name: string;
  /** As the peer calls itself. */
  readonly DevId: string;
  heardAt: Instant;
  standing: Standing = 'claim';
  /** The peer was heard under its RespURI: from then on nothing else is its message. */
  isBound = false;
  /** What is not stored yet: of a peer that has not proved itself, or of a commit that failed. */
  unstored: readonly Change[] = [];
  /** Messages numbered so far. */
  seq = 0;
  #session: DmSession | undefined;
  #last: Exchange | undefined;

  constructor(token: string, name: string, session: DmSession, now: Instant) {
    this.token = token;
    this.name = name;
    this.heardAt = now;
    this.#session = session;
    this.DevId = session.DevId;
  }

  /** undefined when it is over. */
  get session(): DmSession | undefined {
    return this.#session;
  }

  /** Octets that a peer made us keep before it has proved anything. */
  get claimedBytes(): number {
    return this.unstored.reduce(
      (sum, change) => sum + (change.kind === 'message' ? change.message.raw.length : 0),
      0,
    );
  }

  /** The same octets again: the peer did not get the reply; it gets it again, and nothing is done twice. */
  replyTo(request: Uint8Array): Reply | undefined {
    const last = this.#last;
    return last !== undefined && isEqualBytes(last.request, request) ? last.reply : undefined;
  }

  /** The reply to `request` is about to leave. */
  exchanged(request: Uint8Array, reply: Reply): void {
    this.#last = { request, reply };
    const { session } = this;
    if (session === undefined) return;
    this.standing = session.isAuthenticated ? 'open' : 'claim';
    if (session.isEnded) this.end();
  }

  /** Engine and plan go; the last exchange stays. */
  end(): void {
    this.standing = 'over';
    this.#session = undefined;
  }
}
