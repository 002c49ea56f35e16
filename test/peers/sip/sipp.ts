/** SIPp as many UEs at once: one process registers them, another one takes what is sent to them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';
const CODES = { udp: 'u1', tcp: 't1' } as const;
const ERRORS_SHOWN = 2000;
const START_MS = 10_000;

export interface SippAccount {
  readonly user: string;
  readonly password: string;
}

export interface SippFleet {
  readonly dir: string;
  readonly accounts: readonly SippAccount[];
  readonly transport: keyof typeof CODES;
  readonly pCscfPort: number;
  /** Where the UEs take MESSAGE. */
  readonly port: number;
  /** New registrations in a second. */
  readonly rate: number;
}

/** Each UE registers once, with Digest. Rejects with SIPp's own words if one of them could not. */
export async function registerAll(fleet: SippFleet): Promise<void> {
  const rows = fleet.accounts.map(
    ({ user, password }) =>
      `${user};[authentication username=${user} password=${password}];${fleet.port}`,
  );
  const file = join(fleet.dir, 'accounts.csv');
  await writeFile(file, `${['SEQUENTIAL', ...rows].join('\n')}\n`);
  const count = String(fleet.accounts.length);
  const args = [
    `${LOOPBACK}:${fleet.pCscfPort}`,
    '-inf',
    file,
    '-m',
    count,
    '-r',
    `${fleet.rate}`,
    '-l',
    '200',
  ];
  await ended(sipp(fleet, 'register.xml', 'register', args), fleet.dir, 'register');
}

export interface SippReceiver {
  /** How many of the UEs took a MESSAGE, one or more. */
  readonly taken: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Answers each MESSAGE with 200. Resolves when it listens. */
export async function takeMessages(fleet: SippFleet): Promise<SippReceiver> {
  const log = join(fleet.dir, 'taken.log');
  const args = ['-p', String(fleet.port), '-trace_logs', '-log_file', log];
  const child = sipp(fleet, 'take-message.xml', 'take', [...args, '-l', '100000']);
  await listening(fleet);
  return {
    taken: async () => new Set((await readFile(log, 'utf8')).match(/sip:[^@]*@/g)).size,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function listening({ port, transport }: SippFleet): Promise<void> {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  for (const end = Date.now() + START_MS; Date.now() < end; ) {
    if ((await readFile(`/proc/net/${transport}`, 'utf8')).includes(hex)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sipp did not listen on ${port} within ${START_MS} ms`);
}

function sipp(
  { dir, transport }: SippFleet,
  scenario: string,
  name: string,
  args: readonly string[],
): ChildProcess {
  const errors = ['-trace_err', '-error_file', join(dir, `${name}.errors`)];
  const common = ['-i', LOOPBACK, '-t', CODES[transport], '-nostdin', '-buff_size', '1048576'];
  const file = join(import.meta.dirname, scenario);
  return spawn('sipp', ['-sf', file, ...common, ...errors, ...args], {
    cwd: dir,
    stdio: 'ignore',
  });
}

async function ended(child: ChildProcess, dir: string, name: string): Promise<void> {
  const [code, signal] = await once(child, 'exit');
  if (code === 0) return;
  const errors = await readFile(join(dir, `${name}.errors`), 'utf8').catch(() => '');
  throw new Error(`sipp ${name}: ${code ?? signal}\n${saidLast(errors)}`);
}

/** Most of what SIPp writes is about answers that came twice; what ended a call is further down. */
function saidLast(errors: string): string {
  const at = Math.max(errors.indexOf('Aborting'), errors.indexOf('timeout'), 0);
  return errors.slice(at, at + ERRORS_SHOWN);
}
