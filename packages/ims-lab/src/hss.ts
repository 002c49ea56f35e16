/**
 * What the home network knows of its subscribers: TS 29.228 Annex, as far as the lab's S-CSCF asks.
 *
 * The password itself is not here: HA1 is all that Digest needs (RFC 2617 §3.2.2.2). The real HSS is a
 * Diameter server; the lab's is a table in the same process.
 */
import assert from 'node:assert';
import { decodeUri, encodeUri, type TransportAddress, type Uri } from '@ueprov/protocols/sip';

/** Initial filter criterion: TS 29.228 Annex B.2.2, cut down to its REGISTER trigger. */
export interface FilterCriterion {
  /** The lowest number goes first. */
  readonly priority: number;
  /** SIP URI of the application server, one of the lab's. */
  readonly applicationServer: string;
  readonly method: 'REGISTER';
  /** The UE's own REGISTER goes along as `message/sip`. */
  readonly includeRegisterRequest: boolean;
  /** What becomes of the registration when the application server does not answer well. */
  readonly defaultHandling: 'SESSION_CONTINUED' | 'SESSION_TERMINATED';
}

export interface Subscriber {
  readonly IMPI: string;
  /** Hex of MD5(IMPI:realm:password), where the realm is the domain of the lab. */
  readonly HA1: string;
  /** The implicit registration set: registering one registers all; the first one is the default. */
  readonly IMPUs: readonly string[];
  readonly filterCriteria: readonly FilterCriterion[];
}

export interface ApplicationServer {
  /** As the filter criteria name it. */
  readonly uri: string;
  /** Where it listens, and the only source that may speak in its name. */
  readonly address: TransportAddress;
}

export class Hss {
  readonly #byIMPI = new Map<string, Subscriber>();
  readonly #byIMPU = new Map<string, Subscriber>();
  readonly #applicationServers = new Map<string, ApplicationServer>();

  constructor(
    subscribers: readonly Subscriber[],
    applicationServers: readonly ApplicationServer[],
  ) {
    for (const server of applicationServers) this.#applicationServers.set(server.uri, server);
    for (const subscriber of subscribers) this.add(subscriber);
  }

  add(subscriber: Subscriber): void {
    const { IMPI, HA1, IMPUs, filterCriteria } = subscriber;
    assert(/^[0-9a-f]{32}$/.test(HA1), `${IMPI}: HA1 is 32 lower-case hex digits`);
    assert(IMPUs.length > 0, `${IMPI}: a subscriber has at least one IMPU`);
    assert(!this.#byIMPI.has(IMPI), `${IMPI}: this IMPI is there already`);
    for (const IMPU of IMPUs) {
      assert(!this.#byIMPU.has(identityOf(IMPU)), `${IMPU}: this IMPU is there already`);
    }
    for (const { applicationServer } of filterCriteria) {
      const isKnown = this.#applicationServers.has(applicationServer);
      assert(isKnown, `${IMPI}: no application server ${applicationServer}`);
    }
    this.#byIMPI.set(IMPI, subscriber);
    for (const IMPU of IMPUs) this.#byIMPU.set(identityOf(IMPU), subscriber);
  }

  byIMPI(IMPI: string): Subscriber | undefined {
    return this.#byIMPI.get(IMPI);
  }

  byIMPU(IMPU: string | Uri): Subscriber | undefined {
    return this.#byIMPU.get(identityOf(IMPU));
  }

  applicationServer(uri: string): ApplicationServer | undefined {
    return this.#applicationServers.get(uri);
  }

  /** The application server that sends from there: what the lab takes for a trust domain. */
  applicationServerAt({ address, port }: TransportAddress): ApplicationServer | undefined {
    return [...this.#applicationServers.values()].find(
      (server) => server.address.address === address && server.address.port === port,
    );
  }
}

/** A public identity in the form in which two are compared: no parameters, host without case. */
export function identityOf(IMPU: string | Uri): string {
  const uri = typeof IMPU === 'string' ? decodeUri(IMPU) : IMPU;
  if (uri.kind === 'tel') return encodeUri({ ...uri, parameters: [] });
  if (uri.kind === 'other') return encodeUri(uri);
  const { user, host, port } = uri;
  return encodeUri({
    kind: 'sip',
    scheme: 'sip',
    ...(user === undefined ? {} : { user }),
    host: host.toLowerCase(),
    ...(port === undefined ? {} : { port }),
    parameters: [],
  });
}
