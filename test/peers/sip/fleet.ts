/** Thousands of UEs of SIPp behind Kamailio, all of them to be woken by our server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverConfig, startProvisioningServer } from '@ueprov/provisioning-server';
import { labAccounts } from '../../../packages/cli/src/lab/accounts.ts';
import { serverDocument } from '../../../packages/cli/src/lab/documents.ts';
import { freePort, KamailioCore } from '../kamailio/core.ts';
import { ask } from './ask.ts';
import { registerAll, takeMessages } from './sipp.ts';

const WIRE = { host: '127.0.0.1', transport: 'udp' } as const;
const REGISTRATIONS_PER_S = 250;
const PATIENCE_MS = 120_000;

/** As `GET /api/v1/wakes` gives it. */
export interface WakesSeen {
  readonly requested: number;
  readonly coalesced: number;
  readonly sent: number;
  readonly unsent: Readonly<Record<string, number>>;
  readonly queued: number;
  readonly answered: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly inFlight: number;
  readonly session: number;
  readonly silent: number;
  readonly awaiting: number;
}

/** What the server says after every UE took its MESSAGE; `taken` is what SIPp counted. */
export async function wakeFleet(count: number): Promise<{ wakes: WakesSeen; taken: number }> {
  const dir = await mkdtemp(join(tmpdir(), 'ueprov-fleet-'));
  const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    const asPort = await freePort();
    const devices = labAccounts(count);
    // SIPp takes a password that begins with 0x for octets.
    const accounts = devices.map(({ name }) => ({ user: name, password: `password-of-${name}` }));
    const kamailio = await KamailioCore.start(dir, asPort, accounts);
    closing.push(() => kamailio.stop());
    const document = serverDocument(devices, join(dir, 'server'), WIRE) as { sip: object };
    const sip = { ...document.sip, port: asPort };
    const server = await startProvisioningServer(serverConfig({ ...document, sip }));
    closing.push(() => server.close());
    const { pCscfPort } = kamailio;
    const rate = REGISTRATIONS_PER_S;
    const fleet = {
      dir,
      accounts,
      transport: 'udp',
      pCscfPort,
      port: await freePort(),
      rate,
    } as const;
    const receiver = await takeMessages(fleet);
    closing.push(() => receiver.stop());
    await registerAll(fleet);
    const wakes = () => ask<WakesSeen>(server, 'GET', '/wakes');
    const end = Date.now() + PATIENCE_MS;
    while ((await wakes()).answered < count && Date.now() < end) await pause();
    return { wakes: await wakes(), taken: await receiver.taken() };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 250));
}
