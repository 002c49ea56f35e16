import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeUtf8 } from '@ueprov/protocols';
import { LOCAL, type Tree } from '@ueprov/protocols/dm/tree';
import type { TransportAddress } from '@ueprov/protocols/sip';
import { expect, onTestFinished, test } from 'vitest';
import { bootstrapTree } from '../bootstrap.ts';
import { ueConfig } from '../config.ts';
import { Device } from '../device.ts';
import { sipNetworks } from '../identity.ts';
import { replace } from '../testing/dm-server.ts';
import { Loopback } from '../testing/loopback.ts';
import { seededRandom } from '../testing/network.ts';
import { TestProxy } from '../testing/proxy.ts';
import { replaceDocument } from './disk.ts';
import { UeShell } from './ue-shell.ts';

const SIP_PORT = './PktcUE/SipPort';
const COMPLETED = 'info session completed';

interface World {
  readonly network: Loopback;
  readonly shell: UeShell;
  /** Folder of the tree, and nothing else. */
  readonly folder: string;
  readonly log: string[];
  readonly sent: { readonly from: TransportAddress; readonly to: TransportAddress }[];
}

/** A UE on sockets that has registered. */
async function registered({
  host = '127.0.0.1',
  path = '/dm',
  prepare = (_tree: Tree): void => {},
} = {}): Promise<World> {
  const events = { 'PROV-UE-4': 'local' };
  const parent = await mkdtemp(join(tmpdir(), 'ueprov-shell-'));
  const folder = join(parent, 'ue');
  const file = join(folder, 'tree.json');
  const network = await Loopback.open(host, path);
  const log: string[] = [];
  const sent: World['sent'] = [];
  const shell = await UeShell.open(
    { host, port: 0, transports: ['udp', 'tcp'] },
    {
      onDatagram: (_bytes, from, to) => sent.push({ from, to }),
      onLog: (level, text) => {
        log.push(`${level} ${text}`);
        network.happened();
      },
    },
  );
  onTestFinished(async () => {
    await shell.close();
    network.close();
    await rm(parent, { recursive: true });
  });
  const config = ueConfig(network.document(file, { events }));
  const tree = bootstrapTree(config, Date.now());
  prepare(tree);
  await replaceDocument(file, tree.snapshot());
  const { instance: instanceId, regEvent: monitors, outbound: isOutbound } = config.sip;
  const options = { tree, networks: sipNetworks(tree), instanceId, monitors, isOutbound };
  const { address, ports, transports } = shell;
  const random = seededRandom(Date.now());
  shell.drive(
    new Device({ ...options, address, ports, transports, encoding: config.encoding, random }),
    tree,
    file,
  );
  await network.until(() => log.includes('info registered'));
  return { network, shell, folder, log, sent };
}

test('what is sent is shown with both its ends', async () => {
  const { sent, shell } = await registered();
  expect(sent).toHaveLength(2);
  expect(sent[0]?.from).toEqual(shell.address);
  expect(sent[0]?.to.port).not.toBe(shell.address.port);
});

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === '::1');

test.skipIf(!hasIpv6)(
  'a UE on IPv6 registers, is woken and provisioned [R-6.3.1.1-1]',
  async () => {
    const { network, log } = await registered({ host: '::1' });
    network.server.plans.push([[replace(SIP_PORT, '5070')]]);
    network.wake(1);
    await network.until(() => log.includes(COMPLETED));
    expect(network.server.results).toEqual([`${SIP_PORT}: 200`]);
  },
);

test('garbage on the socket is survived, and so is what asks to be answered at port 0', async () => {
  const { network, shell, log } = await registered();
  const request = [
    'OPTIONS sip:alice@home.example SIP/2.0',
    'Via: SIP/2.0/UDP 127.0.0.1:0;branch=z9hG4bK1',
    'From: <sip:x@example.com>;tag=1',
    'To: <sip:alice@home.example>',
    'Call-ID: 1',
    'CSeq: 1 OPTIONS',
    'Max-Forwards: 70',
    '',
    '',
  ].join('\r\n');
  const garbage = [new Uint8Array(0), seededRandom(5)(9000), encodeUtf8(request)];
  for (const bytes of garbage) network.datagram(bytes, shell.address);
  await network.until(() => log.includes('warn only MESSAGE carries pushes'));
  network.wake(1);
  await network.until(() => log.includes(COMPLETED));
});

test('a message is not sent before the tree is kept, and is sent when the disk takes it again', async () => {
  const { network, folder, log } = await registered();
  network.server.plans.push([[replace(SIP_PORT, '5070')]]);
  await breakFolder(folder);
  network.wake(1);
  await network.until(() => log.some((line) => line.startsWith('error ')));
  expect(log.at(-1)).toMatch(/^error .*tree\.json cannot be written: /);
  // Package #1 promises nothing; the answer to the commands does.
  expect(network.server.received).toHaveLength(1);
  await rm(folder);
  await network.until(() => log.includes(COMPLETED));
  expect(network.server.results).toEqual([`${SIP_PORT}: 200`]);
  expect(await readFile(join(folder, 'tree.json'), 'utf8')).toContain('5070');
});

