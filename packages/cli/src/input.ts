/** A command's input: a file or standard input, bounded, as octets or as hex text of them. */
import { createReadStream } from 'node:fs';
import { decodeHex } from '@ueprov/protocols';
import { UsageError } from './exit.ts';

/** No message, package or capture body is longer. */
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

/** What the input stands for: octets as they are, or the octets that it spells in hex (blanks between allowed). */
export function unhexed(input: Uint8Array): Uint8Array {
  if (input.length === 0 || !input.every(isHexOrBlank)) return input;
  const digits = Buffer.from(input).toString('latin1').replace(/\s+/g, '');
  return digits.length > 0 && digits.length % 2 === 0 ? decodeHex(digits) : input;
}

function isHexOrBlank(octet: number): boolean {
  const isDigit = octet >= 0x30 && octet <= 0x39;
  const isLetter = (octet | 0x20) >= 0x61 && (octet | 0x20) <= 0x66;
  return isDigit || isLetter || octet === 0x20 || (octet >= 0x09 && octet <= 0x0d);
}
