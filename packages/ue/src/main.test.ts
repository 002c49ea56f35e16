import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Tree } from '@ueprov/protocols/dm/tree';
import { expect, onTestFinished, test } from 'vitest';
import { type RunningUe, startUe, ueConfig } from './main.ts';
import { treeFromDisk } from './snapshot.ts';
import { replace } from './testing/dm-server.ts';
import { Loopback } from './testing/loopback.ts';

const SIP_PORT = './PktcUE/SipPort';

async function world(): Promise<{ network: Loopback; file: string; log: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'ueprov-ue-'));
  const network = await Loopback.open();
  onTestFinished(async () => {
    network.close();
    await rm(folder, { recursive: true });
  });
  return { network, file: join(folder, 'ue', 'tree.json'), log: [] };
}

async function start(
  { network, log }: { network: Loopback; log: string[] },
  document: unknown,
): Promise<RunningUe> {
  const ue = await startUe(ueConfig(document), {
    onLog: (level, text) => {
      log.push(`${level} ${text}`);
      network.happened();
    },
  });
  onTestFinished(() => ue.close());
  return ue;
}

const onDisk = async (file: string): Promise<Tree> =>
  treeFromDisk(JSON.parse(await readFile(file, 'utf8')), file);

test('a UE registers, is woken, is configured, says so, and leaves [R-6.7-2] [R-6.7-9] [R-6.7-11]', async () => {
  const here = await world();
  const { network, file } = here;
  const ue = await start(here, network.document(file));
  await network.until(() => here.log.includes('info registered'));
  network.server.plans.push([[replace(SIP_PORT, '5070')]]);
  network.wake(1);
  await network.until(
    () => here.log.filter((line) => line === 'info session completed').length === 2,
  );
  expect(network.server.sessions).toEqual(['1200 as 1', expect.stringMatching(/^1201/)]);
  expect(network.targets[0]).toBe('/dm');
  expect((await onDisk(file)).text(SIP_PORT)).toBe('5070');
  await ue.close();
  expect(network.registrar.registered.at(-1)).toBe('alice-private@home.example 0');
});

test('the tree is readable by its owner only: Table 2 is kept as it was got, securely [R-6.5-4]', async () => {
  const here = await world();
  const { network, file } = here;
  await start(here, network.document(file));
  expect((await stat(file)).mode & 0o077).toBe(0);
  expect((await stat(join(file, '..'))).mode & 0o077).toBe(0);
});

test('a UE that is killed goes on with its tree, its nonces and what of its log is non-volatile [R-6.8.3.1.4.2-1] [R-6.8.3.1.4.2-3] [R-6.8.3.1.4.2-4]', async () => {
  const here = await world();
  const { network, file } = here;
  const document = network.document(file);
  const kill = spawnUe(document, here);
  await network.until(() => here.log.includes('info registered'));
  const event = './PktcMEM/Event/4491-4000970000';
  network.server.plans.push([[replace(SIP_PORT, '5070'), replace(`${event}/NonVolatile`, 'true')]]);
  network.wake(1);
  await network.until(
    () => here.log.filter((line) => line === 'info session completed').length === 2,
  );
  network.server.plans.push([], [[replace(SIP_PORT, 'not a port')]]);
  network.wake(2);
  await network.until(() => network.server.ended.length === 3);
  network.wake(3);
  await network.until(() => network.server.alerts.length === 2);
  await kill();
  expect(loggedEvents(await onDisk(file))).toEqual(['4000970000', '4000970002']);

  here.log.length = 0;
  const ue = await start(here, document);
  await network.until(() => here.log.includes('info registered'));
  const tree = await onDisk(file);
  expect(loggedEvents(tree)).toEqual(['4000970000']);
  expect(tree.text(SIP_PORT)).toBe('5070');
  network.wake(4);
  await network.until(() => here.log.includes('info session completed'));
  expect(network.server.sessions.at(-1)).toBe('1200 as 4');
  await ue.close();
});

function loggedEvents(tree: Tree): (string | undefined)[] {
  const log = './PktcMEM/Log';
  return tree.children(log).map((name) => tree.text(`${log}/${name}/EventID`));
}

/** A UE in a process of its own; gives back what kills it at once, without a word. */
function spawnUe(document: unknown, { network, log }: { network: Loopback; log: string[] }) {
  const file = fileURLToPath(new URL('./testing/run.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', file, JSON.stringify(document)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface(child.stdout).on('line', (line) => {
    log.push(line);
    network.happened();
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  onTestFinished(kill);
  return kill;
}

test('the bootstrap counts only while there is no tree', async () => {
  const here = await world();
  const { network, file } = here;
  const document = network.document(file);
  await (await start(here, document)).close();
  const device = { DevId: 'urn:uuid:another', Man: 'Another', Mod: 'Another' };
  await start(here, { ...document, device });
  expect((await onDisk(file)).text('./DevInfo/Man')).toBe('Example');
});

test('a tree that cannot be read is said with its file, and left as it is', async () => {
  const here = await world();
  const { network, file } = here;
  await (await start(here, network.document(file))).close();
  for (const text of ['{', '{"form":1}']) {
    await writeFile(file, text);
    await expect(start(here, network.document(file))).rejects.toThrow(file);
    expect(await readFile(file, 'utf8')).toBe(text);
  }
});

test('a UE without an identity that can register says so and does not start', async () => {
  const here = await world();
  const { network, file } = here;
  await (await start(here, network.document(file))).close();
  const tree = JSON.parse(await readFile(file, 'utf8'));
  const children = tree.root.children.filter(({ name }: { name: string }) => name !== 'PktcUsr');
  await writeFile(file, JSON.stringify({ ...tree, root: { ...tree.root, children } }));
  await expect(start(here, network.document(file))).rejects.toThrow('no active identity');
});

test('a SIP port that is taken is said', async () => {
  const here = await world();
  const { network, file } = here;
  const ue = await start(here, network.document(file));
  const document = network.document(`${file}2`);
  const sip = { ...(document.sip as object), port: ue.address.port };
  await expect(start(here, { ...document, sip })).rejects.toThrow(
    `SIP cannot listen on 127.0.0.1:${ue.address.port}/udp`,
  );
});
