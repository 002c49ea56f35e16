/** The configuration files of the lab's actors, as an operator and a vendor would write them. */
import type { Transport, TransportAddress } from '@ueprov/protocols/sip';
import { DOMAIN, type LabAccount, SERVER_ID } from './accounts.ts';
import { LAB_PROFILE } from './profile.ts';

/** How SIP travels in the lab. */
export interface LabWire {
  readonly host: string;
  readonly transport: Transport;
  /** PEM; there with TLS. */
  readonly tls?: { readonly ca: string; readonly key: string; readonly cert: string };
}

/** Of everything that a device from outside has to know; 0: any. */
export interface LabPorts {
  readonly pCscf: number;
  readonly pCscfTls: number;
  readonly sCscf: number;
  readonly server: number;
  readonly dm: number;
  readonly api: number;
}

export const ANY_PORTS: LabPorts = {
  pCscf: 0,
  pCscfTls: 0,
  sCscf: 0,
  server: 0,
  dm: 0,
  api: 0,
};
/** SIP where SIP is (RFC 3261 §19.1.2), the others where they seldom meet anything. */
export const FIXED_PORTS: LabPorts = {
  pCscf: 5060,
  pCscfTls: 5061,
  sCscf: 5070,
  server: 5080,
  dm: 8090,
  api: 8080,
};

export function serverDocument(
  accounts: readonly LabAccount[],
  data: string,
  { host, transport, tls }: LabWire,
  ports: LabPorts = ANY_PORTS,
): unknown {
  return {
    data,
    sip: {
      host,
      port: ports.server,
      transports: preferring(transport),
      ...(tls && { tls: { ...tls, port: 0 } }),
      identity: `sip:prov@${DOMAIN}`,
      trusted: [host],
    },
    dm: { host, port: ports.dm, path: '/dm', ServerID: SERVER_ID },
    api: { host, port: ports.api },
    profiles: [LAB_PROFILE],
    devices: accounts.map(({ DevId, IMPU, name, scheme, CLCRED, SRVCRED }) => ({
      DevId,
      IMPU,
      profile: LAB_PROFILE.name,
      scheme,
      CLCRED: { name, ...CLCRED },
      SRVCRED,
    })),
  };
}

export interface UePlace {
  /** File of its tree. */
  readonly tree: string;
  readonly wire: LabWire;
  readonly pCscf: TransportAddress;
  /** `address:port` of a server that knows the domain: then the UE finds its P-CSCF by the domain's name. */
  readonly dns?: string;
  readonly dmUrl: string;
  readonly encoding: 'wbxml' | 'xml';
}

/** Reported both ways, so that the operator hears of them and the device remembers. */
const MECHANISMS = 'local alert';

export function ueDocument(
  account: LabAccount,
  { tree, wire, pCscf, dns, dmUrl, encoding }: UePlace,
): unknown {
  const { name, DevId, IMPI, IMPU, sipPassword, card, instance } = account;
  const { scheme, CLCRED, SRVCRED } = account;
  return {
    tree,
    encoding,
    sip: {
      host: wire.host,
      port: 0,
      // RFC 3263 §4.1: to an address, one that has UDP uses it.
      transports: wire.transport === 'udp' ? ['udp', 'tcp'] : [wire.transport],
      ...(wire.tls && { tls: { ca: wire.tls.ca } }),
      IMPI,
      IMPU,
      ...(card === undefined ? { password: sipPassword } : { aka: card }),
      domain: DOMAIN,
      instance,
      ...(dns === undefined
        ? { pCscf: { host: pCscf.address, port: pCscf.port } }
        : { pCscf: { host: DOMAIN }, dns: [dns] }),
    },
    device: { DevId, Man: 'Example Devices', Mod: 'Lab UE' },
    accounts: [
      {
        ServerID: SERVER_ID,
        Addr: dmUrl,
        scheme,
        CLCRED: { name, ...CLCRED },
        SRVCRED: { name: SERVER_ID, ...SRVCRED },
        DMInitConnect: false,
      },
    ],
    events: {
      'PROV-UE-1': MECHANISMS,
      'PROV-UE-2': MECHANISMS,
      'PROV-UE-3': MECHANISMS,
      'PROV-UE-4': MECHANISMS,
    },
  };
}

/** That one for the core; the others as every element has them (RFC 3261 §18). */
function preferring(transport: Transport): readonly Transport[] {
  const others: readonly Transport[] = ['udp', 'tcp'];
  return [transport, ...others.filter((each) => each !== transport)];
}
