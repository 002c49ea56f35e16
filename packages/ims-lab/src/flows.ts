/**
 * The P-CSCF's memory of which UE is behind which Path: a random token in the Path's user part names it.
 * RFC 3327 §5.2, RFC 5626 §5.2: over TCP and TLS that is a connection. Used by p-cscf.ts.
 */
import { encodeHex, type Instant, type Random } from '@ueprov/protocols';
import { type NameAddr, peerKeyOf, type TransportAddress } from '@ueprov/protocols/sip';
import { identityOf } from './identity.ts';

export interface Flow {
  readonly token: string;
  /** Where the UE's REGISTER came from: its requests go there, whatever its Contact says. */
  readonly source: TransportAddress;
  /** The public identity that it registers. */
  readonly identity: string;
}

/** What the 200 of the S-CSCF said. */
export interface FlowRegistration {
  readonly serviceRoute: readonly NameAddr[];
  readonly associated: readonly NameAddr[];
}

interface Entry {
  readonly flow: Flow;
  expiresAt: Instant;
  registration: FlowRegistration | undefined;
}

/** A registered UE, and which of its identities speaks. */
export interface Speaker extends FlowRegistration {
  readonly flow: Flow;
  readonly identity: NameAddr;
}

export const FLOWS_MAX = 100_000;
/** How long a REGISTER may take, challenge and all, before its flow is forgotten. */
export const FLOW_PENDING_MS = 64_000;
const TOKEN_BYTES = 8;

export class Flows {
  readonly #random: Random;
  readonly #countMax: number;
  readonly #byToken = new Map<string, Entry>();
  /** By identity, by source. */
  readonly #bySource = new Map<string, Map<string, Entry>>();

  constructor(random: Random, countMax = FLOWS_MAX) {
    this.#random = random;
    this.#countMax = countMax;
  }

  /** The flow for a REGISTER of this identity from there, or undefined if there are too many. */
  open(source: TransportAddress, identity: string, now: Instant): Flow | undefined {
    const known = this.#current(this.#bySource.get(keyOf(source))?.get(identity), now);
    if (known !== undefined) {
      known.expiresAt = Math.max(known.expiresAt, now + FLOW_PENDING_MS);
      return known.flow;
    }
    if (this.#byToken.size >= this.#countMax) this.#sweep(now);
    if (this.#byToken.size >= this.#countMax) return undefined;
    const flow = { token: encodeHex(this.#random(TOKEN_BYTES)), source, identity };
    const entry = { flow, expiresAt: now + FLOW_PENDING_MS, registration: undefined };
    this.#byToken.set(flow.token, entry);
    const entries = this.#bySource.get(keyOf(source)) ?? new Map<string, Entry>();
    this.#bySource.set(keyOf(source), entries.set(identity, entry));
    return flow;
  }

  confirm({ token }: Flow, registration: FlowRegistration, expiresAt: Instant): void {
    const entry = this.#byToken.get(token);
    if (entry === undefined) return;
    entry.registration = registration;
    entry.expiresAt = expiresAt;
  }

  close({ token, source, identity }: Flow): void {
    this.#byToken.delete(token);
    const entries = this.#bySource.get(keyOf(source));
    entries?.delete(identity);
    if (entries?.size === 0) this.#bySource.delete(keyOf(source));
  }

  /** The connection is gone, and with it the way to all that registered over it. */
  lose(source: TransportAddress): void {
    const entries = [...(this.#bySource.get(keyOf(source))?.values() ?? [])];
    for (const { flow } of entries) this.close(flow);
  }

  /** The registered UE behind a Path. */
  byToken(token: string, now: Instant): Flow | undefined {
    const entry = this.#current(this.#byToken.get(token), now);
    return entry?.registration === undefined ? undefined : entry.flow;
  }

  /**
   * TS 24.229 5.2.6.3: who sends from there: the first of `wanted` that has been registered there, as it is
   * registered. An identity that the network has not associated with this source is nobody's.
   */
  speaker(
    source: TransportAddress,
    wanted: readonly NameAddr[],
    now: Instant,
  ): Speaker | undefined {
    for (const { uri } of wanted) {
      for (const each of this.#bySource.get(keyOf(source))?.values() ?? []) {
        const entry = this.#current(each, now);
        const registration = entry?.registration;
        if (entry === undefined || registration === undefined) continue;
        const identity = registration.associated.find(
          (associated) => identityOf(associated.uri) === identityOf(uri),
        );
        if (identity !== undefined) return { ...registration, flow: entry.flow, identity };
      }
    }
    return undefined;
  }

  #current(entry: Entry | undefined, now: Instant): Entry | undefined {
    if (entry === undefined || now < entry.expiresAt) return entry;
    this.close(entry.flow);
    return undefined;
  }

  #sweep(now: Instant): void {
    for (const entry of this.#byToken.values()) this.#current(entry, now);
  }
}

function keyOf(source: TransportAddress): string {
  return source.flow ?? peerKeyOf(source);
}
