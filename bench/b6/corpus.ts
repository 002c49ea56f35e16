/** The twelve messages of B6, each typed and in both spellings. Used by `b6-codec.ts`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSyncML, encodeSyncML, type SyncML } from '@ueprov/protocols/syncml';

const FOLDER = join(import.meta.dirname, '..', 'corpus');

export interface Sample {
  /** The file in `bench/corpus` without its suffix. */
  readonly name: string;
  readonly message: SyncML;
  readonly xml: Uint8Array;
  readonly wbxml: Uint8Array;
}

export function samples(): readonly Sample[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.xml'))
    .sort()
    .map((file) => {
      const xml = new Uint8Array(readFileSync(join(FOLDER, file)));
      const message = decodeSyncML(xml, 'xml');
      return { name: file.slice(0, -4), message, xml, wbxml: encodeSyncML(message, 'wbxml') };
    });
}