test('a disk that stays full ends the session, and the UE goes on', async () => {
  const { network, folder, log } = await registered();
  network.server.plans.push([[replace(SIP_PORT, '5070')]]);
  await breakFolder(folder);
  network.wake(1);
  await network.until(() => log.some((line) => line.startsWith('warn session')));
  expect(log.at(-1)).toBe('warn session failed: what it would promise could not be kept');
  expect(network.server.received).toHaveLength(1);
  expect(network.server.results).toEqual([]);
  await rm(folder);
  // The nonce that the message would have brought is with the UE alone: the default one helps.
  network.server.forgetNonces();
  network.wake(2);
  await network.until(() => log.includes(COMPLETED));
});

/** No file can be made in a folder that is a file. */
async function breakFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true });
  await writeFile(folder, '');
}

test('a redirect on the own origin is followed, the method and the body unchanged', async () => {
  const { network, log } = await registered();
  network.instead.push({ status: 307, location: '/dm?again' });
  network.wake(1);
  await network.until(() => log.includes(COMPLETED));
  expect(network.targets).toEqual(['/dm', '/dm?again']);
});

test('AC-08: a redirect to another host, port or scheme is refused, and nobody there hears of it', async () => {
  const heard: string[] = [];
  const other = createServer((incoming, answer) => {
    heard.push(incoming.url ?? '');
    answer.end();
  });
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  for (const location of [`http://127.0.0.1:${port}/dm`, 'file:///etc/passwd', '//localhost/dm']) {
    const { network, log } = await registered();
    network.instead.push(...Array(4).fill({ status: 308, location }));
    network.wake(1);
    await network.until(() => log.includes('warn session failed: redirect to another origin'));
  }
  expect(heard).toEqual([]);
});

test('the proxy that an account refers to carries its sessions', async () => {
  const proxy = await TestProxy.open();
  onTestFinished(() => proxy.close());
  const prepare = (tree: Tree): void => {
    tree.add('./Proxy/1/Addr', { Data: '127.0.0.1' }, LOCAL, 0);
    tree.add('./Proxy/1/Ports/1/PortNbr', { Data: String(proxy.port) }, LOCAL, 0);
    tree.add('./DMAcc/1/ToConRef/1/ConRef', { Data: './Proxy/1' }, LOCAL, 0);
  };
  const { network, log } = await registered({ prepare });
  network.server.plans.push([[replace(SIP_PORT, '5070')]]);
  network.wake(1);
  await network.until(() => log.includes(COMPLETED));
  const { url } = network.server;
  expect(new Set(proxy.seen)).toEqual(new Set([`POST ${url} ${new URL(url).host}`]));
  expect(proxy.seen.length).toBeGreaterThan(1);
  expect(network.targets).toHaveLength(proxy.seen.length);
});

test('redirects are followed three times and no more', async () => {
  const { network, log } = await registered();
  network.instead.push(...Array(3).fill({ status: 307, location: '/dm' }));
  network.wake(1);
  await network.until(() => log.includes(COMPLETED));
  expect(network.targets).toHaveLength(4);
  network.instead.push(...Array(12).fill({ status: 307, location: '/dm' }));
  network.wake(2);
  await network.until(() => log.includes('warn session failed: too many redirects'));
  expect(network.targets).toHaveLength(4 + 3 * 4);
});

test('an HTTP error is a message that did not get through', async () => {
  const { network, log } = await registered();
  network.instead.push({ status: 503 });
  network.wake(1);
  await network.until(() => log.includes(COMPLETED));
  expect(network.targets).toHaveLength(2);
});

test('a URL without a path is asked as `*` (OMA-SYNCHTTP 5.1)', async () => {
  const { network, log } = await registered({ path: '' });
  network.wake(1);
  await network.until(() => log.includes(COMPLETED));
  expect(network.targets).toEqual(['*']);
});

test('a close is over when the network has let the UE go, and a second one waits for the first', async () => {
  const { network, shell } = await registered();
  await Promise.all([shell.close(), shell.close()]);
  expect(network.registrar.registered.at(-1)).toBe('alice-private@home.example 0');
});

test('a close does not wait for a network that says nothing', async () => {
  const { network, shell } = await registered();
  network.registrar.mood = 'silent';
  await shell.close();
  expect(network.registrar.registered).toHaveLength(1);
});

test('an address that cannot be listened on is said', async () => {
  const ports = { onDatagram: () => {}, onLog: () => {} };
  await expect(
    UeShell.open({ host: '192.0.2.1', port: 5060, transports: ['udp'] }, ports),
  ).rejects.toThrow('SIP cannot listen on 192.0.2.1:5060/udp');
});
