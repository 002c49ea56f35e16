/** What `ueprov syncml tnds` and `ddf` have in common: both documents obey the DTD of MgmtTree. OMA-DMTND 1.2 §9. */
import type { Remark } from '@ueprov/protocols';
import type { Encoding } from '@ueprov/protocols/syncml';
import { encodingOf, UsageError } from '../exit.ts';
import { encodeJsonForm } from './json-form.ts';
import { isDocument } from './message-source.ts';
import { noteLine } from './note-line.ts';
import { type Paint, paintOf, printable } from './paint.ts';
import { unspelled } from './spelling.ts';
import type { Streams } from './streams.ts';

export interface DocumentOptions {
  readonly json?: boolean;
  readonly xml?: boolean;
  readonly to?: string;
}

interface MgmtTree {
  readonly VerDTD: string;
  readonly Man?: string;
  readonly Mod?: string;
  readonly notes?: readonly Remark[];
}

/** Reads a document; what reading forgave goes to standard error. */
export async function readDocument<T extends MgmtTree>(
  file: string,
  decode: (bytes: Uint8Array) => T,
  streams: Streams,
): Promise<T> {
  const document = decode(unspelled(await streams.read(file), isDocument));
  for (const note of document.notes ?? []) streams.say(`note: ${noteLine(note)}`);
  return document;
}

export interface DocumentForms<T> {
  readonly encode: (document: T, encoding: Encoding) => Uint8Array;
  readonly format: (document: T) => string;
  readonly outline: (document: T, paint: Paint) => string;
}

export function writeDocument<T>(
  document: T,
  { json, xml, to }: DocumentOptions,
  streams: Streams,
  forms: DocumentForms<T>,
): void {
  if ([json, xml, to].filter((each) => each !== undefined).length > 1) {
    throw new UsageError('only one of --json, --xml and --to');
  }
  if (json) streams.write(encodeJsonForm(document));
  else if (xml) streams.write(forms.format(document));
  else if (to !== undefined) streams.write(forms.encode(document, encodingOf(to)));
  else streams.write(forms.outline(document, paintOf(streams.isColoured)));
}

/** `MgmtTree 1.2`, with the device that it is of. */
export function rootLine({ VerDTD, Man, Mod }: MgmtTree, paint: Paint): string {
  const words = [VerDTD, Man, Mod].filter((each) => each !== undefined);
  return `${paint.name('MgmtTree')} ${printable(words.join(' '))}`;
}
