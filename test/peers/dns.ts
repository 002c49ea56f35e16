/**
 * Our resolver and RFC 3263 against nsd: the answers of a name server that is not ours, truncated ones too, and the
 * targets that follow from them; and dig against the lab's own name server.
 */
import assert from 'node:assert';
import { execFile, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startImsLab } from '@ueprov/ims-lab';
import type { Answer } from '@ueprov/protocols/dns';
import { Location, type Transport } from '@ueprov/protocols/sip';
import { DnsResolver } from '@ueprov/shell';
import type { Check, Suite } from '../../tools/suite/suite.ts';

const ZONE = join(import.meta.dirname, 'dns', 'ims.test.zone');
const PATIENCE_MS = 5000;

export const suite: Suite = {
  name: 'dns',
  packages: ['nsd', 'bind9-dnsutils'],
  async run(t: Check) {
    const nsd = await startNsd();
    try {
      await withNsd(t, nsd.resolver);
    } finally {
      nsd.resolver.close();
      await nsd.stop();
    }
    await t.check('dig reads what the lab’s name server says', digLab);
  },
};

async function withNsd(t: Check, dns: DnsResolver): Promise<void> {
  await t.check('NAPTR, SRV, A and AAAA, and an alias', async () => {
    assert.equal(count(await dns.ask({ type: 'NAPTR', name: 'ims.test' })), 3);
    assert.equal(count(await dns.ask({ type: 'SRV', name: '_sip._tcp.ims.test' })), 3);
    assert.deepEqual(records(await dns.ask({ type: 'A', name: 'alias.ims.test' })), ['127.0.0.1']);
    assert.deepEqual(records(await dns.ask({ type: 'AAAA', name: 'pcscf1.ims.test' })), ['::1']);
  });
  await t.check('an answer that UDP cannot carry', async () => {
    assert.equal(count(await dns.ask({ type: 'A', name: 'many.ims.test' })), 40);
  });
  await t.check('names and types that are not there; a zone that is not here', async () => {
    assert.equal((await dns.ask({ type: 'A', name: 'nobody.ims.test' })).kind, 'none');
    assert.equal((await dns.ask({ type: 'SRV', name: 'pcscf1.ims.test' })).kind, 'none');
    assert.equal((await dns.ask({ type: 'A', name: 'example.com' })).kind, 'failed');
  });
  await t.check('RFC 3263 from the domain, for each transport', async () => {
    assert.deepEqual(await targets(dns, ['tls']), ['tls 127.0.0.1:5061']);
    assert.deepEqual(await targets(dns, ['udp']), ['udp 127.0.0.1:5062']);
    const tcp = await targets(dns, ['tcp']);
    assert.deepEqual(
      tcp.toSorted(),
      [1, 2, 3].map((host) => `tcp 127.0.0.${host}:5060`),
    );
    // Of a lower priority, whatever the weights draw.
    assert.equal(tcp.at(-1), 'tcp 127.0.0.3:5060');
  });
  await t.check('a service that is not available leads nowhere', async () => {
    const [only] = records(await dns.ask({ type: 'SRV', name: '_gone._udp.ims.test' }));
    assert.deepEqual(only, { priority: 0, weight: 0, port: 0, target: '' });
  });
}

async function targets(dns: DnsResolver, transports: readonly Transport[]): Promise<string[]> {
  const random = (length: number) => new Uint8Array(length).fill(0x40);
  const location = new Location({ host: 'ims.test', transports, families: ['A'], random });
  const found: string[] = [];
  for (let effects = location.step({ kind: 'next' }); ; ) {
    const [effect] = effects;
    if (effect === undefined || effect.kind === 'exhausted') return found;
    if (effect.kind === 'ask') {
      const answer = await dns.ask(effect.question);
      effects = location.step({ kind: 'answer', question: effect.question, answer });
    } else {
      const { transport, address, port } = effect.target;
      found.push(`${transport} ${address}:${port}`);
      effects = location.step({ kind: 'next' });
    }
  }
}

async function digLab(): Promise<void> {
  const lab = await startImsLab({ domain: 'ims.test', subscribers: [], applicationServers: [] });
  try {
    const { host, port } = lab.dns;
    const dig = async (...query: string[]) => {
      const options = [`@${host}`, '-p', String(port), '+short', '+tries=1', ...query];
      const { stdout } = await promisify(execFile)('dig', options);
      return stdout.trim();
    };
    assert.match(
      await dig('ims.test', 'NAPTR'),
      /^20 10 "s" "SIP\+D2U" "" _sip\._udp\.ims\.test\.$/m,
    );
    assert.equal(await dig('_sip._udp.ims.test', 'SRV'), `0 10 ${lab.pCscf.port} pcscf1.ims.test.`);
    assert.equal(await dig('pcscf1.ims.test', 'A'), lab.pCscf.host);
    assert.equal(await dig('+tcp', 'pcscf1.ims.test', 'A'), lab.pCscf.host);
  } finally {
    await lab.close();
  }
}

async function startNsd(): Promise<{ resolver: DnsResolver; stop: () => Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), 'ueprov-nsd-'));
  const port = await freePort();
  cpSync(ZONE, join(dir, 'ims.test.zone'));
  writeFileSync(join(dir, 'nsd.conf'), configuration(dir, port));
  const nsd = spawn('nsd', ['-d', '-c', join(dir, 'nsd.conf')], { stdio: 'ignore' });
  const resolver = new DnsResolver({ servers: [`127.0.0.1:${port}`], timeoutMs: 500, tries: 2 });
  const stop = async () => {
    nsd.kill();
    if (nsd.exitCode === null) await once(nsd, 'exit');
    rmSync(dir, { recursive: true, force: true });
  };
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(100)) {
    const answer = await resolver.ask({ type: 'A', name: 'pcscf1.ims.test' });
    if (answer.kind === 'records') return { resolver, stop };
  }
  await stop();
  throw new Error('nsd does not answer');
}

function configuration(dir: string, port: number): string {
  return [
    'server:',
    `  ip-address: 127.0.0.1@${port}`,
    '  username: ""',
    '  chroot: ""',
    '  server-count: 1',
    '  database: ""',
    `  pidfile: "${dir}/nsd.pid"`,
    `  zonelistfile: "${dir}/zone.list"`,
    `  xfrdfile: "${dir}/xfrd.state"`,
    `  xfrdir: "${dir}"`,
    `  logfile: "${dir}/nsd.log"`,
    'remote-control:',
    '  control-enable: no',
    'zone:',
    '  name: ims.test',
    `  zonefile: "${dir}/ims.test.zone"`,
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

function records(answer: Answer): readonly unknown[] {
  return answer.kind === 'records' ? answer.records : [];
}

function count(answer: Answer): number {
  return records(answer).length;
}
