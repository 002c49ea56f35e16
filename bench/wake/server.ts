/**
 * The Provisioning Server of B5 in a process of its own: says its SIP address, then wakes the devices that it is told,
 * and says when all of those wakes were answered. Arguments: data folder, devices.
 */
import { serverConfig, startProvisioningServer } from '@ueprov/provisioning-server';
import { memoryOf, wakeDevice } from './account.ts';

const [data = '', count = '1'] = process.argv.slice(2);
const LOOPBACK = '127.0.0.1';
const own = { host: LOOPBACK, port: 0 };

let answered = 0;
const server = await startProvisioningServer(
  serverConfig({
    data,
    sip: { ...own, identity: 'sip:prov@ims.test', wake: { perSecond: 100_000, atOnce: 64 } },
    dm: { ...own, ServerID: 'prov.example' },
    api: own,
    devices: Array.from({ length: Number(count) }, (_, index) => wakeDevice(index)),
  }),
  {
    onLog: (_level, text) => console.error(text),
    onChanges: (changes) => {
      for (const change of changes) {
        if (change.kind === 'device-state' && change.wake === 'answered') answered += 1;
        if (change.kind === 'device-state' && change.wake === 'gave-up') answered += 1;
      }
    },
  },
);

process.on('message', async ({ from, to }: { from: number; to: number }) => {
  if (to > from) {
    answered = 0;
    const ids = Array.from({ length: to - from }, (_, index) => wakeDevice(from + index).DevId);
    await Promise.all(ids.map((id) => server.wake(id)));
    while (answered < ids.length) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  process.send?.({ memory: memoryOf() });
});
process.send?.({ port: server.sip.port });
process.once('SIGTERM', () => server.close().then(() => process.exit(0)));
