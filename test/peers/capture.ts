/**
 * `ueprov syncml decode` on captures that tcpdump and tshark wrote: a session of the lab on loopback, read back message
 * by message, is what the server has in its trace.
 *
 * tcpdump needs the right to capture on loopback.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { formatSyncML, maskMessage } from '@ueprov/protocols/syncml';
import { type Lab, startLab } from '../../packages/cli/src/lab/lab.ts';
import { decodeJsonForm } from '../../packages/cli/src/syncml/json-form.ts';
import { build } from '../../tools/build/build.ts';
import type { Check, Suite } from '../../tools/suite/suite.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const BIN = resolve(ROOT, 'packages/cli/bin/ueprov.cjs');
const PATIENCE_MS = 30_000;
const ASK_AGAIN_MS = 50;

export const suite: Suite = {
  name: 'capture',
  packages: ['tcpdump', 'tshark'],
  async run(t: Check) {
    const { failure } = build(ROOT, () => {});
    assert(failure === undefined, failure);
    await t.check('a message cut in two is one line and exit code 2', () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'syncml', 'decode'], {
        input: '02a4016a006d6c7103312e',
        encoding: 'utf8',
      });
      const line = 'ueprov: WBXML_TRUNCATED: document ends too early (byte 11)\n';
      assert.deepEqual({ status, stdout, stderr }, { status: 2, stdout: '', stderr: line });
    });
    for (const encoding of ['wbxml', 'xml'] as const) {
      // Ethernet frames of the loopback interface; Linux cooked ones, each packet twice.
      for (const device of ['lo', 'any']) {
        const { pcap, port, traced } = await capturedSession(encoding, device);
        await t.check(`${encoding}, tcpdump on ${device}: what the server has in its trace`, () =>
          assert.deepEqual(decoded(pcap, port), traced),
        );
        await t.check(`${encoding}, tcpdump on ${device}: the same as pcapng by tshark`, () => {
          const pcapng = rewritten(pcap);
          assert.equal(pcapng.readUInt32BE(0), 0x0a0d0d0a);
          assert.deepEqual(decoded(pcapng, port), traced);
        });
      }
    }
  },
};

/** A DM message as indented XML without its secrets, and which side sent it. */
interface Seen {
  readonly isFromServer: boolean;
  readonly text: string;
}

/** One UE is provisioned while tcpdump looks on. */
async function capturedSession(encoding: 'wbxml' | 'xml', device: string) {
  // A session takes less time than a packet may wait in the kernel: each is to come at once.
  const options = ['-i', device, '-s', '0', '--immediate-mode', '-U', '-w', '-', 'tcp'];
  const tcpdump = spawn('tcpdump', options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  tcpdump.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  try {
    await listening(tcpdump);
    const { traced, port } = await provision(encoding);
    await stopped(tcpdump);
    // Whatever else happened on this machine meanwhile is left out.
    const filter = ['-r', '-', '-w', '-', 'port', port];
    return { traced, port, pcap: piped('tcpdump', filter, Buffer.concat(chunks)) };
  } finally {
    await stopped(tcpdump);
  }
}

async function listening(tcpdump: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((ready, failed) => {
    tcpdump.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('listening on')) ready();
    });
    tcpdump.once('exit', () => failed(new Error(`tcpdump ended: ${said}`)));
  });
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill('SIGINT');
  await closed;
}

async function provision(encoding: 'wbxml' | 'xml') {
  const done = Promise.withResolvers<void>();
  const lab = await startLab({
    ues: 1,
    encoding,
    onProgress: (progress) => progress.isDone && done.resolve(),
  });
  try {
    await Promise.race([done.promise, setTimeout(PATIENCE_MS, undefined, { ref: false })]);
    assert(lab.progress.isDone, lab.progress.missing().join(', '));
    return { traced: await traceOf(lab), port: new URL(lab.dmUrl).port };
  } finally {
    await lab.close();
  }
}

interface TracedMessage {
  readonly protocol: 'SIP' | 'HTTP';
  readonly from: string;
  readonly text: string;
}

interface Session {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** All DM messages of all sessions as the API shows them, in order of time. */
async function traceOf(lab: Lab): Promise<Seen[]> {
  const sessions = await endedSessions(lab);
  const seen: Seen[] = [];
  for (const { id } of sessions.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    const { trace } = (await ask(lab, `/sessions/${id}`)) as { trace: TracedMessage[] };
    for (const { protocol, from, text } of trace) {
      if (protocol === 'HTTP') seen.push({ isFromServer: from === 'DM server', text });
    }
  }
  assert(seen.length >= 6, `only ${seen.length} messages in the trace`);
  return seen;
}

/** The event of the UE comes in a session of its own, which is still open when the lab is done. */
async function endedSessions(lab: Lab): Promise<readonly Session[]> {
  const since = performance.now();
  while (performance.now() - since < PATIENCE_MS) {
    const { items } = (await ask(lab, '/sessions')) as { items: readonly Session[] };
    if (items.every(({ endedAt }) => endedAt !== null)) return items;
    await setTimeout(ASK_AGAIN_MS);
  }
  throw new Error('a session does not end');
}

async function ask(lab: Lab, path: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${lab.token}` };
  return (await fetch(`${lab.apiUrl}/api/v1${path}`, { headers })).json();
}

interface Decoded {
  readonly from: string;
  readonly message: unknown;
}

/** The capture through the command as it is installed. */
function decoded(capture: Buffer, serverPort: string): Seen[] {
  const json = piped(process.execPath, [BIN, 'syncml', 'decode', '--json'], capture).toString();
  return (JSON.parse(json) as Decoded[]).map(({ from, message }) => ({
    isFromServer: from.endsWith(`:${serverPort}`),
    text: formatSyncML(maskMessage(decodeJsonForm(message))),
  }));
}

/** As pcapng. tshark takes files only. */
function rewritten(pcap: Buffer): Buffer {
  const dir = mkdtempSync(join(tmpdir(), 'ueprov-capture-'));
  try {
    const [before, after] = [join(dir, 'before.pcap'), join(dir, 'after.pcapng')];
    writeFileSync(before, pcap);
    piped('tshark', ['-r', before, '-F', 'pcapng', '-w', after], Buffer.alloc(0));
    return readFileSync(after);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function piped(program: string, args: readonly string[], input: Buffer): Buffer {
  const { status, stdout, stderr } = spawnSync(program, args, { input, maxBuffer: 64 * 2 ** 20 });
  assert.equal(status, 0, `${program}: ${stderr}`);
  return stdout;
}
