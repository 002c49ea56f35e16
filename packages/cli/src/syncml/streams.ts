/** What a command reads and writes: the process's own streams, or those of a test. Used by every `ueprov syncml` command. */
import { readInput } from '../input.ts';

export interface Streams {
  /** The octets of a file, of standard input for `-`. */
  read(file: string): Promise<Uint8Array>;
  /** To standard output, as it is. */
  write(chunk: string | Uint8Array): void;
  /** One line to standard error. */
  say(line: string): void;
  /** Does who reads standard output want colours? */
  readonly isColoured: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export const PROCESS_STREAMS: Streams = {
  read: readInput,
  write: (chunk) => process.stdout.write(chunk),
  say: (line) => console.error(line),
  // A terminal, and NO_COLOR is not set.
  get isColoured() {
    return process.stdout.isTTY === true && process.stdout.hasColors();
  },
  get environment() {
    return process.env;
  },
};
