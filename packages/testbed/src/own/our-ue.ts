/** Our UE as a client under test: registered with a core of its own, woken by Package #0 in a SIP MESSAGE. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startUe, ueConfig, type VendorObject } from '@ueprov/ue';
import type { ClientGround, ClientUnderTest } from '../client/bench.ts';
import { PCscf } from '../client/p-cscf.ts';
import type { AccountFacts } from '../conformance/account.ts';

const IMPU = 'sip:alice@home.example';

/** What the tree of our UE is good for. */
export const OUR_GROUND: ClientGround = {
  parent: './DMAcc',
  leaves: ['Name', 'PrefConRef'],
  bool: './DMAcc/1/Ext/Pktc2/Boot/Init/DMInitConnect',
  int: './PktcMEM/Control/MaxEntries',
  readOnly: './DevInfo/Man',
  secret: 'AppAuth/1/AAuthSecret',
  permanent: './DevInfo',
  exec: './Vendor/Act',
};

const VENDOR_NODE = { occurrence: 'One', scope: 'Permanent', description: 'For the kit.' } as const;

/** Something to execute, which does nothing. */
const VENDOR: VendorObject = {
  shape: {
    ...VENDOR_NODE,
    name: 'Vendor',
    Format: 'node',
    AccessType: ['Get'],
    children: [{ ...VENDOR_NODE, name: 'Act', Format: 'null', AccessType: ['Exec', 'Get'] }],
  },
  actions: {
    './Vendor/Act': {
      alertType: 'Reversed-Domain-Name: com.example.vendor.act',
      run: async () => ({ status: 200 }),
    },
  },
};

export interface OurUe extends ClientUnderTest {
  readonly close: () => Promise<void>;
}

/** A UE that knows the account `facts`, whose server is at `url`. */
export async function startOurUe(
  facts: AccountFacts,
  url: string,
  encoding: 'xml' | 'wbxml',
  isReporting = false,
): Promise<OurUe> {
  const folder = await mkdtemp(join(tmpdir(), 'ueprov-kit-'));
  const core = await PCscf.open('127.0.0.1', 0);
  const document = documentOf(facts, url, encoding, folder, core, isReporting);
  const ue = await startUe(ueConfig(document), { objects: [VENDOR] });
  await core.registered();
  return {
    ...core.client(OUR_GROUND),
    close: async () => {
      await ue.close();
      core.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function documentOf(
  { ServerID, DevId, scheme, client, server }: AccountFacts,
  Addr: string,
  encoding: 'xml' | 'wbxml',
  folder: string,
  core: PCscf,
  isReporting: boolean,
): unknown {
  return {
    tree: join(folder, 'tree.json'),
    encoding,
    sip: {
      IMPI: 'alice@home.example',
      IMPU,
      password: 'not-asked-for',
      domain: 'home.example',
      instance: `urn:uuid:${randomUUID()}`,
      pCscf: { host: core.address.address, port: core.address.port },
    },
    device: { DevId, Man: 'Example Devices', Mod: 'Kit UE' },
    accounts: [{ ServerID, Addr, scheme, CLCRED: client, SRVCRED: server }],
    // PROV-UE-1: a session went well.
    events: isReporting ? { 'PROV-UE-1': 'local alert' } : {},
  };
}
