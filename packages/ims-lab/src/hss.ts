/**
 * What the home network knows of its subscribers: TS 29.228 Annex B, as far as the lab's S-CSCF asks.
 *
 * A password itself is not here: HA1 is all that Digest needs (RFC 2617 §3.2.2.2). The real HSS is a
 * Diameter server; the lab's is a table in the same process.
 */
import assert from 'node:assert';
import { decodeHex, type Random } from '@ueprov/protocols';
import { type AkaVector, AuthenticationCentre } from '@ueprov/protocols/digest';
import { isReliable, type TransportAddress, transportOf, type Uri } from '@ueprov/protocols/sip';
import type { FilterCriterion } from './filter-criteria.ts';
import { isSameSource } from './forwarding.ts';
import { identityOf } from './identity.ts';

/** The secret of a card, in hex, as operators have it in their lists. */
export interface CardSecret {
  readonly K: string;
  readonly OPc: string;
  readonly AMF?: string;
  /** Where the authentication centre begins; 0 unless given. */
  readonly SQN?: number;
}

export interface Subscriber {
  readonly IMPI: string;
  /** Hex of MD5(IMPI:realm:password), where the realm is the domain of the lab. */
  readonly HA1?: string;
  /** The same with SHA-256. With both, the UE chooses. */
  readonly HA1SHA256?: string;
  /** A card: it alone is asked for then. */
  readonly aka?: CardSecret;
  /** The implicit registration set: registering one registers all; the first that is not barred is the default. */
  readonly IMPUs: readonly string[];
  /** Further implicit registration sets of the same IMPI, each registered on its own. */
  readonly otherSets?: readonly (readonly string[])[];
  /** IMPUs that may be registered, but are used for nothing else (TS 23.228 4.3.3.2). */
  readonly barred?: readonly string[];
  readonly filterCriteria: readonly FilterCriterion[];
}

/** An implicit registration set: what is registered as one. */
export interface IdentitySet {
  readonly subscriber: Subscriber;
  /** The first one names the set, wherever something is kept of it. */
  readonly id: string;
  readonly IMPUs: readonly string[];
  /** Those that may be used, the default one first. */
  readonly associated: readonly string[];
}

export interface ApplicationServer {
  /** As the filter criteria name it. */
  readonly uri: string;
  /** Where it listens, and the only source that may speak in its name. */
  readonly address: TransportAddress;
}

const HA1_HEX = /^[0-9a-f]{32}$/;
const HA1_SHA256_HEX = /^[0-9a-f]{64}$/;
const KEY_HEX = /^[0-9a-fA-F]{32}$/;

export class Hss {
  readonly #byIMPI = new Map<string, Subscriber>();
  readonly #sets = new Map<string, IdentitySet>();
  readonly #centres = new Map<string, AuthenticationCentre>();
  readonly #applicationServers = new Map<string, ApplicationServer>();

  constructor(
    subscribers: readonly Subscriber[],
    applicationServers: readonly ApplicationServer[],
  ) {
    for (const server of applicationServers) this.#applicationServers.set(server.uri, server);
    for (const subscriber of subscribers) this.add(subscriber);
  }

  add(subscriber: Subscriber): void {
    this.#check(subscriber);
    const { IMPI, IMPUs, otherSets = [], aka } = subscriber;
    this.#byIMPI.set(IMPI, subscriber);
    if (aka !== undefined) this.#centres.set(IMPI, authenticationCentre(aka));
    for (const set of [IMPUs, ...otherSets]) {
      const identities = identitySet(subscriber, set);
      for (const IMPU of set) this.#sets.set(identityOf(IMPU), identities);
    }
  }

  byIMPI(IMPI: string): Subscriber | undefined {
    return this.#byIMPI.get(IMPI);
  }

  byIMPU(IMPU: string | Uri): Subscriber | undefined {
    return this.setOf(IMPU)?.subscriber;
  }

  /** The implicit registration set that this identity belongs to. */
  setOf(IMPU: string | Uri): IdentitySet | undefined {
    return this.#sets.get(identityOf(IMPU));
  }

  /** TS 29.228 6.3: a fresh vector for the card of this subscriber. */
  vector({ IMPI }: Subscriber, random: Random): AkaVector | undefined {
    return this.#centres.get(IMPI)?.vector(random);
  }

  /** TS 33.102 6.3.5: whether the card of this subscriber made that AUTS. */
  resynchronize({ IMPI }: Subscriber, RAND: Uint8Array, AUTS: Uint8Array): boolean {
    return this.#centres.get(IMPI)?.resynchronize(RAND, AUTS) ?? false;
  }

  applicationServer(uri: string): ApplicationServer | undefined {
    return this.#applicationServers.get(uri);
  }

  /**
   * The application server that sends from there: what the lab takes for a trust domain. A connection
   * comes from a port that nobody foretells: its address has to do.
   */
  applicationServerAt(source: TransportAddress): ApplicationServer | undefined {
    return [...this.#applicationServers.values()].find(({ address }) =>
      isReliable(source)
        ? transportOf(address) === source.transport && address.address === source.address
        : isSameSource(address, source),
    );
  }

  #check(subscriber: Subscriber): void {
    const { IMPI, HA1, HA1SHA256, aka, IMPUs, otherSets = [], filterCriteria } = subscriber;
    assert([HA1, HA1SHA256, aka].some(Boolean), `${IMPI}: neither HA1 nor card`);
    assert(HA1 === undefined || HA1_HEX.test(HA1), `${IMPI}: HA1 is 32 lower-case hex digits`);
    const isLong = HA1SHA256 === undefined || HA1_SHA256_HEX.test(HA1SHA256);
    assert(isLong, `${IMPI}: HA1SHA256 is 64 lower-case hex digits`);
    const keys = aka === undefined ? [] : [aka.K, aka.OPc];
    assert(
      keys.every((key) => KEY_HEX.test(key)),
      `${IMPI}: K and OPc are 32 hex digits`,
    );
    assert(IMPUs.length > 0, `${IMPI}: a subscriber has at least one IMPU`);
    assert(!this.#byIMPI.has(IMPI), `${IMPI}: this IMPI is there already`);
    for (const set of [IMPUs, ...otherSets]) {
      assert(identitySet(subscriber, set).associated.length > 0, `${IMPI}: a set is barred`);
    }
    for (const IMPU of [...IMPUs, ...otherSets.flat()]) {
      assert(!this.#sets.has(identityOf(IMPU)), `${IMPU}: this IMPU is there already`);
    }
    for (const { applicationServer } of filterCriteria) {
      const isKnown = this.#applicationServers.has(applicationServer);
      assert(isKnown, `${IMPI}: no application server ${applicationServer}`);
    }
  }
}

function identitySet(subscriber: Subscriber, IMPUs: readonly string[]): IdentitySet {
  const barred = (subscriber.barred ?? []).map((IMPU) => identityOf(IMPU));
  const associated = IMPUs.filter((IMPU) => !barred.includes(identityOf(IMPU)));
  return { subscriber, id: identityOf(IMPUs[0] ?? ''), IMPUs, associated };
}

function authenticationCentre({ K, OPc, AMF, SQN }: CardSecret): AuthenticationCentre {
  return new AuthenticationCentre(
    { K: decodeHex(K), OPc: decodeHex(OPc) },
    {
      ...(AMF === undefined ? {} : { AMF: decodeHex(AMF) }),
      ...(SQN === undefined ? {} : { SQN }),
    },
  );
}
