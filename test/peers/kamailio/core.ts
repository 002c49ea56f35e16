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

  /** Starts both; rejects with the end of the log if one does not come up. */
  static async start(
    dir: string,
    asPort: number,
    users: readonly KamailioUser[],
  ): Promise<KamailioCore> {
    const core = new KamailioCore(await freePort(), await freePort());
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
    await Promise.all(
      this.#processes.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }),
    );
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
    const log = ['-DD', '-E', '-f', join(dir, config), '-m', '64', '-M', '8', '-Y', dir];
    const child = spawn('kamailio', log, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir });
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
