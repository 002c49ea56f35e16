/**
 * The lab's IMS core on UDP, TCP and TLS: what `ueprov lab` and the tests start between UEs and the Provisioning
 * Server.
 * For laptops and tests; it keeps nothing when it stops.
 */
import { randomBytes } from 'node:crypto';
import { encodeUri, type Transport, type TransportAddress } from '@ueprov/protocols/sip';
import type { SipTls } from '@ueprov/shell';
import { hostPortOf } from './forwarding.ts';
import type { Subscriber } from './hss.ts';
import { composeLab, type LabOptions, type LabSockets } from './lab.ts';
import { SipShell, type WireEvent } from './shell/sip-shell.ts';

export type { FilterCriterion } from './filter-criteria.ts';
export type { ApplicationServer, CardSecret, Subscriber } from './hss.ts';
export type { LabOptions } from './lab.ts';
export type { ExpiresPolicy } from './registrar.ts';

export interface ImsLabOptions extends LabOptions {
  /** An IP address; loopback unless given. */
  readonly host?: string;
  /** 0 or absent: any free one. */
  readonly ports?: { readonly pCscf: number; readonly sCscf: number };
  /** UDP and TCP unless given, and TLS if `tls` is. */
  readonly transports?: readonly Transport[];
  readonly tls?: SipTls;
  /** Every message that the core sends, and every one that comes to it from outside, once each. */
  readonly onWire?: (event: LabWireEvent) => void;
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
}

export interface ImsLab {
  readonly pCscf: HostPort;
  readonly sCscf: HostPort;
  /** Where one of them listens for this transport. */
  addressOf(element: 'pCscf' | 'sCscf', transport: Transport): TransportAddress;
  addSubscriber(subscriber: Subscriber): void;
  registrations(): readonly LabRegistration[];
  counters(): LabCounters;
  close(): Promise<void>;
}

export async function startImsLab(options: ImsLabOptions): Promise<ImsLab> {
  const { host = '127.0.0.1', ports = { pCscf: 0, sCscf: 0 }, tls, onWire } = options;
  const { transports = tls === undefined ? ['udp', 'tcp'] : ['udp', 'tcp', 'tls'] } = options;
  const inside: SipShell[] = [];
  const report = ({ at, from, to, bytes }: WireEvent) => {
    onWire?.({ at, from: hostPortOf(from), to: hostPortOf(to), bytes });
  };
  const taps = {
    onSent: report,
    onReceived: (event: WireEvent) => {
      if (!inside.some(({ transport }) => transport.isSelf(event.from))) report(event);
    },
  };
  const sockets = { host, transports, ...(tls !== undefined && { tls }) };
  const pCscf = await SipShell.open({ ...sockets, port: ports.pCscf }, taps);
  const sCscf = await SipShell.open({ ...sockets, port: ports.sCscf }, taps).catch(
    async (error: unknown) => {
      await pCscf.close();
      throw error;
    },
  );
  inside.push(pCscf, sCscf);
  const socketsOf = ({ ports: own, transport }: SipShell): LabSockets => ({
    transports,
    ports: own,
    isSelf: (source) => transport.isSelf(source),
  });
  const addresses = {
    pCscfs: [pCscf.address],
    sCscf: sCscf.address,
    sockets: { pCscfs: [socketsOf(pCscf)], sCscf: socketsOf(sCscf) },
  };
  const lab = composeLab(options, addresses, (length) => randomBytes(length));
  pCscf.drive(lab.pCscf);
  sCscf.drive(lab.sCscf);
  return {
    pCscf: hostPort(pCscf.address),
    sCscf: hostPort(sCscf.address),
    addressOf: (element, transport) =>
      (element === 'pCscf' ? pCscf : sCscf).transport.addressOf(transport),
    addSubscriber: (subscriber) => lab.hss.add(subscriber),
    registrations: () =>
      lab.sCscf.registrations.map(({ subscriber: { IMPI, IMPUs }, bindings }) => ({
        IMPI,
        IMPUs,
        contacts: bindings.map(({ contact, expiresAt }) => ({
          uri: encodeUri(contact.uri),
          expiresAt,
        })),
      })),
    counters: () => {
      const [a, b] = [lab.pCscf.counters, lab.sCscf.counters];
      return {
        garbage: a.garbage + b.garbage + pCscf.refused + sCscf.refused,
        stray: a.stray + b.stray,
        overload: a.overload + b.overload,
        thirdPartyFailures: b.thirdPartyFailures,
      };
    },
    close: async () => {
      await Promise.all([pCscf.close(), sCscf.close()]);
    },
  };
}

function hostPort({ address, port }: TransportAddress): HostPort {
  return { host: address, port };
}
