/** The Provisioning Server of B1 in a process of its own: prints the DM URL. Arguments: data folder, devices. */
import { serverConfig, startProvisioningServer } from '@ueprov/provisioning-server';
import { checkInDevice, SERVER_ID } from './account.ts';

const [data = '', count = '1'] = process.argv.slice(2);
const LOOPBACK = '127.0.0.1';

const server = await startProvisioningServer(
  serverConfig({
    data,
    sip: { host: LOOPBACK, port: 0 },
    dm: { host: LOOPBACK, port: 0, ServerID: SERVER_ID },
    api: { host: LOOPBACK, port: 0 },
    profiles: [{ name: 'check-in', read: ['./DevDetail/SwV'], nodes: {} }],
    devices: Array.from({ length: Number(count) }, (_, index) => {
      const { DevId, name, secret } = checkInDevice(index);
      return { DevId, profile: 'check-in', CLCRED: { name, secret }, SRVCRED: { secret } };
    }),
  }),
  { onLog: (_level, text) => console.error(text) },
);
console.log(server.dmUrl);
process.once('SIGTERM', () => server.close().then(() => process.exit(0)));
