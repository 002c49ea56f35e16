/** The network of the lab as engines, composed: one P-CSCF, one S-CSCF, one HSS. No socket; main.ts adds those. */
import type { Random } from '@ueprov/protocols';
import type { Timing, Transport, TransportAddress } from '@ueprov/protocols/sip';
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
}

export interface LabAddresses {
  readonly pCscf: TransportAddress;
  readonly sCscf: TransportAddress;
  readonly sockets?: { readonly pCscf: LabSockets; readonly sCscf: LabSockets };
}

export interface Lab {
  readonly hss: Hss;
  readonly pCscf: PCscf;
  readonly sCscf: SCscf;
}

export function composeLab(options: LabOptions, addresses: LabAddresses, random: Random): Lab {
  const { subscribers, applicationServers, timing, expires } = options;
  const hss = new Hss(subscribers, applicationServers);
  const network = {
    domain: options.domain.toLowerCase(),
    random,
    ...(timing === undefined ? {} : { timing }),
  };
  const pCscf = new PCscf({
    ...network,
    ...addresses.sockets?.pCscf,
    address: addresses.pCscf,
    sCscf: addresses.sCscf,
  });
  const sCscf = new SCscf({
    ...network,
    ...addresses.sockets?.sCscf,
    address: addresses.sCscf,
    pCscfs: [addresses.pCscf],
    hss,
    ...(expires === undefined ? {} : { expires }),
  });
  return { hss, pCscf, sCscf };
}
