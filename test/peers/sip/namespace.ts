/** A host of its own for one play: a network namespace whose loopback loses SIP packets. Needs root. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Play, Played } from './played.ts';

const run = promisify(execFile);
const OUTPUT_MAX = 4 * 1024 * 1024;
const PLAY = new URL('play.ts', import.meta.url).pathname;

/** Plays on this host. */
export function playHere(play: Play): Promise<Played> {
  return played([process.execPath], play);
}

/** Plays where `percent` of all packets of this transport are lost; over TCP the DM sessions suffer with SIP. */
export async function playWithLoss(play: Play, percent: number): Promise<Played> {
  const name = `ueprov-${process.pid}-${play.transport}`;
  await run('ip', ['netns', 'add', name]);
  try {
    await inside(name, ['ip', 'link', 'set', 'lo', 'up']);
    await inside(name, ['nft', rules(play, percent)]);
    return await played(['ip', 'netns', 'exec', name, process.execPath], play);
  } finally {
    await run('ip', ['netns', 'delete', name]);
  }
}

function rules({ transport }: Play, percent: number): string {
  const drop = `meta l4proto ${transport} numgen random mod 100 < ${percent} drop`;
  return [
    'add table inet loss',
    'add chain inet loss input { type filter hook input priority 0 ; }',
    `add rule inet loss input ${drop}`,
  ].join(' ; ');
}

function inside(name: string, command: readonly string[]): Promise<unknown> {
  return run('ip', ['netns', 'exec', name, ...command]);
}

async function played([program = '', ...before]: readonly string[], play: Play): Promise<Played> {
  const args = [...before, '--conditions=source', PLAY, JSON.stringify(play)];
  const { stdout } = await run(program, args, { maxBuffer: OUTPUT_MAX });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Played;
}
