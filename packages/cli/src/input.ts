/** A command's input: a file or standard input, bounded. */
import { createReadStream } from 'node:fs';
import { UsageError } from './exit.ts';

/** No message is longer; a capture that is has to be cut to the session that matters. */
export const INPUT_BYTES_MAX = 16 * 1024 * 1024;

/** Reads `file`, or standard input for `-`. Throws UsageError if it is not there or too long. */
export async function readInput(file: string): Promise<Uint8Array> {
  const source = file === '-' ? process.stdin : createReadStream(file);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of source) {
      length += (chunk as Buffer).length;
      if (length > INPUT_BYTES_MAX)
        throw new UsageError(`${file}: longer than ${INPUT_BYTES_MAX} bytes`);
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${file} cannot be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  return new Uint8Array(Buffer.concat(chunks));
}
