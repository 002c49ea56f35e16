/**
 * How commands say that they were called wrongly, and what went wrong. Exit codes: 0 done, 1 failed, 2 wrong usage or
 * input that cannot be read; commands of a server also have those of `EXIT`.
 */
import { ProtocolError } from '@ueprov/protocols';
import type { Encoding } from '@ueprov/protocols/syncml';

/** docs/cli.md */
export const EXIT = {
  failed: 1,
  usage: 2,
  refused: 4,
  unreachable: 5,
  unauthenticated: 6,
  conflict: 7,
  partial: 8,
} as const;

/** The command was called wrongly, or its input is not there. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failure whose exit code says of what kind it is. */
export class CommandFailure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandFailure) return error.exitCode;
  if (error instanceof UsageError || error instanceof ProtocolError) return 2;
  return error instanceof Error && error.name === 'ConfigError' ? 2 : 1;
}

/** The encoding that an option names. */
export function encodingOf(text: string): Encoding {
  if (text === 'wbxml' || text === 'xml') return text;
  throw new UsageError(`there is no encoding ${text}: use wbxml or xml`);
}
