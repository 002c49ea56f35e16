/**
 * UE-1 to UE-4 through a core that is not ours: Kamailio registers the UE, tells the Provisioning Server, and carries
 * Package #0; libwbxml and tshark read what went over the wire.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type Change,
  type ProvisioningServer,
  serverConfig,
  startProvisioningServer,
} from '@ueprov/provisioning-server';
import { startUe, ueConfig } from '@ueprov/ue';
import { labAccounts } from '../../packages/cli/src/lab/accounts.ts';
import { serverDocument, ueDocument } from '../../packages/cli/src/lab/documents.ts';
import type { Check, Suite } from '../../tools/suite/suite.ts';
import { captureLoopback, type Dissectors, tsharkFields } from './kamailio/capture.ts';
import { freePort, KamailioCore } from './kamailio/core.ts';

const run = promisify(execFile);
const LOOPBACK = '127.0.0.1';
const WIRE = { host: LOOPBACK, transport: 'udp' } as const;
const PATIENCE_MS = 20_000;
const PROV_UE_1 = 4000970000;

export const suite: Suite = {
  name: 'kamailio',
  packages: ['kamailio', 'kamailio-extra-modules', 'tshark', 'tcpdump', 'libwbxml2-utils'],
  async run(t) {
    const dir = await mkdtemp(join(tmpdir(), 'ueprov-kamailio-'));
    try {
      await provisionThrough(t, dir);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
};

/** What the run left behind, for the checks. */
interface Seen {
  readonly changes: readonly Change[];
  readonly capture: string;
  readonly dissectors: Dissectors;
}

async function provisionThrough(t: Check, dir: string): Promise<void> {
  let seen: Seen | undefined;
  await t.check(
    'a UE behind Kamailio is registered, woken, configured and verified [R-6.2.4-1]',
    async () => {
      seen = await playThrough(dir);
      const events = seen.changes.flatMap((change) =>
        change.kind === 'event' ? [change.event.eventId] : [],
      );
      assert.deepEqual(events, [PROV_UE_1]);
    },
  );
  if (seen === undefined) return;
  const { changes, capture, dissectors } = seen;
  await t.check(
    'the third-party REGISTER came from Kamailio, and Package #0 went through it',
    () => {
      const labels = changes.flatMap((change) =>
        change.kind === 'message' && change.message.protocol === 'SIP'
          ? [change.message.label]
          : [],
      );
      assert.deepEqual(labels, ['REGISTER', '200 OK', 'MESSAGE Pkg#0', '200 OK']);
    },
  );
  await t.check('wbxml2xml decodes every WBXML message of the session', () =>
    decodedByLibwbxml(changes, dir),
  );
  await t.check('tshark sees the SIP and the WBXML of all of it', async () => {
    const methods = await tsharkFields(capture, dissectors, 'sip.Method', ['sip.Method']);
    assert.ok(
      methods.filter((method) => method === 'REGISTER').length >= 4,
      'REGISTER over both hops',
    );
    assert.ok(
      methods.filter((method) => method === 'MESSAGE').length >= 3,
      'MESSAGE over three hops',
    );
    const posts = await tsharkFields(capture, dissectors, 'http.request.method == "POST"', [
      'frame.number',
    ]);
    const wbxml = await tsharkFields(capture, dissectors, 'wbxml', ['frame.number']);
    assert.equal(wbxml.length, 2 * posts.length, 'a WBXML document in every request and response');
  });
  await t.check('tshark finds nothing malformed in SIP, HTTP and WBXML', async () => {
    const filter = '_ws.malformed || _ws.expert.severity == "Error"';
    const fields = ['frame.number', '_ws.col.Protocol', '_ws.expert.message'];
    assert.deepEqual(await tsharkFields(capture, dissectors, filter, fields), []);
  });
}

async function playThrough(dir: string): Promise<Seen> {
  const [account] = labAccounts(1);
  assert.ok(account);
  const changes: Change[] = [];
  const done = Promise.withResolvers<void>();
  const asPort = await freePort();
  const password = account.sipPassword;
  const kamailio = await KamailioCore.start(dir, asPort, [{ user: account.name, password }]);
  const closing: (() => Promise<void>)[] = [() => kamailio.stop()];
  try {
    const server = await serverOn(asPort, account, dir, (committed) => {
      changes.push(...committed);
      if (committed.some(({ kind }) => kind === 'event')) done.resolve();
    });
    closing.unshift(() => server.close());
    const dmPort = Number(new URL(server.dmUrl).port);
    const sipPorts = [kamailio.pCscfPort, kamailio.corePort, asPort];
    const capture = join(dir, 'run.pcap');
    const tap = await captureLoopback(capture, [...sipPorts, dmPort]);
    closing.unshift(() => tap.stop());
    const pCscf = { address: LOOPBACK, port: kamailio.pCscfPort };
    const place = {
      tree: join(dir, 'tree.json'),
      wire: WIRE,
      pCscf,
      dmUrl: server.dmUrl,
      encoding: 'wbxml',
    } as const;
    const ue = await startUe(ueConfig(ueDocument(account, place)));
    closing.unshift(() => ue.close());
    await within(done.promise, changes);
    await settled();
    const sip = sipPorts.map((port) => [`udp.port==${port}`, 'sip'] as const);
    return {
      changes: [...changes],
      capture,
      dissectors: Object.fromEntries([...sip, [`tcp.port==${dmPort}`, 'http']]),
    };
  } finally {
    for (const close of closing) await close();
  }
}

function serverOn(
  asPort: number,
  account: ReturnType<typeof labAccounts>[number],
  dir: string,
  onChanges: (changes: readonly Change[]) => void,
): Promise<ProvisioningServer> {
  const document = serverDocument([account], join(dir, 'server'), WIRE) as { sip: object };
  const config = serverConfig({ ...document, sip: { ...document.sip, port: asPort } });
  return startProvisioningServer(config, { onChanges });
}

async function within(done: Promise<void>, changes: readonly Change[]): Promise<void> {
  const kinds = () => changes.map(({ kind }) => kind).join(' ');
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`no event within ${PATIENCE_MS} ms; seen: ${kinds()}`)),
    PATIENCE_MS,
  );
  await Promise.race([done, late.promise]).finally(() => clearTimeout(timer));
}

/** Until the packets of the last answer are in the capture. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 500));
}

async function decodedByLibwbxml(changes: readonly Change[], dir: string): Promise<void> {
  const messages = changes.flatMap((change) =>
    change.kind === 'message' && change.message.encoding === 'wbxml' ? [change.message] : [],
  );
  assert.ok(messages.length >= 8, `${messages.length} messages`);
  for (const [index, { raw, label }] of messages.entries()) {
    const file = join(dir, `${index}.wbxml`);
    await writeFile(file, raw);
    const { stdout } = await run('wbxml2xml', ['-o', '-', file]);
    assert.match(stdout, /<SyncML[^>]*>[\s\S]*<\/SyncML>/, label);
  }
}
