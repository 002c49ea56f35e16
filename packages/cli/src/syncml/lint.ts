/** `ueprov syncml lint`: every deviation that reading forgave, with its clause. Exit code 1 if there is any. */
import { decodeSyncML, LIMITS } from '@ueprov/protocols/syncml';
import { messageSources, selected } from './message-source.ts';
import { CLAUSES, noteLine } from './note-line.ts';
import type { Streams } from './streams.ts';

export async function lint(
  file: string,
  options: { readonly message?: string },
  streams: Streams,
): Promise<number> {
  const all = messageSources(await streams.read(file));
  const sources = options.message === undefined ? all : selected(all, options.message);
  let deviations = 0;
  for (const [index, { bytes }] of sources.entries()) {
    const { notes = [] } = decodeSyncML(bytes);
    const label = sources.length === 1 ? '' : `message ${index + 1}: `;
    for (const note of notes) {
      const clause = CLAUSES.get(note.code);
      streams.write(`${label}${noteLine(note)}${clause === undefined ? '' : `\n    ${clause}`}\n`);
    }
    if (notes.length >= LIMITS.notes) streams.say(`${label}further deviations were not kept`);
    deviations += notes.length;
  }
  if (deviations === 0) streams.say('no deviations');
  return deviations === 0 ? 0 : 1;
}
