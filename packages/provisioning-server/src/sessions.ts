/**
 * The DM sessions, found again for each message: the binding promises no connection that lasts (OMA-SYNCHTTP 5.1.5).
 *
 * A message belongs to the session whose token its URL carries, or, where the peer does not follow RespURI, to the
 * one of these names at the sender's own address. So neither the names of an open session, which anybody may know,
 * nor a MsgID 1 under them, reach it: a claimant stays apart until it has proved itself. (AC-15)
 */
import type { Instant } from '@ueprov/protocols';
import { SILENCE_TIMEOUT_MS } from '@ueprov/protocols/dm';
import type { SyncHdr } from '@ueprov/protocols/syncml';
import type { Conversation, Origin, Standing } from './conversation.ts';

/** Sessions of proven devices at once; one more is told to come back later. */
export const SESSIONS_MAX = 10_000;
/** Peers that have proved nothing, and what is kept of them; above, the oldest is forgotten. */
export const CLAIMS_MAX = 10_000;
export const CLAIMED_BYTES_MAX = 32 * 1024 * 1024;
/** Last exchanges that are kept for a resend. */
export const OVER_MAX = 10_000;

const STANDINGS: readonly Standing[] = ['claim', 'open', 'over'];

type Shelves = Readonly<Record<Standing, Map<string, Conversation>>>;

export class Sessions {
  /** In the order in which they were last heard of: the first is the one that may time out. */
  readonly #byToken = shelves();
  readonly #byName = shelves();
  /** Those that are open, by DevId. */
  readonly #byDevice = new Map<string, Set<Conversation>>();
  /** What each claim made us keep, and all together. */
  readonly #claimed = new Map<string, number>();
  #claimedBytes = 0;

  get isFull(): boolean {
    return this.#byToken.open.size >= SESSIONS_MAX;
  }

  get size(): Readonly<Record<Standing, number>> {
    const { claim, open, over } = this.#byToken;
    return { claim: claim.size, open: open.size, over: over.size };
  }

  /** The open ones of a device: more than one where it began anew without an end. */
  openOf(DevId: string): readonly Conversation[] {
    return [...(this.#byDevice.get(DevId) ?? [])];
  }

  /** When the first of them has been silent for too long; the engines of all wait equally long. */
  get deadline(): Instant | undefined {
    let earliest: Instant | undefined;
    for (const standing of STANDINGS) {
      const [oldest] = this.#byToken[standing].values();
      if (oldest !== undefined && (earliest === undefined || oldest.heardAt < earliest)) {
        earliest = oldest.heardAt;
      }
    }
    return earliest === undefined ? undefined : earliest + SILENCE_TIMEOUT_MS;
  }

  /** Those that a message of this header, origin and body may belong to, the likeliest first. */
  find(hdr: SyncHdr, origin: Origin, body: Uint8Array): readonly Conversation[] {
    const name = nameOf(hdr, origin.address);
    // Whoever has to prove himself brings a Cred; who has done so needs none any more.
    const order: readonly Standing[] =
      hdr.Cred === undefined ? ['open', 'claim', 'over'] : ['claim', 'open', 'over'];
    const bound = order.flatMap((standing) => this.#bound(standing, hdr, origin.token));
    if (bound.length > 0) return bound;
    return order.flatMap((standing) => {
      const found = this.#byName[standing].get(name);
      return found === undefined || found.isBound || isForged(found, hdr, origin, body)
        ? []
        : [found];
    });
  }

  /** Puts it where it now belongs, as the one heard of last. */
  keep(conversation: Conversation): void {
    this.#remove(conversation);
    const { standing, token, name } = conversation;
    this.#byToken[standing].set(token, conversation);
    this.#byName[standing].set(name, conversation);
    if (standing === 'claim') this.#count(token, conversation.claimedBytes);
    if (standing === 'open') this.#open(conversation);
    this.#limit('claim', CLAIMS_MAX);
    this.#limit('over', OVER_MAX);
    while (this.#claimedBytes > CLAIMED_BYTES_MAX) this.#forgetOldest('claim');
  }

  /** Takes out those whose peer has been silent for too long. */
  overdue(now: Instant): Conversation[] {
    const gone = STANDINGS.flatMap((standing) => {
      const silent: Conversation[] = [];
      for (const conversation of this.#byToken[standing].values()) {
        if (conversation.heardAt + SILENCE_TIMEOUT_MS > now) break;
        silent.push(conversation);
      }
      return silent;
    });
    for (const conversation of gone) this.#remove(conversation);
    return gone;
  }

  /** A token with the names of another session is nobody's. */
  #bound(standing: Standing, hdr: SyncHdr, token: string | undefined): Conversation[] {
    const found = token === undefined ? undefined : this.#byToken[standing].get(token);
    return found !== undefined && found.session?.isOf(hdr) !== false ? [found] : [];
  }

  #open(conversation: Conversation): void {
    const all = this.#byDevice.get(conversation.DevId) ?? new Set();
    this.#byDevice.set(conversation.DevId, all.add(conversation));
  }

  #limit(standing: Standing, max: number): void {
    while (this.#byToken[standing].size > max) this.#forgetOldest(standing);
  }

  #forgetOldest(standing: Standing): void {
    const [oldest] = this.#byToken[standing].values();
    if (oldest !== undefined) this.#remove(oldest);
  }

  #remove(conversation: Conversation): void {
    const { token, name } = conversation;
    for (const standing of STANDINGS) {
      this.#byToken[standing].delete(token);
      if (this.#byName[standing].get(name) === conversation) this.#byName[standing].delete(name);
    }
    const others = this.#byDevice.get(conversation.DevId);
    others?.delete(conversation);
    if (others?.size === 0) this.#byDevice.delete(conversation.DevId);
    this.#count(token, 0);
  }

  #count(token: string, bytes: number): void {
    this.#claimedBytes += bytes - (this.#claimed.get(token) ?? 0);
    if (bytes > 0) this.#claimed.set(token, bytes);
    else this.#claimed.delete(token);
  }
}

/**
 * Who stands behind the same address can send under a session's names: where every message has to prove itself, one
 * that does not is nobody's, and ends nothing. What was answered already is only answered again.
 */
function isForged(
  conversation: Conversation,
  hdr: SyncHdr,
  origin: Origin,
  body: Uint8Array,
): boolean {
  const isForeign = conversation.session?.isForeign(hdr, { body, header: origin.mac }) ?? false;
  return isForeign && conversation.replyTo(body) === undefined;
}

/** What a session is called, and from where: the names alone are no secret. */
export function nameOf({ SessionID, Source }: SyncHdr, address: string): string {
  return `${address} ${SessionID} ${Source.LocURI}`;
}

function shelves(): Shelves {
  return { claim: new Map(), open: new Map(), over: new Map() };
}
