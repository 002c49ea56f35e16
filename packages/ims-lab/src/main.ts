/**
 * The lab's IMS core on UDP, TCP and TLS: what `ueprov lab` and the tests start between UEs and the Provisioning
 * Server.
 * For laptops and tests; it keeps nothing when it stops.
 */
import assert from 'node:assert';
import { randomBytes } from 'node:crypto';
import { encodeUri, type Transport, type TransportAddress } from '@ueprov/protocols/sip';
import type { SipTls } from '@ueprov/shell';
import { labZone } from './dns-zone.ts';
import type { Fault } from './faults.ts';
import { hostPortOf } from './forwarding.ts';
import type { Subscriber } from './hss.ts';
import { composeLab, type Lab, type LabElement, type LabOptions, type LabSockets } from './lab.ts';
import { DnsServer } from './shell/dns-server.ts';
import { SipShell, type WireEvent } from './shell/sip-shell.ts';

export type { Fault } from './faults.ts';
export type { FilterCriterion } from './filter-criteria.ts';
export type { ApplicationServer, CardSecret, Subscriber } from './hss.ts';
export type { LabElement, LabOptions } from './lab.ts';
export type { ExpiresPolicy } from './registrar.ts';

export interface ImsLabOptions extends LabOptions {
  /** An IP address; loopback unless given. */
  readonly host?: string;
  /** 0 or absent: any free one. */
  readonly ports?: LabPorts;
  /** How many P-CSCFs there are; 1 unless given. */
  readonly pCscfCount?: number;
  /** UDP and TCP unless given, and TLS if `tls` is. */
  readonly transports?: readonly Transport[];
  readonly tls?: SipTls;
  /** Every message that the core sends, and every one that comes to it from outside, once each. */
  readonly onWire?: (event: LabWireEvent) => void;
}

export interface LabPorts {
  /** Of the first P-CSCF; the ports of others are any. */
  readonly pCscf: number;
  readonly pCscfTls?: number;
  readonly sCscf: number;
}

/** Ends are `address:port`; who that is, the caller knows. */
export interface LabWireEvent {
  /** Milliseconds since 1970, with their fraction. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly bytes: Uint8Array;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface LabRegistration {
  readonly IMPI: string;
  readonly IMPUs: readonly string[];
  readonly contacts: readonly { readonly uri: string; readonly expiresAt: number }[];
}

export interface LabCounters {
  /** Datagrams that were no SIP message and could not be answered. */
  readonly garbage: number;
  readonly stray: number;
  readonly overload: number;
  /** Third-party REGISTERs that an application server refused or did not answer. */
  readonly thirdPartyFailures: number;
  /** Subscriptions to `reg`. */
  readonly watchers: number;
}

export interface ImsLab {
  /** The first one. */
  readonly pCscf: HostPort;
  readonly pCscfs: readonly HostPort[];
  readonly sCscf: HostPort;
  /** A DNS server for the names of the lab: its domain leads to the P-CSCFs. */
  readonly dns: HostPort;
  /** Where one of them listens for this transport. */
  addressOf(element: LabElement | 'pCscf', transport: Transport): TransportAddress;
  addSubscriber(subscriber: Subscriber): void;
  registrations(): readonly LabRegistration[];
  /** The network ends a registration: `rejected` for good, `probation` for a while, `deactivated` to begin anew. */
  deregister(
    IMPU: string,
    event: 'deactivated' | 'probation' | 'rejected',
    retryAfter?: number,
  ): void;
  /** Turns a failure of one element on; undefined turns it off. */
  fail(element: LabElement, fault: Fault | undefined): void;
  counters(): LabCounters;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';

export async function startImsLab(options: ImsLabOptions): Promise<ImsLab> {
  const lab = new RunningLab(options);
  try {
    await lab.open();
    return lab;
  } catch (error) {
    await lab.close();
    throw error;
  }
}

class RunningLab implements ImsLab {
  readonly #options: ImsLabOptions;
  readonly #transports: readonly Transport[];
  readonly #shells = new Map<LabElement, SipShell>();
  #lab: Lab | undefined;
  #dns: DnsServer | undefined;

  constructor(options: ImsLabOptions) {
    const { tls, transports = tls === undefined ? ['udp', 'tcp'] : ['udp', 'tcp', 'tls'] } =
      options;
    this.#options = options;
    this.#transports = transports;
  }

