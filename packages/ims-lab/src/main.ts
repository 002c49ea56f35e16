/**
 * The lab's IMS core on UDP sockets: what `ueprov lab` and the tests start between UEs and the Provisioning Server.
 * For laptops and tests; it keeps nothing when it stops.
 */
import { randomBytes } from 'node:crypto';
import { encodeUri, type TransportAddress } from '@ueprov/protocols/sip';
import { hostPortOf } from './forwarding.ts';
import type { Subscriber } from './hss.ts';
import { composeLab, type LabOptions } from './lab.ts';
import { UdpShell, type WireEvent } from './shell/udp.ts';

export type { ApplicationServer, FilterCriterion, Subscriber } from './hss.ts';
export type { LabOptions } from './lab.ts';
export type { ExpiresPolicy } from './registrar.ts';

export interface ImsLabOptions extends LabOptions {
  /** An IP address; loopback unless given. */
  readonly host?: string;
  /** 0 or absent: any free one. */
  readonly ports?: { readonly pCscf: number; readonly sCscf: number };
  /** Every datagram that the core sends, and every one that comes to it from outside, once each. */
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
  addSubscriber(subscriber: Subscriber): void;
  registrations(): readonly LabRegistration[];
  counters(): LabCounters;
  close(): Promise<void>;
}

export async function startImsLab(options: ImsLabOptions): Promise<ImsLab> {
  const { host = '127.0.0.1', ports = { pCscf: 0, sCscf: 0 }, onWire } = options;
  const inside = new Set<string>();
  const report = ({ at, from, to, bytes }: WireEvent) => {
    onWire?.({ at, from: hostPortOf(from), to: hostPortOf(to), bytes });
  };
  const taps = {
    onSent: report,
    onReceived: (event: WireEvent) => {
      if (!inside.has(hostPortOf(event.from))) report(event);
    },
  };
  const pCscf = await UdpShell.bind(host, ports.pCscf, taps);
  const sCscf = await UdpShell.bind(host, ports.sCscf, taps).catch(async (error: unknown) => {
    await pCscf.close();
    throw error;
  });
  for (const { address } of [pCscf, sCscf]) inside.add(hostPortOf(address));
  const addresses = { pCscf: pCscf.address, sCscf: sCscf.address };
  const lab = composeLab(options, addresses, (length) => randomBytes(length));
  pCscf.drive(lab.pCscf);
  sCscf.drive(lab.sCscf);
  return {
    pCscf: hostPort(pCscf.address),
    sCscf: hostPort(sCscf.address),
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
