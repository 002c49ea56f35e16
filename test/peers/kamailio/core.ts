/** Kamailio as the IMS core of a suite: a P-CSCF stand-in and a registrar, each a process ended by its id. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';
const START_MS = 10_000;

export interface KamailioUser {
  readonly user: string;
  readonly password: string;
}

export class KamailioCore {
  readonly pCscfPort: number;
  readonly corePort: number;
  readonly #processes: ChildProcess[] = [];

  /** Starts both, on ports of before or on free ones; rejects if one does not come up. */
  static async start(
    dir: string,
    asPort: number,
    users: readonly KamailioUser[],
    ports?: Pick<KamailioCore, 'pCscfPort' | 'corePort'>,
  ): Promise<KamailioCore> {
    const pCscfPort = ports?.pCscfPort ?? (await freePort());
    const core = new KamailioCore(pCscfPort, ports?.corePort ?? (await freePort()));
    try {
      await core.#start(dir, asPort, users);
      return core;
    } catch (error) {
      await core.stop();
      throw error;
    }
  }

  private constructor(pCscfPort: number, corePort: number) {
    this.pCscfPort = pCscfPort;
    this.corePort = corePort;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((child) => ended(child, 'SIGTERM')));
  }

  /** As if the machine lost its power: whoever is registered is forgotten. */
  async kill(): Promise<void> {
    this.#processes.forEach(killGroup);
    await Promise.all(this.#processes.map((child) => ended(child, 'SIGKILL')));
  }

  async #start(dir: string, asPort: number, users: readonly KamailioUser[]): Promise<void> {
    const places: Readonly<Record<string, string>> = {
      DIR: dir,
      MODULES: await modulesFolder(),
      CORE: `${LOOPBACK}:${this.corePort}`,
      PCSCF: `${LOOPBACK}:${this.pCscfPort}`,
      AS: `${LOOPBACK}:${asPort}`,
    };
    await writeUsers(join(dir, 'dbtext'), users);
    for (const name of ['core.cfg', 'p-cscf.cfg']) {
      const text = await readFile(join(import.meta.dirname, name), 'utf8');
      const filled = text.replace(/@([A-Z]+)@/g, (all, place: string) => places[place] ?? all);
      await writeFile(join(dir, name), filled);
      this.#spawn(dir, name);
    }
    await Promise.all([this.#listening(this.corePort), this.#listening(this.pCscfPort)]);
  }

  #spawn(dir: string, config: string): void {
    const log = ['-DD', '-E', '-f', join(dir, config), '-m', '256', '-M', '8', '-Y', dir];
    const child = spawn('kamailio', log, {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: dir,
      detached: true,
    });
    let tail = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-4000);
    });
    child.on('exit', (code) => {
      if (code) console.error(`kamailio ${config} ended with ${code}:\n${tail}`);
    });
    this.#processes.push(child);
  }

  async #listening(port: number): Promise<void> {
    const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
    for (const end = Date.now() + START_MS; Date.now() < end; ) {
      if ((await readFile('/proc/net/udp', 'utf8')).includes(hex)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`kamailio did not listen on ${port} within ${START_MS} ms`);
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** Kamailio's workers are processes of their own, in the group of the first. */
function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

async function writeUsers(folder: string, users: readonly KamailioUser[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'version'), 'table_name(string) table_version(int)\nsubscriber:7\n');
  const head =
    'id(int,auto) username(string) domain(string) password(string) ha1(string) ha1b(string)';
  const rows = users.map(
    ({ user, password }, index) => `${index + 1}:${user}:ims.test:${password}:x:x`,
  );
  await writeFile(join(folder, 'subscriber'), `${[head, ...rows].join('\n')}\n`);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Debian keeps modules by architecture. */
async function modulesFolder(): Promise<string> {
  for (const architecture of await readdir('/usr/lib')) {
    const folder = `/usr/lib/${architecture}/kamailio/modules/`;
    if (architecture.includes('linux') && existsSync(folder)) return folder;
  }
  throw new Error('no modules of kamailio below /usr/lib');
}
