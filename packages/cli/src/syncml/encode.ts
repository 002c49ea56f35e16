/** `ueprov syncml encode`: a message in the spelling that is asked for. */
import { encodeHex } from '@ueprov/protocols';
import { encodeSyncML } from '@ueprov/protocols/syncml';
import { encodingOf } from '../exit.ts';
import { oneMessage } from './message-source.ts';
import type { Streams } from './streams.ts';

export interface EncodeOptions {
  readonly to: string;
  readonly hex?: boolean;
  readonly message?: string;
}

export async function encode(
  file: string,
  options: EncodeOptions,
  streams: Streams,
): Promise<number> {
  const encoding = encodingOf(options.to);
  const bytes = encodeSyncML(oneMessage(await streams.read(file), options.message), encoding);
  streams.write(options.hex ? `${encodeHex(bytes)}\n` : bytes);
  return 0;
}
