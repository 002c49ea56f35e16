/** Runs a command of `ueprov syncml` in this process: files are given, what it says is caught. For tests. */
import { encodeUtf8 } from '@ueprov/protocols';
import { Command, CommanderError } from 'commander';
import { exitCodeOf, UsageError } from '../../exit.ts';
import { addSyncmlCommands } from '../commands.ts';
import type { Streams } from '../streams.ts';

export interface Ran {
  readonly exitCode: number | undefined;
  readonly out: Uint8Array;
  readonly text: string;
  /** Lines on standard error. */
  readonly said: readonly string[];
}

export interface World {
  /** By name; `-` is standard input. */
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly isColoured?: boolean;
}

export async function run(args: readonly string[], world: World = {}): Promise<Ran> {
  const chunks: Uint8Array[] = [];
  const said: string[] = [];
  const streams: Streams = {
    read: async (file) => {
      const content = world.files?.[file];
      if (content === undefined) throw new UsageError(`${file} cannot be read`);
      return typeof content === 'string' ? encodeUtf8(content) : content;
    },
    write: (chunk) => chunks.push(typeof chunk === 'string' ? encodeUtf8(chunk) : chunk),
    say: (line) => said.push(line),
    isColoured: world.isColoured ?? false,
    environment: world.environment ?? {},
  };
  let exitCode: number | undefined;
  try {
    await programOf(streams, (code) => {
      exitCode = code;
    }).parseAsync(['syncml', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) said.push(`ueprov: ${error}`);
    exitCode = error instanceof CommanderError ? 2 : exitCodeOf(error);
  }
  const out = new Uint8Array(Buffer.concat(chunks));
  return { exitCode, out, text: Buffer.from(out).toString(), said };
}

/** The commands, below a program of the same settings as the real one. */
export function programOf(streams: Streams, finish: (exitCode: number) => void): Command {
  const program = new Command('ueprov').exitOverride();
  program.configureOutput({ writeErr: streams.say, writeOut: streams.write });
  addSyncmlCommands(program, streams, finish);
  return program;
}