  get pCscf(): HostPort {
    return hostPort(this.#shell('pCscf1').address);
  }

  get pCscfs(): readonly HostPort[] {
    return this.#pCscfNames.map((name) => hostPort(this.#shell(name).address));
  }

  get sCscf(): HostPort {
    return hostPort(this.#shell('sCscf').address);
  }

  get dns(): HostPort {
    assert(this.#dns !== undefined, 'the lab is open');
    return { host: this.#options.host ?? LOOPBACK, port: this.#dns.port };
  }

  async open(): Promise<void> {
    const { pCscf = 0, pCscfTls = 0, sCscf = 0 } = this.#options.ports ?? {};
    for (const [index, name] of this.#pCscfNames.entries()) {
      await this.#openOne(name, index === 0 ? pCscf : 0, index === 0 ? pCscfTls : 0);
    }
    await this.#openOne('sCscf', sCscf, 0);
    const addresses = {
      pCscfs: this.#pCscfNames.map((name) => this.#shell(name).address),
      sCscf: this.#shell('sCscf').address,
      sockets: {
        pCscfs: this.#pCscfNames.map((name) => this.#socketsOf(name)),
        sCscf: this.#socketsOf('sCscf'),
      },
    };
    this.#lab = composeLab(this.#options, addresses, (length) => randomBytes(length));
    for (const [name, element] of this.#lab.elements) this.#shell(name).drive(element);
    const pCscfs = addresses.pCscfs.map(({ address }, index) => {
      return { address, ports: addresses.sockets.pCscfs[index]?.ports ?? {} };
    });
    const { domain, host = LOOPBACK } = this.#options;
    this.#dns = await DnsServer.open(host, 0, labZone(domain.toLowerCase(), pCscfs));
  }

  addressOf(element: LabElement | 'pCscf', transport: Transport): TransportAddress {
    return this.#shell(element === 'pCscf' ? 'pCscf1' : element).transport.addressOf(transport);
  }

  addSubscriber(subscriber: Subscriber): void {
    this.#running.hss.add(subscriber);
  }

  registrations(): readonly LabRegistration[] {
    return this.#running.sCscf.registrations.map(({ set, bindings }) => ({
      IMPI: set.subscriber.IMPI,
      IMPUs: set.IMPUs,
      contacts: bindings.map(({ contact, expiresAt }) => ({
        uri: encodeUri(contact.uri),
        expiresAt,
      })),
    }));
  }

  deregister(
    IMPU: string,
    event: 'deactivated' | 'probation' | 'rejected',
    retryAfter?: number,
  ): void {
    const effects = this.#running.sCscf.deregister(IMPU, event, Date.now(), retryAfter);
    this.#shell('sCscf').act(effects);
  }

  fail(name: LabElement, fault: Fault | undefined): void {
    const element = this.#running.elements.get(name);
    assert(element !== undefined, `there is no ${name} in this lab`);
    element.fault = fault;
    // Its deadline is another one now.
    this.#shell(name).act([]);
  }

  counters(): LabCounters {
    const { sCscf, pCscfs } = this.#running;
    const all = [sCscf, ...pCscfs].map(({ counters }) => counters);
    const sum = (name: 'garbage' | 'stray' | 'overload') =>
      all.reduce((total, counters) => total + counters[name], 0);
    const refused = [...this.#shells.values()].reduce((total, shell) => total + shell.refused, 0);
    const { thirdPartyFailures, watchers } = sCscf.counters;
    return {
      garbage: sum('garbage') + refused,
      stray: sum('stray'),
      overload: sum('overload'),
      thirdPartyFailures,
      watchers,
    };
  }

  async close(): Promise<void> {
    const sockets = [...this.#shells.values(), ...(this.#dns === undefined ? [] : [this.#dns])];
    await Promise.all(sockets.map((each) => each.close()));
  }

  get #running(): Lab {
    assert(this.#lab !== undefined, 'the lab is open');
    return this.#lab;
  }

  get #pCscfNames(): readonly LabElement[] {
    const { pCscfCount = 1 } = this.#options;
    return Array.from({ length: pCscfCount }, (_, index): LabElement => `pCscf${index + 1}`);
  }

  #shell(name: LabElement): SipShell {
    const shell = this.#shells.get(name);
    assert(shell !== undefined, `there is no ${name} in this lab`);
    return shell;
  }

  async #openOne(name: LabElement, port: number, tlsPort: number): Promise<void> {
    const { host = LOOPBACK, tls, onWire } = this.#options;
    const report = ({ at, from, to, bytes }: WireEvent) => {
      onWire?.({ at, from: hostPortOf(from), to: hostPortOf(to), bytes });
    };
    const isInside = (source: TransportAddress) =>
      [...this.#shells.values()].some(({ transport }) => transport.isSelf(source));
    const shell = await SipShell.open(
      {
        host,
        port,
        transports: this.#transports,
        ...(tls !== undefined && { tls: { ...tls, port: tls.port ?? tlsPort } }),
      },
      {
        onSent: report,
        onReceived: (event) => {
          if (!isInside(event.from)) report(event);
        },
      },
    );
    this.#shells.set(name, shell);
  }

  #socketsOf(name: LabElement): LabSockets {
    const { transport, ports } = this.#shell(name);
    const isSelf = (source: TransportAddress) => transport.isSelf(source);
    return { transports: this.#transports, ports, isSelf };
  }
}

function hostPort({ address, port }: TransportAddress): HostPort {
  return { host: address, port };
}
