/** Wakes of the server whole, over its own sockets: a core registers devices and answers their MESSAGEs. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request, responseTo, type SipRequest, type SipResponse } from '@ueprov/protocols/sip';
import { expect, onTestFinished, test } from 'vitest';
import type { WakesReport } from './api/wakes-schema.ts';
import { serverConfig } from './config.ts';
import { type ProvisioningServer, startProvisioningServer } from './server.ts';
import { SipEndpoint } from './shell/sip-endpoint.ts';

const DEVICES = 40;
const own = { host: '127.0.0.1', port: 0 };
const identityOf = (index: number) => `sip:ue${index}@ims.test`;
const devIdOf = (index: number) => `urn:x:${index}`;

async function startServer(): Promise<ProvisioningServer> {
  const server = await startProvisioningServer(
    serverConfig({
      data: await mkdtemp(join(tmpdir(), 'ueprov-wakes-')),
      ...{ sip: own, dm: { ...own, ServerID: 'prov.example' }, api: own },
      devices: Array.from({ length: DEVICES }, (_, index) => ({
        ...{ DevId: devIdOf(index), IMPU: identityOf(index) },
        CLCRED: { name: `ue${index}`, secret: `client-secret-${index}` },
        SRVCRED: { secret: `server-secret-${index}` },
      })),
    }),
  );
  onTestFinished(() => server.close());
  return server;
}

/** A core whose UEs answer as their numbers say. */
async function openCore(statusOf: (index: number) => number) {
  const answered = new Map<number, number>();
  const core = await SipEndpoint.open(
    { ...own, transports: ['udp'] },
    {
      onRequest: async (message): Promise<SipResponse> => {
        const status = statusOf(Number(/ue(\d+)@/.exec(message.uri)?.[1]));
        answered.set(status, (answered.get(status) ?? 0) + 1);
        return responseTo(message, status, { toTag: 'ue' });
      },
      onSend: () => {},
      onError: () => {},
    },
  );
  onTestFinished(() => core.close());
  const register = (server: ProvisioningServer, index: number) =>
    core.request(registerOf(index, core.address.port), server.sip);
  return { answered, register };
}

function registerOf(index: number, port: number): SipRequest {
  return request({
    method: 'REGISTER',
    uri: 'sip:as.ims.test',
    from: '<sip:scscf.ims.test>;tag=1',
    to: `<${identityOf(index)}>`,
    callId: `r${index}`,
    cSeq: 1,
    headers: [
      { name: 'Contact', value: `<sip:127.0.0.1:${port}>` },
      { name: 'Expires', value: '3600' },
    ],
  });
}

async function reportOf(server: ProvisioningServer): Promise<WakesReport> {
  const headers = { authorization: `Bearer ${server.firstRunToken}` };
  return (await (await fetch(`${server.apiUrl}/api/v1/wakes`, { headers })).json()) as WakesReport;
}

const sum = (counts: Record<string, number>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

test('the funnel adds up to what the core saw: requested = coalesced + sent, sent = answered + failed', async () => {
  const statuses = [200, 202, 404, 415, 403];
  const core = await openCore((index) => statuses[index % statuses.length] ?? 200);
  const server = await startServer();
  const all = Array.from({ length: DEVICES }, (_, index) => index);
  await Promise.all(all.map((index) => core.register(server, index)));
  // Each is asked for twice: the second joins the first.
  await Promise.all(all.flatMap((index) => [0, 1].map(() => server.wake(devIdOf(index)))));
  await expect.poll(async () => (await reportOf(server)).inFlight, { timeout: 20_000 }).toBe(0);
  const report = await reportOf(server);
  const share = DEVICES / statuses.length;
  expect(report).toMatchObject({
    ...{ requested: 2 * DEVICES, coalesced: DEVICES, sent: DEVICES, unsent: {}, queued: 0 },
    ...{
      answered: 2 * share,
      failed: { 'not-found': share, unsupported: share, forbidden: share },
    },
    ...{ awaiting: 2 * share, messages: DEVICES, accepted: 2 * share },
  });
  expect(report.sent).toBe(report.answered + sum(report.failed));
  expect(Object.fromEntries(core.answered)).toEqual(
    Object.fromEntries(statuses.map((status) => [status, share])),
  );
});
