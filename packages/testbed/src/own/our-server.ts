/** Our Provisioning Server as a server under test: one device, and a profile that always leaves something to do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverConfig, startProvisioningServer } from '@ueprov/provisioning-server';
import type { AccountFacts } from '../conformance/account.ts';
import type { ServerUnderTest } from '../server/bench.ts';
import { SCscf } from '../server/s-cscf.ts';

export interface OurServer extends ServerUnderTest {
  readonly close: () => Promise<void>;
}

/** Enough reads to fill several messages of 2000 octets in every session. */
const READ = Array.from({ length: 24 }, (_, index) => `./Kit/Leaf${index + 1}`);
/** The kit reads back `kit`: never what is wanted. */
const NODES = {
  './Kit/Wanted': 'wanted',
  './Kit/Other': 'wanted too',
  // Fits into no message of 2000 octets.
  './Kit/Large': 'large '.repeat(1000),
};

const HOST = '127.0.0.1';
const IMPU = 'sip:kit@home.example';

export async function startOurServer(facts: AccountFacts, patienceMs: number): Promise<OurServer> {
  const data = await mkdtemp(join(tmpdir(), 'ueprov-kit-'));
  const { ServerID, DevId, scheme, client, server } = facts;
  const running = await startProvisioningServer(
    serverConfig({
      data,
      sip: { host: HOST, port: 0, trusted: [HOST] },
      dm: { host: HOST, port: 0, ServerID },
      api: { host: HOST, port: 0 },
      profiles: [{ name: 'kit', read: READ, nodes: NODES }],
      devices: [
        {
          DevId,
          IMPU,
          profile: 'kit',
          scheme,
          CLCRED: client,
          SRVCRED: { secret: server.secret, nonce: server.nonce },
        },
      ],
    }),
  );
  const sCscf = await SCscf.open({
    server: running.sip,
    IMPU,
    host: HOST,
    port: 0,
    patienceMs,
    ask: () => running.wake(DevId),
  });
  return {
    url: running.dmUrl,
    wake: () => sCscf.wake(),
    close: async () => {
      sCscf.close();
      await running.close();
      await rm(data, { recursive: true, force: true });
    },
  };
}
