/** How commands say that they were called wrongly. Exit codes: 0 done, 1 failed, 2 wrong usage or input that cannot be read. */
import { ProtocolError } from '@ueprov/protocols';
import type { Encoding } from '@ueprov/protocols/syncml';

/** The command was called wrongly, or its input is not there. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof ProtocolError) return 2;
  return error instanceof Error && error.name === 'ConfigError' ? 2 : 1;
}

/** The encoding that an option names. */
export function encodingOf(text: string): Encoding {
  if (text === 'wbxml' || text === 'xml') return text;
  throw new UsageError(`there is no encoding ${text}: use wbxml or xml`);
}
