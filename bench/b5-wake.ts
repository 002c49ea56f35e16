/**
 * B5: a wake, from the notifier's decision to the 200: Package #0 with its digest in a MESSAGE over UDP, the state of the
 * wake and the trace in SQLite at synchronous=FULL. Beside it, in the same run, what Kamailio takes to relay a MESSAGE of
 * that size. And what registrations cost in memory: `--registrations N`, 100,000 unless said otherwise, 0 for none.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bench, cpuMsOf, interleave, RUNS_MIN, ratios, rounded, summary } from './method.ts';
import { BenchCore } from './wake/core.ts';

const WAKES = 3000;
const WARM_UP_WAKES = 3000;
const KAMAILIO = '/usr/sbin/kamailio';
const REGISTRATIONS = 100_000;
const TRANSACTION_LIFE_MS = 35_000;
const MEBIBYTE = 1024 * 1024;

export const bench: Bench = {
  id: 'B5',
  title: 'wake: one Package #0 to its 200, CPU-ms in the server, beside a relay of Kamailio',
  async *run(args) {
    yield await wakes();
    const option = args.find((arg) => arg.startsWith('--registrations='))?.split('=')[1];
    const count = Number(option ?? REGISTRATIONS);
    if (count > 0) yield await registrations(count);
  },
};

async function wakes(): Promise<object> {
  const devices = WARM_UP_WAKES + WAKES * (RUNS_MIN + 1);
  const core = await BenchCore.open();
  const server = await WakingServer.start(devices);
  const relay = existsSync(KAMAILIO) ? await Relay.start() : undefined;
  let [next, relayed] = [0, 0];
  try {
    await core.register(server.port, 0, devices);
    await server.wake(0, WARM_UP_WAKES);
    next = WARM_UP_WAKES;
    const ours = async () => {
      const run = await measured([server.pid], () => server.wake(next, next + WAKES));
      next += WAKES;
      return run;
    };
    const theirs = async () => {
      if (relay === undefined) return undefined;
      const [from, to] = [relayed, relayed + WAKES];
      relayed = to;
      return measured(relay.pids, () => core.relay(relay.port, from, to, new Uint8Array(132)));
    };
    const taken = await interleave(ours, theirs);
    const cpu = taken.ours.map(({ cpuMs }) => cpuMs);
    const peer = taken.floor.flatMap((run) => (run === undefined ? [] : [run.cpuMs]));
    return {
      store: 'sqlite',
      cpuMsPerUnit: summary(cpu),
      ...(peer.length > 0 && {
        peer: 'kamailio relays a MESSAGE',
        peerCpuMsPerUnit: summary(peer),
        ratioToPeer: summary(ratios(cpu, peer)),
      }),
      perSecond: summary(taken.ours.map(({ perSecond }) => perSecond)),
      retransmissions: core.repeated,
      runs: taken.ours.length,
    };
  } finally {
    await server.stop();
    await relay?.stop();
    core.close();
  }
}

/** What so many registrations add to a server that knew the devices before. */
async function registrations(count: number): Promise<object> {
  const core = await BenchCore.open();
  const server = await WakingServer.start(count);
  try {
    const before = await server.wake(0, 0);
    const { cpuMs } = await measured(
      [server.pid],
      () => core.register(server.port, 0, count),
      count,
    );
    // RFC 3261 17.2.2: a transaction remembers its answer for 32 s; what stays is asked for.
    await new Promise((resolve) => setTimeout(resolve, TRANSACTION_LIFE_MS));
    const after = await server.wake(0, 0);
    return {
      what: 'registrations',
      registrations: count,
      addedRssMB: rounded((after.rss - before.rss) / MEBIBYTE),
      addedHeapMB: rounded((after.heapUsed - before.heapUsed) / MEBIBYTE),
      rssMB: rounded(after.rss / MEBIBYTE),
      cpuMsPerRegister: rounded(cpuMs),
    };
  } finally {
    await server.stop();
    core.close();
  }
}

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
}

interface Run {
  /** Per unit of work. */
  readonly cpuMs: number;
  readonly perSecond: number;
}

async function measured(
  pids: readonly number[],
  work: () => Promise<unknown>,
  units = WAKES,
): Promise<Run> {
  const cpu = () => pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0);
  const before = cpu();
  const startedAt = performance.now();
  await work();
  const tookS = (performance.now() - startedAt) / 1000;
  return { cpuMs: (cpu() - before) / units, perSecond: units / tookS };
}

class WakingServer {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #dir: string;

  static async start(devices: number): Promise<WakingServer> {
    const dir = await mkdtemp(join(tmpdir(), 'ueprov-b5-'));
    const script = join(import.meta.dirname, 'wake/server.ts');
    const args = ['--conditions=source', '--expose-gc', script, join(dir, 'data'), String(devices)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new WakingServer(child, dir, port);
  }

  private constructor(child: ChildProcess, dir: string, port: number) {
    this.#child = child;
    this.#dir = dir;
    this.port = port;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Wakes these devices; resolves when each was answered, with what the process holds then. */
  async wake(from: number, to: number): Promise<Memory> {
    this.#child.send({ from, to });
    const [{ memory }] = (await once(this.#child, 'message')) as [{ memory: Memory }];
    return memory;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** Kamailio as a relay, with all of its processes. */
class Relay {
  readonly port: number;
  readonly #child: ChildProcess;

  static async start(): Promise<Relay> {
    const probe = createSocket('udp4');
    probe.bind(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address();
    await new Promise<void>((resolve) => probe.close(() => resolve()));
    const config = join(import.meta.dirname, 'wake/kamailio.cfg');
    const args = ['-DD', '-E', '-f', config, '-m', '64', '-M', '8', '-l', `udp:127.0.0.1:${port}`];
    const child = spawn(KAMAILIO, args, { stdio: 'ignore' });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    if (child.exitCode !== null) throw new Error(`kamailio ended with ${child.exitCode}`);
    return new Relay(child, port);
  }

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  get pids(): readonly number[] {
    const main = this.#child.pid ?? 0;
    return [main, ...childrenOf(main)];
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}

function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        return false; // it has ended meanwhile
      }
    });
}
