/**
 * A whole operator in one process: Kamailio, the Provisioning Server and some UEs, on loopback. It ends when every
 * wake has ended, or its patience has, and prints one line: what became of each device. Run by the suite, also in a
 * namespace that loses packets.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ProvisioningServer,
  serverConfig,
  startProvisioningServer,
} from '@ueprov/provisioning-server';
import { type RunningUe, startUe, ueConfig } from '@ueprov/ue';
import { type LabAccount, labAccounts } from '../../../packages/cli/src/lab/accounts.ts';
import {
  type LabWire,
  serverDocument,
  ueDocument,
} from '../../../packages/cli/src/lab/documents.ts';
import { freePort, KamailioCore } from '../kamailio/core.ts';
import { ask } from './ask.ts';
import { hasEnded, type Play, type Played, type PlayedDevice } from './played.ts';

const LOOPBACK = '127.0.0.1';
const LOOK_EVERY_MS = 250;
/** How long the core is away. */
const ABSENCE_MS = 3_000;

const play = JSON.parse(process.argv[2] ?? '') as Play;
const wire: LabWire = { host: LOOPBACK, transport: play.transport };
const dir = await mkdtemp(join(tmpdir(), 'ueprov-sip-'));
const closing: (() => Promise<void>)[] = [() => rm(dir, { recursive: true, force: true })];
try {
  console.log(JSON.stringify(await perform(play)));
} finally {
  for (const close of closing.reverse()) await close();
}

async function perform({ ues, restartAfter, patienceMs }: Play): Promise<Played> {
  const accounts = labAccounts(ues);
  const users = accounts.map(({ name, sipPassword }) => ({ user: name, password: sipPassword }));
  const asPort = await freePort();
  let kamailio = await KamailioCore.start(dir, asPort, users);
  closing.push(() => kamailio.stop());
  const server = await serverOn(asPort, accounts);
  closing.push(() => server.close());
  const running = await Promise.all(accounts.map((account) => ueOf(account, server, kamailio)));
  closing.push(async () => void (await Promise.all(running.map((ue) => ue.close()))));
  const restart = async () => {
    await kamailio.kill();
    await new Promise((resolve) => setTimeout(resolve, ABSENCE_MS));
    kamailio = await KamailioCore.start(dir, asPort, users, kamailio);
    await wakeAll(server);
  };
  return { devices: await untilEnded(server, patienceMs, restartAfter, restart) };
}

function serverOn(asPort: number, accounts: readonly LabAccount[]): Promise<ProvisioningServer> {
  const document = serverDocument(accounts, join(dir, 'server'), wire) as { sip: object };
  return startProvisioningServer(
    serverConfig({ ...document, sip: { ...document.sip, port: asPort } }),
  );
}

function ueOf(
  account: LabAccount,
  { dmUrl }: ProvisioningServer,
  { pCscfPort }: KamailioCore,
): Promise<RunningUe> {
  const pCscf = { address: LOOPBACK, port: pCscfPort, transport: play.transport };
  const place = { tree: join(dir, `${account.name}.json`), wire, pCscf, dmUrl, encoding: 'wbxml' };
  return startUe(ueConfig(ueDocument(account, place as Parameters<typeof ueDocument>[1])));
}

/** Until every wake has ended, or `patienceMs` has. */
async function untilEnded(
  server: ProvisioningServer,
  patienceMs: number,
  restartAfter: number | undefined,
  restart: () => Promise<void>,
): Promise<readonly PlayedDevice[]> {
  let isWhole = restartAfter === undefined;
  for (const end = Date.now() + patienceMs; ; ) {
    const devices = await devicesOf(server);
    const verified = devices.filter(({ config }) => config === 'verified').length;
    if (!isWhole && verified >= Number(restartAfter)) {
      await restart();
      isWhole = true;
      continue;
    }
    if ((isWhole && devices.every(hasEnded)) || Date.now() > end) return devices;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** As an operator does, by the API. */
async function devicesOf(server: ProvisioningServer): Promise<readonly PlayedDevice[]> {
  const { items } = await ask<{ items: readonly PlayedDevice[] }>(
    server,
    'GET',
    '/devices?limit=200',
  );
  return items.map(({ id, config, wake, wakeReason }) => ({ id, config, wake, wakeReason }));
}

async function wakeAll(server: ProvisioningServer): Promise<void> {
  for (const { id } of await devicesOf(server)) {
    await ask(server, 'POST', `/devices/${encodeURIComponent(id)}/wake`);
  }
}
