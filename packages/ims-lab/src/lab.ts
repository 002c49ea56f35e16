/** The network of the lab as engines, composed: P-CSCFs, one S-CSCF, one HSS. No socket; main.ts adds those. */
import assert from 'node:assert';
import type { Random } from '@ueprov/protocols';
import type { Timing, Transport, TransportAddress } from '@ueprov/protocols/sip';
import { FaultyElement, type Refusable } from './faults.ts';
import { isSameSource } from './forwarding.ts';
import { type ApplicationServer, Hss, type Subscriber } from './hss.ts';
import { PCscf } from './p-cscf.ts';
import type { ExpiresPolicy } from './registrar.ts';
import { SCscf } from './s-cscf.ts';

export interface LabOptions {
  /** Home domain, and realm of Digest. */
  readonly domain: string;
  readonly subscribers: readonly Subscriber[];
  readonly applicationServers: readonly ApplicationServer[];
  readonly expires?: ExpiresPolicy;
  readonly timing?: Timing;
}

/** What an element has sockets for; UDP alone when nothing is said. */
export interface LabSockets {
  readonly transports: readonly Transport[];
  readonly ports: Readonly<Partial<Record<Transport, number>>>;
  /** Was this sent by the element, over whichever of its sockets? */
  readonly isSelf: (source: TransportAddress) => boolean;
}

export interface LabAddresses {
  /** UEs choose between them. */
  readonly pCscfs: readonly TransportAddress[];
  readonly sCscf: TransportAddress;
  /** Of each element, in the same order. */
  readonly sockets?: { readonly pCscfs: readonly LabSockets[]; readonly sCscf: LabSockets };
}

/** `pCscf1` is the first one. */
export type LabElement = 'sCscf' | `pCscf${number}`;

export interface Lab {
  readonly hss: Hss;
  /** The same as below, each with its failure switch: these have to be driven. */
  readonly elements: ReadonlyMap<LabElement, FaultyElement>;
  readonly pCscf: PCscf;
  readonly pCscfs: readonly PCscf[];
  readonly sCscf: SCscf;
}

export function composeLab(options: LabOptions, addresses: LabAddresses, random: Random): Lab {
  const { subscribers, applicationServers, timing, expires } = options;
  const { sockets } = addresses;
  const hss = new Hss(subscribers, applicationServers);
  const network = {
    domain: options.domain.toLowerCase(),
    random,
    ...(timing === undefined ? {} : { timing }),
  };
  const toPCscf = (address: TransportAddress, index: number) =>
    new PCscf({
      ...network,
      ...socketsOf(sockets?.pCscfs[index]),
      address,
      sCscf: addresses.sCscf,
      ...(sockets === undefined ? {} : { isSCscf: sockets.sCscf.isSelf }),
    });
  const [first, ...others] = addresses.pCscfs.map(toPCscf);
  assert(first !== undefined, 'a lab has a P-CSCF');
  const isPCscf = (source: TransportAddress) =>
    sockets === undefined
      ? addresses.pCscfs.some((address) => isSameSource(address, source))
      : sockets.pCscfs.some(({ isSelf }) => isSelf(source));
  const sCscf = new SCscf({
    ...network,
    ...socketsOf(sockets?.sCscf),
    address: addresses.sCscf,
    isPCscf,
    hss,
    ...(expires === undefined ? {} : { expires }),
  });
  const pCscfs = [first, ...others];
  const named: [LabElement, Refusable][] = [
    ['sCscf', sCscf],
    ...pCscfs.map((pCscf, index): [LabElement, Refusable] => [`pCscf${index + 1}`, pCscf]),
  ];
  const elements = new Map(
    named.map(([name, element]) => [name, new FaultyElement(element, random)]),
  );
  return { hss, elements, pCscf: first, pCscfs, sCscf };
}

function socketsOf(sockets: LabSockets | undefined) {
  return sockets && { transports: sockets.transports, ports: sockets.ports };
}
