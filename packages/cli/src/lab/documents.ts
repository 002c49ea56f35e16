/** The configuration files of the lab's actors, as an operator and a vendor would write them. */
import type { TransportAddress } from '@ueprov/protocols/sip';
import { DOMAIN, type LabAccount, SERVER_ID } from './accounts.ts';
import { LAB_PROFILE } from './profile.ts';

export function serverDocument(
  accounts: readonly LabAccount[],
  data: string,
  host: string,
): unknown {
  return {
    data,
    sip: { host, port: 0, identity: `sip:prov@${DOMAIN}`, trusted: [host] },
    dm: { host, port: 0, path: '/dm', ServerID: SERVER_ID },
    api: { host, port: 0 },
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
  readonly pCscf: TransportAddress;
  readonly dmUrl: string;
  readonly encoding: 'wbxml' | 'xml';
}

/** Reported both ways, so that the operator hears of them and the device remembers. */
const MECHANISMS = 'local alert';

export function ueDocument(
  account: LabAccount,
  { tree, pCscf, dmUrl, encoding }: UePlace,
): unknown {
  const { name, DevId, IMPI, IMPU, sipPassword, instance, scheme, CLCRED, SRVCRED } = account;
  return {
    tree,
    encoding,
    sip: {
      host: pCscf.address,
      port: 0,
      IMPI,
      IMPU,
      password: sipPassword,
      domain: DOMAIN,
      instance,
      pCscf: { host: pCscf.address, port: pCscf.port },
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
