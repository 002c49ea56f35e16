/** A capture of the loopback interface, and what tshark finds wrong in it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OUTPUT_MAX = 64 * 1024 * 1024;

export interface Capture {
  /** Ends it; the file is whole when this resolves. */
  readonly stop: () => Promise<void>;
}

/** Captures what goes to or from these ports. Resolves when packets are being taken. */
export async function captureLoopback(file: string, ports: readonly number[]): Promise<Capture> {
  const filter = ports.map((port) => `port ${port}`).join(' or ');
  const args = ['-i', 'lo', '--immediate-mode', '-U', '-w', file, filter];
  const child = spawn('tcpdump', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    if (told.includes('listening on')) resolve();
  });
  child.on('exit', () => reject(new Error(`tcpdump: ${told}`)));
  await listening;
  return {
    stop: async () => {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
    },
  };
}

/** What each port speaks: tshark guesses only the registered ones. */
export type Dissectors = Readonly<Record<string, 'sip' | 'http'>>;

/** Fields of the packets that match a display filter, a line per packet. */
export async function tsharkFields(
  file: string,
  dissectors: Dissectors,
  filter: string,
  fields: readonly string[],
): Promise<string[]> {
  const as = Object.entries(dissectors).flatMap(([port, protocol]) => [
    '-d',
    `${port},${protocol}`,
  ]);
  const args = [
    '-r',
    file,
    ...as,
    '-Y',
    filter,
    '-T',
    'fields',
    ...fields.flatMap((field) => ['-e', field]),
  ];
  const { stdout } = await run('tshark', args, { maxBuffer: OUTPUT_MAX });
  return stdout.split('\n').filter((line) => line !== '');
}
