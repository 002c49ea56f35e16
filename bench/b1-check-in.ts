/**
 * B1: a device checks in. Two POSTs: package #1 with Cred, answered by a Get; package #3 with its Results, answered by
 * the end. auth-md5; SQLite at synchronous=FULL, the trace stored, the reply after the commit. The floor is a node:http
 * server that reads the same octets and answers as many fixed ones. Devices check in 16 at a time, without a pause.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CheckInFleet, type Load } from './check-in/fleet.ts';
import { FloorLoad } from './check-in/floor-load.ts';
import { type Bench, cpuMsOf, interleave, quantile, ratios, rounded, summary } from './method.ts';

/** In one run: enough that the 10 ms of a tick do not matter. */
const SESSIONS = 3000;
/** Sessions before the first run, on both sides: code that runs for days is compiled code. */
const WARM_UP_SESSIONS = 6000;
const DEVICES = 16;

export const bench: Bench = {
  id: 'B1',
  title: 'check-in: one session of two POSTs, CPU-ms in the server',
  async *run() {
    for (const encoding of ['wbxml', 'xml'] as const) yield await measured(encoding);
  },
};

async function measured(encoding: 'wbxml' | 'xml'): Promise<object> {
  const dir = await mkdtemp(join(tmpdir(), 'ueprov-b1-'));
  const server = await ServerProcess.start('check-in/server.ts', [
    join(dir, 'data'),
    String(DEVICES),
  ]);
  const floor = await ServerProcess.start('check-in/floor-server.ts', []);
  try {
    const fleet = new CheckInFleet(server.url, DEVICES, encoding);
    const sample = await fleet.sample();
    const replay = new FloorLoad(floor.url, DEVICES, sample);
    await fleet.run(WARM_UP_SESSIONS);
    await replay.run(WARM_UP_SESSIONS);
    const taken = await interleave(
      () => server.measure(fleet, SESSIONS),
      () => floor.measure(replay, SESSIONS),
    );
    const [ours, floors] = [taken.ours, taken.floor].map((runs) => runs.map(({ cpuMs }) => cpuMs));
    const latencies = taken.ours.flatMap(({ latenciesMs }) => latenciesMs);
    return {
      encoding,
      store: 'sqlite',
      cpuMsPerUnit: summary(ours ?? []),
      floorCpuMsPerUnit: summary(floors ?? []),
      ratioToFloor: summary(ratios(ours ?? [], floors ?? [])),
      perSecond: summary(taken.ours.map(({ perSecond }) => perSecond)),
      p50Ms: rounded(quantile(latencies, 0.5)),
      p99Ms: rounded(quantile(latencies, 0.99)),
      runs: taken.ours.length,
    };
  } finally {
    await server.stop();
    await floor.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Run {
  /** Per unit of work. */
  readonly cpuMs: number;
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
}

/** The measured process: prints its URL when it listens. */
class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  static async start(script: string, args: readonly string[]): Promise<ServerProcess> {
    const path = join(import.meta.dirname, script);
    const child = spawn(process.execPath, ['--conditions=source', path, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout })) {
      return new ServerProcess(child, line);
    }
    throw new Error(`${script} ended without an address`);
  }

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  async measure(load: Load, units: number): Promise<Run> {
    const pid = this.#child.pid ?? 0;
    const before = cpuMsOf(pid);
    const startedAt = performance.now();
    const latenciesMs = await load.run(units);
    const tookS = (performance.now() - startedAt) / 1000;
    const cpuMs = (cpuMsOf(pid) - before) / units;
    return { cpuMs, perSecond: units / tookS, latenciesMs };
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
